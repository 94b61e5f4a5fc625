//! A figure: a number of a paper together with where it comes from.

mod book;
mod compare;
mod entries;
mod printed;
mod series;
mod standing;
mod trend;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::area::{Missing, Part};

pub use book::{AnswersOf, Breakdown, FigureBook, FigureSource, Frozen, Group, Provenance};
pub use compare::{Closeness, Comparison, Difference, continued, difference};
pub use printed::{NotPrinted, Printed};
pub use series::{Known, Year, series};
pub use standing::{NotJudged, Standing};
pub use trend::{digits, trend};

/// Which figure: an indicator, for an area, of a survey year (年度 in which the survey was held).
///
/// Written `indicator@area@year`, the address of the figure in links.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FigureKey {
    pub indicator: String,
    pub area: String,
    pub year: i32,
}

/// What stands in place of a number that is hidden.
pub(crate) const HIDDEN: &str = "＊";

/// What is known of the value. A rate that arrived as a rate never becomes counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    Count(u64),
    /// `num` of `den`; printed as a percentage, rounded once.
    Ratio {
        num: u64,
        den: u64,
    },
    /// As another office printed it, in percent. Its counts are not known.
    RateOnly(Printed),
    /// Counted, and so small that neither it nor its rate is printed.
    Hidden,
}

/// Where the value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// Counted from the responses of a survey held here.
    Survey {
        survey: String,
        questionnaire: String,
        version: u32,
        /// Responses counted, of those asked.
        responses: u64,
        asked: u64,
        /// How the denominator was estimated, where it is no count.
        #[serde(default)]
        estimated: Option<String>,
    },
    /// Counted from the entries of a ledger that fall into a fiscal year, 【再掲】 left out.
    Ledger {
        ledger: String,
        name: String,
        entries: u64,
        /// How the denominator was estimated, where it is no count.
        estimated: Option<String>,
    },
    /// Published by somebody else, or in an earlier year.
    Published {
        title: String,
        published_by: String,
        as_of: String,
        file: String,
    },
    /// Added up from the counts of an area's members.
    Area {
        members: Vec<Part>,
        missing: Vec<Missing>,
    },
}

/// One number with its base and its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub key: FigureKey,
    pub amount: Amount,
    pub origin: Origin,
}

/// How a municipality prints percentages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PercentStyle {
    /// Digits behind the point, 0 to 3.
    #[schemars(range(min = 0, max = 3))]
    pub decimals: u8,
    pub rounding: Rounding,
    /// Exactly everybody is printed 100, not 100.0.
    #[serde(default)]
    pub whole_hundred: bool,
}

/// 四捨五入 is the only rule that these papers use; the field is there so that the paper can print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    HalfUp,
}

impl Amount {
    /// The rate in percent as printed; `None` for a count, or where nobody was asked.
    pub fn percent(self, style: PercentStyle) -> Option<Printed> {
        match self {
            Amount::Count(_) | Amount::Hidden => None,
            Amount::Ratio { num, den } if style.whole_hundred && num == den && den > 0 => {
                Some(Printed {
                    units: 100,
                    decimals: 0,
                })
            }
            Amount::Ratio { num, den } => Printed::half_up(num, den, 100, style.decimals),
            Amount::RateOnly(rate) => Some(rate),
        }
    }

    /// Whether one of the counts, those counted or those left over, is from 1 up to below a limit.
    pub fn is_below(self, limit: u64) -> bool {
        let few = |count: u64| (1..limit).contains(&count);
        match self {
            Amount::Count(count) => few(count),
            Amount::Ratio { num, den } => few(num) || few(den) || few(den.saturating_sub(num)),
            Amount::RateOnly(_) => false,
            Amount::Hidden => true,
        }
    }

    /// The value as printed, without a unit: `96.1` for a rate, `13` for a count, `-` where there is none.
    pub fn printed(self, style: PercentStyle) -> String {
        match self {
            Amount::Count(count) => count.to_string(),
            Amount::Hidden => HIDDEN.to_owned(),
            _ => self.percent(style).map_or("-".into(), |p| p.to_string()),
        }
    }
}

/// The counts behind the value: `73/76`, `13`; for a rate without counts, what was printed.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Amount::Count(count) => write!(f, "{count}"),
            Amount::Ratio { num, den } => write!(f, "{num}/{den}"),
            Amount::RateOnly(rate) => write!(f, "{rate}%"),
            Amount::Hidden => f.write_str(HIDDEN),
        }
    }
}

impl Figure {
    /// As [`Amount::percent`].
    pub fn percent(&self, style: PercentStyle) -> Option<Printed> {
        self.amount.percent(style)
    }

    /// As [`Amount::printed`].
    pub fn printed(&self, style: PercentStyle) -> String {
        self.amount.printed(style)
    }

    /// The numerator (or the count itself), where it is known.
    pub fn numerator(&self) -> Option<u64> {
        match self.amount {
            Amount::Count(n) | Amount::Ratio { num: n, .. } => Some(n),
            Amount::RateOnly(_) | Amount::Hidden => None,
        }
    }

    pub fn denominator(&self) -> Option<u64> {
        match self.amount {
            Amount::Ratio { den, .. } => Some(den),
            _ => None,
        }
    }

    /// 〔3市町村中2〕 behind a figure of an area to which not every member has given its counts; otherwise empty.
    pub fn coverage(&self) -> String {
        match &self.origin {
            Origin::Area { members, missing } if !missing.is_empty() => {
                let (all, there) = (members.len() + missing.len(), members.len());
                format!("〔{all}市町村中{there}〕")
            }
            _ => String::new(),
        }
    }

    /// How its denominator was estimated, where it is no count.
    pub fn estimated(&self) -> Option<&str> {
        match &self.origin {
            Origin::Survey { estimated, .. } | Origin::Ledger { estimated, .. } => {
                estimated.as_deref()
            }
            Origin::Published { .. } | Origin::Area { .. } => None,
        }
    }

    /// What stands behind its rate: （推計） for an estimated base, otherwise its coverage.
    pub fn reserve(&self) -> String {
        match (self.estimated(), self.amount) {
            (Some(_), Amount::Ratio { .. }) => "（推計）".to_owned(),
            _ => self.coverage(),
        }
    }
}

impl fmt::Display for FigureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}@{}", self.indicator, self.area, self.year)
    }
}

impl FromStr for FigureKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('@');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(indicator), Some(area), Some(year), None) => Ok(FigureKey {
                indicator: indicator.into(),
                area: area.into(),
                year: year.parse().map_err(|_| ())?,
            }),
            _ => Err(()),
        }
    }
}
