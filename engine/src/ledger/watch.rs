//! watches.json: what is counted again and again, so that somebody hears of it when it is much.

use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Watches {
    pub watches: Vec<Watch>,
}

/// Either how many entries there were (`at_least`), or entries that lie `near` each other.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Watch {
    pub id: String,
    pub ledger: String,
    /// An expression over the items of the ledger's form.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// Counted over this many months up to the day asked about; without it, from the first entry on.
    #[serde(default)]
    #[schemars(range(min = 1, max = 120))]
    pub months: Option<u32>,
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub at_least: Option<u64>,
    #[serde(default)]
    pub near: Option<Near>,
    /// A line under 協議事項 of a body's next 次第.
    #[serde(default)]
    pub propose: Option<Propose>,
    /// A remark.
    #[serde(default)]
    pub warn: Option<String>,
}

/// Two entries with the same answer to one item and different ones to another, at most so many days apart.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Near {
    pub same: String,
    pub differs: String,
    #[schemars(range(min = 0, max = 366))]
    pub days: i64,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Propose {
    pub title: String,
    pub body: String,
}
