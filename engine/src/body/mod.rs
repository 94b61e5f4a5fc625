//! A body (会議体): what it is called, who sits in it, how often it meets and what became of it. All of it has
//! days on which it holds, so that a meeting of any year is told by the names and the members of its own day.

mod day;
mod load;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

pub use load::fiscal_year;

/// A committee, sub-committee, working group or office that meets.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Body {
    pub id: String,
    /// The present name, or the last one.
    pub name: String,
    /// In the municipality's own words: 協議会, 部会, 連絡会.
    #[serde(default)]
    pub kind: Option<String>,
    /// The body that it is a part of.
    #[serde(default)]
    pub within: Option<String>,
    /// The first day; absent: longer than anybody remembers.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// The last day. A body that has one says why and to whom it left what (`ended`).
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Names that it had before, with the last day of each.
    #[serde(default)]
    pub names: Vec<FormerName>,
    /// The bodies that it took over from (several after a merger).
    #[serde(default)]
    pub succeeds: Vec<String>,
    #[serde(default)]
    pub ended: Option<Ended>,
    #[serde(default)]
    pub suspended: Option<Suspension>,
    /// Whose body it is, where it is somebody else's and only referred to.
    #[serde(default)]
    pub host: Option<String>,
    /// In which part the municipality sits in it, from when to when.
    #[serde(default)]
    pub part: Vec<Part>,
    #[serde(default)]
    pub scenes: Vec<String>,
    /// Places (か所) at each of which it meets `meets.times`; 1 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub places: Option<u32>,
    #[serde(default)]
    pub meets: Option<Meets>,
    #[serde(default)]
    pub quorum: Option<Quorum>,
    #[serde(default)]
    pub members: Vec<Member>,
    /// What of it is inferred (推定), in words.
    #[serde(default)]
    pub note: Option<String>,
}

/// A name that the body had up to and including a day.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FormerName {
    pub name: String,
    pub until: NaiveDate,
}

/// Why a body ended, and who goes on with what it left.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Ended {
    /// Required; the check says so better than the schema could.
    #[serde(default)]
    pub reason: Option<String>,
    /// Required: written out as `[]` where nothing was left.
    #[serde(default)]
    pub left: Option<Vec<Left>>,
}

/// 残る課題 and its heir.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Left {
    pub what: String,
    /// Required: a body that is there after this one.
    #[serde(default)]
    pub to: Option<String>,
}

/// 休止: the body is there and does not meet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Suspension {
    pub from: NaiveDate,
    #[serde(default)]
    pub to: Option<NaiveDate>,
    #[serde(default)]
    pub reason: Option<String>,
}

/// オブザーバー, 参画, 事務局: how the municipality takes part.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Part {
    #[serde(rename = "as")]
    pub role: String,
    #[serde(default)]
    pub from: Option<NaiveDate>,
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

/// How often it meets in a fiscal year at each of its places.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Meets {
    /// The lowest and the highest number of meetings.
    pub times: [u32; 2],
    /// What the source says that all places come to.
    #[serde(default)]
    pub stated: Option<u32>,
    #[serde(default)]
    pub source: Option<String>,
}

/// How many members must be there: more than this part of them, as numerator and denominator
/// (過半数 is more than 1 of 2).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Quorum {
    pub more_than: [u32; 2],
}

/// 委員: a person, or several seats of one organisation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Member {
    pub org: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub role: Option<String>,
    /// Seats; 1 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub count: Option<u32>,
    #[serde(default)]
    pub from: Option<NaiveDate>,
    #[serde(default)]
    pub to: Option<NaiveDate>,
}
