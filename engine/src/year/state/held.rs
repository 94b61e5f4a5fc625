//! What is known of a survey: who was asked and how, what came back, and what became of each letter.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::keyed::Why;
use crate::letter::Letter;
use crate::survey::Terms;
use crate::year::event::{CallOutcome, Needless, Source, Way};

/// A survey that was published, and what came back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    pub version: u32,
    /// Digest of the published questionnaire.
    pub digest: String,
    pub asked: u64,
    pub opened_at: Option<DateTime<Utc>>,
    /// A file: the roster as it was when the survey opened.
    pub roster: String,
    pub closed_at: Option<DateTime<Utc>>,
    pub responded: BTreeMap<String, Responded>,
    pub letters: Vec<Letters>,
    /// What became of each letter, by respondent and id.
    pub mail: BTreeMap<String, BTreeMap<String, Posted>>,
    /// What was said about the free texts of an item: a file.
    #[serde(default)]
    pub coded: BTreeMap<String, String>,
    /// The answers are gone, because their time was over.
    #[serde(default)]
    pub deleted: Option<Deleted>,
    /// When the newest personal link of each respondent was made.
    #[serde(default)]
    pub linked: BTreeMap<String, DateTime<Utc>>,
    /// Those who are not asked any more; they are not in the roster.
    #[serde(default)]
    pub withdrawn: BTreeMap<String, Withdrawn>,
    /// Telephone calls to each respondent, the first first.
    #[serde(default)]
    pub calls: BTreeMap<String, Vec<Call>>,
    /// What respondents were promised when it opened.
    #[serde(default)]
    pub terms: Terms,
    /// When the secretariat showed the results to those who were asked.
    #[serde(default)]
    pub released_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// A telephone call; what was said is a value of the store under its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub at: DateTime<Utc>,
    pub by: String,
    pub outcome: CallOutcome,
    /// From 1.
    pub number: u32,
    /// Whether something was written down.
    pub noted: bool,
}

/// What became of answers whose time was over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    pub at: DateTime<Utc>,
    pub responses: u64,
    pub why: String,
    /// A file: the [`Remains`](super::Remains).
    pub remains: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Responded {
    pub at: DateTime<Utc>,
    pub source: Source,
    /// Empty in an anonymous survey.
    pub digest: String,
    /// How often the respondent has corrected it.
    #[serde(default)]
    pub corrected: u32,
}

/// The entries of a return that was keyed in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keyed {
    pub first: Option<Keying>,
    pub second: Option<Keying>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keying {
    pub by: String,
    pub at: DateTime<Utc>,
    pub source: Source,
    /// The day on which the return reached the office.
    pub received_on: NaiveDate,
}

/// A return that does not count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aside {
    /// When it was set aside.
    pub at: DateTime<Utc>,
    pub source: Source,
    pub digest: String,
    pub why: Why,
}

/// Letters that were due at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letters {
    pub at: DateTime<Utc>,
    pub letter: Letter,
    pub respondents: u64,
    /// Those of them who have an address.
    pub by_mail: u64,
    /// A file: their ids.
    pub file: String,
    #[serde(default)]
    pub way: Way,
    /// A file: the words of the secretariat, where they are not those of the template.
    #[serde(default)]
    pub text: Option<String>,
    /// With this the ids of its letters begin, where they were sent by hand.
    #[serde(default)]
    pub batch: Option<String>,
}

/// What became of a letter last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    pub at: DateTime<Utc>,
    pub letter: Letter,
    pub fate: Fate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    Sent,
    /// It had been given up and waits to be tried again.
    Queued,
    /// It is tried again.
    Failed {
        attempt: u32,
        why: String,
        retry_at: DateTime<Utc>,
    },
    Abandoned {
        why: String,
    },
    Dropped {
        why: Needless,
    },
}

impl Held {
    pub fn is_open(&self) -> bool {
        self.opened_at.is_some() && self.closed_at.is_none()
    }
}
