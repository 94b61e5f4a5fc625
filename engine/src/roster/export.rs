//! A roster on its way out: as the file of the pack, and as files for spreadsheets.

use papers::{Cell, Sheet, Workbook};

use super::Roster;
use crate::municipality::{Column, RosterFormat};

/// What a spreadsheet takes for the beginning of a formula, full-width signs included.
pub const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The text with a mark before it that keeps spreadsheets from taking it for a formula.
pub fn plain(text: &str) -> String {
    match text.starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The roster as the file of the pack: UTF-8, meanings instead of codes, every text as it is.
pub fn file(format: &RosterFormat, roster: &Roster) -> String {
    written(rows(format, roster))
}

/// The roster for a spreadsheet: the same, with a byte order mark, which Excel needs for UTF-8, and with
/// formulas made harmless.
pub fn csv(format: &RosterFormat, roster: &Roster) -> String {
    let rows = rows(format, roster).map(|row| row.iter().map(|cell| plain(cell)).collect());
    format!("\u{feff}{}", written(rows))
}

/// The roster as a sheet whose cells are text, so that no number loses its zeros.
pub fn workbook(format: &RosterFormat, roster: &Roster, title: &str) -> Workbook {
    let mut rows = rows(format, roster);
    let head = rows.next().unwrap_or_default();
    let rows = rows.map(|row| row.into_iter().map(Cell::Text).collect());
    Workbook {
        title: title.to_owned(),
        sheets: vec![Sheet {
            name: "名簿".to_owned(),
            head,
            rows: rows.collect(),
            plot: None,
        }],
    }
}

/// Any table for a spreadsheet: UTF-8 with a byte order mark, formulas made harmless.
pub fn table(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows = rows.into_iter();
    let rows = rows.map(|row| row.iter().map(|cell| plain(cell)).collect());
    format!("\u{feff}{}", written(rows))
}

fn rows<'a>(
    format: &'a RosterFormat,
    roster: &'a Roster,
) -> impl Iterator<Item = Vec<String>> + 'a {
    let head = format.columns.iter().map(|column| column.title.clone());
    let rows = roster.respondents.iter().map(|respondent| {
        let columns = format.columns.iter();
        let cell = |column: &Column| {
            let value = respondent.columns.get(&column.id);
            let value = value.map_or("", String::as_str);
            let meaning = column.values.get(value).map(String::as_str);
            meaning.unwrap_or(value).to_owned()
        };
        columns.map(cell).collect()
    });
    std::iter::once(head.collect()).chain(rows)
}

fn written(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        out.write_record(row)
            .expect("every row has as many cells as the head, and memory does not fail");
    }
    let bytes = out.into_inner().expect("memory does not fail");
    String::from_utf8(bytes).expect("made of strings")
}
