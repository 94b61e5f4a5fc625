//! Numbers as people type them: full-width digits, thousands separators, the unit behind.

use std::borrow::Cow;

use serde_json::{Number, Value};
use unicode_normalization::UnicodeNormalization;

use super::item::{Clean, Outcome};
use crate::decimal::Decimal;
use crate::item::Kind;
use crate::messages::Complaint;

/// A JSON number carries 15 significant digits without loss.
const MOST_DIGITS: u32 = 15;

pub(super) fn integer<'a>(kind: &'a Kind, raw: &'a Value) -> Outcome<'a> {
    let Kind::Integer {
        unit,
        min,
        max,
        plausible,
    } = kind
    else {
        return Err(Complaint::WrongType);
    };
    let unit = unit.as_deref().unwrap_or_default();
    let Some(number) = typed(raw, unit)? else {
        return Ok(Clean::blank());
    };
    let Some(value) = number.integer() else {
        let fraction = !number.is_multiple_of(1.into());
        return Err(match raw {
            Value::String(typed) if fraction => Complaint::NotInteger { typed },
            _ if fraction => Complaint::NotInteger { typed: "小数" },
            _ => Complaint::NumberTooLarge,
        });
    };
    let limits = Limits {
        unit,
        min: min.map(Decimal::from),
        max: max.map(Decimal::from),
        plausible: plausible.map(|(low, high)| (low.into(), high.into())),
    };
    limits.check(number, value.into())
}

pub(super) fn decimal<'a>(kind: &'a Kind, raw: &'a Value) -> Outcome<'a> {
    let Kind::Decimal {
        unit,
        min,
        max,
        step,
        plausible,
    } = kind
    else {
        return Err(Complaint::WrongType);
    };
    let unit = unit.as_deref().unwrap_or_default();
    let Some(number) = typed(raw, unit)? else {
        return Ok(Clean::blank());
    };
    if number.significant_digits() > MOST_DIGITS {
        return Err(Complaint::NumberTooLarge);
    }
    if let Some(step) = step.filter(|step| !number.is_multiple_of(*step)) {
        return Err(Complaint::Step {
            step: step.to_string(),
        });
    }
    let json: Number = match number.integer() {
        Some(integer) => integer.into(),
        None => number
            .to_string()
            .parse()
            .map_err(|_| Complaint::NumberTooLarge)?,
    };
    let limits = Limits {
        unit,
        min: *min,
        max: *max,
        plausible: *plausible,
    };
    limits.check(number, Value::Number(json))
}

struct Limits<'a> {
    unit: &'a str,
    min: Option<Decimal>,
    max: Option<Decimal>,
    plausible: Option<(Decimal, Decimal)>,
}

impl<'a> Limits<'a> {
    fn check(self, number: Decimal, value: Value) -> Outcome<'a> {
        let unit = self.unit;
        if let Some(min) = self.min.filter(|min| number < *min) {
            return Err(Complaint::Below {
                limit: min.to_string(),
                unit,
            });
        }
        if let Some(max) = self.max.filter(|max| number > *max) {
            return Err(Complaint::Above {
                limit: max.to_string(),
                unit,
            });
        }
        let mut clean = Clean::value(value);
        if let Some((low, high)) = self
            .plausible
            .filter(|(low, high)| number < *low || number > *high)
        {
            clean.warning = Some(Complaint::Implausible {
                value: number.to_string(),
                low: low.to_string(),
                high: high.to_string(),
                unit,
            });
        }
        Ok(clean)
    }
}

/// The number that was typed; nothing for a blank.
fn typed<'a>(raw: &'a Value, unit: &str) -> Result<Option<Decimal>, Complaint<'a>> {
    match raw {
        Value::Number(number) => match number.to_string().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Complaint::NumberTooLarge),
        },
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) if text.len() > 200 => Err(Complaint::NotNumber { typed: text }),
        Value::String(text) => {
            let unit: String = unit.nfkc().collect();
            let plain = plain(text, &unit);
            match plain.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(Complaint::NotNumber { typed: text }),
            }
        }
        _ => Err(Complaint::WrongType),
    }
}

/// `－１，２３４ 件` → `-1234`. Exponents are for machines: with one, the text is no number.
fn plain<'a>(text: &'a str, unit: &str) -> Cow<'a, str> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(text);
    }
    let folded: String = text
        .nfkc()
        .map(|c| {
            if "−‐–—ー".contains(c) {
                '-'
            } else {
                c
            }
        })
        .collect();
    let number = folded.trim();
    let number = number.strip_suffix(unit).unwrap_or(number).trim_end();
    if number.contains(['e', 'E']) {
        return Cow::Owned(String::new());
    }
    Cow::Owned(without_separators(number).unwrap_or_default())
}

/// Removes commas where they separate thousands; nothing when they stand elsewhere (`1,2` may be meant as 1.2).
fn without_separators(number: &str) -> Option<String> {
    if !number.contains(',') {
        return Some(number.to_owned());
    }
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut groups = whole.split(',');
    let first = groups.next()?.trim_start_matches(['-', '+']).len();
    let grouped = (1..=3).contains(&first) && groups.all(|group| group.len() == 3);
    grouped.then(|| format!("{}{rest}", whole.replace(',', "")))
}
