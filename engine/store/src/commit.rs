//! Commit: events and writes of one municipality that are stored together or not at all.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::canonical::{self, Unfit, canonical};
use crate::error::{CommitError, StoreError};
use crate::guard::{Guard, Refusal};
use crate::job::{self, Job, Ticket};
use crate::key::{Key, check_segment};
use crate::limits::{COMMIT_BYTES, EVENT_BYTES, EVENT_DEPTH, VALUE_BYTES};
use crate::record::{Head, Record};

/// What is to be stored. Who, when and why are the same for all of its events.
///
/// A commit without events only writes values: for what the journal need not know, such as a draft.
#[derive(Clone, Debug)]
pub struct Commit {
    pub municipality: String,
    /// Stored to the microsecond.
    pub at: DateTime<Utc>,
    pub by: String,
    pub on_behalf_of: Option<String>,
    /// What made it happen: a command's or an effect's id.
    pub cause: Option<String>,
    /// All must hold, checked in this order.
    pub guards: Vec<Guard>,
    /// Become records in this order. Each at most 4 KiB.
    pub events: Vec<Value>,
    /// `None` removes. The last write to a key counts. Each value at most 64 KiB.
    pub writes: Vec<(Key, Option<Vec<u8>>)>,
}

/// What a commit did.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    /// The records of the commit's events, in order.
    pub records: Vec<Record>,
    /// The end of the municipality's journal after this commit.
    pub head: Head,
}

impl Commit {
    /// Checks the guards against what stands in the store at the moment of writing.
    pub(crate) fn check_guards(
        &self,
        head: &Head,
        value: impl Fn(&Key) -> Result<Option<Vec<u8>>, StoreError>,
        holds: impl Fn(&Ticket) -> bool,
    ) -> Result<(), CommitError> {
        for guard in &self.guards {
            if let Some(found) = guard.broken_by(head, &value, &holds)? {
                let guard = guard.clone();
                return Err(CommitError::Refused(Box::new(Refusal { guard, found })));
            }
        }
        Ok(())
    }

    /// Checks names and sizes, which no other request can change: it is done before queueing. Gives the size in bytes.
    pub(crate) fn check(&self) -> Result<usize, CommitError> {
        check_segment(&self.municipality)?;
        let guarded = self.guards.iter().filter_map(Guard::key);
        for key in guarded.chain(self.writes.iter().map(|(key, _)| key)) {
            if key.municipality() != self.municipality {
                return Err(CommitError::Foreign {
                    municipality: self.municipality.clone(),
                    key: key.clone(),
                });
            }
        }
        let within = |what: &dyn Fn() -> String, bytes: usize, limit: usize| {
            if bytes <= limit {
                Ok(bytes)
            } else {
                Err(CommitError::TooLarge {
                    what: what(),
                    bytes,
                    limit,
                })
            }
        };
        let mut total = 0;
        for (nth, event) in self.events.iter().enumerate() {
            let what = || format!("{} 番目の出来事", nth + 1);
            canonical::check(event, EVENT_DEPTH).map_err(|unfit| match unfit {
                Unfit::Nul => CommitError::Nul { what: what() },
                Unfit::Depth => CommitError::TooDeep {
                    what: what(),
                    limit: EVENT_DEPTH,
                },
            })?;
            total += within(&what, canonical(event).len(), EVENT_BYTES)?;
        }
        for (what, text) in [
            ("by", Some(&self.by)),
            ("on_behalf_of", self.on_behalf_of.as_ref()),
            ("cause", self.cause.as_ref()),
        ] {
            let Some(text) = text else { continue };
            if text.contains('\0') {
                return Err(CommitError::Nul {
                    what: what.to_owned(),
                });
            }
            // They stand in every record, so they count once for each.
            total += within(&|| what.to_owned(), text.len(), EVENT_BYTES)? * self.events.len();
        }
        for (key, value) in &self.writes {
            let bytes = value.as_ref().map_or(0, Vec::len);
            total += key.as_str().len() + within(&|| format!("「{key}」の値"), bytes, VALUE_BYTES)?;
            if let Some(value) = value
                && job::is_place(key)
                && Job::read(key, value).is_none()
            {
                return Err(CommitError::NotAJob { key: key.clone() });
            }
        }
        within(&|| "一度の書き込みの合計".to_owned(), total, COMMIT_BYTES)
    }
}
