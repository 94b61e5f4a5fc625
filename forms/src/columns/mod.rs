//! The columnar tally: coded answers column by column, for hundreds of thousands of responses.
//!
//! One byte a coded answer, eight a number. [`Columns::count`] goes once over every column together with the break
//! column; the overall counts are the sum over the break, so crossing costs nothing on top. A new response is one
//! push to each column.

mod coded;
mod count;
mod numeric;

use serde_json::Value;

use crate::expression::View;
use crate::item::Kind;
use crate::questionnaire::Questionnaire;
use crate::tally::Row;

pub use coded::Coded;
pub use count::{Counts, NumberCounts};
pub use numeric::Numeric;

/// The code of a response without a value: 無回答.
pub const NO_ANSWER: u8 = 252;
/// わからない.
pub const DONT_KNOW: u8 = 253;
/// 非該当.
pub const NOT_SHOWN: u8 = 254;
/// Not asked in the version that was answered.
pub const NOT_IN_VERSION: u8 = 255;

/// Coded and numeric columns of equal length.
///
/// Of a questionnaire they hold the items outside repeats: a single item is one coded column (code = position of
/// the option), a multiple item one for each option (1 chosen, 0 not), a matrix one for each row, an integer one
/// numeric column. Decimals, dates and texts are not held.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    pub coded: Vec<Coded>,
    pub numeric: Vec<Numeric>,
    rows: usize,
}

impl Columns {
    /// Empty columns for the items of a questionnaire.
    pub fn new(questionnaire: &Questionnaire) -> Columns {
        let mut columns = Columns::default();
        for item in questionnaire.items() {
            let id = &item.id;
            match &item.kind {
                Kind::Single { options } => columns
                    .coded
                    .push(Coded::new(id.to_string(), options.len())),
                Kind::Multiple { options, .. } => {
                    let option = |option: &crate::item::Choice| {
                        Coded::new(format!("{id}.{}", option.code), 2)
                    };
                    columns.coded.extend(options.iter().map(option));
                }
                Kind::Matrix { rows, options } => {
                    let row = |row: &crate::item::MatrixRow| {
                        Coded::new(format!("{id}.{}", row.id), options.len())
                    };
                    columns.coded.extend(rows.iter().map(row));
                }
                Kind::Integer { .. } => columns.numeric.push(Numeric::new(id.to_string())),
                _ => {}
            }
        }
        columns
    }

    /// Columns that were filled elsewhere, for instance from an export. Nothing when their lengths differ.
    pub fn from_parts(coded: Vec<Coded>, numeric: Vec<Numeric>) -> Option<Columns> {
        let lengths = coded
            .iter()
            .map(Coded::len)
            .chain(numeric.iter().map(Numeric::len));
        let mut lengths = lengths.collect::<Vec<_>>();
        lengths.dedup();
        (lengths.len() <= 1).then(|| Columns {
            rows: lengths.first().copied().unwrap_or(0),
            coded,
            numeric,
        })
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The position of a coded column by its name, for instance `office_kind` or `pillars.flow`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.coded.iter().position(|column| column.name() == name)
    }

    /// Adds one response given under `questionnaire`, for which these columns were made.
    pub fn push(&mut self, questionnaire: &Questionnaire, row: &Row<'_>) {
        let view = View {
            items: &questionnaire.items,
            answers: &row.answers.0,
            outer: None,
            respondent: None,
        };
        let (mut coded, mut numeric) = (self.coded.iter_mut(), self.numeric.iter_mut());
        let mut push = |code: u8| {
            if let Some(column) = coded.next() {
                column.push(code);
            }
        };
        for item in questionnaire.items() {
            let value = view.value(item);
            let blank = || {
                if view.is_shown(item) {
                    NO_ANSWER
                } else {
                    NOT_SHOWN
                }
            };
            let code = |value: &Value| {
                let at = item
                    .options()
                    .iter()
                    .position(|option| value.as_str() == Some(&option.code));
                match at.and_then(|at| item.options().get(at).map(|option| (at, option.unknown))) {
                    Some((_, true)) => DONT_KNOW,
                    Some((at, false)) => u8::try_from(at).unwrap_or(NOT_IN_VERSION),
                    None => NOT_IN_VERSION,
                }
            };
            match &item.kind {
                Kind::Single { .. } => push(value.map_or_else(blank, code)),
                Kind::Multiple { options, .. } => {
                    let chosen = |code: &str| {
                        value
                            .and_then(Value::as_array)
                            .map(|list| list.iter().any(|one| one.as_str() == Some(code)))
                    };
                    let known = options
                        .iter()
                        .any(|option| !option.unknown && chosen(&option.code) == Some(true));
                    for option in options {
                        push(match chosen(&option.code) {
                            Some(chosen) if known => u8::from(chosen),
                            Some(_) => DONT_KNOW,
                            None => blank(),
                        });
                    }
                }
                Kind::Matrix { rows, .. } => {
                    for row in rows {
                        push(
                            value
                                .and_then(|value| value.get(&row.id))
                                .map_or_else(blank, code),
                        );
                    }
                }
                Kind::Integer { .. } => {
                    if let Some(column) = numeric.next() {
                        match value.and_then(Value::as_i64) {
                            Some(value) => column.push(value),
                            None => column.push_blank(blank()),
                        }
                    }
                }
                _ => {}
            }
        }
        self.rows += 1;
    }
}
