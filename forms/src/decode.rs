//! The fields of a web form as answers: nothing is judged here, everything typed is kept.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::answers::Answers;
use crate::answers::rows::MOST_ROWS;
use crate::item::{Item, Kind};
use crate::questionnaire::Questionnaire;

impl Questionnaire {
    /// Puts the fields of a form into a draft.
    ///
    /// Field names are paths: `rule_used`, `hospitals.0.discharged`, `stages.quake`; a multiple item sends its name
    /// once per chosen option. A field replaces its answer; an empty one removes it. What no field names stays as it
    /// was, so that saving one field, or a page on which some items were hidden, loses nothing. For a browser
    /// without JavaScript put a hidden empty field of the same name before a group of check boxes or radio buttons:
    /// only so can the respondent take back the last choice.
    ///
    /// With `page`, the fields of items on other pages are ignored. Names that begin with `_` belong to the
    /// server and are ignored. Never fails: a value of a wrong kind, or of an unknown item, is kept as typed and
    /// named by [`Questionnaire::examine`].
    pub fn decode(
        &self,
        page: Option<usize>,
        fields: &[(String, String)],
        onto: &Answers,
    ) -> Answers {
        let mut draft = onto.clone();
        let page = page.and_then(|page| self.pages.get(page));
        for (name, typed) in grouped(fields) {
            let item = name.split('.').next().unwrap_or_default();
            let known = self.items.get(item);
            let elsewhere = known.is_some()
                && page.is_some_and(|page| page.items.iter().all(|id| id.as_str() != item));
            if elsewhere || name.starts_with('_') || name.is_empty() {
                continue;
            }
            match known {
                Some(item) => put(&mut draft, item, name, &typed),
                None => set(&mut draft.0, name, one_or_many(&typed)),
            }
        }
        draft
    }
}

/// Each name once, in the order of its first field, with its values that are not empty.
fn grouped(fields: &[(String, String)]) -> Vec<(&str, Vec<&str>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, text) in fields {
        let at = *places.entry(name).or_insert(groups.len());
        if at == groups.len() {
            groups.push((name, Vec::new()));
        }
        if !text.is_empty() {
            groups[at].1.push(text);
        }
    }
    groups
}

fn put(draft: &mut Answers, item: &Item, name: &str, typed: &[&str]) {
    let steps: Vec<&str> = name.split('.').collect();
    let Kind::Repeat { items, .. } = &item.kind else {
        if !place(&mut draft.0, item, &steps, typed) {
            set(&mut draft.0, name, one_or_many(typed));
        }
        return;
    };
    let row = steps.get(1).and_then(|step| step.parse::<usize>().ok());
    let (Some(row), Some(cell)) = (row.filter(|row| *row < MOST_ROWS), steps.get(2)) else {
        // The bare name of a repeat marks that it was shown; anything else is no field of ours.
        if steps.len() > 1 {
            set(&mut draft.0, name, one_or_many(typed));
        }
        return;
    };
    let rows = draft.rows_mut(item.id.as_str());
    while rows.len() <= row {
        rows.push(Value::Object(Map::new()));
    }
    if !rows[row].is_object() {
        rows[row] = Value::Object(Map::new());
    }
    let Some(cells) = rows[row].as_object_mut() else {
        return;
    };
    let placed = items
        .get(cell)
        .is_some_and(|item| place(cells, item, &steps[2..], typed));
    if !placed {
        set(cells, &steps[2..].join("."), one_or_many(typed));
    }
}

/// Puts a value at `steps` (the item, and for a matrix its row). False when the steps lead nowhere in the item.
fn place(level: &mut Map<String, Value>, item: &Item, steps: &[&str], typed: &[&str]) -> bool {
    let id = item.id.as_str();
    match (&item.kind, steps) {
        (Kind::Multiple { .. }, [_]) => {
            let list = typed
                .iter()
                .map(|text| Value::from(*text))
                .collect::<Vec<_>>();
            set(level, id, (!list.is_empty()).then_some(Value::Array(list)));
        }
        (Kind::Matrix { .. }, [_]) => {
            // Only the mark of an empty field comes under the bare name.
            if !typed.is_empty() {
                set(level, id, one_or_many(typed));
            }
        }
        (Kind::Matrix { .. }, [_, row]) => {
            let rows = level.entry(id).or_insert(Value::Null);
            if !rows.is_object() {
                *rows = Value::Object(Map::new());
            }
            if let Some(rows) = rows.as_object_mut() {
                set(rows, row, one_or_many(typed));
                if rows.is_empty() {
                    level.shift_remove(id);
                }
            }
        }
        (_, [_]) => set(level, id, one_or_many(typed)),
        _ => return false,
    }
    true
}

fn set(level: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            level.insert(name.to_owned(), value);
        }
        None => {
            level.shift_remove(name);
        }
    }
}

fn one_or_many(typed: &[&str]) -> Option<Value> {
    match typed {
        [] => None,
        [one] => Some(Value::from(*one)),
        many => Some(many.iter().map(|text| Value::from(*text)).collect()),
    }
}
