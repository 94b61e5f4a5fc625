//! Which column of a table is which column of the roster: found by the headings, or chosen by a person.

use unicode_normalization::UnicodeNormalization;

use super::table::{Row, Table};
use crate::municipality::RosterFormat;

/// Lines in which the headings are looked for: above them stand a title, a date, an office.
const DEEPEST_HEADINGS: usize = 30;

/// Where the headings are, and where each column of the format is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The line of the headings, as the spreadsheet counts.
    pub headings: u32,
    /// For each column of the format the one of the table, from 0.
    pub of: Vec<Option<usize>>,
}

/// The headings that fit best. Without any that fits, the first line that is not blank is taken for them,
/// and no column is found.
pub fn guess(table: &Table, format: &RosterFormat) -> Columns {
    let rows = table.rows.iter().filter(|row| !row.is_blank());
    let candidates = rows.take(DEEPEST_HEADINGS).map(|row| {
        let of = fitting(row, format);
        let found = of.iter().flatten().count();
        (found, row.line, of)
    });
    // Of several that fit as well, the first.
    let best = candidates.reduce(|best, next| if next.0 > best.0 { next } else { best });
    match best {
        Some((_, headings, of)) => Columns { headings, of },
        None => Columns {
            headings: 0,
            of: vec![None; format.columns.len()],
        },
    }
}

impl Columns {
    /// The headings of the table, with the letters of the columns for those without.
    pub fn headings_of(&self, table: &Table) -> Vec<String> {
        let row = table.rows.iter().find(|row| row.line == self.headings);
        let width = table.rows.iter().map(|row| row.cells.len()).max();
        (0..width.unwrap_or_default())
            .map(|column| {
                let text = row.map_or("", |row| row.cell(column).text.as_str());
                match text.is_empty() {
                    true => format!("{}列", super::table::letters(column)),
                    false => text.to_owned(),
                }
            })
            .collect()
    }
}

fn fitting(row: &Row, format: &RosterFormat) -> Vec<Option<usize>> {
    let headings: Vec<String> = row.cells.iter().map(|cell| plain(&cell.text)).collect();
    let place = |wanted: String| headings.iter().position(|heading| *heading == wanted);
    let columns = format.columns.iter();
    columns
        .map(|column| place(plain(&column.title)).or_else(|| place(plain(&column.id))))
        .collect()
}

/// As headings are compared: width, spaces and case do not count.
pub(super) fn plain(text: &str) -> String {
    let wide = text.nfkc().filter(|c| !c.is_whitespace());
    wide.flat_map(char::to_lowercase).collect()
}
