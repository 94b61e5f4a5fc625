//! The words of a dry run: days in 和暦, and what happened.

use chrono::{Datelike, NaiveDate};
use papers::digits::Width;
use papers::wareki;
use workflows::simulate::{Entry, EntryKind};

/// 令和6年6月5日（水）
pub fn day(date: NaiveDate) -> String {
    wareki::day(date)
}

/// 令和6年6月
pub fn month(date: NaiveDate) -> String {
    let whole = wareki::date_only(date, Width::Half).unwrap_or_else(|_| date.to_string());
    match whole.split_once('月') {
        Some((month, _)) => format!("{month}月"),
        None => whole,
    }
}

/// 6月5日（水）, below the heading of its month.
pub(super) fn day_of_month(date: NaiveDate) -> String {
    let weekday = wareki::weekday(date);
    format!("{}月{}日（{weekday}）", date.month(), date.day())
}

/// What happened, behind the title of a step; nothing where the title says it all.
pub fn happened(entry: &Entry) -> &'static str {
    let said = match entry.kind {
        EntryKind::Started => "：始まり",
        EntryKind::Ended => "：終わり",
        EntryKind::Opened => "：受付開始",
        EntryKind::Closed => "：締切",
        EntryKind::Approval => "：決裁",
        EntryKind::SentBack => "：差戻し",
        EntryKind::Overdue => "：期限超過",
        EntryKind::Escalated => "：上申",
        EntryKind::Incident => "：障害",
        _ => "",
    };
    match entry.title.ends_with(said.trim_start_matches('：')) {
        true => "",
        false => said,
    }
}
