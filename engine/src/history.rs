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
    Ratio {
        num: u64,
        den: u64,
        /// The rate as the publication printed it, right or wrong.
        #[serde(default)]
        #[schemars(with = "Printed")]
        printed: Option<Printed>,
    },
    Rate {
        rate: Printed,
        /// Of how many, where the publication says so: then the rate can be checked.
        #[serde(default)]
        n: Option<u64>,
    },
    Count {
        count: u64,
        /// The count as the publication printed it, right or wrong.
        #[serde(default)]
        #[schemars(with = "Printed")]
        printed: Option<Printed>,
    },
}

/// A published value and what its counts come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misprint {
    pub key: FigureKey,
    /// Title of the publication.
    pub title: String,
    pub printed: Printed,
    pub right: Printed,
    /// Numerator and denominator, where it is a rate.
    pub counts: Option<(u64, u64)>,
}

impl Published {
    fn key(&self) -> FigureKey {
        FigureKey {
            indicator: self.indicator.clone(),
            area: self.area.clone(),
            year: self.survey_year,
        }
    }
}

impl Value {
    /// What was printed and what the counts come to with as many digits, where the two differ.
    pub fn misprinted(self) -> Option<(Printed, Printed)> {
        let (printed, right) = match self {
            Value::Ratio { num, den, printed } => {
                let printed = printed?;
                (printed, Printed::half_up(num, den, 100, printed.decimals)?)
            }
            Value::Count { count, printed } => {
                let printed = printed?;
                let shift = 10i64.checked_pow(u32::from(printed.decimals))?;
                let units = i64::try_from(count).ok()?.checked_mul(shift)?;
                (printed, Printed { units, ..printed })
            }
            Value::Rate { .. } => return None,
        };
        (printed != right).then_some((printed, right))
    }

    /// Whether a rate was printed that no whole number of its `n` comes to (GRIM).
    pub fn impossible(self) -> Option<(Printed, u64)> {
        let Value::Rate { rate, n: Some(n) } = self else {
            return None;
        };
        // Rounding grows with the count: the first count that comes to at least this rate decides.
        let units = u128::try_from(rate.units).ok();
        let hundred = 100 * 10u128.pow(u32::from(rate.decimals));
        let count = |units: u128| u64::try_from(units * u128::from(n) / hundred).ok();
        let near = units.and_then(count);
        let possible = near.is_some_and(|near| {
            (near..=near.saturating_add(1).min(n))
                .any(|count| Printed::half_up(count, n, 100, rate.decimals) == Some(rate))
        });
        (!possible).then_some((rate, n))
    }
}

impl History {
    /// The figures that were printed differently from what their counts come to.
    pub fn misprints(&self) -> impl Iterator<Item = Misprint> {
        self.figures.iter().filter_map(|published| {
            let (printed, right) = published.value.misprinted()?;
            Some(Misprint {
                key: published.key(),
                title: self.source.title.clone(),
                printed,
                right,
                counts: match published.value {
                    Value::Ratio { num, den, .. } => Some((num, den)),
                    _ => None,
                },
            })
        })
    }

    /// The figures of a file named `file`, with that file in their origin.
    pub fn figures(&self, file: &str) -> impl Iterator<Item = Figure> {
        let origin = Origin::Published {
            title: self.source.title.clone(),
            published_by: self.source.published_by.clone(),
            as_of: self.source.as_of.clone(),
            file: file.to_owned(),
        };
        self.figures.iter().map(move |published| Figure {
            key: published.key(),
            amount: match published.value {
                Value::Ratio { num, den, .. } => Amount::Ratio { num, den },
                Value::Rate { rate, .. } => Amount::RateOnly(rate),
                Value::Count { count, .. } => Amount::Count(count),
            },
            origin: origin.clone(),
        })
    }
}
