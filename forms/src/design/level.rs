//! Finding an item in a document: its level (the questionnaire or the rows of a repeat) and its schema.

use serde_json::{Map, Value};

use super::{Refused, refused};

/// Where an item stands: `hospitals.q2` → the repeat `hospitals`, the item `q2`.
pub(super) fn split(path: &str) -> (Option<&str>, &str) {
    match path.split_once('.') {
        Some((repeat, item)) => (Some(repeat), item),
        None => (None, path),
    }
}

/// The level with `properties` and `required` on which an item stands.
pub(super) fn level<'a>(document: &'a mut Value, path: &str) -> Result<&'a mut Value, Refused> {
    let level = match split(path).0 {
        None => Some(document),
        Some(repeat) => document
            .get_mut("properties")
            .and_then(|items| items.get_mut(repeat))
            .and_then(|repeat| repeat.get_mut("items")),
    };
    match level {
        Some(level) if level["properties"].is_object() => Ok(level),
        _ => unknown(path),
    }
}

pub(super) fn item<'a>(
    document: &'a mut Value,
    path: &str,
) -> Result<&'a mut Map<String, Value>, Refused> {
    let found = level(document, path)?["properties"]
        .get_mut(split(path).1)
        .and_then(Value::as_object_mut);
    match found {
        Some(item) => Ok(item),
        None => unknown(path),
    }
}

/// The items of a level.
pub(super) fn properties(level: &mut Value) -> &mut Map<String, Value> {
    level["properties"]
        .as_object_mut()
        .expect("`level` gives only levels with properties")
}

pub(super) fn unknown<T>(path: &str) -> Result<T, Refused> {
    refused(format!(
        "設問 {path} はありません。ほかの人が消したかもしれません。画面を開き直してください。"
    ))
}

/// Puts an entry behind another one, or first.
pub(super) fn insert_behind(
    map: &mut Map<String, Value>,
    before: Option<&str>,
    name: &str,
    value: Value,
) {
    let at = before
        .and_then(|before| map.keys().position(|key| key == before))
        .map_or(0, |at| at + 1);
    map.shift_insert(at, name.to_owned(), value);
}

/// Sets a text; an empty one takes the name away.
pub(super) fn set_text(map: &mut Map<String, Value>, name: &str, text: &str) {
    if text.is_empty() {
        map.shift_remove(name);
    } else {
        map.insert(name.to_owned(), text.into());
    }
    tidy(map);
}

pub(super) fn set(map: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            map.insert(name.to_owned(), value);
        }
        None => {
            map.shift_remove(name);
        }
    }
    tidy(map);
}

/// The order in which the words of an item are written, so that the JSON reads the same however it was clicked.
const ORDER: [&str; 23] = [
    "const",
    "title",
    "x-title-en",
    "description",
    "x-concept",
    "x-break",
    "x-relevant",
    "x-calculate",
    "type",
    "format",
    "x-matrix",
    "x-repeat",
    "x-file",
    "minimum",
    "maximum",
    "multipleOf",
    "x-unit",
    "x-plausible",
    "maxLength",
    "x-long",
    "uniqueItems",
    "minItems",
    "maxItems",
];

/// Sorts the words of an item; those that hold much, and unknown ones, come last and keep their order.
pub(super) fn tidy(map: &mut Map<String, Value>) {
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
    entries.sort_by_key(|(name, _)| place(name).unwrap_or(ORDER.len()));
    map.extend(entries);
}

/// A title that says something.
///
/// # Errors
/// It is blank.
pub(super) fn titled<'a>(title: &'a str, what: &str) -> Result<&'a str, Refused> {
    match title.trim() {
        "" => refused(format!("{what}が空です。1文字以上で書いてください。")),
        title => Ok(title),
    }
}
