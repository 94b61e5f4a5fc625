//! agenda.json: the meetings of a body, the skeleton of their 次第, and what is put to discussion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Agenda {
    pub meetings: Vec<Meeting>,
    #[serde(default)]
    pub proposals: Vec<Proposal>,
    /// Papers of this municipality's own, beside those of surveys and proposals.
    #[serde(default)]
    pub papers: Vec<OwnPaper>,
}

/// papers.json of the base: papers that every municipality can hand out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Papers {
    pub papers: Vec<OwnPaper>,
}

/// A paper that is written from what the municipality has recorded, by a template.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OwnPaper {
    pub id: String,
    pub title: String,
    /// A file below templates/; without one, `<id>.md`.
    #[serde(default)]
    pub template: Option<String>,
    /// The fiscal year that it is about; without one, the year of its meeting.
    #[serde(default)]
    pub year: Option<i32>,
}

impl OwnPaper {
    /// The name of its template below templates/.
    pub fn template(&self) -> String {
        let own = self.template.clone();
        own.unwrap_or_else(|| format!("{}.md", self.id))
    }
}

/// A meeting of a body (第１回…). Date, time and place are parameters of the cycle, because the
/// secretariat moves them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Meeting {
    pub id: String,
    pub body: String,
    pub fiscal_year: i32,
    /// 第n回 within the fiscal year, from 1.
    pub ordinal: u32,
    /// Ids of the cycle parameters that hold them.
    pub on: String,
    #[serde(default)]
    pub time: Option<String>,
    #[serde(default)]
    pub place: Option<String>,
    pub items: Vec<Entry>,
    /// Reference papers (参考資料): `plan` is the plan of map.json, others are ids of papers.
    #[serde(default)]
    pub references: Vec<String>,
}

/// A line of the skeleton.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Entry {
    pub title: String,
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(default)]
    pub items: Vec<Entry>,
    /// Filled by the engine when the 次第 is drafted.
    #[serde(default)]
    pub fill: Option<Fill>,
    /// information: 情報提供.
    #[serde(default)]
    pub kind: Option<String>,
}

/// Where the lines below an entry come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// 報告事項: surveys that closed since the body's last meeting.
    Reports,
    /// 協議事項: proposals put to this meeting, then what ledgers and watches raise.
    Proposals,
    /// 重点目標: the goals of the year before that go on.
    Goals,
}

/// 協議事項: what is asked of the meeting, in parts, each of which may ask for a survey.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Proposal {
    pub id: String,
    pub meeting: String,
    pub title: String,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Part {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub sections: Vec<Section>,
    #[serde(default)]
    pub survey: Option<SurveyRequest>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Section {
    pub title: String,
    #[serde(default)]
    pub text: Vec<String>,
    /// Numbered lines below the text.
    #[serde(default)]
    pub items: Vec<String>,
}

/// The survey that a discussion item asks for: one of its own, or a place in another item's survey
/// (相乗り), so that an office is asked once.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum SurveyRequest {
    Own { id: String, form: String },
    Joins { joins: String, form: String },
}

impl SurveyRequest {
    pub fn survey(&self) -> &str {
        match self {
            SurveyRequest::Own { id, .. } => id,
            SurveyRequest::Joins { joins, .. } => joins,
        }
    }

    pub fn form(&self) -> &str {
        match self {
            SurveyRequest::Own { form, .. } | SurveyRequest::Joins { form, .. } => form,
        }
    }
}

impl Agenda {
    pub fn meeting(&self, id: &str) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| meeting.id == id)
    }

    pub fn proposals<'a>(&'a self, meeting: &'a str) -> impl Iterator<Item = &'a Proposal> {
        self.proposals
            .iter()
            .filter(move |proposal| proposal.meeting == meeting)
    }

    /// Every survey request, with the part that makes it.
    pub fn requests(&self) -> impl Iterator<Item = (&Part, &SurveyRequest)> {
        self.proposals
            .iter()
            .flat_map(|proposal| &proposal.parts)
            .filter_map(|part| Some((part, part.survey.as_ref()?)))
    }
}
