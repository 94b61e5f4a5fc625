//! What a chart shows, as exact integers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digits::Width;

/// A chart. Values are integers in its unit: counts, or tenths of a percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// The id by which a paper places it: `![…](chart:ID)`.
    pub id: String,
    pub title: String,
    /// What a reader who does not see the picture must know; empty: made from the values.
    #[serde(default)]
    pub description: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 棒グラフ: groups side by side, in each group one bar for every series.
    Bars {
        unit: Unit,
        /// For instance 市, 圏域, 県.
        groups: Vec<Group>,
        /// For instance 令和５年度, 令和４年度. At most four, each with its own pattern.
        series: Vec<String>,
    },
    /// 年次推移: the years of one indicator, joined only where they compare.
    Years { unit: Unit, points: Vec<Point> },
    /// 帯グラフ: rows of parts that fill 100 %.
    Bands { parts: Vec<String>, rows: Vec<Band> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub label: String,
    /// The base, printed as n=242 where it is known.
    pub n: Option<u64>,
    /// One value for every series, in the unit of the chart; absent is not 0.
    pub values: Vec<Option<u64>>,
    /// What is printed for a series where that is not the value in the chart's unit: a rate with other
    /// digits, or why there is none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub said: BTreeMap<usize, String>,
}

impl Group {
    /// What is printed beside the bar of a series.
    pub fn text(&self, series: usize, unit: &Unit) -> String {
        let value = self.values.get(series).copied().flatten();
        let said = self.said.get(&series).cloned();
        said.or_else(|| Some(unit.print(value?)))
            .unwrap_or_else(|| MISSING.to_owned())
    }
}

/// What stands where a value is not known.
pub const MISSING: &str = "値なし";

/// A year of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// R5
    pub label: String,
    pub spot: Spot,
    /// The value as it is printed, where it has other digits than the chart's unit.
    #[serde(default)]
    pub said: Option<String>,
    /// Why this year does not compare with those before it (断絶).
    #[serde(default)]
    pub broken: Option<String>,
}

impl Point {
    /// The value as it is printed, or what stands in its place.
    pub fn text(&self, unit: &Unit) -> String {
        match (&self.spot, &self.said) {
            (Spot::Value(_), Some(said)) => said.clone(),
            (Spot::Value(value), None) => unit.print(*value),
            (Spot::LeftOut(why), _) => why.clone(),
            (Spot::Missing, _) => MISSING.to_owned(),
        }
    }
}

/// What a year has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// In the unit of the chart.
    Value(u64),
    /// No value on purpose, and what stands in its place: 未実施（負担考慮）.
    LeftOut(String),
    Missing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    pub label: String,
    pub n: Option<u64>,
    /// Tenths of a percent, one for every part, printed as they are: the columns are never adjusted
    /// to add to 100, and the bar is drawn on their sum.
    pub tenths: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Values are tenths of a percent.
    Percent,
    /// Values are counts of this unit: 件, か所, 人.
    Count(String),
}

impl Unit {
    /// A value as it is printed beside its bar: `78.1%`, `189件`.
    pub fn print(&self, value: u64) -> String {
        match self {
            Unit::Percent => tenths(value),
            Unit::Count(unit) => format!("{value}{unit}"),
        }
    }
}

/// Tenths of a percent as the tables print them: `78.1%`, `100%`.
pub fn tenths(value: u64) -> String {
    Width::Half.percent(value)
}

impl Chart {
    /// The description, or, where the author gave none, all values in one sentence for each group.
    pub fn described(&self) -> String {
        if !self.description.is_empty() {
            return self.description.clone();
        }
        let lines: Vec<String> = match &self.kind {
            Kind::Bars {
                unit,
                groups,
                series,
            } => groups
                .iter()
                .map(|group| {
                    let values = series
                        .iter()
                        .enumerate()
                        .map(|(index, name)| format!("{name} {}", group.text(index, unit)));
                    sentence(&group.label, group.n, values.collect())
                })
                .collect(),
            Kind::Years { unit, points } => points
                .iter()
                .map(|point| {
                    let broken = point.broken.as_ref();
                    let broken = broken
                        .map(|why| format!("（ここで断絶：{why}）"))
                        .unwrap_or_default();
                    let value = point.text(unit);
                    format!("{broken}{} {value}。", point.label)
                })
                .collect(),
            Kind::Bands { parts, rows } => rows
                .iter()
                .map(|row| {
                    let values = parts.iter().zip(&row.tenths);
                    let values = values.map(|(name, value)| format!("{name} {}", tenths(*value)));
                    sentence(&row.label, row.n, values.collect())
                })
                .collect(),
        };
        lines.join("")
    }
}

fn sentence(label: &str, n: Option<u64>, values: Vec<String>) -> String {
    let base = n.map(|n| format!("（n={n}）")).unwrap_or_default();
    format!("{label}{base}：{}。", values.join("、"))
}
