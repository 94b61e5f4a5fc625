//! Reading municipalities from JSON lines, all of them or none.
//!
//! Entries are stored as they are read, under a marker for each municipality. Only the last step, after the
//! whole input has been checked, gives the municipalities their heads and removes the markers. What a crash
//! leaves behind is removed when the folder is opened again.

use std::io::BufRead;

use futures_channel::oneshot;

use crate::embedded::writer::{Import, Request};
use crate::embedded::{Embedded, layout};
use crate::error::{ImportError, StoreError};
use crate::transfer::{Imported, Incoming, Next};

/// Bytes of entries that are stored in one step.
const STEP_BYTES: usize = 1024 * 1024;

impl Embedded {
    pub(crate) async fn import(
        &self,
        input: &mut (dyn BufRead + Send),
    ) -> Result<Imported, ImportError> {
        let mut begun = Vec::new();
        match self.store_lines(input, &mut begun).await {
            Ok(imported) => Ok(imported),
            Err(error) => {
                self.step(Import::Abort(begun)).await?;
                Err(error)
            }
        }
    }

    async fn store_lines(
        &self,
        input: &mut (dyn BufRead + Send),
        begun: &mut Vec<String>,
    ) -> Result<Imported, ImportError> {
        let mut incoming = Incoming::default();
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut text = Vec::new();
        while input
            .read_until(b'\n', &mut text)
            .map_err(ImportError::Input)?
            > 0
        {
            match incoming.line(&text)? {
                Next::Nothing => {}
                Next::Begin(name) => {
                    self.step(Import::Begin(name.clone())).await?;
                    begun.push(name);
                }
                Next::Record(record) => {
                    let content = record.to_bytes();
                    bytes += content.len();
                    entries.push((layout::record(&record.municipality, record.seq), content));
                }
                Next::Value(key, content) => {
                    bytes += content.len();
                    entries.push((layout::value(&key), content));
                }
                Next::File(content) => {
                    self.put_file(&content)?;
                }
            }
            if bytes > STEP_BYTES {
                bytes = 0;
                self.step(Import::Put(std::mem::take(&mut entries))).await?;
            }
            text.clear();
        }
        let municipalities = incoming.finish()?;
        self.step(Import::Put(entries)).await?;
        self.step(Import::Finish(municipalities.clone())).await?;
        Ok(Imported { municipalities })
    }

    async fn step(&self, step: Import) -> Result<(), ImportError> {
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
