//! An exact decimal number: what a respondent typed and what sums are made of, never a binary float.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// `mantissa / 10^scale`, without trailing zeros, so that equal numbers are equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// More decimals than any answer has; keeps products and comparisons inside an `i128`.
const MAX_SCALE: u32 = 18;

impl Decimal {
    fn new(mut mantissa: i128, mut scale: u32) -> Decimal {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Decimal { mantissa, scale }
    }

    /// The value as an integer, when it is one and fits.
    pub fn integer(self) -> Option<i64> {
        if self.scale > 0 {
            return None;
        }
        i64::try_from(self.mantissa).ok()
    }

    /// Digits from the first that is not zero, at least 1.
    pub fn significant_digits(self) -> u32 {
        self.mantissa.unsigned_abs().checked_ilog10().unwrap_or(0) + 1
    }

    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Decimal::new(a.checked_add(b)?, scale))
    }

    pub fn checked_sub(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Decimal::new(a.checked_sub(b)?, scale))
    }

    /// Nothing when the product has more than 18 decimals or does not fit.
    pub fn checked_mul(self, other: Decimal) -> Option<Decimal> {
        let product = Decimal::new(
            self.mantissa.checked_mul(other.mantissa)?,
            self.scale + other.scale,
        );
        (product.scale <= MAX_SCALE).then_some(product)
    }

    /// Whether this is a whole multiple of `step`; never of zero.
    pub fn is_multiple_of(self, step: Decimal) -> bool {
        self.aligned(step)
            .and_then(|(value, step, _)| value.checked_rem(step))
            .is_some_and(|rest| rest == 0)
    }

    fn aligned(self, other: Decimal) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let lift = |value: Decimal| {
            let factor = 10_i128.checked_pow(scale - value.scale)?;
            value.mantissa.checked_mul(factor)
        };
        Some((lift(self)?, lift(other)?, scale))
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Decimal {
        Decimal {
            mantissa: value.into(),
            scale: 0,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        match self.aligned(*other) {
            Some((a, b, _)) => a.cmp(&b),
            // One of them is so large that lifting it overflows: the whole parts decide.
            None => {
                let whole = |value: &Decimal| value.mantissa / 10_i128.pow(value.scale);
                whole(self).cmp(&whole(other))
            }
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = self.scale as usize;
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        if fraction.is_empty() {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}

/// The text is not a decimal number of at most 18 decimals that fits into an `i128`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotDecimal;

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Digits with an optional sign, point and exponent, as JSON writes numbers; `.5` and `5.` are read too.
    fn from_str(text: &str) -> Result<Decimal, NotDecimal> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse().map_err(|_| NotDecimal)?),
            None => (text, 0_i32),
        };
        let (negative, number) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() && !number.contains('0') || digits.bytes().any(|b| !b.is_ascii_digit())
        {
            return Err(NotDecimal);
        }
        let mut mantissa: i128 = match digits.trim_start_matches('0') {
            "" => 0,
            digits if digits.len() > 36 => return Err(NotDecimal),
            digits => digits.parse().map_err(|_| NotDecimal)?,
        };
        let mut scale =
            i64::try_from(fraction.len()).map_err(|_| NotDecimal)? - i64::from(exponent);
        if mantissa == 0 {
            scale = 0;
        }
        if scale < 0 {
            let factor = u32::try_from(-scale)
                .ok()
                .and_then(|n| 10_i128.checked_pow(n));
            let lifted = factor.and_then(|factor| mantissa.checked_mul(factor));
            mantissa = lifted.ok_or(NotDecimal)?;
            scale = 0;
        }
        let value = Decimal::new(
            if negative { -mantissa } else { mantissa },
            u32::try_from(scale.min(64)).map_err(|_| NotDecimal)?,
        );
        if value.scale > MAX_SCALE {
            Err(NotDecimal)
        } else {
            Ok(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().expect(text)
    }

    #[test]
    fn tenths_add_up_exactly() {
        assert_eq!(d("0.1").checked_add(d("0.2")), Some(d("0.3")));
        assert_eq!(d("-1.5").checked_add(d("1.5")), Some(d("0")));
        assert_eq!(
            d("1")
                .checked_sub(d("0.05"))
                .map(|x| x.to_string())
                .as_deref(),
            Some("0.95")
        );
        assert_eq!(
            d("1.25")
                .checked_mul(d("0.4"))
                .map(|x| x.to_string())
                .as_deref(),
            Some("0.5")
        );
    }

    #[test]
    fn what_is_read_is_written() {
        for text in ["0", "12", "-12", "0.05", "-0.5", "123456789012345.678"] {
            assert_eq!(d(text).to_string(), text);
        }
        assert_eq!(d("1.500").to_string(), "1.5");
        assert_eq!(d("1.2e3").to_string(), "1200");
        assert_eq!(d("12e-3").to_string(), "0.012");
        assert_eq!(d(".5").to_string(), "0.5");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", ".", "-", "1.2.3", "1,000", "abc", "1e", "1e999", "NaN", "0x10", "１２",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
        assert!("9".repeat(40).parse::<Decimal>().is_err());
    }

    #[test]
    fn order_and_multiples() {
        assert!(d("0.30") == d("0.3") && d("2.5") < d("10") && d("-3") < d("-2.9"));
        assert!(d("7.5").is_multiple_of(d("0.5")) && !d("7.3").is_multiple_of(d("0.5")));
        assert!(!d("1").is_multiple_of(d("0")));
    }
}
