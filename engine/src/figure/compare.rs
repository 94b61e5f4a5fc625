//! Comparing two printed rates, with the municipality's own words for "about the same".

use serde::Deserialize;

use super::{Amount, Figure, PercentStyle, Printed};

/// From which difference on a rate is called different, in tenths of a point (0.1ポイント).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Closeness {
    /// Below this: 同程度.
    #[schemars(range(min = 0, max = 1000))]
    pub same_below: i64,
    /// Below this, but not the same: 若干高い／若干低い.
    #[schemars(range(min = 0, max = 1000))]
    pub slightly_below: i64,
}

/// Which two numbers are subtracted. Readers can only re-add what is printed, so that is the usual rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// 96.1 − 89.7 = 6.4.
    Printed,
    /// 73/76 − 70/78, rounded once: 6.3. Falls back to the printed values where counts are unknown.
    Exact,
}

/// How one rate stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Same,
    SlightlyHigher,
    SlightlyLower,
    Higher,
    Lower,
}

impl Closeness {
    /// Judges a difference in percentage points.
    pub fn judge(self, points: Printed) -> Comparison {
        let higher = points.units > 0;
        match points.tenths() {
            d if d < self.same_below => Comparison::Same,
            d if d < self.slightly_below && higher => Comparison::SlightlyHigher,
            d if d < self.slightly_below => Comparison::SlightlyLower,
            _ if higher => Comparison::Higher,
            _ => Comparison::Lower,
        }
    }
}

impl Comparison {
    /// 「県全体より…」 or, for the same, 「県全体と…」: particle and predicate.
    pub fn phrase(self) -> (&'static str, &'static str) {
        match self {
            Comparison::Same => ("と", "同程度"),
            Comparison::SlightlyHigher => ("より", "若干高い"),
            Comparison::SlightlyLower => ("より", "若干低い"),
            Comparison::Higher => ("より", "高い"),
            Comparison::Lower => ("より", "低い"),
        }
    }
}

/// The predicate where another clause follows: 「県全体より低く、…」.
pub fn continued(predicate: &str) -> String {
    match predicate.strip_suffix('い') {
        Some(stem) => format!("{stem}く"),
        None => format!("{predicate}で"),
    }
}

/// `a − b` in points (ポイント). `None` unless both are rates with somebody in the base.
pub fn difference(
    a: &Figure,
    b: &Figure,
    rule: Difference,
    style: PercentStyle,
) -> Option<Printed> {
    let exact = match (rule, a.amount, b.amount) {
        (Difference::Exact, Amount::Ratio { num: n, den: d }, Amount::Ratio { num: m, den: e }) => {
            exact_points((n, d), (m, e), style.decimals)
        }
        _ => None,
    };
    exact.or_else(|| {
        Some(
            a.percent(style)?
                .at(style.decimals)
                .minus(b.percent(style)?),
        )
    })
}

/// The exact difference, its magnitude rounded half up.
fn exact_points((n, d): (u64, u64), (m, e): (u64, u64), decimals: u8) -> Option<Printed> {
    let (left, right) = (n.checked_mul(e)?, m.checked_mul(d)?);
    let magnitude = Printed::half_up(left.abs_diff(right), d.checked_mul(e)?, 100, decimals)?;
    let sign = if left < right { -1 } else { 1 };
    Some(Printed {
        units: sign * magnitude.units,
        ..magnitude
    })
}

#[cfg(test)]
mod tests {
    use super::super::{FigureKey, Origin, Rounding};
    use super::*;

    const STYLE: PercentStyle = PercentStyle {
        decimals: 1,
        rounding: Rounding::HalfUp,
        whole_hundred: true,
    };

    fn rate(num: u64, den: u64) -> Figure {
        Figure {
            key: FigureKey {
                indicator: "i".into(),
                area: "a".into(),
                year: 2023,
            },
            amount: Amount::Ratio { num, den },
            origin: Origin::Published {
                title: String::new(),
                published_by: String::new(),
                as_of: String::new(),
                file: String::new(),
            },
        }
    }

    /// 73/76 − 70/78: 6.4 from the printed 96.1 and 89.7, 6.309 → 6.3 exactly.
    #[test]
    fn the_two_rules_differ() {
        let (now, before) = (rate(73, 76), rate(70, 78));
        let points = |rule| difference(&now, &before, rule, STYLE).unwrap().to_string();
        assert_eq!(points(Difference::Printed), "6.4");
        assert_eq!(points(Difference::Exact), "6.3");
        let down = difference(&before, &now, Difference::Exact, STYLE).unwrap();
        assert_eq!(down.to_string(), "-6.3");
    }

    #[test]
    fn whole_hundred_still_compares_in_tenths() {
        let points = difference(&rate(12, 12), &rate(61, 64), Difference::Printed, STYLE);
        assert_eq!(points.unwrap().to_string(), "4.7");
    }

    /// The words of one city: 同程度 for 0.1, 若干高く for 0.4, 低い for 1.0 and 1.8.
    #[test]
    fn words_follow_the_thresholds() {
        let city = Closeness {
            same_below: 3,
            slightly_below: 5,
        };
        let judge = |text: &str| city.judge(text.parse().unwrap());
        assert_eq!(judge("-0.1"), Comparison::Same);
        assert_eq!(judge("0.4"), Comparison::SlightlyHigher);
        assert_eq!(judge("-1.0"), Comparison::Lower);
        assert_eq!(judge("-1.8"), Comparison::Lower);
        assert_eq!(judge("2.0"), Comparison::Higher);
        assert_eq!(judge("-0.3"), Comparison::SlightlyLower);
    }
}
