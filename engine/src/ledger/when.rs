//! When an entry was: a day, or only a month or a fiscal year where the source says no more.

use chrono::{Datelike, Months, NaiveDate};
use forms::Answers;
use papers::digits::Width;
use papers::wareki;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Day(NaiveDate),
    /// The first day of the month.
    Month(NaiveDate),
    /// 年度, by the year in which its April lies.
    Year(i32),
}

/// Fiscal years that can be written in 和暦 and are no typing error.
const YEARS: std::ops::Range<i32> = 1868..2200;

impl When {
    /// The answer to an item that dates entries. `None` where it is blank, or no date.
    pub fn read(answers: &Answers, item: &str) -> Option<When> {
        if let Some(year) = answers.integer(item) {
            return i32::try_from(year)
                .ok()
                .filter(|year| YEARS.contains(year))
                .map(When::Year);
        }
        let text = answers.text(item)?;
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        day.map(When::Day).or_else(|| month(text).map(When::Month))
    }

    /// `2016-04`, a month.
    pub fn read_month(text: &str) -> Option<When> {
        month(text).map(When::Month)
    }

    /// The fiscal year (年度) in which it lies.
    pub fn fiscal_year(self) -> i32 {
        match self {
            When::Day(day) | When::Month(day) => wareki::fiscal_year_of(day),
            When::Year(year) => year,
        }
    }

    /// The calendar month, `2016-04`; `None` where only the year is known.
    pub fn month(self) -> Option<String> {
        match self {
            When::Day(day) | When::Month(day) => Some(day.format("%Y-%m").to_string()),
            When::Year(_) => None,
        }
    }

    /// The day, or the first day of the month or fiscal year: where it stands in time.
    pub fn first_day(self) -> NaiveDate {
        match self {
            When::Day(day) | When::Month(day) => day,
            When::Year(year) => april(year),
        }
    }

    /// The day, or the last day of the month or fiscal year.
    pub fn last_day(self) -> NaiveDate {
        match self {
            When::Day(day) => day,
            When::Month(first) => before_next(first, 1),
            When::Year(year) => before_next(april(year), 12),
        }
    }

    /// 平成28年5月30日（月）, 平成28年5月 or 平成28年度.
    pub fn japanese(self) -> String {
        match self {
            When::Day(day) => wareki::day(day),
            When::Month(first) => japanese_month(first),
            When::Year(year) => {
                wareki::fiscal_year(year, Width::Half).unwrap_or_else(|_| format!("{year}年度"))
            }
        }
    }
}

/// The first day of `2016-04`.
pub(crate) fn month(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.split_once('-')?;
    let plain = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !plain(year, 4) || !plain(month, 2) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

/// 平成28年5月, of the first day of a month.
pub(crate) fn japanese_month(first: NaiveDate) -> String {
    let day = wareki::date_only(first, Width::Half)
        .unwrap_or_else(|_| format!("{}年{}月1日", first.year(), first.month()));
    day.strip_suffix("1日").unwrap_or(&day).to_owned()
}

fn april(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 4, 1).unwrap_or(NaiveDate::MIN)
}

fn before_next(first: NaiveDate, months: u32) -> NaiveDate {
    let next = first.checked_add_months(Months::new(months));
    next.and_then(|next| next.pred_opt()).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 2016-05-30 was a Monday; the month before the new era is still 平成.
    #[test]
    fn what_is_known_is_what_is_printed() {
        assert_eq!(
            When::Day(day("2016-05-30")).japanese(),
            "平成28年5月30日（月）"
        );
        assert_eq!(When::Month(day("2019-04-01")).japanese(), "平成31年4月");
        assert_eq!(When::Month(day("2019-05-01")).japanese(), "令和元年5月");
        assert_eq!(When::Year(2016).japanese(), "平成28年度");
    }

    #[test]
    fn a_month_is_four_digits_and_two() {
        assert_eq!(month("2016-04"), Some(day("2016-04-01")));
        for wrong in [
            "2016-4",
            "2016-13",
            "２０１６-04",
            "2016/04",
            "2016-04-01",
            "+016-04",
            "",
        ] {
            assert_eq!(month(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_fiscal_year_ends_in_march() {
        assert_eq!(When::Day(day("2017-03-31")).fiscal_year(), 2016);
        assert_eq!(When::Month(day("2017-04-01")).fiscal_year(), 2017);
        assert_eq!(When::Year(2016).first_day(), day("2016-04-01"));
        assert_eq!(When::Year(2015).last_day(), day("2016-03-31"));
        assert_eq!(When::Month(day("2016-02-01")).last_day(), day("2016-02-29"));
    }
}
