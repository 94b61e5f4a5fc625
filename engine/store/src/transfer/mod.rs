//! The export format: JSON lines that carry municipalities from one store to another.
//!
//! ```text
//! {"export":{"version":1}}
//! {"municipality":{"name":"架空市","head":{"seq":2,"hash":"…"}}}
//! {"record":{"version":1,"municipality":"架空市","seq":1, … }}
//! {"json":{"key":"架空市/response/退院/1","value":{"a":1}}}
//! {"bytes":{"key":"架空市/mark","base64":"AP8="}}
//! {"file":{"hash":"…","base64":"…"}}
//! {"end":{"lines":6,"sha256":"…"}}
//! ```
//!
//! After each municipality stand its records in order, its values and its files. `end` counts the lines
//! before it and hashes their bytes, line ends included, so a cut or edited export is noticed.

mod export;
mod import;
mod incoming;

use std::io::{self, BufRead, Write};

use base64::DecodeError;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::ImportError;
use crate::file::{FileHash, hex};
use crate::key::Key;
use crate::record::Head;

pub(crate) use export::{Snapshot, export};
pub(crate) use import::{Entry, Import, import};
use incoming::{Incoming, Next};

/// The form of export that this release reads and writes.
pub(crate) const VERSION: u16 = 1;

/// What an export wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub municipalities: u64,
    pub records: u64,
    pub values: u64,
    pub files: u64,
}

/// What an import stored: the municipalities and the ends of their journals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    pub municipalities: Vec<(String, Head)>,
}

/// Reads a whole export without storing it: its chains of hashes, its files, its end.
///
/// # Errors
/// It is cut, edited or of an unknown version, or a chain of hashes does not hold.
pub fn check_export(input: &mut dyn BufRead) -> Result<Imported, ImportError> {
    let mut incoming = Incoming::default();
    let mut text = Vec::new();
    while input
        .read_until(b'\n', &mut text)
        .map_err(ImportError::Input)?
        > 0
    {
        incoming.line(&text)?;
        text.clear();
    }
    let municipalities = incoming.finish()?;
    Ok(Imported { municipalities })
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Line {
    Export {
        version: u16,
    },
    Municipality {
        name: String,
        head: Head,
    },
    /// Kept as JSON here: its version is checked before its fields are read.
    Record(Value),
    Json {
        key: Key,
        value: Value,
    },
    Bytes {
        key: Key,
        base64: String,
    },
    File {
        hash: FileHash,
        base64: String,
    },
    End {
        lines: u64,
        sha256: String,
    },
}

impl Line {
    /// A value as JSON where that gives back the same bytes, else in base64.
    pub(crate) fn value(key: Key, bytes: &[u8]) -> Line {
        match exact_json(bytes) {
            Some(value) => Line::Json { key, value },
            None => Line::Bytes {
                key,
                base64: encode(bytes),
            },
        }
    }

    pub(crate) fn file(hash: FileHash, bytes: &[u8]) -> Line {
        Line::File {
            hash,
            base64: encode(bytes),
        }
    }
}

/// `bytes` as JSON, if writing that again gives the same bytes.
pub(crate) fn exact_json(bytes: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    serde_json::to_vec(&value)
        .is_ok_and(|again| again == bytes)
        .then_some(value)
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    BASE64_STANDARD.decode(text)
}

/// Writes lines and keeps the count and the hash that the last line states.
pub(crate) struct LineWriter<'a> {
    out: &'a mut (dyn Write + Send),
    lines: u64,
    hasher: Sha256,
}

impl<'a> LineWriter<'a> {
    pub(crate) fn new(out: &'a mut (dyn Write + Send)) -> LineWriter<'a> {
        LineWriter {
            out,
            lines: 0,
            hasher: Sha256::new(),
        }
    }

    pub(crate) fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.lines += 1;
        self.hasher.update(&text);
        self.out.write_all(&text)
    }

    pub(crate) fn end(mut self) -> io::Result<()> {
        let end = Line::End {
            lines: self.lines,
            sha256: hex(&self.hasher.clone().finalize()),
        };
        self.write(&end)?;
        self.out.flush()
    }
}
