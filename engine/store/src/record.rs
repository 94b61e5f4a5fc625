//! Record: one event in a municipality's journal, chained to the one before by SHA-256.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::canonical;
use crate::commit::Commit;
use crate::error::StoreError;
use crate::file::hex_sha256;

/// The form of record that this release writes.
pub(crate) const VERSION: u16 = 1;

/// One event: who, when, on whose behalf, because of what, and the hash of the record before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub version: u16,
    pub municipality: String,
    /// From 1, without gaps, for each municipality.
    pub seq: u64,
    /// To the microsecond, which is what every implementation can keep.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    pub by: String,
    /// Whose decision it was, when `by` acted for someone (代決, 代行入力).
    pub on_behalf_of: Option<String>,
    pub cause: Option<String>,
    pub event: Value,
    /// Hash of the record before; 64 zeros for the first.
    pub prev: String,
    /// SHA-256, in hexadecimal, of the canonical JSON of all the other fields.
    pub hash: String,
}

/// The end of a journal: the next record gets `seq + 1` and `hash` as its `prev`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub seq: u64,
    pub hash: String,
}

impl Head {
    /// The head of a journal without records.
    pub fn start() -> Head {
        Head {
            seq: 0,
            hash: "0".repeat(64),
        }
    }

    /// The head after `record`, if `record` is the next one and its hash is right.
    pub(crate) fn follow(&self, record: &Record) -> Option<Head> {
        let follows = record.seq == self.seq + 1
            && record.prev == self.hash
            && record.computed_hash() == record.hash;
        follows.then(|| Head {
            seq: record.seq,
            hash: record.hash.clone(),
        })
    }
}

impl Record {
    /// The hash that this record should have.
    pub fn computed_hash(&self) -> String {
        let text = |text: &str| Value::from(text).to_string();
        let optional =
            |value: &Option<String>| value.as_deref().map_or_else(|| "null".to_owned(), text);
        // Canonical JSON written out, the names in their order: the writer thread does this for every event.
        let fields = format!(
            r#"{{"at":"{}","by":{},"cause":{},"event":{},"municipality":{},"on_behalf_of":{},"prev":{},"seq":{},"version":{}}}"#,
            instant::text(&self.at),
            text(&self.by),
            optional(&self.cause),
            canonical(&self.event),
            text(&self.municipality),
            optional(&self.on_behalf_of),
            text(&self.prev),
            self.seq,
            self.version,
        );
        hex_sha256(fields.as_bytes())
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a record has string keys and no failing Serialize")
    }

    /// Reads a stored record; `municipality` and `seq` say which one it should be.
    pub(crate) fn from_bytes(
        bytes: &[u8],
        municipality: &str,
        seq: u64,
    ) -> Result<Record, StoreError> {
        let damaged = || StoreError::Damaged {
            place: format!("{municipality} の記録 {seq}"),
        };
        let unknown = |version| StoreError::UnknownVersion {
            municipality: municipality.to_owned(),
            seq,
            version,
        };
        let record: Record = match serde_json::from_slice(bytes) {
            Ok(record) => record,
            // A later form may have other fields: then at least its version can be read.
            Err(_) => match serde_json::from_slice(bytes) {
                Ok(Version { version }) if version != u64::from(VERSION) => {
                    return Err(unknown(version));
                }
                _ => return Err(damaged()),
            },
        };
        if record.version != VERSION {
            return Err(unknown(record.version.into()));
        }
        if record.seq != seq || record.municipality != municipality {
            return Err(damaged());
        }
        Ok(record)
    }
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

/// The records of a commit's events, as they follow `head`, and the head after them.
pub(crate) fn append(head: &Head, commit: &Commit) -> (Vec<Record>, Head) {
    let mut head = head.clone();
    let mut records = Vec::with_capacity(commit.events.len());
    for event in &commit.events {
        let mut record = Record {
            version: VERSION,
            municipality: commit.municipality.clone(),
            seq: head.seq + 1,
            at: commit.at.trunc_subsecs(6),
            by: commit.by.clone(),
            on_behalf_of: commit.on_behalf_of.clone(),
            cause: commit.cause.clone(),
            event: event.clone(),
            prev: head.hash,
            hash: String::new(),
        };
        record.hash = record.computed_hash();
        head = Head {
            seq: record.seq,
            hash: record.hash.clone(),
        };
        records.push(record);
    }
    (records, head)
}

/// Instants always with six decimals and `Z`: one spelling, so one hash.
pub(crate) mod instant {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn text(at: &DateTime<Utc>) -> String {
        at.to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    pub fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text(at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        DateTime::deserialize(deserializer)
    }
}
