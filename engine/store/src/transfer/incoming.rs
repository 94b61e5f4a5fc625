//! Incoming: checks the lines of an export, one after the other, before anything of them is stored.

use sha2::{Digest, Sha256};

use crate::error::{ImportError, StoreError};
use crate::file::{FileHash, hex};
use crate::job::{self, Job};
use crate::key::{Key, check_segment};
use crate::limits::VALUE_BYTES;
use crate::record::{Head, Record};
use crate::transfer::{Line, VERSION, decode};

/// How far an import has come.
#[derive(Default)]
pub(crate) struct Incoming {
    lines: u64,
    hasher: Sha256,
    done: Vec<(String, Head)>,
    current: Option<Current>,
    ended: bool,
}

/// The municipality whose lines are being read.
struct Current {
    name: String,
    announced: Head,
    head: Head,
    /// Files that its keys name and that have not come yet.
    files: Vec<FileHash>,
}

/// What a line asks for.
pub(crate) enum Next {
    Nothing,
    Begin(String),
    Record(Box<Record>),
    Value(Key, Vec<u8>),
    File(Vec<u8>),
}

impl Incoming {
    /// Checks one line, with its line end.
    pub(crate) fn line(&mut self, text: &[u8]) -> Result<Next, ImportError> {
        let line: Line = serde_json::from_slice(text)
            .map_err(|error| self.refuse(format!("行を読めません（{error}）。")))?;
        if self.ended {
            return Err(self.refuse("終わりの行の後に行があります。"));
        }
        if matches!(line, Line::Export { .. }) != (self.lines == 0) {
            return Err(self.refuse("1 行目だけが export の行でなければなりません。"));
        }
        let next = match line {
            Line::Export { version: VERSION } => Next::Nothing,
            Line::Export { version } => {
                return Err(self.refuse(format!("未知の版 {version} です。")));
            }
            Line::Municipality { name, head } => {
                self.close()?;
                check_segment(&name).map_err(|error| self.refuse(error.to_string()))?;
                self.current = Some(Current {
                    name: name.clone(),
                    announced: head,
                    head: Head::start(),
                    files: Vec::new(),
                });
                Next::Begin(name)
            }
            Line::Record(fields) => Next::Record(Box::new(self.record(&fields.to_string())?)),
            Line::Json { key, value } => {
                let bytes =
                    serde_json::to_vec(&value).map_err(|error| self.refuse(error.to_string()))?;
                self.value(key, bytes)?
            }
            Line::Bytes { key, base64 } => {
                let bytes = self.decode(&base64)?;
                self.value(key, bytes)?
            }
            Line::File { hash, base64 } => {
                let bytes = self.decode(&base64)?;
                if FileHash::of(&bytes) != hash {
                    return Err(self.refuse(format!("ファイル {hash} の内容が変わっています。")));
                }
                self.current()?.files.retain(|named| *named != hash);
                Next::File(bytes)
            }
            Line::End { lines, sha256 } => {
                if lines != self.lines || sha256 != hex(&self.hasher.clone().finalize()) {
                    return Err(self.refuse("行が欠けているか、書き換えられています。"));
                }
                self.close()?;
                self.ended = true;
                Next::Nothing
            }
        };
        self.lines += 1;
        self.hasher.update(text);
        Ok(next)
    }

    /// After the last line: all municipalities with the ends of their journals.
    pub(crate) fn finish(self) -> Result<Vec<(String, Head)>, ImportError> {
        if self.ended {
            Ok(self.done)
        } else {
            Err(self.refuse("終わりの行がありません。途中で切れています。"))
        }
    }

    fn record(&mut self, fields: &str) -> Result<Record, ImportError> {
        let current = self.current()?;
        let seq = current.head.seq + 1;
        let record = Record::from_bytes(fields.as_bytes(), &current.name, seq);
        // An unknown version keeps its own message; what cannot be read at all breaks the chain.
        let record = match record {
            Err(error @ StoreError::UnknownVersion { .. }) => return Err(error.into()),
            other => other.ok(),
        };
        match record.and_then(|record| current.head.follow(&record).map(|head| (record, head))) {
            Some((record, head)) => {
                current.head = head;
                Ok(record)
            }
            None => {
                let what = format!(
                    "{} の記録 {seq} の連鎖（ハッシュ）が合いません。",
                    current.name
                );
                Err(self.refuse(what))
            }
        }
    }

    fn value(&mut self, key: Key, bytes: Vec<u8>) -> Result<Next, ImportError> {
        if bytes.len() > VALUE_BYTES {
            return Err(self.refuse(format!(
                "「{key}」の値が大きすぎます（{} バイト、上限 {VALUE_BYTES} バイト）。",
                bytes.len()
            )));
        }
        let current = self.current()?;
        if key.municipality() != current.name {
            let what = format!("{} の中に、よその鍵「{key}」があります。", current.name);
            return Err(self.refuse(what));
        }
        current.files.extend(FileHash::named_by(&key));
        if job::is_place(&key) && Job::read(&key, &bytes).is_none() {
            return Err(self.refuse(format!("「{key}」は期日のある仕事として読めません。")));
        }
        Ok(Next::Value(key, bytes))
    }

    /// Ends the current municipality.
    fn close(&mut self) -> Result<(), ImportError> {
        let Some(current) = self.current.take() else {
            return Ok(());
        };
        if current.head != current.announced {
            return Err(self.refuse(format!("{} の記録が最後まで揃っていません。", current.name)));
        }
        if let Some(hash) = current.files.first() {
            return Err(self.refuse(format!("{} のファイル {hash} がありません。", current.name)));
        }
        self.done.push((current.name, current.head));
        Ok(())
    }

    fn current(&mut self) -> Result<&mut Current, ImportError> {
        let line = self.lines + 1;
        let what = "自治体の行より前に内容があります。".to_owned();
        self.current
            .as_mut()
            .ok_or(ImportError::Line { line, what })
    }

    fn decode(&self, base64: &str) -> Result<Vec<u8>, ImportError> {
        decode(base64).map_err(|error| self.refuse(format!("base64 を読めません（{error}）。")))
    }

    fn refuse(&self, what: impl Into<String>) -> ImportError {
        ImportError::Line {
            line: self.lines + 1,
            what: what.into(),
        }
    }
}
