//! surveys.json: which questionnaire goes to which roster, about which period.

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
    /// Who has answered is kept apart from what was answered.
    #[serde(default)]
    pub anonymous: bool,
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

impl Survey {
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
