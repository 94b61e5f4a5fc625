//! A small, complete pack to start from, with the dates of a year that begins now.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use papers::digits::Width;
use papers::wareki;
use serde_json::Value;
use workflows::Calendar;

use crate::forecast::month;

const FILES: [(&str, &str); 11] = [
    ("README.md", include_str!("../../skeleton/README.md")),
    (
        "municipality.json",
        include_str!("../../skeleton/municipality.json"),
    ),
    ("surveys.json", include_str!("../../skeleton/surveys.json")),
    (
        "forms/discharge.json",
        include_str!("../../skeleton/forms/discharge.json"),
    ),
    ("map.json", include_str!("../../skeleton/map.json")),
    ("agenda.json", include_str!("../../skeleton/agenda.json")),
    (
        "cycles/annual.json",
        include_str!("../../skeleton/cycles/annual.json"),
    ),
    (
        "cycles/annual.rhai",
        include_str!("../../skeleton/cycles/annual.rhai"),
    ),
    (
        "rosters/offices.csv",
        include_str!("../../skeleton/rosters/offices.csv"),
    ),
    (
        "history/{{last_year}}.json",
        include_str!("../../skeleton/history/last_year.json"),
    ),
    (".gitignore", "out/\ndata/\n"),
];

/// The files of a new pack: path within the pack and text. Any name is fine. Its survey opens in the
/// month of `opens`; every other date is counted from there.
pub fn skeleton(
    slug: &str,
    name: &str,
    opens: NaiveDate,
) -> impl Iterator<Item = (String, String)> {
    // A line break would end the comments in which the name stands.
    let plain = name.replace(char::is_control, " ");
    let quoted = Value::from(plain.as_str()).to_string();
    let in_json = quoted[1..quoted.len() - 1].to_owned();
    let mut words = dates(opens);
    words.push(("slug", slug.to_owned()));
    let filled = move |text: &str, name: &str| {
        let given = words.iter().map(|(word, value)| (*word, value.as_str()));
        given
            .chain([("name", name)])
            .fold(text.to_owned(), |text, (word, value)| {
                text.replace(&format!("{{{{{word}}}}}"), value)
            })
    };
    FILES.iter().map(move |(path, text)| {
        let name = if path.ends_with(".json") {
            &in_json
        } else {
            &plain
        };
        (filled(path, ""), filled(text, name))
    })
}

/// The survey asks about the month before it opens, is open until the 25th, and is reported to the first
/// meeting, half a year after it opened.
fn dates(opens: NaiveDate) -> Vec<(&'static str, String)> {
    let calendar = Calendar::national();
    let first = opens - Days::new(u64::from(opens.day0()));
    let before = first - Months::new(1);
    let opens = calendar.business_days(first, 0);
    let close = calendar.business_days(first + Days::new(25), -1);
    let meeting = first_wednesday(first + Months::new(6));
    let last_meeting = first_wednesday(first - Months::new(6));
    let year = wareki::fiscal_year_of(opens);
    let meeting_year = wareki::fiscal_year_of(meeting);
    let titled = |year| wareki::fiscal_year(year, Width::Full).unwrap_or_else(|_| year.to_string());
    let period = Width::Full.set(&month(before));
    vec![
        ("start", calendar.business_days(before, 0).to_string()),
        ("opens", opens.to_string()),
        ("close", close.to_string()),
        ("meeting", meeting.to_string()),
        ("last_meeting", last_meeting.to_string()),
        ("period_from", before.to_string()),
        ("period_to", (first - Days::new(1)).to_string()),
        ("period", format!("{period}分")),
        ("year", year.to_string()),
        ("last_year", (year - 1).to_string()),
        ("fiscal_year", titled(year)),
        ("meeting_year", meeting_year.to_string()),
        ("meeting_fiscal_year", titled(meeting_year)),
    ]
}

/// Meetings are on the first Wednesday of a month, or on the business day after it.
fn first_wednesday(month: NaiveDate) -> NaiveDate {
    let days = month.weekday().days_since(Weekday::Wed);
    Calendar::national().business_days(month + Days::new(u64::from((7 - days) % 7)), 0)
}
