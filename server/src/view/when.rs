//! Dates and times as pages write them: in the reader's language, in JSON always in Japanese.

use chrono::{DateTime, NaiveDate, Utc};
use papers::digits::Width;
use papers::wareki;

use crate::wish::{Language, Wish};

/// 令和6年6月5日（水）, on an English page 5 Jun 2024 (Wed).
pub fn day(date: NaiveDate) -> String {
    match in_english() {
        true => date.format("%-d %b %Y (%a)").to_string(),
        false => japanese_day(date),
    }
}

/// 令和6年6月5日（水）午後1時30分, on an English page 5 Jun 2024 (Wed) 13:30; in Japan.
pub fn moment(at: DateTime<Utc>) -> String {
    match in_english() {
        true => {
            let local = at.with_timezone(&engine::year::japan());
            local.format("%-d %b %Y (%a) %-H:%M").to_string()
        }
        false => japanese_moment(at),
    }
}

/// When something ended that lasted until the end of a day at most: the moment, or the end of that day.
pub fn end(at: DateTime<Utc>, last: NaiveDate) -> String {
    match (workflows::calendar::end_of(last) <= at, in_english()) {
        (false, _) => moment(at),
        (true, false) => format!("{}の終わり", day(last)),
        (true, true) => format!("the end of {}", day(last)),
    }
}

/// For what is kept or handed on, whoever asks for it: 令和6年6月5日（水）.
pub fn japanese_day(date: NaiveDate) -> String {
    wareki::day(date)
}

/// For what is kept or handed on, whoever asks for it: 令和6年6月5日（水）午後1時30分, in Japan.
pub fn japanese_moment(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&engine::year::japan());
    format!(
        "{}{}",
        japanese_day(local.date_naive()),
        wareki::time(local.time(), Width::Half)
    )
}

fn in_english() -> bool {
    let wish = Wish::current();
    wish.language == Language::English && !wish.json
}

/// 令和7年度, of the year in which it begins.
pub fn fiscal_year(year: i32) -> String {
    let begins = NaiveDate::from_ymd_opt(year, 4, 1);
    let begins = begins.and_then(|day| wareki::date(day, Width::Half).ok());
    let begins = begins.and_then(|text| text.split_once('年').map(|(year, _)| year.to_owned()));
    begins.map_or_else(|| format!("{year}年度"), |year| format!("{year}年度"))
}

/// 6/5 13:30, on an English page 5 Jun 13:30; in Japan.
pub fn short(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&engine::year::japan());
    let form = match in_english() {
        true => "%-d %b %-H:%M",
        false => "%-m/%-d %-H:%M",
    };
    local.format(form).to_string()
}
