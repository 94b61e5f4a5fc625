//! Rows of a repeat: counting, adding and removing them in a draft.

use serde_json::{Map, Value};

use super::Answers;

/// A draft never holds more rows than this, whatever is sent.
pub(crate) const MOST_ROWS: usize = 1_000;

impl Answers {
    /// Rows of the repeat `item`, empty ones included.
    pub fn rows(&self, item: &str) -> usize {
        match self.0.get(item) {
            Some(Value::Array(rows)) => rows.len(),
            _ => 0,
        }
    }

    /// The answers of one row, as if the row were a questionnaire of its own.
    pub fn row(&self, item: &str, row: usize) -> Option<Answers> {
        let cells = self.0.get(item)?.get(row)?.as_object()?;
        Some(Answers(cells.clone()))
    }

    /// Adds an empty row at the end. What is not a repeat becomes one; nothing happens beyond 1,000 rows.
    pub fn add_row(&mut self, item: &str) {
        let rows = self.rows_mut(item);
        if rows.len() < MOST_ROWS {
            rows.push(Value::Object(Map::new()));
        }
    }

    /// Removes a row; the rows after it move up. Nothing happens when there is no such row.
    pub fn remove_row(&mut self, item: &str, row: usize) {
        if row < self.rows(item) {
            self.rows_mut(item).remove(row);
        }
    }

    pub(crate) fn rows_mut(&mut self, item: &str) -> &mut Vec<Value> {
        let value = self.0.entry(item).or_insert(Value::Null);
        if !value.is_array() {
            *value = Value::Array(Vec::new());
        }
        value.as_array_mut().expect("it was made an array above")
    }
}
