//! Dates as people type them, in the Western or the Japanese calendar, as `2024-06-05`.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::item::{Clean, Outcome};
use crate::messages::Complaint;

pub(super) fn date(raw: &Value) -> Outcome<'_> {
    let Value::String(typed) = raw else {
        return Err(Complaint::WrongType);
    };
    if typed.trim().is_empty() {
        return Ok(Clean::blank());
    }
    if typed.len() > 100 {
        return Err(Complaint::NotDate { typed });
    }
    let folded: String = typed.nfkc().collect();
    match read(folded.trim()) {
        Some((year, month, day)) => Ok(Clean::value(format!("{year:04}-{month:02}-{day:02}"))),
        None => Err(Complaint::NotDate { typed }),
    }
}

/// A day as people type it, as `2024-06-05`; nothing when it is none.
///
/// ```
/// assert_eq!(forms::day("令和６年６月５日").as_deref(), Some("2024-06-05"));
/// assert_eq!(forms::day("6月5日"), None);
/// ```
pub fn day(typed: &str) -> Option<String> {
    let folded: String = typed.chars().take(40).nfkc().collect();
    let (year, month, day) = read(folded.trim())?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// Names and letters of the eras with the year before their first.
const ERAS: [(&str, &str, u32); 4] = [
    ("令和", "R", 2018),
    ("平成", "H", 1988),
    ("昭和", "S", 1925),
    ("大正", "T", 1911),
];

/// `2024-06-05`, `2024/6/5`, `2024.6.5`, `2024年6月5日`, `令和6年6月5日`, `令和元年5月1日`, `R6.6.5`.
/// An era is continued beyond its end (平成31年6月 is June 2019), as people do.
fn read(text: &str) -> Option<(u32, u32, u32)> {
    let era = ERAS.iter().find_map(|(name, letter, before)| {
        let rest = text
            .strip_prefix(name)
            .or_else(|| text.strip_prefix(letter))?;
        Some((rest, *before))
    });
    let (rest, before) = era.unwrap_or((text, 0));
    let rest = rest
        .trim_end_matches('日')
        .replace(['年', '月', '/', '.'], "-");
    let mut parts = rest.split('-').map(str::trim);
    let year = match parts.next()? {
        "元" if before > 0 => 1,
        digits if before > 0 => number(digits, 2)?,
        digits if digits.len() == 4 => number(digits, 4)?,
        _ => return None,
    };
    let (month, day) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let year = before + year;
    let exists = parts.next().is_none() && year > before && (1..=days(year, month)).contains(&day);
    exists.then_some((year, month, day))
}

fn number(digits: &str, longest: usize) -> Option<u32> {
    let plain =
        !digits.is_empty() && digits.len() <= longest && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_the_fifth_of_june() {
        for text in [
            "2024-06-05",
            "2024/6/5",
            "2024.6.5",
            "2024年6月5日",
            "令和6年6月5日",
            "R6.6.5",
            "平成36年6月5日",
        ] {
            assert_eq!(read(text), Some((2024, 6, 5)), "{text}");
        }
        assert_eq!(read("令和元年5月1日"), Some((2019, 5, 1)));
        assert_eq!(read("2024-02-29"), Some((2024, 2, 29)));
    }

    #[test]
    fn days_that_do_not_exist() {
        for text in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "24-6-5",
            "令和0年1月1日",
            "2024-6",
            "6月5日",
            "2024-6-5-1",
            "昨日",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("1900-02-29"), None);
        assert_eq!(read("2000-02-29"), Some((2000, 2, 29)));
    }
}
