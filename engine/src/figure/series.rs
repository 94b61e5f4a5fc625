//! The years of an indicator, one after another, with what stands between values and instead of them.

use std::collections::BTreeMap;

use super::{Figure, FigureBook};
use crate::map::Indicator;
use crate::pack::Pack;

/// Longer stretches without a value are left out rather than listed year by year.
const LONGEST_GAP: i32 = 30;

/// One year of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year<'a> {
    /// 年度.
    pub year: i32,
    pub known: Known<'a>,
    /// Why this year does not compare with the ones before it.
    pub broken: Option<String>,
}

/// What is known of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<'a> {
    Value(&'a Figure),
    /// Left out on purpose: 未実施（負担考慮）.
    NotHeld(String),
    Missing,
}

/// All years of an indicator for an area, from the first that is known of to the last. In front stand the
/// years of the indicators that it replaces, and a break between.
pub fn series<'a>(
    pack: &'a Pack,
    book: &'a FigureBook,
    indicator: &str,
    area: &str,
) -> Vec<Year<'a>> {
    let mut years: BTreeMap<i32, Known<'a>> = BTreeMap::new();
    let mut breaks: BTreeMap<i32, String> = BTreeMap::new();
    // The indicator that came after, and the year of its first value.
    let mut after: Option<(&Indicator, i32)> = None;
    for one in line(pack, indicator) {
        let begun = years.first_key_value().map_or(i32::MAX, |(year, _)| *year);
        let left_out = one.not_held.iter().map(|pause| pause.year);
        let left_out =
            left_out.filter_map(|year| Some((year, Known::NotHeld(one.not_held_in(year)?))));
        let mut own: BTreeMap<i32, Known<'a>> = left_out.collect();
        let values = book.years(&one.id, area);
        let values =
            values.filter_map(|year| Some((year, Known::Value(book.of(&one.id, area, year)?))));
        own.extend(values);
        own.retain(|year, _| *year < begun);
        let Some(last) = own.last_key_value().map(|(year, _)| *year) else {
            continue;
        };
        if let Some((next, first_value)) = after {
            let (year, why) = handed_over(one, next, last, begun, first_value);
            breaks.insert(year, why);
        }
        for own in one.breaks.iter().filter(|own| own.year < begun) {
            breaks.entry(own.year).or_insert_with(|| own.why.clone());
        }
        let mut values = own
            .iter()
            .filter(|(_, known)| matches!(known, Known::Value(_)));
        let first = values.next().or(own.first_key_value());
        after = first.map(|(year, _)| (one, *year));
        years.extend(own);
    }
    filled(years)
        .into_iter()
        .map(|(year, known)| Year {
            broken: breaks.remove(&year),
            year,
            known,
        })
        .collect()
}

/// An indicator and those that it replaces, the newest first.
fn line<'a>(pack: &'a Pack, indicator: &str) -> Vec<&'a Indicator> {
    let mut line: Vec<&Indicator> = pack.indicator(indicator).into_iter().collect();
    while let Some(before) = line
        .last()
        .and_then(|one| pack.indicator(one.replaces.as_deref()?))
    {
        if line.iter().any(|known| known.id == before.id) {
            break;
        }
        line.push(before);
    }
    line
}

/// Where and why the series of an indicator ends and that of the next begins.
fn handed_over(
    old: &Indicator,
    new: &Indicator,
    last: i32,
    begun: i32,
    first_value: i32,
) -> (i32, String) {
    let names = format!("「{}」から「{}」へ", old.name, new.name);
    let mut breaks = new.breaks.iter();
    let said = breaks.find(|one| last < one.year && one.year <= first_value);
    match said {
        Some(said) => (said.year, format!("{names}。{}", said.why)),
        None => (begun, format!("{names}替わったため")),
    }
}

/// With the years between of which nothing is known.
fn filled(years: BTreeMap<i32, Known<'_>>) -> Vec<(i32, Known<'_>)> {
    let mut filled: Vec<(i32, Known<'_>)> = Vec::new();
    for (year, known) in years {
        if let Some((before, _)) = filled.last()
            && year - before <= LONGEST_GAP
        {
            filled.extend((before + 1..year).map(|missing| (missing, Known::Missing)));
        }
        filled.push((year, known));
    }
    filled
}
