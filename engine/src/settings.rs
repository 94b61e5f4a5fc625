//! The settings of a municipality that a form has: edits of municipality.json and style.json that leave everything
//! else in them as it is. Everything beyond them is edited as the file that it is.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::people::{printed, read};
use crate::year::Refusal;

/// A value of a file, by its path (`/calendar/closed`). An empty text takes an optional one away.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub path: &'static str,
    pub value: Value,
}

/// Somebody who sits in a body, as the form has it. What the form does not know stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// The place in the list; absent for a new one.
    pub at: Option<usize>,
    pub org: String,
    pub name: String,
    pub role: String,
    pub from: String,
    pub to: String,
}

/// The text of a file with these values.
///
/// # Errors
/// The file is not JSON.
pub fn set(text: &str, settings: &[Setting]) -> Result<String, Refusal> {
    let mut file = read(text)?;
    for setting in settings {
        let (within, name) = setting.path.rsplit_once('/').unwrap_or_default();
        let mut place = &mut file;
        for part in within.split('/').filter(|part| !part.is_empty()) {
            if place.get(part).is_none() {
                place[part] = json!({});
            }
            place = &mut place[part];
        }
        match (&setting.value, place.as_object_mut()) {
            (Value::String(text), Some(object)) if text.is_empty() => {
                object.shift_remove(name);
            }
            (value, _) => place[name] = value.clone(),
        }
    }
    printed(&file)
}

/// The text of municipality.json with other closed days.
///
/// # Errors
/// The file is not JSON.
pub fn set_closed(text: &str, mut closed: Vec<NaiveDate>) -> Result<String, Refusal> {
    closed.sort_unstable();
    closed.dedup();
    let setting = Setting {
        path: "/calendar/closed",
        value: json!(closed),
    };
    set(text, &[setting])
}

/// The days in a text, one a line: `2026-08-14`, `2026/8/14`, with or without a name behind a comma, as the file of
/// national holidays has them (内閣府の syukujitsu.csv).
///
/// # Errors
/// The number of the first line that is none, from 1.
pub fn days(text: &str) -> Result<Vec<NaiveDate>, usize> {
    let mut days = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        let cell = line.split([',', '\t']).next().unwrap_or_default();
        let cell = cell.trim().trim_matches('"').trim_start_matches('\u{feff}');
        if cell.is_empty() {
            continue;
        }
        match day(cell) {
            Some(day) => days.push(day),
            // The first line may say what the columns are.
            None if nth == 0 => {}
            None => return Err(nth + 1),
        }
    }
    Ok(days)
}

/// The text of municipality.json with the members of a body as the form has them; a seat without an organisation
/// goes.
///
/// # Errors
/// There is no such body.
pub fn set_members(text: &str, body: &str, seats: &[Seat]) -> Result<String, Refusal> {
    let mut file = read(text)?;
    let bodies = file.get_mut("bodies").and_then(Value::as_array_mut);
    let mut bodies = bodies.into_iter().flatten();
    let body = bodies
        .find(|one| one["id"] == body)
        .ok_or_else(|| Refusal::Unknown(format!("会議体「{body}」")))?;
    let before = body["members"].as_array().cloned().unwrap_or_default();
    let mut after = Vec::new();
    for seat in seats.iter().filter(|seat| !seat.org.trim().is_empty()) {
        let known = seat.at.and_then(|at| before.get(at));
        let mut member = known.cloned().unwrap_or_else(|| json!({}));
        for (name, value) in [
            ("org", &seat.org),
            ("name", &seat.name),
            ("role", &seat.role),
            ("from", &seat.from),
            ("to", &seat.to),
        ] {
            match (value.trim(), member.as_object_mut()) {
                ("", Some(object)) => {
                    object.shift_remove(name);
                }
                (value, _) => member[name] = json!(value),
            }
        }
        after.push(member);
    }
    body["members"] = json!(after);
    printed(&file)
}

/// The text of surveys.json with the years for which a survey's answers are kept; `None`: nobody has said.
///
/// # Errors
/// There is no such survey.
pub fn set_keep_years(text: &str, survey: &str, years: Option<u32>) -> Result<String, Refusal> {
    let mut file = read(text)?;
    let surveys = file.get_mut("surveys").and_then(Value::as_array_mut);
    let mut surveys = surveys.into_iter().flatten();
    let survey = surveys
        .find(|one| one["id"] == survey)
        .and_then(Value::as_object_mut)
        .ok_or_else(|| Refusal::Unknown(format!("調査「{survey}」")))?;
    match years {
        Some(years) => {
            survey.insert("keep_years".to_owned(), json!(years));
        }
        None => {
            survey.shift_remove("keep_years");
        }
    }
    printed(&file)
}

fn day(cell: &str) -> Option<NaiveDate> {
    let mut parts = cell.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_else_stays() {
        let file = r#"{"name":"架空市","bodies":[{"id":"a"}],"note":"n"}"#;
        let change = |path, value| Setting { path, value };
        let text = set(
            file,
            &[
                change("/contact", json!("架空市高齢福祉課 0000-00-0000")),
                change("/note", json!("")),
                change("/percent/decimals", json!(2)),
            ],
        );
        let value: Value = serde_json::from_str(&text.unwrap()).unwrap();
        let expected = json!({
            "name": "架空市", "bodies": [{ "id": "a" }],
            "contact": "架空市高齢福祉課 0000-00-0000", "percent": { "decimals": 2 }
        });
        assert_eq!(value, expected);
    }

    /// The first lines of syukujitsu.csv of the Cabinet Office, in UTF-8.
    #[test]
    fn the_file_of_national_holidays_is_read() {
        let text =
            "国民の祝日・休日月日,国民の祝日・休日名称\r\n1955/1/1,元日\r\n1955/1/15,成人の日\r\n";
        let days = days(text).unwrap();
        let days: Vec<String> = days.iter().map(ToString::to_string).collect();
        assert_eq!(days, ["1955-01-01", "1955-01-15"]);
    }

    #[test]
    fn a_line_that_is_no_day_is_named() {
        assert_eq!(days("2026-08-14\n\n2026-02-30\n"), Err(3));
        assert_eq!(days("2026-08-14\nお盆\n"), Err(2));
        assert_eq!(
            days("\u{feff}2026-08-14,お盆\n").map(|days| days.len()),
            Ok(1)
        );
    }

    #[test]
    fn a_seat_keeps_what_the_form_does_not_know() {
        let file = r#"{"bodies":[{"id":"a","members":[{"org":"医師会","count":2,"name":"甲（架空）"},{"org":"歯科医師会"}]}]}"#;
        let seat = |at, org: &str| Seat {
            at,
            org: org.to_owned(),
            ..Seat::default()
        };
        let text = set_members(
            file,
            "a",
            &[
                seat(Some(0), "医師会"),
                seat(Some(1), " "),
                seat(None, "薬剤師会"),
            ],
        );
        let value: Value = serde_json::from_str(&text.unwrap()).unwrap();
        let expected = json!([{ "org": "医師会", "count": 2 }, { "org": "薬剤師会" }]);
        assert_eq!(value["bodies"][0]["members"], expected);
        assert!(set_members(file, "b", &[]).is_err());
    }
}
