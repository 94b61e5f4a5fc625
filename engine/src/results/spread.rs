//! The numbers of a question: sum, mean, median, ends, and how many lie where.

use forms::Decimal;
use serde::Serialize;

/// At most so many classes in a chart.
const CLASSES: i128 = 10;

/// What is known of the numbers that were answered. Values are decimal text, so that no reader loses a digit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Numbers; `None`: so few that nothing is said.
    pub n: Option<u64>,
    pub sum: Option<String>,
    /// One digit more than the numbers have, half up.
    pub mean: Option<String>,
    pub median: Option<String>,
    pub min: Option<String>,
    pub max: Option<String>,
    /// Of whole numbers: from the least to the greatest, each with how many lie in it. `None`: hidden.
    pub classes: Vec<(String, Option<u64>)>,
}

impl Spread {
    /// Counts from 1 up to below `below` are not shown.
    pub(super) fn of(values: impl Iterator<Item = Decimal>, below: u64) -> Spread {
        let parts: Option<Vec<(i128, u32)>> = values.map(parts).collect();
        let parts = parts.unwrap_or_default();
        let n = parts.len() as u64;
        if (1..below).contains(&n) {
            return Spread::default();
        }
        let digits = parts.iter().map(|(_, digits)| *digits).max().unwrap_or(0);
        let mut units: Vec<i128> = parts
            .iter()
            .map(|(units, own)| units * 10_i128.pow(digits - own))
            .collect();
        units.sort_unstable();
        let (Some(first), Some(last)) = (units.first().copied(), units.last().copied()) else {
            return Spread {
                n: Some(0),
                ..Spread::default()
            };
        };
        let sum: i128 = units.iter().sum();
        let middle = units[(units.len() - 1) / 2] + units[units.len() / 2];
        let small = below > 0;
        Spread {
            n: Some(n),
            sum: Some(text(sum, digits)),
            mean: Some(text(divided(sum * 10, i128::from(n)), digits + 1)),
            // The mean of the two in the middle has one digit more, if it needs it.
            median: Some(match middle % 2 {
                0 => text(middle / 2, digits),
                _ => text(middle * 5, digits + 1),
            }),
            min: (!small).then(|| text(first, digits)),
            max: (!small).then(|| text(last, digits)),
            classes: match digits {
                0 => classes(&units, first, last, below),
                _ => Vec::new(),
            },
        }
    }
}

/// Units of the last digit, and how many digits stand behind the point.
fn parts(value: Decimal) -> Option<(i128, u32)> {
    let text = value.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let units = format!("{whole}{part}").parse().ok()?;
    Some((units, u32::try_from(part.len()).ok()?))
}

/// Rounded half away from zero, as 四捨五入 does.
fn divided(value: i128, by: i128) -> i128 {
    let size = (2 * value.abs() + by) / (2 * by);
    size * value.signum()
}

fn text(units: i128, digits: u32) -> String {
    let scale = 10_i128.pow(digits);
    let sign = if units < 0 { "-" } else { "" };
    let (whole, part) = (units.abs() / scale, units.abs() % scale);
    match digits {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part:0width$}", width = digits as usize),
    }
}

/// Each number by itself where they are few, otherwise classes as wide as 2, 5, 10, 20, 50 …
fn classes(sorted: &[i128], first: i128, last: i128, below: u64) -> Vec<(String, Option<u64>)> {
    let mut width = 1;
    for step in [2, 5, 10].into_iter().cycle() {
        let from = first.div_euclid(width);
        if last.div_euclid(width) - from < CLASSES {
            break;
        }
        let power = 10_i128.pow((width as u128).ilog10());
        width = step * power;
    }
    let (from, to) = (first.div_euclid(width), last.div_euclid(width));
    let class = |at: i128| {
        let (low, high) = (at * width, at * width + width - 1);
        let count = sorted
            .iter()
            .filter(|value| (low..=high).contains(*value))
            .count() as u64;
        let label = match width {
            1 => low.to_string(),
            _ => format!("{low}～{high}"),
        };
        (
            label,
            Some(count).filter(|count| !(1..below).contains(count)),
        )
    };
    (from..=to).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[&str]) -> Spread {
        Spread::of(
            values.iter().map(|value| value.parse().expect("a number")),
            0,
        )
    }

    /// Worked out by hand: 0, 1, 1, 4, 20 have the sum 26, the mean 5.2, the median 1.
    #[test]
    fn whole_numbers() {
        let found = spread(&["4", "0", "1", "20", "1"]);
        let said = [found.sum, found.mean, found.median, found.min, found.max];
        assert_eq!(said.map(Option::unwrap), ["26", "5.2", "1", "0", "20"]);
        let classes: Vec<(String, u64)> = found
            .classes
            .into_iter()
            .map(|(label, n)| (label, n.unwrap()))
            .collect();
        assert_eq!(classes[0], ("0～4".to_owned(), 4));
        assert_eq!(classes.last(), Some(&("20～24".to_owned(), 1)));
        assert_eq!(classes.len(), 5);
    }

    /// 0.5 and 1.25: the sum 1.75, the mean and the median 0.875.
    #[test]
    fn decimals_and_the_middle_of_two() {
        let found = spread(&["0.5", "1.25"]);
        assert_eq!(found.sum.as_deref(), Some("1.75"));
        assert_eq!(found.mean.as_deref(), Some("0.875"));
        assert_eq!(found.median.as_deref(), Some("0.875"));
        assert_eq!(found.classes, []);
        assert_eq!(spread(&["-1", "0"]).median.as_deref(), Some("-0.5"));
        // 2/3 = 0.666…
        assert_eq!(spread(&["0", "1", "1"]).mean.as_deref(), Some("0.7"));
    }

    #[test]
    fn few_are_not_shown() {
        let values = || {
            ["3", "5"]
                .into_iter()
                .map(|value| value.parse().expect("a number"))
        };
        assert_eq!(Spread::of(values(), 3), Spread::default());
        assert_eq!(Spread::of(values(), 2).n, Some(2));
        assert_eq!(
            Spread::of(values(), 2).max,
            None,
            "the greatest is one person's"
        );
    }
}
