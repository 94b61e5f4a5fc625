//! What the journal of a municipality records. Answers are never in it: it holds who answered and
//! the digest of what was stored, so that answers can be deleted when their time is over.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Delegation;
use crate::figure::Frozen;
use crate::letter::Letter;
use crate::meeting::Paper;

/// One event; the store adds when, who, why, and the hash of the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The pack whose data is in force from here on.
    PackAdopted {
        digest: String,
    },
    /// A file of the pack was changed in the pages: from here on this text, a file of the store, lies over the
    /// pack's own; without one there is no such file.
    PackRevised {
        path: String,
        file: Option<String>,
    },
    CycleAdvanced {
        cycle: String,
        record: Box<workflows::Record>,
    },
    /// From here on this version cannot change.
    QuestionnairePublished {
        survey: String,
        version: u32,
        digest: String,
    },
    SurveyOpened {
        survey: String,
        version: u32,
        asked: u64,
        /// A file: the roster as it was then.
        roster: String,
    },
    SurveyClosed {
        survey: String,
    },
    /// A personal link was made; only its hash is kept.
    LinkMade {
        hash: String,
        door: Door,
    },
    /// A one-time link was used.
    LinkSpent {
        hash: String,
    },
    Responded {
        survey: String,
        respondent: String,
        source: Source,
        digest: String,
    },
    /// A letter was due to those who had not answered. In the outbox is one for each who has an
    /// address; the others are reached by other means. Journals of the first release say
    /// `reminder_due`, when all letters were copied by hand.
    #[serde(alias = "reminder_due")]
    LettersDue {
        #[serde(default = "reminder")]
        letter: Letter,
        survey: String,
        respondents: u64,
        #[serde(default)]
        by_mail: u64,
        /// A file: their ids.
        file: String,
    },
    MailSent {
        #[serde(flatten)]
        mail: Mail,
    },
    /// It is tried again.
    MailFailed {
        #[serde(flatten)]
        mail: Mail,
        attempt: u32,
        why: String,
        retry_at: DateTime<Utc>,
    },
    /// It is not tried again.
    MailAbandoned {
        #[serde(flatten)]
        mail: Mail,
        attempt: u32,
        why: String,
    },
    /// It was not needed any more.
    MailDropped {
        #[serde(flatten)]
        mail: Mail,
        why: Needless,
    },
    /// Figures were counted anew; the digest is over the figures, so that a changed number is seen.
    FiguresCounted {
        survey: String,
        responses: u64,
        digest: String,
    },
    /// A municipality outside has sent its figures.
    FiguresReceived {
        member: String,
        made_at: DateTime<Utc>,
        /// A file: the signed sheet as it came.
        file: String,
    },
    /// An entry of a ledger was handed in, or changed: its round, from 1, is kept as a value.
    Entered {
        ledger: String,
        entry: String,
        round: u32,
        digest: String,
    },
    /// A month (`2025-06`) of a ledger is closed.
    MonthClosed {
        ledger: String,
        month: String,
    },
    /// The 施策・指標マップ with the figures of that moment.
    MapDrawn {
        version: u32,
        file: String,
    },
    /// The 次第 as drafted: a file with the lines and the list of papers.
    AgendaDrafted {
        meeting: String,
        file: String,
    },
    PapersWritten {
        meeting: String,
        /// The surveys that its papers report.
        reports: Vec<String>,
        /// A file: the [`Handout`].
        file: String,
    },
    /// The papers went out; their numbers and texts no longer change.
    PapersDispatched {
        meeting: String,
    },
    MeetingClosed {
        meeting: String,
    },
    DelegationMade(Delegation),
    DelegationEnded {
        role: String,
        from: String,
    },
    /// Somebody has put free texts into groups, or confirmed how they are printed.
    TextsCoded {
        survey: String,
        item: String,
        groups: u64,
        /// Texts in a group.
        coded: u64,
        /// Texts whose printing is confirmed.
        confirmed: u64,
        /// A file: the coding. Texts are in it and not here.
        file: String,
    },
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Door {
    /// The questionnaire, for one respondent.
    Survey { survey: String, respondent: String },
    /// The questionnaire to try out; nothing is kept.
    Trial { survey: String },
    /// The papers of all meetings, to read.
    Papers,
    /// Signing in once, as this person.
    SignIn { person: String },
}

/// A letter in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub survey: String,
    pub respondent: String,
    pub letter: Letter,
    /// The job's: the same for every attempt.
    pub id: String,
}

/// Why a letter was not sent after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needless {
    Closed,
    Answered,
    NoAddress,
}

/// How a response reached the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Web,
    Xlsx,
    Paper,
}

/// The papers of a meeting as they were written, with the figures of that moment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Handout {
    pub papers: Vec<PaperFile>,
    /// The figures that the papers link to.
    pub figures: Vec<Frozen>,
}

/// A written paper: its text is a file in the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaperFile {
    pub paper: Paper,
    /// SHA-256 of the stored `Written`.
    pub file: String,
}

/// What was due before there were several kinds of letters.
fn reminder() -> Letter {
    Letter::Reminder
}

impl Needless {
    pub fn label(self) -> &'static str {
        match self {
            Needless::Closed => "受付が終わっていた",
            Needless::Answered => "回答があった",
            Needless::NoAddress => "宛先がなくなった",
        }
    }
}

impl Source {
    pub fn label(self) -> &'static str {
        match self {
            Source::Web => "ウェブ",
            Source::Xlsx => "Excel",
            Source::Paper => "紙・FAX",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reminder_of_the_first_release_is_still_read() {
        let old =
            r#"{"event":"reminder_due","survey":"discharge-2026","respondents":3,"file":"ab"}"#;
        let read: Event = serde_json::from_str(old).unwrap();
        let expected = Event::LettersDue {
            letter: Letter::Reminder,
            survey: "discharge-2026".into(),
            respondents: 3,
            by_mail: 0,
            file: "ab".into(),
        };
        assert_eq!(read, expected);
    }
}
