//! Importing: one transaction, so nothing of it exists before its end, and nothing remains if it does not come.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{ImportError, StoreError};
use crate::key::Key;
use crate::postgres::Postgres;
use crate::postgres::fault::{fault, unavailable};
use crate::postgres::session::Session;
use crate::record::{Head, Record};
use crate::transfer::{Entry, Import};

/// An import under way, on a connection of its own. When it is dropped, the connection closes and PostgreSQL
/// takes everything back.
pub(crate) struct Importing {
    store: Postgres,
    session: Session,
}

impl Postgres {
    pub(crate) async fn importing(&self) -> Result<Importing, StoreError> {
        let config = Arc::clone(&self.config);
        let open = async move { Session::open(&config).await };
        let session = self.runtime.spawn(open).await.map_err(unavailable)??;
        // Whoever reads the lines may be slow.
        let patient = "SET idle_in_transaction_session_timeout = 0";
        let begun = session.client.batch_execute(patient).await;
        begun.map_err(fault("保存"))?;
        session.begin().await.map_err(fault("保存"))?;
        Ok(Importing {
            store: self.clone(),
            session,
        })
    }
}

impl Import for Importing {
    async fn begin(&mut self, municipality: &str) -> Result<(), ImportError> {
        let exists = self.session.take_for_import(municipality).await;
        if exists.map_err(fault("保存"))? {
            let municipality = municipality.to_owned();
            return Err(ImportError::Exists { municipality });
        }
        Ok(())
    }

    async fn put(&mut self, entries: Vec<Entry>) -> Result<(), ImportError> {
        let mut records: Vec<Record> = Vec::new();
        let mut values: BTreeMap<Key, Option<Vec<u8>>> = BTreeMap::new();
        for entry in entries {
            match entry {
                Entry::Record(record) => records.push(*record),
                Entry::Value(key, value) => drop(values.insert(key, Some(value))),
            }
        }
        let put = self.session.put_records(&records).await;
        put.map_err(fault("保存"))?;
        let put = self.session.put_values(&values).await;
        put.map_err(fault("保存"))?;
        Ok(())
    }

    async fn put_file(&mut self, content: &[u8]) -> Result<(), ImportError> {
        self.store.put_file(content).await?;
        Ok(())
    }

    async fn finish(&mut self, municipalities: &[(String, Head)]) -> Result<(), ImportError> {
        let heads = municipalities.iter().cloned().collect();
        let put = self.session.put_heads(&heads).await;
        put.map_err(fault("保存"))?;
        let committed = self.session.commit().await;
        committed.map_err(fault("保存"))?;
        Ok(())
    }

    async fn abort(&mut self) -> Result<(), ImportError> {
        // Waits for the locks to be free again. A connection that is gone has taken everything back already.
        if self.session.client.is_closed() {
            return Ok(());
        }
        let back = self.session.rollback().await;
        back.map_err(fault("保存"))?;
        Ok(())
    }
}
