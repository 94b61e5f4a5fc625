//! Designing a questionnaire of a pack: what is under way, the survey that it is for, and the version it becomes.
//!
//! What a step does to the questionnaire is decided in [`forms::design`]. Here is what it has to do with a pack: a
//! design is kept beside the pack until it is saved into it, a questionnaire that was published becomes a new version,
//! and a new questionnaire brings its survey along.

mod survey;
mod version;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use survey::{NewSurvey, add_survey, move_survey};
pub use version::{blank, copied, numbered};

/// A questionnaire that is being designed.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    pub document: Value,
    /// The first is what it began with, the last one the document as it is.
    pub steps: Vec<Step>,
    /// The survey that comes into the pack with it.
    pub survey: Option<NewSurvey>,
    /// Rises with every step, one that is taken back included.
    pub round: u64,
}

/// Something that was done to a questionnaire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub number: u64,
    pub at: DateTime<Utc>,
    pub by: String,
    /// 「設問を加える」.
    pub what: String,
}

/// Files of the pack, by path: those of a save.
pub fn path(form: &str) -> String {
    format!("forms/{form}.json")
}
