//! A table counted from the entries of a ledger or the responses of a survey, as Markdown.
//!
//! | Part | Where |
//! |---|---|
//! | what the rows and columns are | `axis.rs` |
//! | how many there are of each | `grid.rs` |
//! | which numbers are hidden, so that no small one can be worked out | `protect.rs` |
//! | the lines of the table | `print.rs` |

mod axis;
mod grid;
mod print;
pub(crate) mod protect;

use forms::{Answers, Questionnaire};

use super::filter::integer;
use super::{Unfit, When};
use crate::figure::PercentStyle;
use axis::Axis;
use grid::Grid;

/// What is counted.
pub(crate) struct Records<'a> {
    /// Name of the ledger or the survey, and the year where only one is counted.
    pub name: String,
    pub unit: &'a str,
    pub form: &'a Questionnaire,
    pub hide_below: Option<u64>,
    /// The item that holds a body's id, and every body with its name.
    pub body: Option<&'a str>,
    pub bodies: Vec<(&'a str, &'a str)>,
    pub records: Vec<(&'a Answers, Option<When>)>,
}

/// How a template wants its table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// An item, `month` or `year`.
    pub rows: Option<String>,
    pub columns: Option<String>,
    /// Integer items that are added up instead of counting: one column each, or one row each where there
    /// are only `columns`; a single one with both is what the cells add up.
    pub sum: Vec<String>,
    /// A ％ column beside each column: the part of the column's total.
    pub share: bool,
    pub totals: bool,
    /// A ％ column of each row: two columns, or two integer items, numerator first.
    pub ratio: Option<[String; 2]>,
}

/// The table in Markdown, with the line under it that says what was counted.
///
/// # Errors
/// There is no such item, or it cannot divide or be added.
pub(crate) fn table(
    records: &Records<'_>,
    wanted: &Wanted,
    percent: PercentStyle,
) -> Result<String, Unfit> {
    let grid = Grid::count(records, wanted)?;
    Ok(print::print(records, wanted, &grid, percent))
}

/// The axes of a table, and the item that its cells add up where there are both.
fn axes(records: &Records<'_>, wanted: &Wanted) -> Result<(Axis, Axis, Option<String>), Unfit> {
    for id in &wanted.sum {
        integer(records.form, id)?;
    }
    let axis = |name: &String| Axis::of(records, name);
    let weight = wanted.sum.first().cloned();
    match (&wanted.rows, &wanted.columns, wanted.sum.as_slice()) {
        (Some(rows), Some(columns), [] | [_]) => Ok((axis(rows)?, axis(columns)?, weight)),
        (Some(_), Some(_), _) => Err(Unfit(
            "rows と columns があるとき、sum に書ける設問は1つです。".to_owned(),
        )),
        (Some(rows), None, []) => Ok((axis(rows)?, Axis::one(records.unit), None)),
        (Some(rows), None, sum) => Ok((axis(rows)?, Axis::items(records.form, sum), None)),
        (None, Some(columns), [_, ..]) => {
            Ok((Axis::items(records.form, &wanted.sum), axis(columns)?, None))
        }
        (None, _, _) => Err(Unfit(
            "表の行がありません。rows に設問の id か \"month\"、\"year\" を書いてください。"
                .to_owned(),
        )),
    }
}
