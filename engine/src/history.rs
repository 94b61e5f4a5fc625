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

/// What a publication printed of a figure, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    pub key: FigureKey,
    /// Title of the publication.
    pub title: String,
    pub printed: Printed,
}

impl Print {
    /// Whether that is not what an amount comes to with as many digits.
    pub fn differs(&self, from: Amount) -> bool {
        misprinted(self.printed, from).is_some()
    }
}

/// What an amount comes to with as many digits as were printed, where that is something else.
pub fn misprinted(printed: Printed, amount: Amount) -> Option<Printed> {
    let right = match amount {
        Amount::Ratio { num, den } => Printed::half_up(num, den, 100, printed.decimals)?,
        Amount::Count(count) => Printed::half_up(count, 1, 1, printed.decimals)?,
        Amount::RateOnly(rate) => rate,
        Amount::Hidden => return None,
    };
    (printed != right).then_some(right)
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
    pub fn amount(self) -> Amount {
        match self {
            Value::Ratio { num, den, .. } => Amount::Ratio { num, den },
            Value::Rate { rate, .. } => Amount::RateOnly(rate),
            Value::Count { count, .. } => Amount::Count(count),
        }
    }

    /// What was printed beside the counts.
    pub fn printed(self) -> Option<Printed> {
        match self {
            Value::Ratio { printed, .. } | Value::Count { printed, .. } => printed,
            Value::Rate { .. } => None,
        }
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
    /// What was printed of each figure, where that is said beside its counts.
    pub fn prints(&self) -> impl Iterator<Item = Print> {
        self.figures.iter().filter_map(|published| {
            Some(Print {
                key: published.key(),
                title: self.source.title.clone(),
                printed: published.value.printed()?,
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
            amount: published.value.amount(),
            origin: origin.clone(),
        })
    }
}
