//! The tally (集計): counts of every item with their base, from clean answers.
//!
//! Percentages are not made here: a [`Tally`] holds integers, whoever prints divides.

mod crosstab;
mod item;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::answers::Answers;
use crate::expression::View;
use crate::item::{Item, Kind};
use crate::items::Items;
use crate::questionnaire::Questionnaire;

pub use crosstab::{Break, Column, Crosstab, crosstab};
pub use item::{Blanks, Detail, ItemTally, Numbers, OptionCount};

/// One response: its clean answers and what the roster knows about who gave it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub answers: &'a Answers,
    /// The columns of the roster.
    pub respondent: &'a BTreeMap<String, String>,
}

/// Counts of all items of one questionnaire version.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Responses counted.
    pub responses: u64,
    /// In the order of the questionnaire; a matrix has one entry for each row (`stages.quake`), a repeat one for
    /// itself and one for each item inside (`hospitals.discharged`).
    pub items: Vec<ItemTally>,
    questionnaire: Arc<Questionnaire>,
}

/// Counts `rows`, all answered under `questionnaire`.
pub fn tally<'a>(questionnaire: &Questionnaire, rows: impl IntoIterator<Item = Row<'a>>) -> Tally {
    let mut tally = Tally::new(questionnaire);
    for row in rows {
        tally.add(&row);
    }
    tally
}

/// Counts one item outside repeats and no other, as [`tally`] counts it. `None` for an unknown item and for a
/// matrix, which has an entry for each row.
pub fn tally_item<'a>(
    questionnaire: &Questionnaire,
    id: &str,
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Option<ItemTally> {
    let item = questionnaire.item(id)?;
    if matches!(item.kind, Kind::Matrix { .. }) {
        return None;
    }
    let mut counted = entries(item, "").into_iter().next()?;
    for row in rows {
        let view = View {
            items: &questionnaire.items,
            answers: &row.answers.0,
            outer: None,
            respondent: None,
        };
        match view.is_shown(item) {
            true => counted.add(item, view.value(item)),
            false => counted.add_not_shown(),
        }
    }
    Some(counted)
}

impl Tally {
    pub fn new(questionnaire: &Questionnaire) -> Tally {
        let mut items = Vec::new();
        for item in questionnaire.items() {
            items.extend(entries(item, ""));
            if let Kind::Repeat { items: inner, .. } = &item.kind {
                let prefix = format!("{}.", item.id);
                items.extend(inner.iter().flat_map(|item| entries(item, &prefix)));
            }
        }
        Tally {
            responses: 0,
            items,
            questionnaire: Arc::new(questionnaire.clone()),
        }
    }

    /// By path, for instance `rule_used`, `stages.quake` or `hospitals.discharged`.
    pub fn item(&self, path: &str) -> Option<&ItemTally> {
        self.items.iter().find(|item| item.path == path)
    }

    /// Adds a response that was given under the version of this tally.
    pub fn add(&mut self, row: &Row<'_>) {
        let questionnaire = Arc::clone(&self.questionnaire);
        self.add_version(&questionnaire, row);
    }

    /// Adds a response that was given under another version of the questionnaire. What that version did not ask
    /// counts as 「この版になし」.
    pub fn add_version(&mut self, version: &Questionnaire, row: &Row<'_>) {
        self.responses += 1;
        let items = Arc::clone(&self.questionnaire.items);
        let view = View {
            items: &version.items,
            answers: &row.answers.0,
            outer: None,
            respondent: None,
        };
        let mut at = 0;
        for item in items.iter() {
            let asked = version.item(item.id.as_str());
            self.level(&mut at, item, asked, &view);
            let Kind::Repeat { items: inner, .. } = &item.kind else {
                continue;
            };
            let first = at;
            at += inner.iter().map(entry_count).sum::<usize>();
            let Some(Kind::Repeat { items: asked, .. }) = asked.map(|asked| &asked.kind) else {
                continue;
            };
            for cells in rows(row.answers.0.get(item.id.as_str())) {
                let view = View {
                    items: asked,
                    answers: cells,
                    outer: Some(&view),
                    respondent: None,
                };
                let mut at = first;
                for item in inner.iter() {
                    self.level(&mut at, item, asked.get(item.id.as_str()), &view);
                }
            }
        }
    }

    /// Counts one item at one level and moves past its entries.
    fn level(&mut self, at: &mut usize, item: &Item, asked: Option<&Item>, view: &View<'_>) {
        let count = entry_count(item);
        let entries = &mut self.items[*at..*at + count];
        *at += count;
        let Some(asked) = asked else {
            entries.iter_mut().for_each(ItemTally::add_not_in_version);
            return;
        };
        if !view.is_shown(asked) {
            entries.iter_mut().for_each(ItemTally::add_not_shown);
            return;
        }
        let value = view.value(asked);
        match &item.kind {
            Kind::Matrix { rows, .. } => {
                for (entry, row) in entries.iter_mut().zip(rows) {
                    entry.add(item, value.and_then(|value| value.get(&row.id)));
                }
            }
            _ => entries.iter_mut().for_each(|entry| entry.add(item, value)),
        }
    }
}

fn entry_count(item: &Item) -> usize {
    match &item.kind {
        Kind::Matrix { rows, .. } => rows.len(),
        _ => 1,
    }
}

fn entries(item: &Item, prefix: &str) -> Vec<ItemTally> {
    let path = format!("{prefix}{}", item.id);
    match &item.kind {
        Kind::Matrix { rows, .. } => {
            let entry = |row: &crate::item::MatrixRow| {
                ItemTally::new(item, format!("{path}.{}", row.id), row.title.clone())
            };
            rows.iter().map(entry).collect()
        }
        _ => vec![ItemTally::new(item, path, item.title.clone())],
    }
}

/// The rows of a repeat.
pub(crate) fn rows(value: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

/// The items of a repeat by its id.
pub(crate) fn repeat<'a>(items: &'a Items, id: &str) -> Option<&'a Items> {
    match &items.get(id)?.kind {
        Kind::Repeat { items, .. } => Some(items),
        _ => None,
    }
}
