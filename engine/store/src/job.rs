//! Job: work that is due at an instant and is done by one process at a time.
//!
//! A job is a value at `<municipality>/due/<queue>/<id>`, so commits, exports and imports carry it as they carry
//! any value. Beside it each implementation keeps the order in which jobs are due, and who has claimed which.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::guard::Guard;
use crate::key::{Key, KeyError};
use crate::record::instant;
use crate::transfer::{decode, encode, exact_json};

/// The area of a municipality's keys where only jobs stand.
const AREA: &str = "due";

/// Work that is due at an instant: a timer, a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub municipality: String,
    /// Which kind of work; whoever does it claims by queue.
    pub queue: String,
    /// One job of a queue: writing the same id again replaces it.
    pub id: String,
    /// Stored to the microsecond.
    pub due: DateTime<Utc>,
    pub payload: Vec<u8>,
}

/// A job that is this caller's until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub job: Job,
    pub(crate) ticket: Ticket,
}

/// Tells one claim of a job from every other claim of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub(crate) key: Key,
    pub(crate) number: i64,
}

/// A job as it stands at its key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(with = "instant")]
    due: DateTime<Utc>,
    payload: Payload,
}

/// JSON where that gives back the same bytes, so that other tools can read it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Payload {
    Json(Value),
    Base64(String),
}

impl Job {
    /// `<municipality>/due/<queue>/<id>`.
    ///
    /// # Errors
    /// A name is not a segment of a key.
    pub fn key(municipality: &str, queue: &str, id: &str) -> Result<Key, KeyError> {
        Key::new([municipality, AREA, queue, id])
    }

    /// For [`Commit::writes`](crate::Commit): makes the job, or replaces the one of the same id with a new,
    /// unclaimed one. `(key, None)` ends a job.
    ///
    /// # Errors
    /// As [`Job::key`].
    pub fn write(&self) -> Result<(Key, Option<Vec<u8>>), KeyError> {
        let key = Job::key(&self.municipality, &self.queue, &self.id)?;
        let payload = match exact_json(&self.payload) {
            Some(value) => Payload::Json(value),
            None => Payload::Base64(encode(&self.payload)),
        };
        let stored = Stored {
            due: self.due.trunc_subsecs(6),
            payload,
        };
        let bytes = serde_json::to_vec(&stored).expect("no map with other keys than strings");
        Ok((key, Some(bytes)))
    }

    /// The job that `value` is at `key`, if it is one.
    pub(crate) fn read(key: &Key, value: &[u8]) -> Option<Job> {
        let (queue, id) = place(key)?;
        let stored: Stored = serde_json::from_slice(value).ok()?;
        let payload = match stored.payload {
            Payload::Json(value) => serde_json::to_vec(&value).ok()?,
            Payload::Base64(text) => decode(&text).ok()?,
        };
        Some(Job {
            municipality: key.municipality().to_owned(),
            queue: queue.to_owned(),
            id: id.to_owned(),
            due: stored.due,
            payload,
        })
    }
}

impl Claim {
    /// Holds while the job is still this caller's: nobody else has claimed it since, written it again or ended it.
    /// A lease that has ended does no harm as long as nobody has taken the job over.
    pub fn guard(&self) -> Guard {
        Guard::Claimed(self.ticket.clone())
    }
}

/// Whether only jobs may stand at `key`.
pub(crate) fn is_place(key: &Key) -> bool {
    key.segments().nth(1) == Some(AREA)
}

/// Queue and id of a job's key.
pub(crate) fn place(key: &Key) -> Option<(&str, &str)> {
    let mut segments = key.segments().skip(1);
    let (area, queue, id) = (segments.next()?, segments.next()?, segments.next()?);
    (area == AREA && segments.next().is_none()).then_some((queue, id))
}

/// Everything in the area of jobs stands below this.
pub(crate) fn area(municipality: &str) -> Result<Key, KeyError> {
    Key::new([municipality, AREA])
}
