//! The parameters of a cycle in another fiscal year.
//!
//! Every date keeps its month and day and moves by as many years as the fiscal year does. The 29th of
//! February becomes the 28th where there is none. A date that then falls on a closed day goes to the next
//! business day; where that would be another fiscal year, to the business day before.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use crate::calendar::{Calendar, fiscal_year};
use crate::parameters::{FieldValue, Parameters};

/// A date field of the same cycle in another fiscal year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    pub field: String,
    pub title: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Why it is not the same month and day: a closed day, or a day that the year does not have.
    pub because: Option<String>,
}

impl Parameters {
    /// The fiscal year that the cycle is about: its field `year`, or else the one of its first date.
    pub fn about_year(&self) -> Option<i32> {
        let start = self.date("start");
        let first = start.or_else(|| self.dates().into_values().min());
        self.fiscal_year().or(first.map(fiscal_year))
    }

    /// The same parameters in fiscal year `year`, with every date that moved.
    ///
    /// # Errors
    /// A Japanese sentence: the cycle has neither year nor dates, or a date would leave 2000–2100.
    pub fn in_year(
        &self,
        year: i32,
        calendar: &Calendar,
    ) -> Result<(Parameters, Vec<Moved>), String> {
        if !(2000..=2100).contains(&year) {
            return Err(format!(
                "{year}年度では試算できません。2000〜2100 の年度を西暦で指定してください。"
            ));
        }
        let about = self.about_year().ok_or(
            "このサイクルには年度も日付もないため、別の年度に移せません。--year を外してください。",
        )?;
        let mut parameters = self.clone();
        let mut moved = Vec::new();
        for field in &mut parameters.fields {
            match &mut field.value {
                FieldValue::Date(on) => {
                    let from = *on;
                    let (to, because) = elsewhere(from, year - about, calendar)
                        .filter(|(to, _)| (2000..=2100).contains(&to.year()))
                        .ok_or_else(|| {
                            format!(
                                "{year}年度では「{}」が2000年から2100年までの外になります。別の年度を指定してください。",
                                field.title
                            )
                        })?;
                    *on = to;
                    moved.push(Moved {
                        field: field.id.clone(),
                        title: field.title.clone(),
                        from,
                        to,
                        because,
                    });
                }
                FieldValue::Integer(value) if field.id == "year" => *value = i64::from(year),
                _ => {}
            }
        }
        match parameters.problems().into_iter().next() {
            Some(problem) => Err(problem.what),
            None => Ok((parameters, moved)),
        }
    }
}

/// The day that many years later, and why it is another month or day.
fn elsewhere(
    from: NaiveDate,
    years: i32,
    calendar: &Calendar,
) -> Option<(NaiveDate, Option<String>)> {
    let year = from.year().checked_add(years)?;
    let (same, missing) = match from.with_year(year) {
        Some(same) => (same, None),
        None => (
            NaiveDate::from_ymd_opt(year, 2, 28)?,
            Some(format!("{year}年に2月29日がないため")),
        ),
    };
    if years == 0 {
        return Some((same, None));
    }
    let Some(closed) = calendar.closed(same) else {
        return Some((same, missing));
    };
    let next = calendar.business_days(same, 0);
    let (to, which) = match fiscal_year(next) == fiscal_year(same) {
        true => (next, "次の開庁日"),
        false => (calendar.business_days(same, -1), "年度内の前の開庁日"),
    };
    let (month, day) = (same.month(), same.day());
    Some((to, Some(format!("{month}月{day}日が{closed}のため{which}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(from: &str, years: i32) -> (String, Option<String>) {
        let (to, because) = elsewhere(from.parse().unwrap(), years, &Calendar::national()).unwrap();
        (to.to_string(), because)
    }

    /// By a printed calendar of 2027 to 2029.
    #[test]
    fn a_date_keeps_its_month_and_day_or_says_why_not() {
        // 2027-06-05 is a Saturday.
        let saturday = Some("6月5日が土曜日のため次の開庁日".to_owned());
        assert_eq!(moved("2024-06-05", 3), ("2027-06-07".to_owned(), saturday));
        // 2024-12-28 is a Saturday, and the office opens again on Monday the 6th.
        let year_end = Some("12月28日が土曜日のため次の開庁日".to_owned());
        assert_eq!(moved("2023-12-28", 1), ("2025-01-06".to_owned(), year_end));
        // 2029-03-31 is a Saturday, and the 2nd of April is another fiscal year.
        let march = Some("3月31日が土曜日のため年度内の前の開庁日".to_owned());
        assert_eq!(moved("2027-03-31", 2), ("2029-03-30".to_owned(), march));
        // 2027-02-28 is a Sunday.
        let leap = Some("2月28日が日曜日のため次の開庁日".to_owned());
        assert_eq!(moved("2024-02-29", 3), ("2027-03-01".to_owned(), leap));
        let missing = Some("2025年に2月29日がないため".to_owned());
        assert_eq!(moved("2024-02-29", 1), ("2025-02-28".to_owned(), missing));
        assert_eq!(moved("2023-10-02", 1), ("2024-10-02".to_owned(), None));
    }

    #[test]
    fn the_same_year_moves_nothing() {
        // A Saturday that the pack itself chose.
        assert_eq!(moved("2027-06-05", 0), ("2027-06-05".to_owned(), None));
    }
}
