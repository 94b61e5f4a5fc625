//! history/*.json: figures published by other offices, or in earlier years, with their source.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::figure::{Amount, Figure, FigureKey, Origin, Printed};

/// One file of published figures.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct History {
    pub source: Source,
    pub figures: Vec<Published>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Source {
    pub title: String,
    pub published_by: String,
    /// The date of publication, or the words that the source has for it.
    pub as_of: String,
}

/// One figure: counts where they were published, otherwise the rate as it was printed. A rate is
/// never turned into counts and never averaged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Published {
    pub indicator: String,
    pub area: String,
    pub survey_year: i32,
    #[serde(flatten)]
    pub value: Value,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    Ratio { num: u64, den: u64 },
    Rate { rate: Printed },
    Count { count: u64 },
}

impl History {
    /// The figures of a file named `file`, with that file in their origin.
    pub fn figures(&self, file: &str) -> impl Iterator<Item = Figure> {
        let origin = Origin::Published {
            title: self.source.title.clone(),
            published_by: self.source.published_by.clone(),
            as_of: self.source.as_of.clone(),
            file: file.to_owned(),
        };
        self.figures.iter().map(move |published| Figure {
            key: FigureKey {
                indicator: published.indicator.clone(),
                area: published.area.clone(),
                year: published.survey_year,
            },
            amount: match published.value {
                Value::Ratio { num, den } => Amount::Ratio { num, den },
                Value::Rate { rate } => Amount::RateOnly(rate),
                Value::Count { count } => Amount::Count(count),
            },
            origin: origin.clone(),
        })
    }
}
