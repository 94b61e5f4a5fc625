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

/// 6/5 13:30, in Japan.
pub fn short(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&engine::year::japan());
    local.format("%-m/%-d %-H:%M").to_string()
}
