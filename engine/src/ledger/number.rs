//! The id of an entry that is handed in without one: its month and a number, `2025-06-013`.

use chrono::NaiveDate;
use forms::Answers;
use serde_json::{Map, Value};

use super::{Book, Entry, Ledger};

impl Book {
    /// The first id after those of the entry's month, or of its fiscal year where only that is known; of the month
    /// of `today` where it says nothing.
    pub fn next_id(
        &self,
        ledger: &Ledger,
        fields: &Map<String, Value>,
        today: NaiveDate,
    ) -> String {
        let answers: Answers =
            serde_json::from_value(Value::Object(fields.clone())).unwrap_or_default();
        let entry = Entry {
            id: String::new(),
            answers: ledger.form.examine(&answers).answers,
            line: None,
        };
        let group = match ledger.when(&entry) {
            Some(when) => when
                .month()
                .unwrap_or_else(|| when.fiscal_year().to_string()),
            None => today.format("%Y-%m").to_string(),
        };
        let numbers = self.entries(&ledger.id).iter().filter_map(|entry| {
            let number = entry.id.strip_prefix(&group)?.strip_prefix('-')?;
            number.parse::<u32>().ok()
        });
        let number = numbers.max().unwrap_or_default().saturating_add(1);
        format!("{group}-{number:03}")
    }
}
