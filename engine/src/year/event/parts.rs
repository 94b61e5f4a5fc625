//! What events say in words of their own: ways, doors, mail, sources, papers.

use serde::{Deserialize, Serialize};

use crate::figure::Frozen;
use crate::letter::Letter;
use crate::meeting::Paper;

/// How letters reach those whom they are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From the outbox.
    #[default]
    Mail,
    /// Printed, with a QR code.
    Print,
    /// Copied from the page by hand.
    Copy,
    /// As a list of links for another program.
    List,
}

/// What came of a telephone call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Reached,
    Absent,
    Later,
    Declined,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Door {
    /// The questionnaire, for one respondent.
    Survey { survey: String, respondent: String },
    /// The questionnaire, for anybody: each who begins gets a link of his own.
    Open { survey: String },
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
    Withdrawn,
}

/// How a response reached the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Web,
    Xlsx,
    Paper,
    Fax,
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

impl Needless {
    pub fn label(self) -> &'static str {
        match self {
            Needless::Closed => "受付が終わっていた",
            Needless::Answered => "回答があった",
            Needless::NoAddress => "宛先がなくなった",
            Needless::Withdrawn => "対象から外れた",
        }
    }
}

impl Way {
    pub fn label(self) -> &'static str {
        match self {
            Way::Mail => "メール",
            Way::Print => "郵送の文書",
            Way::Copy => "写して送る",
            Way::List => "リンクの一覧",
        }
    }
}

impl CallOutcome {
    pub const ALL: [CallOutcome; 4] = [
        CallOutcome::Reached,
        CallOutcome::Absent,
        CallOutcome::Later,
        CallOutcome::Declined,
    ];

    pub fn label(self) -> &'static str {
        match self {
            CallOutcome::Reached => "連絡済",
            CallOutcome::Absent => "不在",
            CallOutcome::Later => "後日",
            CallOutcome::Declined => "辞退",
        }
    }

    /// The word for it in a form.
    pub fn word(self) -> &'static str {
        match self {
            CallOutcome::Reached => "reached",
            CallOutcome::Absent => "absent",
            CallOutcome::Later => "later",
            CallOutcome::Declined => "declined",
        }
    }
}

impl Source {
    pub const ALL: [Source; 4] = [Source::Web, Source::Xlsx, Source::Paper, Source::Fax];

    pub fn label(self) -> &'static str {
        match self {
            Source::Web => "ウェブ",
            Source::Xlsx => "Excel",
            Source::Paper => "紙",
            Source::Fax => "FAX",
        }
    }
}
