//! Ids that are taken: those of the document and those of versions before it, which stored answers still name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Ids of items, codes of options and ids of rows that may not be given to something new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    items: BTreeSet<String>,
    /// By the path of the item, or `$defs/name` for a shared list.
    codes: BTreeMap<String, BTreeSet<String>>,
}

impl Used {
    /// Everything that a document uses.
    pub fn note(&mut self, document: &Value) {
        for (name, list) in entries(document.get("$defs")) {
            self.note_codes(&format!("$defs/{name}"), list);
        }
        for (id, item) in entries(document.get("properties")) {
            self.note_item(id, id, item);
            let rows = item.get("items").and_then(|items| items.get("properties"));
            for (inner, item) in entries(rows) {
                self.note_item(&format!("{id}.{inner}"), inner, item);
            }
        }
    }

    /// Only the ids of the items: of a questionnaire that is asked together with this one.
    pub fn note_items(&mut self, document: &Value) {
        let items = entries(document.get("properties")).map(|(id, _)| id.clone());
        self.items.extend(items);
    }

    fn note_item(&mut self, path: &str, id: &str, item: &Value) {
        self.items.insert(id.to_owned());
        self.note_codes(path, item);
        self.note_codes(path, item.get("items").unwrap_or(&Value::Null));
        if item.get("x-matrix").is_some() {
            for (row, schema) in entries(item.get("properties")) {
                self.codes
                    .entry(format!("{path}/rows"))
                    .or_default()
                    .insert(row.clone());
                self.note_codes(path, schema);
            }
        }
    }

    fn note_codes(&mut self, path: &str, schema: &Value) {
        let list = schema.get("oneOf").and_then(Value::as_array);
        let codes = list
            .into_iter()
            .flatten()
            .filter_map(|option| option["const"].as_str());
        let known = self.codes.entry(path.to_owned()).or_default();
        known.extend(codes.map(str::to_owned));
    }

    /// `q7`: after the highest that was ever there.
    pub(super) fn next_item(&self) -> String {
        next("q", &self.items)
    }

    /// `a3`, for a list of options that is known by these names and has these codes now.
    pub(super) fn next_code(&self, keys: &[&str], here: &BTreeSet<String>) -> String {
        let known = keys.iter().filter_map(|key| self.codes.get(*key)).flatten();
        next("a", &known.chain(here).cloned().collect())
    }

    /// Whether a code was ever used under one of these names.
    pub(super) fn has_code(&self, keys: &[&str], code: &str) -> bool {
        let mut known = keys.iter().filter_map(|key| self.codes.get(*key));
        known.any(|codes| codes.contains(code))
    }

    /// `r3`, for the rows of a matrix.
    pub(super) fn next_row(&self, path: &str) -> String {
        let rows = self.codes.get(&format!("{path}/rows"));
        next("r", rows.unwrap_or(&BTreeSet::new()))
    }
}

fn next(letter: &str, taken: &BTreeSet<String>) -> String {
    let number = |name: &String| name.strip_prefix(letter)?.parse::<u64>().ok();
    let highest = taken.iter().filter_map(number).max().unwrap_or(0);
    format!("{letter}{}", highest + 1)
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}
