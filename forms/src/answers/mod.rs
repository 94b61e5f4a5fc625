//! Answers: what one respondent gave, item by item, as typed.

mod path;
pub(crate) mod rows;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::decimal::Decimal;

pub use path::field_name;

/// An ordered map from item to answer; in JSON a plain object.
///
/// The same type holds a draft, in which everything stays exactly as it was typed (a number may be the text
/// `"１２"`, or no number at all), and the clean answers of [`Examined`](crate::Examined), which any validator
/// accepts under the questionnaire as JSON Schema.
///
/// A path names one answer: `rule_used`, `hospitals.2.discharged`, `stages.quake`. Rows count from 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub(crate) Map<String, Value>);

impl Answers {
    pub fn new() -> Answers {
        Answers::default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The items that are answered.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Nothing was given at `path`.
    pub fn is_blank(&self, path: &str) -> bool {
        self.value(path).is_none_or(Value::is_null)
    }

    /// What to put back into the input of a form: the text as it was typed, one for each chosen option, wrong
    /// values included. Empty when nothing was given.
    pub fn typed(&self, path: &str) -> Vec<String> {
        let one = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        };
        match self.value(path) {
            Some(Value::Array(list)) => list.iter().filter_map(one).collect(),
            Some(value) => one(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// A text, a date or the code of a single option.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.value(path)?.as_str()
    }

    pub fn integer(&self, path: &str) -> Option<i64> {
        self.value(path)?.as_i64()
    }

    /// The number at `path`, integer or decimal.
    pub fn decimal(&self, path: &str) -> Option<Decimal> {
        match self.value(path)? {
            Value::Number(number) => number.to_string().parse().ok(),
            _ => None,
        }
    }

    /// The codes of a multiple item; the one code of a single item.
    pub fn codes(&self, path: &str) -> Vec<&str> {
        match self.value(path) {
            Some(Value::String(code)) => vec![code],
            Some(Value::Array(codes)) => codes.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The answer to this one item; nothing where it was left blank.
    pub fn only(&self, item: &str) -> Answers {
        let answer = self
            .0
            .get(item)
            .map(|answer| (item.to_owned(), answer.clone()));
        Answers(answer.into_iter().collect())
    }

    /// Answers an item as `other` does: also leaves it blank where that one does.
    pub fn take(&mut self, item: &str, other: &Answers) {
        match other.0.get(item) {
            Some(answer) => self.0.insert(item.to_owned(), answer.clone()),
            None => self.0.shift_remove(item),
        };
    }

    pub(crate) fn value(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split('.');
        let mut value = self.0.get(steps.next()?)?;
        for step in steps {
            value = match value {
                Value::Object(map) => map.get(step)?,
                Value::Array(list) => list.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }
}
