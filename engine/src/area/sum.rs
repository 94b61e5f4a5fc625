//! Adding up: what each member has given of one indicator and one year, and what is missing.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Offer, Shared, Span};
use crate::figure::{Amount, Figure, FigureKey, Origin, Printed};
use crate::map::Indicator;

/// What a member has given for an area, whatever the concept; or why nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Name of the municipality.
    pub member: String,
    /// When the sheet was made; `None` for a municipality of this server, whose figures are of this moment.
    pub made_at: Option<DateTime<Utc>>,
    pub figures: Result<Vec<Shared>, Why>,
}

/// A member's part of a sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub member: String,
    pub amount: Amount,
    /// As in [`Given`].
    pub made_at: Option<DateTime<Utc>>,
}

/// A member that is not in a sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub member: String,
    pub why: Why,
}

/// Why a member is not in a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The server has no such municipality.
    NotHere,
    /// Its own pack does not name the area.
    NotAgreed,
    /// No sheet has come, or none under the key that it has now.
    NothingReceived,
    /// It has no figure of the concept.
    NoFigure,
    /// It has one, but of other years: the newest.
    OtherYear(i32),
    OtherPeriod(Span),
    /// Its counts are not known, only what was printed.
    RateOnly(Printed),
    /// Its denominator is an estimate.
    Estimated,
    /// Its counts are so small that they are not given away, or not to be shown here.
    TooFew,
    /// Two of its indicators have the concept.
    Several,
}

/// Why nothing is added at all: the parts are not of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refused {
    #[error("単位が違います（{member}は「{unit}」、この指標は「{expected}」）。足していません。")]
    Units {
        member: String,
        unit: String,
        expected: String,
    },
    #[error("{count}は件数だけ、{ratio}は分子と分母です。足していません。")]
    Kinds { count: String, ratio: String },
    #[error("足すと大きくなりすぎます。{0}の数値を確かめてください。")]
    TooLarge(String),
}

/// One indicator of one year in an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollUp {
    pub key: FigureKey,
    /// `None`: nobody has given counts.
    pub sum: Option<Result<Amount, Refused>>,
    pub members: Vec<Part>,
    pub missing: Vec<Missing>,
}

/// Adds up an indicator of `area` in every year of which somebody has given something, the newest
/// year first. `period` is what the indicator is about in a year, as far as its own pack says; without
/// that, the first member that says it decides.
pub fn roll_up(
    area: &str,
    indicator: &Indicator,
    period: impl Fn(i32) -> Option<Span>,
    given: &[Given],
) -> Vec<RollUp> {
    let Some(concept) = &indicator.concept else {
        return Vec::new();
    };
    let all = given
        .iter()
        .flat_map(|given| given.figures.iter().flatten());
    let years: BTreeSet<i32> = all
        .filter(|shared| shared.concept == *concept)
        .map(|shared| shared.year)
        .collect();
    let year = |year: i32| {
        let key = FigureKey {
            indicator: indicator.id.clone(),
            area: area.to_owned(),
            year,
        };
        of_year(key, indicator, concept, period(year), given)
    };
    years.into_iter().rev().map(year).collect()
}

fn of_year(
    key: FigureKey,
    indicator: &Indicator,
    concept: &str,
    mut period: Option<Span>,
    given: &[Given],
) -> RollUp {
    let (mut taken, mut missing) = (Vec::new(), Vec::new());
    for given in given {
        let picked = pick(given, concept, key.year, period);
        match picked.and_then(|shared| Ok((shared, countable(shared, indicator.hide_below)?))) {
            Ok((shared, amount)) => {
                period = period.or(shared.period);
                taken.push(Taken {
                    given,
                    unit: &shared.unit,
                    amount,
                });
            }
            Err(why) => missing.push(Missing {
                member: given.member.clone(),
                why,
            }),
        }
    }
    let sum = (!taken.is_empty()).then(|| add(&indicator.unit, &taken));
    let part = |taken: Taken<'_>| Part {
        member: taken.given.member.clone(),
        amount: taken.amount,
        made_at: taken.given.made_at,
    };
    RollUp {
        key,
        sum,
        members: taken.into_iter().map(part).collect(),
        missing,
    }
}

/// The one figure of a member that can be added.
fn pick<'g>(
    given: &'g Given,
    concept: &str,
    year: i32,
    period: Option<Span>,
) -> Result<&'g Shared, Why> {
    let figures = given.figures.as_ref().map_err(|why| *why)?;
    let of_concept = || figures.iter().filter(|shared| shared.concept == concept);
    let mut of_year = of_concept().filter(|shared| shared.year == year);
    let shared = match (of_year.next(), of_year.next()) {
        (Some(one), None) => one,
        (Some(_), Some(_)) => return Err(Why::Several),
        (None, _) => {
            let newest = of_concept().map(|shared| shared.year).max();
            return Err(newest.map_or(Why::NoFigure, Why::OtherYear));
        }
    };
    match (shared.period, period) {
        (Some(theirs), Some(expected)) if theirs != expected => Err(Why::OtherPeriod(theirs)),
        _ => Ok(shared),
    }
}

/// The counts of a figure that may be added.
fn countable(shared: &Shared, hide_below: Option<u64>) -> Result<Amount, Why> {
    match shared.amount {
        Offer::TooFew => Err(Why::TooFew),
        Offer::Estimated => Err(Why::Estimated),
        Offer::Amount(Amount::RateOnly(rate)) => Err(Why::RateOnly(rate)),
        // Every part is shown beside the sum.
        Offer::Amount(amount) if hide_below.is_some_and(|limit| amount.is_below(limit)) => {
            Err(Why::TooFew)
        }
        Offer::Amount(amount) => Ok(amount),
    }
}

/// A figure that is added.
struct Taken<'g> {
    given: &'g Given,
    unit: &'g str,
    amount: Amount,
}

fn add(unit: &str, taken: &[Taken<'_>]) -> Result<Amount, Refused> {
    let mut sum: Option<(&str, Amount)> = None;
    for one in taken {
        let member = one.given.member.as_str();
        if plain(one.unit) != plain(unit) {
            return Err(Refused::Units {
                member: member.to_owned(),
                unit: one.unit.to_owned(),
                expected: unit.to_owned(),
            });
        }
        let too_large = || Refused::TooLarge(member.to_owned());
        let kinds = |count: &str, ratio: &str| Refused::Kinds {
            count: count.to_owned(),
            ratio: ratio.to_owned(),
        };
        let added = match (sum.map(|(_, sum)| sum), one.amount) {
            (None, amount) => amount,
            (Some(Amount::Count(a)), Amount::Count(b)) => {
                Amount::Count(a.checked_add(b).ok_or_else(too_large)?)
            }
            (Some(Amount::Ratio { num, den }), Amount::Ratio { num: n, den: d }) => Amount::Ratio {
                num: num.checked_add(n).ok_or_else(too_large)?,
                den: den.checked_add(d).ok_or_else(too_large)?,
            },
            (Some(Amount::Count(_)), _) => return Err(kinds(first(sum), member)),
            (Some(_), _) => return Err(kinds(member, first(sum))),
        };
        sum = Some((sum.map_or(member, |(member, _)| member), added));
    }
    let (_, sum) = sum.expect("somebody has given counts");
    Ok(sum)
}

fn first(sum: Option<(&str, Amount)>) -> &str {
    sum.map_or("", |(member, _)| member)
}

/// ％ and % are one unit.
fn plain(unit: &str) -> String {
    unit.trim().replace('％', "%")
}

impl RollUp {
    /// The sum as a figure of the area, where there is one.
    pub fn figure(&self) -> Option<Figure> {
        let amount = self.sum.as_ref()?.as_ref().ok()?;
        Some(Figure {
            key: self.key.clone(),
            amount: *amount,
            origin: Origin::Area {
                members: self.members.clone(),
                missing: self.missing.clone(),
            },
        })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::NotHere => write!(f, "このサーバーにない"),
            Why::NotAgreed => write!(f, "自分の areas にこの区域を書いていない"),
            Why::NothingReceived => write!(f, "数値のファイルが届いていない"),
            Why::NoFigure => write!(f, "この指標の数値がない"),
            Why::OtherYear(newest) => write!(f, "この年度の数値がない（最新は{newest}年度）"),
            Why::OtherPeriod((from, to)) => write!(f, "対象期間が違う（{from}～{to}）"),
            Why::RateOnly(rate) => write!(f, "割合（{rate}％）だけで、件数がない"),
            Why::Estimated => write!(f, "分母が推計で、数えた数ではない"),
            Why::TooFew => write!(f, "件数が少なく、個人が分かるおそれがあるため出していない"),
            Why::Several => write!(f, "同じ concept の指標が2つあり、どちらか決められない"),
        }
    }
}
