//! Answers as values of an expression, and the result of a calculation as an answer.

use rhai::{Dynamic, Map};
use serde_json::Value;

use crate::decimal::Decimal;
use crate::item::{Item, Kind};

/// A clean answer to `item` as an expression sees it.
pub(crate) fn dynamic(item: &Item, value: &Value) -> Dynamic {
    match (&item.kind, value) {
        (Kind::Integer { .. }, Value::Number(number)) => {
            number.as_i64().map_or(Dynamic::UNIT, Dynamic::from)
        }
        (Kind::Decimal { .. }, Value::Number(number)) => number
            .to_string()
            .parse::<Decimal>()
            .map_or(Dynamic::UNIT, Dynamic::from),
        (Kind::Multiple { .. }, Value::Array(codes)) => {
            let codes: rhai::Array = codes.iter().map(text).collect();
            codes.into()
        }
        (Kind::Matrix { rows, .. }, Value::Object(answers)) => {
            let rows = rows.iter().map(|row| {
                let answer = answers.get(&row.id).map_or(Dynamic::UNIT, text);
                (row.id.as_str().into(), answer)
            });
            rows.collect::<Map>().into()
        }
        (Kind::Repeat { items, .. }, Value::Array(rows)) => {
            let rows: rhai::Array = rows
                .iter()
                .map(|row| {
                    let cells = items.iter().map(|item| {
                        let cell = row.get(item.id.as_str());
                        let cell = cell.map_or(Dynamic::UNIT, |value| dynamic(item, value));
                        (item.id.as_str().into(), cell)
                    });
                    cells.collect::<Map>().into()
                })
                .collect();
            rows.into()
        }
        // A rule can ask whether there is one, and how it is called.
        (Kind::File { .. }, Value::Object(file)) => file.get("name").map_or(Dynamic::UNIT, text),
        (_, Value::String(_)) => text(value),
        _ => Dynamic::UNIT,
    }
}

fn text(value: &Value) -> Dynamic {
    value
        .as_str()
        .map_or(Dynamic::UNIT, |text| text.to_owned().into())
}

/// The result of a calculation as an answer that still has to be checked; nothing for a blank.
/// A float is refused: it is no exact number.
pub(crate) fn json(result: &Dynamic) -> Option<Value> {
    if let Ok(integer) = result.as_int() {
        return Some(integer.into());
    }
    if let Some(decimal) = result.read_lock::<Decimal>() {
        return Some(Value::String(decimal.to_string()));
    }
    result.clone().into_string().ok().map(Value::String)
}
