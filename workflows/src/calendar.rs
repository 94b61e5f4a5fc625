//! The calendar: business days, the Japanese fiscal year, and the instants that belong to a date.
//!
//! Arithmetic is on dates only; an instant is attached at the end. A date begins for people at 09:00 in
//! Japan ([`opening`]), and a deadline lasts until the end of its day ([`end_of`]).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};

/// Japan has had one time zone without summer time since 1951.
const HOURS_AHEAD_OF_UTC: i64 = 9;
const OPENING_HOUR: i64 = 9;
/// The years for which holidays are known: the law of holidays is of 1948, and the crate computes onward.
const FIRST_YEAR: i32 = 1949;
const LAST_YEAR: i32 = 2150;

/// Which days are closed: weekends, national holidays, 12/29–1/3, and the municipality's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    own: BTreeMap<NaiveDate, String>,
    official: BTreeMap<i32, BTreeMap<NaiveDate, String>>,
}

impl Calendar {
    /// Weekends, national holidays and 12/29–1/3.
    pub fn national() -> Calendar {
        Calendar::default()
    }

    /// Adds the municipality's own closed days, each with its reason.
    pub fn with_closed_days(
        mut self,
        days: impl IntoIterator<Item = (NaiveDate, String)>,
    ) -> Calendar {
        self.own.extend(days);
        self
    }

    /// Replaces the computed holidays of one year by an official list (the Cabinet Office publishes one).
    pub fn with_official_holidays(
        mut self,
        year: i32,
        days: impl IntoIterator<Item = (NaiveDate, String)>,
    ) -> Calendar {
        self.official.insert(year, days.into_iter().collect());
        self
    }

    /// Why the office is closed on this day; nothing on a business day.
    pub fn closed(&self, date: NaiveDate) -> Option<&str> {
        match date.weekday() {
            Weekday::Sat => return Some("土曜日"),
            Weekday::Sun => return Some("日曜日"),
            _ => {}
        }
        if (date.month() == 12 && date.day() >= 29) || (date.month() == 1 && date.day() <= 3) {
            return Some("年末年始");
        }
        let holidays = match self.official.get(&date.year()) {
            Some(official) => official,
            None => computed(date.year())?,
        };
        let closed = holidays.get(&date).or_else(|| self.own.get(&date));
        closed.map(String::as_str)
    }

    pub fn is_business_day(&self, date: NaiveDate) -> bool {
        self.closed(date).is_none()
    }

    /// Counts business days forward (or back, when negative), not counting `date` itself.
    /// Zero gives `date`, or the next business day when it is closed.
    pub fn business_days(&self, date: NaiveDate, count: i32) -> NaiveDate {
        if count == 0 && self.is_business_day(date) {
            return date;
        }
        let forward = count >= 0;
        let mut left = count.unsigned_abs().max(1);
        let mut day = date;
        // A municipality that closed every day for a year would otherwise be searched for ever.
        for _ in 0..(left.saturating_mul(7).saturating_add(400)) {
            let next = if forward {
                day.checked_add_days(Days::new(1))
            } else {
                day.checked_sub_days(Days::new(1))
            };
            let Some(next) = next else { return day };
            day = next;
            if self.is_business_day(day) {
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        day
    }
}

/// National holidays of a year, computed once a process: the crate searches its rules day by day.
fn computed(year: i32) -> Option<&'static BTreeMap<NaiveDate, String>> {
    static YEARS: [OnceLock<BTreeMap<NaiveDate, String>>; (LAST_YEAR - FIRST_YEAR + 1) as usize] =
        [const { OnceLock::new() }; (LAST_YEAR - FIRST_YEAR + 1) as usize];
    let index = usize::try_from(year.checked_sub(FIRST_YEAR)?).ok()?;
    let holidays = YEARS.get(index)?;
    Some(holidays.get_or_init(|| {
        let rules = jpholiday::jpholiday::JPHoliday::new();
        rules.year_holidays(year).into_iter().collect()
    }))
}

/// 09:00 of the date in Japan: when tasks are offered, reminders go out, due dates are looked at.
pub fn opening(date: NaiveDate) -> DateTime<Utc> {
    midnight(date) + chrono::Duration::hours(OPENING_HOUR)
}

/// The end of the date in Japan: what is due on a day may be done until then.
pub fn end_of(date: NaiveDate) -> DateTime<Utc> {
    midnight(date) + chrono::Duration::days(1)
}

/// The instant of a time of day in Japan, in minutes after midnight.
pub fn minute_of(date: NaiveDate, minutes: u32) -> DateTime<Utc> {
    midnight(date) + chrono::Duration::minutes(i64::from(minutes))
}

/// The date in Japan at an instant: 15:00 UTC is already tomorrow.
pub fn date_at(instant: DateTime<Utc>) -> NaiveDate {
    (instant + chrono::Duration::hours(HOURS_AHEAD_OF_UTC)).date_naive()
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(chrono::NaiveTime::MIN).and_utc() - chrono::Duration::hours(HOURS_AHEAD_OF_UTC)
}

/// The fiscal year (4/1–3/31) of a date: 2027-02-10 is in 2026.
pub fn fiscal_year(date: NaiveDate) -> i32 {
    if date.month() >= 4 {
        date.year()
    } else {
        date.year() - 1
    }
}

/// A day of a fiscal year: (2026, 2, 10) is 2027-02-10. Nothing when there is no such day.
pub fn in_fiscal_year(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = if month >= 4 {
        year
    } else {
        year.checked_add(1)?
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// 令和5年12月28日（木）. The plans of this crate are of 令和; an earlier day is written in the Western year.
pub fn written(date: NaiveDate) -> String {
    let weekday = match date.weekday() {
        Weekday::Mon => '月',
        Weekday::Tue => '火',
        Weekday::Wed => '水',
        Weekday::Thu => '木',
        Weekday::Fri => '金',
        Weekday::Sat => '土',
        Weekday::Sun => '日',
    };
    let reiwa = NaiveDate::from_ymd_opt(2019, 5, 1).is_some_and(|first| first <= date);
    let year = match date.year() - 2018 {
        1 if reiwa => "令和元".to_owned(),
        year if reiwa => format!("令和{year}"),
        _ => date.year().to_string(),
    };
    format!("{year}年{}月{}日（{weekday}）", date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn seven_business_days_before_the_deadline() {
        // A printed calendar of December 2023: 27 26 25 22 21 20 19 (23 and 24 are a weekend).
        let calendar = Calendar::national();
        assert_eq!(
            calendar.business_days(day("2023-12-28"), -7),
            day("2023-12-19")
        );
    }

    #[test]
    fn ten_business_days_after_it_step_over_new_year_and_the_coming_of_age_day() {
        // 1/4 1/5 | 1/9 1/10 1/11 1/12 | 1/15 1/16 1/17 1/18; 1/8 is 成人の日.
        let calendar = Calendar::national();
        assert_eq!(
            calendar.business_days(day("2023-12-28"), 10),
            day("2024-01-18")
        );
        assert_eq!(calendar.closed(day("2024-01-08")), Some("成人の日"));
        assert_eq!(calendar.closed(day("2023-12-29")), Some("年末年始"));
        assert_eq!(calendar.closed(day("2024-01-03")), Some("年末年始"));
    }

    #[test]
    fn a_substitute_holiday_is_closed_and_zero_moves_to_the_next_business_day() {
        // 2024-02-11 (建国記念の日) is a Sunday, so Monday the 12th is closed.
        let calendar = Calendar::national();
        assert!(!calendar.is_business_day(day("2024-02-12")));
        assert_eq!(
            calendar.business_days(day("2024-02-10"), 0),
            day("2024-02-13")
        );
        assert_eq!(
            calendar.business_days(day("2024-02-13"), 0),
            day("2024-02-13")
        );
    }

    #[test]
    fn own_closed_days_and_an_official_list_are_respected() {
        let own = [(day("2024-06-06"), "開庁記念日".to_owned())];
        let calendar = Calendar::national().with_closed_days(own);
        assert_eq!(
            calendar.business_days(day("2024-06-05"), 1),
            day("2024-06-07")
        );
        let none = Calendar::national().with_official_holidays(2024, []);
        assert!(none.is_business_day(day("2024-01-08")));
    }

    #[test]
    fn a_fiscal_year_ends_in_the_next_calendar_year() {
        assert_eq!(in_fiscal_year(2026, 2, 10), Some(day("2027-02-10")));
        assert_eq!(in_fiscal_year(2026, 4, 1), Some(day("2026-04-01")));
        assert_eq!(in_fiscal_year(2026, 2, 29), None);
        assert_eq!(fiscal_year(day("2024-03-31")), 2023);
    }

    #[test]
    fn instants_belong_to_dates_of_japan() {
        assert_eq!(
            opening(day("2023-12-28")).to_rfc3339(),
            "2023-12-28T00:00:00+00:00"
        );
        assert_eq!(
            end_of(day("2023-12-28")).to_rfc3339(),
            "2023-12-28T15:00:00+00:00"
        );
        assert_eq!(
            date_at("2023-12-28T15:30:00Z".parse().unwrap()),
            day("2023-12-29")
        );
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        let calendar = Calendar::national();
        assert_eq!(calendar.business_days(NaiveDate::MAX, 5), NaiveDate::MAX);
        assert_eq!(calendar.business_days(NaiveDate::MIN, -5), NaiveDate::MIN);
    }
}
