//! ledgers/<id>.json: which items of the form date, name and place an entry, and what follows from it.

use schemars::JsonSchema;
use serde::Deserialize;

/// A ledger as the pack defines it. Every field but `name` and `form` is optional; those that are texts
/// without further explanation name an item of the form.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Definition {
    pub name: String,
    /// The questionnaire, `forms/<form>.json`.
    pub form: String,
    /// What entries are counted in.
    #[serde(default = "unit")]
    pub unit: String,
    /// Items that date an entry, in order of preference: a date, a month as text (2016-04), or a fiscal
    /// year as integer. The first that is answered counts.
    #[serde(default)]
    pub when: Vec<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub text: Option<String>,
    /// Scenes (場面) to which an entry belongs.
    #[serde(default)]
    pub scenes: Option<String>,
    #[serde(default)]
    pub body: Option<String>,
    /// The id of the entry of this ledger that is already counted (【再掲】).
    #[serde(default)]
    pub again: Option<String>,
    /// The id of the entry of this ledger that comes before this one.
    #[serde(default)]
    pub after: Option<String>,
    /// `ledger/entry` from which it was promoted.
    #[serde(default)]
    pub from: Option<String>,
    /// The indicator of map.json that an entry is about.
    #[serde(default)]
    pub indicator: Option<String>,
    #[serde(default)]
    pub marks: Option<Marks>,
    /// The weekday as a source prints it (月 to 日): where it differs from the date, that is a remark.
    #[serde(default)]
    pub weekday: Option<String>,
    #[serde(default)]
    pub state: Option<State>,
    #[serde(default)]
    pub to_agenda: Vec<ToAgenda>,
    /// Entries for which this expression holds stand in next year's draft.
    #[serde(default)]
    pub carry: Option<String>,
    /// The fiscal year since which it is kept: later years without an entry count 0.
    #[serde(default)]
    pub since: Option<i32>,
    /// Counts from 1 up to below this are printed as ＊.
    #[serde(default)]
    #[schemars(range(min = 2, max = 1000))]
    pub hide_below: Option<u64>,
}

fn unit() -> String {
    "件".to_owned()
}

/// The mark of a programme item (ア to ク) and the heading that a source prints beside it: they must belong
/// together as frame.json says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Marks {
    pub mark: String,
    #[serde(default)]
    pub heading: Option<String>,
}

/// How far an entry is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct State {
    /// An item with options.
    pub item: String,
    /// Codes in their order: an entry steps to the next one, never over one. Every other code is an end,
    /// which may be reached from any stage.
    #[serde(default)]
    pub stages: Vec<String>,
    /// A month cannot be closed while an entry of it has no state.
    #[serde(default)]
    pub must_before_close: bool,
}

/// Entries that become a line under 協議事項.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ToAgenda {
    /// An expression over the items of the form.
    #[serde(rename = "where")]
    pub condition: String,
    /// Printed with the line.
    pub reason: String,
    /// The body whose next 次第 it stands in; without one the body of the entry, or whichever meets first.
    #[serde(default)]
    pub body: Option<String>,
}
