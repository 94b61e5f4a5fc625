//! A number as it is printed: an integer of its last digit, and how many digits stand behind the point.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `units` of the last printed digit: 78.1 is `units: 781, decimals: 1`.
///
/// Equality is of the printed form: 78.0 and 78 are two. (What respondents type is a `forms::Decimal`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Printed {
    pub units: i64,
    /// Digits behind the point, 0 to 6.
    pub decimals: u8,
}

/// A text that is not a number of at most 12 digits, six of them behind the point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」は小数として読めません。78.1 のように半角で書いてください。")]
pub struct NotPrinted(pub String);

impl Printed {
    /// `num / den` with `decimals` digits, half up (四捨五入), in integers only.
    ///
    /// `scale` multiplies the ratio: 100 for percent, 1000 for permille.
    /// `None` where `den` is zero: nobody was asked, so there is no rate.
    pub fn half_up(num: u64, den: u64, scale: u64, decimals: u8) -> Option<Printed> {
        if den == 0 {
            return None;
        }
        let shift = u128::from(scale) * 10u128.pow(u32::from(decimals));
        let units = (2 * u128::from(num) * shift + u128::from(den)) / (2 * u128::from(den));
        Some(Printed {
            units: i64::try_from(units).ok()?,
            decimals,
        })
    }

    /// `self - other` at the finer of the two precisions.
    pub fn minus(self, other: Printed) -> Printed {
        let decimals = self.decimals.max(other.decimals);
        Printed {
            units: self.at(decimals).units - other.at(decimals).units,
            decimals,
        }
    }

    /// The same value written with more digits (78 → 78.0). Never drops a digit that says something.
    pub fn at(self, decimals: u8) -> Printed {
        if decimals <= self.decimals {
            return self;
        }
        Printed {
            units: self.units * 10i64.pow(u32::from(decimals - self.decimals)),
            decimals,
        }
    }

    /// The magnitude in tenths, finer digits rounded half up: the unit in which closeness is judged
    /// and charts are drawn.
    pub fn tenths(self) -> i64 {
        match self.decimals {
            0 => self.units.abs() * 10,
            1 => self.units.abs(),
            finer => {
                let unit = 10i64.pow(u32::from(finer) - 1);
                (self.units.abs() + unit / 2) / unit
            }
        }
    }

    pub fn abs(self) -> Printed {
        Printed {
            units: self.units.abs(),
            ..self
        }
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10u64.pow(u32::from(self.decimals));
        let (whole, part) = (
            self.units.unsigned_abs() / scale,
            self.units.unsigned_abs() % scale,
        );
        if self.units < 0 {
            write!(f, "-")?;
        }
        if self.decimals == 0 {
            write!(f, "{whole}")
        } else {
            write!(
                f,
                "{whole}.{part:0width$}",
                width = usize::from(self.decimals)
            )
        }
    }
}

impl FromStr for Printed {
    type Err = NotPrinted;

    fn from_str(text: &str) -> Result<Self, NotPrinted> {
        let refuse = || NotPrinted(text.to_owned());
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let dangling = digits.ends_with('.');
        if whole.is_empty()
            || dangling
            || part.len() > 6
            || whole.len() > 12
            || !plain(whole)
            || !plain(part)
        {
            return Err(refuse());
        }
        let units: i64 = format!("{whole}{part}").parse().map_err(|_| refuse())?;
        Ok(Printed {
            units: sign * units,
            decimals: u8::try_from(part.len()).map_err(|_| refuse())?,
        })
    }
}

impl Serialize for Printed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Printed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// In a pack a decimal is a text of digits, so that 78.0 stays 78.0.
impl schemars::JsonSchema for Printed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Printed".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^-?[0-9]{1,12}(\\.[0-9]{1,6})?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn percent(num: u64, den: u64) -> String {
        Printed::half_up(num, den, 100, 1).unwrap().to_string()
    }

    /// Printed in a city's paper, or worked out by hand where a tie decides.
    #[test]
    fn rounds_as_printed_papers_do() {
        for (num, den, printed) in [
            (73, 76, "96.1"),
            (189, 242, "78.1"),
            (228, 255, "89.4"),
            (132, 142, "93.0"),
            (1, 16, "6.3"),   // 6.25, where a float prints 6.2
            (7, 2000, "0.4"), // 0.35, where a float prints 0.3
            (3, 1000, "0.3"),
            (1, 2001, "0.0"), // 0.04997…
            (1, 2000, "0.1"), // 0.05 exactly
            (121, 65, "186.2"),
        ] {
            assert_eq!(percent(num, den), printed, "{num}/{den}");
        }
        assert_eq!(Printed::half_up(1, 0, 100, 1), None);
    }

    #[test]
    fn tenths_are_rounded() {
        for (text, tenths) in [
            ("78", 780),
            ("78.1", 781),
            ("78.15", 782),
            ("78.149", 781),
            ("-0.05", 1),
        ] {
            assert_eq!(text.parse::<Printed>().unwrap().tenths(), tenths, "{text}");
        }
    }

    #[test]
    fn reads_and_writes() {
        for text in ["0", "78.0", "-1.05", "100", "0.000001"] {
            assert_eq!(text.parse::<Printed>().unwrap().to_string(), text);
        }
        for text in [
            "",
            ".5",
            "5.",
            "７８",
            "1e3",
            "1.2.3",
            "+1",
            "1,000",
            "0.0000001",
        ] {
            assert!(text.parse::<Printed>().is_err(), "{text}");
        }
    }

    proptest! {
        /// Against the exact rational: |printed − num/den| ≤ half a unit, and a tie goes up.
        #[test]
        fn is_the_nearest_and_ties_go_up(num in 0u64..1_000_000_000, den in 1u64..1_000_000_000, decimals in 0u8..4) {
            let printed = Printed::half_up(num, den, 100, decimals).unwrap();
            let (units, den, exact) = (
                i128::from(printed.units),
                i128::from(den),
                i128::from(num) * 100 * 10i128.pow(u32::from(decimals)),
            );
            // printed ≤ exact + 1/2  and  exact < printed + 1/2, both times 2·den.
            prop_assert!(2 * units * den <= 2 * exact + den);
            prop_assert!(2 * exact < 2 * units * den + den);
        }
    }
}
