//! surveys.json: which questionnaire goes to which roster, about which period.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A survey as the pack defines it. Held (opened, answered, closed) it is [`crate::year::Held`].
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Survey {
    pub id: String,
    pub name: String,
    /// Questionnaires asked together, in this order. Discussion items that ride on this survey
    /// (`joins` in agenda.json) add theirs behind.
    pub forms: Vec<String>,
    pub roster: String,
    #[serde(default)]
    pub period: Option<Period>,
    /// The fiscal year in which it is held (年度).
    pub survey_year: i32,
    #[serde(default)]
    pub report: Option<Report>,
    /// Returns on paper are keyed in by two people, and what they read differently is decided before it counts.
    #[serde(default)]
    pub keyed_twice: bool,
    /// Anybody with the open link may answer too, without being on the roster.
    #[serde(default)]
    pub open_link: bool,
    /// A response that was handed in can be corrected until the survey closes.
    #[serde(default)]
    pub correctable: bool,
    /// Who has answered is kept apart from what was answered.
    #[serde(default)]
    pub anonymous: bool,
    /// Those who were asked see the results once they are published.
    #[serde(default)]
    pub handed_back: bool,
    /// Fiscal years for which answers are kept, from the April 1 after the survey has closed. Absent: until
    /// somebody says how long.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub keep_years: Option<u32>,
}

/// What respondents were promised when the survey opened: it holds to its end, whatever becomes of the pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    pub open_link: bool,
    pub correctable: bool,
    pub anonymous: bool,
    pub handed_back: bool,
}

/// What the answers are about. The three years of a figure are told apart: this, the survey year,
/// and the year in which it is reported.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub label: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Report {
    /// Title of the paper.
    pub title: String,
    /// Who was asked, and how, in the words of the paper.
    #[serde(default)]
    pub target: Option<String>,
    #[serde(default)]
    pub method: Option<String>,
    /// What a reader must know about an indicator.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// 今後について.
    #[serde(default)]
    pub next_steps: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Note {
    pub indicator: String,
    pub text: String,
}

impl Terms {
    /// Nothing but personal links, one response each, known by name.
    pub fn are_usual(&self) -> bool {
        *self == Terms::default()
    }
}

/// What ids that were made for responses without a row in the roster begin with; no id of a roster has a `_`.
const UNNAMED: &str = "w_";

/// What is known of who gave a response that belongs to nobody on the roster.
pub static NO_COLUMNS: BTreeMap<String, String> = BTreeMap::new();

/// The id of a response that belongs to nobody on the roster, from the hash of the link that leads to it.
pub fn unnamed(link_hash: &str) -> String {
    format!("{UNNAMED}{}", link_hash.get(..16).unwrap_or(link_hash))
}

/// Whether a response belongs to nobody on the roster: it came over the open link, or was detached from its
/// respondent.
pub fn is_unnamed(respondent: &str) -> bool {
    respondent.starts_with(UNNAMED)
}

impl Survey {
    pub fn terms(&self) -> Terms {
        Terms {
            open_link: self.open_link,
            correctable: self.correctable,
            anonymous: self.anonymous,
            handed_back: self.handed_back,
        }
    }

    /// The id of this year's turn of the survey: `discharge-rule-2023`. What is held, answered and
    /// kept is the turn; next year's is another.
    pub fn turn(&self) -> String {
        format!("{}-{}", self.id, self.survey_year)
    }

    /// The title of the paper that reports it.
    pub fn report_title(&self) -> String {
        match &self.report {
            Some(report) => report.title.clone(),
            None => format!("{}の結果について", self.name),
        }
    }
}
