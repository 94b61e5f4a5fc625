//! Reading municipalities from JSON lines, all of them or none.

use std::io::BufRead;

use crate::error::ImportError;
use crate::key::Key;
use crate::record::{Head, Record};
use crate::transfer::{Imported, Incoming, Next};

/// Bytes of entries that are stored in one step.
const STEP_BYTES: usize = 1024 * 1024;

/// An import on the side of a store. What was put exists only after `finish`.
pub(crate) trait Import {
    /// Refused when the municipality exists.
    async fn begin(&mut self, municipality: &str) -> Result<(), ImportError>;
    async fn put(&mut self, entries: Vec<Entry>) -> Result<(), ImportError>;
    async fn put_file(&mut self, content: &[u8]) -> Result<(), ImportError>;
    async fn finish(&mut self, municipalities: &[(String, Head)]) -> Result<(), ImportError>;
    async fn abort(&mut self) -> Result<(), ImportError>;
}

/// What an import stores besides files.
pub(crate) enum Entry {
    Record(Box<Record>),
    Value(Key, Vec<u8>),
}

pub(crate) async fn import(
    store: &mut impl Import,
    input: &mut (dyn BufRead + Send),
) -> Result<Imported, ImportError> {
    match store_lines(store, input).await {
        Ok(imported) => Ok(imported),
        Err(error) => {
            store.abort().await?;
            Err(error)
        }
    }
}

async fn store_lines(
    store: &mut impl Import,
    input: &mut (dyn BufRead + Send),
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
            Next::Begin(name) => store.begin(&name).await?,
            Next::Record(record) => entries.push(Entry::Record(record)),
            Next::Value(key, content) => entries.push(Entry::Value(key, content)),
            Next::File(content) => store.put_file(&content).await?,
        }
        bytes += text.len();
        if bytes > STEP_BYTES {
            bytes = 0;
            store.put(std::mem::take(&mut entries)).await?;
        }
        text.clear();
    }
    let municipalities = incoming.finish()?;
    store.put(entries).await?;
    store.finish(&municipalities).await?;
    Ok(Imported { municipalities })
}
