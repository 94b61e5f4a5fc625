//! Writing municipalities out as JSON lines.

use std::io::{self, Write};

use crate::embedded::{Embedded, frame, layout, open_value, prefixed};
use crate::error::StoreError;
use crate::file::FileHash;
use crate::record::{Head, Record};
use crate::transfer::{Exported, Line, LineWriter, VERSION};

impl Embedded {
    pub(crate) async fn export(
        &self,
        municipality: Option<&str>,
        out: &mut (dyn Write + Send),
    ) -> Result<Exported, StoreError> {
        let mut lines = LineWriter::new(out);
        let mut exported = Exported::default();
        lines
            .write(&Line::Export { version: VERSION })
            .map_err(output)?;
        for (name, _) in self.municipalities()? {
            if municipality.is_none_or(|wanted| wanted == name) {
                self.export_one(&name, &mut lines, &mut exported)?;
            }
        }
        lines.end().map_err(output)?;
        Ok(exported)
    }

    fn export_one(
        &self,
        name: &str,
        lines: &mut LineWriter<'_>,
        exported: &mut Exported,
    ) -> Result<(), StoreError> {
        // Copied under the view, so head, records and values belong together; written without it.
        let (records, values) = {
            let _view = self.view();
            let records = prefixed(&self.0.tree, &layout::journal(name))?;
            let values = prefixed(&self.0.tree, &format!("{}{name}", layout::VALUES))?;
            (records, values)
        };
        let mut head = Head::start();
        let mut verified = Vec::with_capacity(records.len());
        for (entry, framed) in records {
            let record = Record::from_bytes(frame::open(&entry, &framed)?, name, head.seq + 1)?;
            head = head.follow(&record).ok_or_else(|| StoreError::Damaged {
                place: format!("{name} の記録 {}", record.seq),
            })?;
            verified.push(record);
        }
        lines
            .write(&Line::Municipality {
                name: name.to_owned(),
                head,
            })
            .map_err(output)?;
        exported.municipalities += 1;
        for record in verified {
            lines
                .write(&Line::Record(serde_json::json!(record)))
                .map_err(output)?;
            exported.records += 1;
        }
        let mut files = Vec::new();
        for (entry, framed) in values {
            let (key, bytes) = open_value(&entry, &framed)?;
            // The prefix has no slash at its end, so that a value at the municipality itself is met; another
            // municipality whose name begins the same is met too.
            if key.municipality() == name {
                files.extend(FileHash::named_by(&key));
                lines.write(&Line::value(key, &bytes)).map_err(output)?;
                exported.values += 1;
            }
        }
        for hash in files {
            let missing = || StoreError::Damaged {
                place: format!("{name} のファイル {hash} "),
            };
            let bytes = self.file(&hash)?.ok_or_else(missing)?;
            lines.write(&Line::file(hash, &bytes)).map_err(output)?;
            exported.files += 1;
        }
        Ok(())
    }
}

fn output(source: io::Error) -> StoreError {
    StoreError::Io {
        doing: "書き出し",
        path: "export".into(),
        source,
    }
}
