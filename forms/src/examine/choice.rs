//! Answers by options: single, multiple, matrix.

use std::borrow::Cow;

use serde_json::{Map, Value};
use unicode_normalization::{UnicodeNormalization, is_nfkc};

use super::item::{Clean, Outcome};
use super::{Around, Report};
use crate::item::{Choice, Item, Kind};
use crate::messages::{Complaint, name_in_matrix};

pub(super) fn single<'a>(options: &'a [Choice], raw: &'a Value) -> Outcome<'a> {
    match find(options, raw)? {
        Some(option) => Ok(Clean::value(option.code.as_str())),
        None => Ok(Clean::blank()),
    }
}

pub(super) fn multiple<'a>(
    options: &'a [Choice],
    min: Option<usize>,
    max: Option<usize>,
    raw: &'a Value,
) -> Outcome<'a> {
    let list = match raw {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut chosen = vec![false; options.len()];
    for raw in list {
        let Some(found) = find(options, raw)? else {
            continue;
        };
        let at = options
            .iter()
            .position(|option| std::ptr::eq(option, found));
        if let Some(at) = at
            && std::mem::replace(&mut chosen[at], true)
        {
            return Err(Complaint::Duplicate {
                option: &found.title,
            });
        }
    }
    // Stored in the order of the options, whatever the order of clicking.
    let chosen: Vec<&Choice> = options
        .iter()
        .zip(chosen)
        .filter(|(_, on)| *on)
        .map(|(option, _)| option)
        .collect();
    if let Some(alone) = chosen.iter().find(|option| option.exclusive)
        && chosen.len() > 1
    {
        return Err(Complaint::Exclusive {
            option: &alone.title,
        });
    }
    if let Some(max) = max.filter(|max| chosen.len() > *max) {
        return Err(Complaint::TooManyOptions {
            count: chosen.len(),
            max,
        });
    }
    if chosen.is_empty() {
        return Ok(Clean::blank());
    }
    let excluding = chosen.iter().any(|option| option.exclusive);
    if let Some(min) = min.filter(|min| chosen.len() < *min && !excluding) {
        return Err(Complaint::TooFewOptions { min });
    }
    Ok(Clean::value(
        chosen
            .iter()
            .map(|option| option.code.as_str())
            .collect::<Vec<_>>(),
    ))
}

pub(super) fn matrix(
    item: &Item,
    raw: &Value,
    around: &Around<'_, '_>,
    report: &mut Report,
) -> Option<Value> {
    let Kind::Matrix { rows, options } = &item.kind else {
        return None;
    };
    let Value::Object(given) = raw else {
        report.say(around.path(item), &around.name(item), &Complaint::WrongType);
        return None;
    };
    let mut clean = Map::new();
    for row in rows {
        let Some(raw) = given.get(&row.id).filter(|raw| !raw.is_null()) else {
            continue;
        };
        match find(options, raw) {
            Ok(Some(option)) => {
                clean.insert(row.id.clone(), option.code.as_str().into());
            }
            Ok(None) => {}
            Err(complaint) => {
                let name = name_in_matrix(&around.name(item), &row.title);
                report.say(
                    format!("{}.{}", around.path(item), row.id),
                    &name,
                    &complaint,
                );
            }
        }
    }
    if let Some(unknown) = given
        .keys()
        .find(|id| rows.iter().all(|row| row.id != **id))
    {
        let unknown: String = unknown.chars().take(60).collect();
        let name = name_in_matrix(&around.name(item), &unknown);
        report.say(
            format!("{}.{unknown}", around.path(item)),
            &name,
            &Complaint::UnknownItem,
        );
    }
    (!clean.is_empty()).then_some(Value::Object(clean))
}

/// The option with the typed code; nothing for a blank.
fn find<'a>(options: &'a [Choice], raw: &'a Value) -> Result<Option<&'a Choice>, Complaint<'a>> {
    let typed = match raw {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Number(number) => Cow::Owned(number.to_string()),
        _ => return Err(Complaint::WrongType),
    };
    let exact = |code: &str| options.iter().find(|option| option.code == code);
    let found = exact(&typed).or_else(|| {
        // Normalising a text of megabytes would only find out slowly that it is no code.
        let code = typed.trim();
        if code.len() > 400 || is_nfkc(code) {
            exact(code)
        } else {
            exact(&code.nfkc().collect::<String>())
        }
    });
    match (found, raw) {
        (Some(option), _) => Ok(Some(option)),
        (None, _) if typed.trim().is_empty() => Ok(None),
        (None, Value::String(text)) => Err(Complaint::NotOption { typed: text }),
        (None, _) => Err(Complaint::WrongType),
    }
}
