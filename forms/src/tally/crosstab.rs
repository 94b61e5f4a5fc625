//! Crossing (クロス集計): one tally for each value of a roster column or of a single item.

use std::collections::BTreeMap;

use super::{Row, Tally};
use crate::item::Kind;
use crate::questionnaire::Questionnaire;

/// What the responses are divided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// A column of the roster.
    Respondent(String),
    /// A single item outside repeats.
    Item(String),
}

#[derive(Debug, Clone)]
pub struct Crosstab {
    /// For an item its options in their order, nobody or not; for a roster column its values, sorted.
    pub columns: Vec<Column>,
    /// Responses without an answer to the break question. They are in no column, as is customary
    /// （クロス集計では無回答を除く）, so that the n of the columns need not add up to all responses.
    pub left_out: u64,
}

#[derive(Debug, Clone)]
pub struct Column {
    /// The code of the option, or the value of the roster column.
    pub code: String,
    pub title: String,
    pub tally: Tally,
}

/// Counts `rows` once for each value of the break. With an item that is unknown or not single, nothing has a column.
pub fn crosstab<'a>(
    questionnaire: &Questionnaire,
    rows: impl IntoIterator<Item = Row<'a>>,
    by: &Break,
) -> Crosstab {
    let mut columns: BTreeMap<usize, Column> = BTreeMap::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut add_column = |places: &mut BTreeMap<String, usize>, code: &str, title: &str| {
        let at = places.len();
        places.insert(code.to_owned(), at);
        columns.insert(
            at,
            Column {
                code: code.to_owned(),
                title: title.to_owned(),
                tally: Tally::new(questionnaire),
            },
        );
    };
    if let Break::Item(id) = by
        && let Some(item) = questionnaire.item(id)
        && let Kind::Single { options } = &item.kind
    {
        for option in options {
            add_column(&mut places, &option.code, &option.title);
        }
    }
    let mut rows_of: BTreeMap<usize, Vec<Row<'a>>> = BTreeMap::new();
    let mut left_out = 0;
    for row in rows {
        let code = match by {
            Break::Respondent(column) => row.respondent.get(column).map(String::as_str),
            Break::Item(id) => row.answers.text(id),
        };
        let Some(code) = code.filter(|code| !code.is_empty()) else {
            left_out += 1;
            continue;
        };
        if matches!(by, Break::Respondent(_)) && !places.contains_key(code) {
            add_column(&mut places, code, code);
        }
        match places.get(code) {
            Some(at) => rows_of.entry(*at).or_default().push(row),
            None => left_out += 1,
        }
    }
    for (at, rows) in rows_of {
        if let Some(column) = columns.get_mut(&at) {
            rows.iter().for_each(|row| column.tally.add(row));
        }
    }
    let mut columns: Vec<Column> = columns.into_values().collect();
    if matches!(by, Break::Respondent(_)) {
        columns.sort_by(|a, b| a.code.cmp(&b.code));
    }
    Crosstab { columns, left_out }
}
