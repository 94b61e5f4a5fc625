//! Dates and times as pages write them.

use chrono::{DateTime, NaiveDate, Utc};
use papers::digits::Width;
use papers::wareki;

/// 令和6年6月5日（水）
pub fn day(date: NaiveDate) -> String {
    wareki::date(date, Width::Half).unwrap_or_else(|_| date.to_string())
}

/// 令和6年6月5日（水）午後1時30分, in Japan.
pub fn moment(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&engine::year::japan());
    format!(
        "{}{}",
        day(local.date_naive()),
        wareki::time(local.time(), Width::Half)
    )
}

/// 令和7年度, of the year in which it begins.
pub fn fiscal_year(year: i32) -> String {
    let begins = NaiveDate::from_ymd_opt(year, 4, 1);
    let begins = begins.and_then(|day| wareki::date(day, Width::Half).ok());
    let begins = begins.and_then(|text| text.split_once('年').map(|(year, _)| year.to_owned()));
    begins.map_or_else(|| format!("{year}年度"), |year| format!("{year}年度"))
}

/// 6/5 13:30, in Japan.
pub fn short(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&engine::year::japan());
    local.format("%-m/%-d %-H:%M").to_string()
}
