//! A case as it is written.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// A file `cases/*.case.json`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Case {
    /// What is shown, in a sentence.
    pub what: String,
    /// Ledger id → file in cases/ with entries that come after those of the pack.
    #[serde(default)]
    pub entries: BTreeMap<String, String>,
    /// Survey id → file in cases/ with its responses.
    #[serde(default)]
    pub responses: BTreeMap<String, String>,
    pub steps: Vec<Step>,
}

/// One act, and what must come of it: one of the first ten fields, and any of the others.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["enter"] }, { "required": ["close_month"] }, { "required": ["paper"] }, { "required": ["receive"] },
    { "required": ["agenda"] }, { "required": ["change"] }, { "required": ["simulate"] },
    { "required": ["handover"] }, { "required": ["remarks"] }, { "required": ["figures"] }
]))]
pub struct Step {
    /// Hands an entry in, or changes one.
    #[serde(default)]
    pub enter: Option<Enter>,
    /// Closes a month of a ledger.
    #[serde(default)]
    pub close_month: Option<Month>,
    /// Writes a paper: of the pack's own, of the base, or of a meeting.
    #[serde(default)]
    pub paper: Option<String>,
    /// Takes a signed sheet of figures (a file in cases/) from a member of an area.
    #[serde(default)]
    pub receive: Option<String>,
    /// Drafts the 次第 of a meeting.
    #[serde(default)]
    pub agenda: Option<String>,
    /// Changes files of the pack and reads it again.
    #[serde(default)]
    pub change: Option<Vec<Change>>,
    /// Runs the cycles of a fiscal year dry.
    #[serde(default)]
    pub simulate: Option<i32>,
    /// Writes the 引継書 of a role.
    #[serde(default)]
    pub handover: Option<String>,
    /// Each of these stands in a remark (注意) or in what is watched.
    #[serde(default)]
    pub remarks: Option<Vec<String>>,
    #[serde(default)]
    pub figures: Option<Vec<Wanted>>,

    /// The day on which one looks.
    #[serde(default)]
    pub on: Option<NaiveDate>,
    /// The fiscal year of a paper.
    #[serde(default)]
    pub year: Option<i32>,
    /// The meeting to which a paper belongs.
    #[serde(default)]
    pub meeting: Option<String>,
    /// The one cycle of a dry run.
    #[serde(default)]
    pub cycle: Option<String>,

    /// Stand in the text, in this order.
    #[serde(default)]
    pub has: Vec<String>,
    /// Stand nowhere in it.
    #[serde(default)]
    pub has_not: Vec<String>,
    /// A file in cases/ every line of which stands in the text, in this order.
    #[serde(default)]
    pub file: Option<String>,
    /// It is refused, and each of these stands in what is said.
    #[serde(default)]
    pub refused: Option<Vec<String>>,
    /// Codes of findings that must be among those found.
    #[serde(default)]
    pub found: Vec<String>,
    /// How many meetings a dry run has.
    #[serde(default)]
    pub meetings: Option<usize>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Enter {
    pub ledger: String,
    pub entry: Value,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Month {
    pub ledger: String,
    /// 2025-06
    pub month: String,
}

/// Replaces the value at a JSON pointer, or takes it away.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Change {
    pub file: String,
    pub at: String,
    #[serde(default)]
    pub to: Option<Value>,
}

/// A figure with its value as printed and, where they are known, its counts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Wanted {
    pub indicator: String,
    pub area: String,
    pub year: i32,
    pub printed: String,
    #[serde(default)]
    pub num: Option<u64>,
    #[serde(default)]
    pub den: Option<u64>,
}
