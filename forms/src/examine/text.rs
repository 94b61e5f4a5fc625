//! Free text: kept character by character, only line ends and outer blanks are tidied.

use std::borrow::Cow;

use serde_json::Value;

use super::item::{Clean, Outcome};
use crate::messages::Complaint;

pub(super) fn text(max: usize, raw: &Value) -> Outcome<'_> {
    let typed = match raw {
        Value::String(text) => Cow::Borrowed(text.trim()),
        Value::Number(number) => Cow::Owned(number.to_string()),
        _ => return Err(Complaint::WrongType),
    };
    if typed.is_empty() {
        return Ok(Clean::blank());
    }
    // Browsers send each line end as two characters, people count one.
    let count = typed.chars().count() - typed.matches("\r\n").count();
    if count > max {
        return Err(Complaint::TooLong { count, max });
    }
    Ok(Clean::value(typed.replace("\r\n", "\n")))
}
