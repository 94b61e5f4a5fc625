//! An area of several municipalities (圏域): their figures of one concept, added up.
//!
//! Only counts are added, never rates. What a member has not given is named with the reason, so that a
//! sum is never taken for the whole of the area. A member on this server is looked up there, if its
//! own pack names the area; one outside sends a signed sheet of figures.

mod key;
mod overlap;
mod sheet;
mod sum;
mod text;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use key::{NotAKey, PublicKey, SecretKey};
pub(crate) use overlap::{Clash, overlaps};

pub use sheet::{Rejected, Sheet};
pub use sum::{Given, Missing, Part, Refused, RollUp, Why, roll_up};
pub use text::table;

use crate::figure::{Amount, FigureBook, Origin};
use crate::pack::Pack;

/// A municipality of an area.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(deny_unknown_fields)]
pub enum Member {
    /// One of this server. It takes part when its own `areas` name the area, with the same id and name.
    Here { slug: String },
    /// One outside: its name, and the public key with which its sheets are checked.
    Outside { name: String, key: String },
}

/// A figure that a municipality gives to its areas. Not a single answer is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    pub concept: String,
    /// What the municipality calls it.
    pub name: String,
    pub unit: String,
    /// The survey year.
    pub year: i32,
    /// First and last day of what the answers are about, where that is known.
    pub period: Option<Span>,
    pub amount: Offer,
}

/// The value that a municipality gives, or why it keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// So few that somebody could be recognised (`hide_below`).
    TooFew,
    /// Its denominator is an estimate, and an estimate is no count.
    Estimated,
    #[serde(untagged)]
    Amount(Amount),
}

/// From the first to the last day.
pub type Span = (NaiveDate, NaiveDate);

/// What a municipality gives to its areas: its own figures with a concept, counted or published. What
/// it has added up itself, as an area, is not passed on.
pub fn shared(pack: &Pack, book: &FigureBook) -> Vec<Shared> {
    let home = &pack.municipality.home_area;
    let own = book
        .figures()
        .into_iter()
        .filter(|figure| figure.key.area == *home);
    let own = own.filter(|figure| !matches!(figure.origin, Origin::Area { .. }));
    own.filter_map(|figure| {
        let indicator = pack.map.indicator(&figure.key.indicator)?;
        let period = match &figure.origin {
            Origin::Survey { survey, .. } => pack.period(survey, figure.key.year),
            _ => None,
        };
        let amount = match indicator.hide_below {
            _ if figure.estimated().is_some() => Offer::Estimated,
            Some(below) if figure.amount.is_below(below) => Offer::TooFew,
            _ => Offer::Amount(figure.amount),
        };
        Some(Shared {
            concept: indicator.concept.clone()?,
            name: indicator.name.clone(),
            unit: indicator.unit.clone(),
            year: figure.key.year,
            period,
            amount,
        })
    })
    .collect()
}

impl Pack {
    /// What the answers to a survey of a year are about.
    pub(crate) fn period(&self, survey: &str, year: i32) -> Option<Span> {
        let survey = self
            .survey(survey)
            .filter(|survey| survey.survey_year == year)?;
        survey
            .period
            .as_ref()
            .map(|period| (period.from, period.to))
    }
}

/// Every indicator of a pack with a concept, added up from what the members of an area have given.
pub(crate) fn sums(pack: &Pack, area: &str, given: &[Given]) -> Vec<RollUp> {
    let indicators = pack.map.indicators.iter();
    let sums = indicators.flat_map(|indicator| {
        let survey = indicator.survey.as_deref().unwrap_or_default();
        roll_up(area, indicator, |year| pack.period(survey, year), given)
    });
    sums.collect()
}

/// The key that a pack has of a municipality outside.
pub(crate) fn key_of<'p>(pack: &'p Pack, name: &str) -> Option<&'p str> {
    let members = pack
        .municipality
        .areas
        .iter()
        .flat_map(|area| &area.formed_of);
    members
        .filter_map(|member| match member {
            Member::Outside { name, key } => Some((name, key)),
            Member::Here { .. } => None,
        })
        .find_map(|(known, key)| (known == name).then_some(key.as_str()))
}
