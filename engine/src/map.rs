//! map.json: the plan of the year, the 施策・指標マップ, and the indicators with how they are counted.

mod series;
mod version;

use std::collections::BTreeMap;

use forms::Measure;
use schemars::JsonSchema;
use serde::Deserialize;

pub use series::{Break, Decided, NotHeld};
pub use version::{Change, ChangeKind, Changed, Since};

/// The map as written. [`Indicator`]s carry their measures only after the pack is checked.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Map {
    /// From 1. A later version needs the one before it in maps/, and `since`.
    pub version: u32,
    /// What became of each box and indicator of the version before.
    #[serde(default)]
    pub since: Option<Since>,
    #[serde(default)]
    pub plan: Option<Plan>,
    /// Those of the frame, where the map has none of its own.
    #[serde(default)]
    pub layers: Vec<Named>,
    #[serde(default)]
    pub scenes: Vec<Named>,
    pub nodes: Vec<Node>,
    pub indicators: Vec<Indicator>,
}

/// 事業計画: the year's work in phases (Plan, Do, Check/Act).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Plan {
    pub title: String,
    pub fiscal_year: i32,
    pub phases: Vec<PlanItem>,
}

/// An item of the plan and what belongs under it, at most three levels below a phase.
#[derive(Clone, Debug, Deserialize, serde::Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PlanItem {
    #[serde(default)]
    pub id: Option<String>,
    pub title: String,
    #[serde(default)]
    pub text: Vec<String>,
    #[serde(default)]
    pub items: Vec<PlanItem>,
}

#[derive(Clone, Debug, Deserialize, serde::Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// A box of the map.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Node {
    pub id: String,
    pub layer: String,
    pub title: String,
    #[serde(default)]
    pub scenes: Vec<String>,
    #[serde(default)]
    pub indicators: Vec<String>,
    /// The boxes that this one is meant to move.
    #[serde(default)]
    pub leads_to: Vec<String>,
    /// 推定 where no published plan says so.
    #[serde(default)]
    pub note: Option<String>,
}

/// 指標: what is counted, of whom, and which way is better.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Indicator {
    pub id: String,
    pub name: String,
    pub unit: String,
    pub layer: String,
    #[serde(default)]
    pub scenes: Vec<String>,
    #[serde(default)]
    pub direction: Option<Direction>,
    /// Name of the denominator, printed with every rate (退院数).
    #[serde(default)]
    pub base: Option<String>,
    #[serde(default)]
    pub numerator_label: Option<String>,
    /// The survey that it is counted from; without one it is only ever published by others.
    #[serde(default)]
    pub survey: Option<String>,
    /// The ledger from whose entries of a fiscal year it is counted.
    #[serde(default)]
    pub ledger: Option<String>,
    /// Counts from 1 up to below this are not printed.
    #[serde(default)]
    #[schemars(range(min = 2, max = 1000))]
    pub hide_below: Option<u64>,
    /// What is counted: a measure over the survey's answers (see `forms::tally::Measure`).
    #[serde(default)]
    pub numerator: Option<serde_json::Value>,
    /// Of which; without one the indicator is a count.
    #[serde(default)]
    pub denominator: Option<serde_json::Value>,
    /// What the page of a figure divides it by: items (`hospital`) and roster columns
    /// (`respondent.name`).
    #[serde(default)]
    pub breakdowns: Vec<String>,
    #[serde(default)]
    pub target: Option<crate::figure::Printed>,
    /// A decision about the indicator itself: "do not raise", "no number on purpose".
    #[serde(default)]
    pub decision: Option<String>,
    /// When, by whom and why that was decided.
    #[serde(default)]
    pub decided: Option<Decided>,
    /// Years before which the series ends and begins anew.
    #[serde(default)]
    pub breaks: Vec<Break>,
    /// The indicator whose series this one goes on with, after a break.
    #[serde(default)]
    pub replaces: Option<String>,
    /// Years in which nobody was asked, on purpose: no value is missing.
    #[serde(default)]
    pub not_held: Vec<NotHeld>,
    /// Digits behind the point of its rates, where they are not the municipality's usual ones.
    #[serde(default)]
    #[schemars(range(min = 0, max = 3))]
    pub decimals: Option<u8>,
    /// What it measures, in a word that other municipalities have too: figures of one concept are
    /// added up for an area, and those with a concept are what a municipality gives away.
    #[serde(default)]
    pub concept: Option<String>,
    /// 主指標, otherwise 補足指標.
    #[serde(default)]
    pub main: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
    /// Watched, not steered.
    Neither,
}

/// How an indicator is counted from responses.
#[derive(Clone, Debug)]
pub struct Counting {
    pub numerator: Measure,
    /// None, and no estimate: the indicator is a count.
    pub denominator: Option<Measure>,
    pub estimate: Option<Estimate>,
}

/// A base that nobody has counted. It is printed as 推計.
#[derive(Clone, Debug, Deserialize)]
pub struct Estimate {
    pub estimate: u64,
    /// How it was estimated, and from what.
    pub how: String,
}

/// Indicator id → how it is counted, for those counted here.
pub type Countings = BTreeMap<String, Counting>;

impl Map {
    /// 事業計画's title; a municipality without a plan has a map all the same.
    pub fn title(&self) -> &str {
        self.plan.as_ref().map_or("", |plan| &plan.title)
    }

    /// Takes layers and scenes from the frame where the map has none.
    pub fn stand_in(&mut self, frame: &crate::frame::Frame) {
        if self.layers.is_empty() {
            self.layers.clone_from(&frame.layers);
        }
        if self.scenes.is_empty() {
            self.scenes.clone_from(&frame.scenes);
        }
    }

    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }
}
