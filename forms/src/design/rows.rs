//! The rows of a matrix.

use serde_json::{Map, Value};

use super::edit::{Direction, NewKind};
use super::ids::Used;
use super::level::{self, set_text, titled};
use super::{Done, Refused, refused};

pub(super) fn add(document: &mut Value, path: &str, title: &str, used: &Used) -> Done {
    let title = titled(title, "行の文")?;
    let rows = rows(document, path)?;
    if rows.values().any(|row| row["title"] == title) {
        return refused(format!("行「{title}」は、もうあります。"));
    }
    // Every row has the same options.
    let mut row = rows.values().next().cloned().unwrap_or_default();
    let Some(map) = row.as_object_mut() else {
        return refused(format!("設問 {path} の行の形が崩れています。"));
    };
    map.shift_remove("x-title-en");
    set_text(map, "title", title);
    let id = used.next_row(path);
    rows.insert(id, row);
    Ok(())
}

pub(super) fn rename(document: &mut Value, path: &str, row: &str, title: &str) -> Done {
    let title = titled(title, "行の文")?;
    let found = rows(document, path)?
        .get_mut(row)
        .and_then(Value::as_object_mut);
    match found {
        Some(row) => {
            set_text(row, "title", title);
            Ok(())
        }
        None => unknown(row),
    }
}

pub(super) fn shift(document: &mut Value, path: &str, row: &str, direction: Direction) -> Done {
    let rows = rows(document, path)?;
    let Some(at) = rows.keys().position(|key| key == row) else {
        return unknown(row);
    };
    let to = match direction {
        Direction::Up => at.checked_sub(1),
        Direction::Down => Some(at + 1).filter(|to| *to < rows.len()),
    };
    let Some(to) = to else {
        return refused("この行は、もう端にあります。");
    };
    let value = rows.shift_remove(row).unwrap_or_default();
    rows.shift_insert(to, row.to_owned(), value);
    Ok(())
}

pub(super) fn remove(document: &mut Value, path: &str, row: &str) -> Done {
    let rows = rows(document, path)?;
    if !rows.contains_key(row) {
        return unknown(row);
    }
    if rows.len() == 1 {
        return refused("表には、行が少なくとも1つ必要です。");
    }
    rows.shift_remove(row);
    Ok(())
}

fn rows<'a>(document: &'a mut Value, path: &str) -> Result<&'a mut Map<String, Value>, Refused> {
    let item = level::item(document, path)?;
    if NewKind::of(&Value::Object(item.clone())) != NewKind::Matrix {
        return refused(format!("設問 {path} は表ではありません。"));
    }
    match item.get_mut("properties").and_then(Value::as_object_mut) {
        Some(rows) => Ok(rows),
        None => refused(format!("設問 {path} に行がありません。")),
    }
}

fn unknown<T>(row: &str) -> Result<T, Refused> {
    refused(format!("行 {row} はありません。画面を開き直してください。"))
}
