//! Writing municipalities out as JSON lines.

use std::io::{self, Write};

use crate::error::StoreError;
use crate::file::FileHash;
use crate::key::Key;
use crate::record::{Head, Record};
use crate::store::Store;
use crate::transfer::{Exported, Line, LineWriter, VERSION};

/// A municipality as it was at one moment.
pub(crate) struct Snapshot {
    pub(crate) records: Vec<Record>,
    /// In the order of their keys' bytes.
    pub(crate) values: Vec<(Key, Vec<u8>)>,
}

pub(crate) async fn export(
    store: &Store,
    municipality: Option<&str>,
    out: &mut (dyn Write + Send),
) -> Result<Exported, StoreError> {
    let mut lines = LineWriter::new(out);
    let mut exported = Exported::default();
    lines
        .write(&Line::Export { version: VERSION })
        .map_err(output)?;
    for (name, _) in store.municipalities().await? {
        if municipality.is_none_or(|wanted| wanted == name) {
            export_one(store, &name, &mut lines, &mut exported).await?;
        }
    }
    lines.end().map_err(output)?;
    Ok(exported)
}

async fn export_one(
    store: &Store,
    name: &str,
    lines: &mut LineWriter<'_>,
    exported: &mut Exported,
) -> Result<(), StoreError> {
    let Snapshot { records, values } = store.snapshot(name).await?;
    let mut head = Head::start();
    for record in &records {
        head = head.follow(record).ok_or_else(|| StoreError::Damaged {
            place: format!("{name} の記録 {}", head.seq + 1),
        })?;
    }
    lines
        .write(&Line::Municipality {
            name: name.to_owned(),
            head,
        })
        .map_err(output)?;
    exported.municipalities += 1;
    for record in records {
        lines
            .write(&Line::Record(serde_json::json!(record)))
            .map_err(output)?;
        exported.records += 1;
    }
    let mut files = Vec::new();
    for (key, bytes) in values {
        files.extend(FileHash::named_by(&key));
        lines.write(&Line::value(key, &bytes)).map_err(output)?;
        exported.values += 1;
    }
    for hash in files {
        let missing = || StoreError::Damaged {
            place: format!("{name} のファイル {hash} "),
        };
        let bytes = store.file(&hash).await?.ok_or_else(missing)?;
        lines.write(&Line::file(hash, &bytes)).map_err(output)?;
        exported.files += 1;
    }
    Ok(())
}

fn output(source: io::Error) -> StoreError {
    StoreError::Io {
        doing: "書き出し",
        path: "export".into(),
        source,
    }
}
