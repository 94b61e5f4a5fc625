//! Importing into the data folder.
//!
//! Entries are stored as they are read, under a marker for each municipality. Only the last step, after the
//! whole input has been checked, gives the municipalities their heads and removes the markers. What a crash
//! or a dropped future leaves behind is removed when the folder is opened again.

use futures_channel::oneshot;

use crate::embedded::writer::{Request, Step};
use crate::embedded::{Embedded, layout};
use crate::error::{ImportError, StoreError};
use crate::record::Head;
use crate::transfer::{Entry, Import};

/// An import under way, with the municipalities that it has begun.
pub(crate) struct Importing<'a> {
    store: &'a Embedded,
    begun: Vec<String>,
}

impl Embedded {
    pub(crate) fn importing(&self) -> Importing<'_> {
        Importing {
            store: self,
            begun: Vec::new(),
        }
    }

    async fn step(&self, step: Step) -> Result<(), ImportError> {
        let (sender, answer) = oneshot::channel();
        let gone = || StoreError::Stopped {
            reason: self.stop_reason(),
        };
        self.0
            .requests
            .send(Request::Import(step, sender))
            .await
            .map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

impl Import for Importing<'_> {
    async fn begin(&mut self, municipality: &str) -> Result<(), ImportError> {
        self.store
            .step(Step::Begin(municipality.to_owned()))
            .await?;
        self.begun.push(municipality.to_owned());
        Ok(())
    }

    async fn put(&mut self, entries: Vec<Entry>) -> Result<(), ImportError> {
        let named = |entry| match entry {
            Entry::Record(record) => (
                layout::record(&record.municipality, record.seq),
                record.to_json().into_bytes(),
            ),
            Entry::Value(key, content) => (layout::value(&key), content),
        };
        let entries = entries.into_iter().map(named).collect();
        self.store.step(Step::Put(entries)).await
    }

    async fn put_file(&mut self, content: &[u8]) -> Result<(), ImportError> {
        self.store.put_file(content)?;
        Ok(())
    }

    async fn finish(&mut self, municipalities: &[(String, Head)]) -> Result<(), ImportError> {
        self.store.step(Step::Finish(municipalities.to_vec())).await
    }

    async fn abort(&mut self) -> Result<(), ImportError> {
        let begun = std::mem::take(&mut self.begun);
        self.store.step(Step::Abort(begun)).await
    }
}
