//! Taking a roster over from a spreadsheet: the bytes become a [`Table`], the table is laid beside the
//! present roster as a [`Preview`], and a preview that somebody has confirmed becomes the text of the
//! roster's file.
//!
//! | What comes | is |
//! |---|---|
//! | UTF-8 with or without BOM, UTF-16 with BOM, Shift_JIS (CP932) | recognised; separated by comma, tab or semicolon |
//! | .xlsx | its first sheet, or the one that is chosen; of a formula the value that was worked out last |
//! | title lines above the headings | left out |
//! | full-width digits, spaces around and line breaks within a cell, half-width kana | made plain (ＮＦＫＣ for ids, codes and addresses; names keep their characters) |
//! | `=cmd|…` | text, here and in every file that leaves ([`super::export::plain`]) |
//! | merged cells, errors of formulas, lost leading zeros, two rows with one number | told, row by row |
//!
//! Nothing here reads a file or a clock; how much is read is limited before it is unpacked.

mod cell;
mod columns;
mod decide;
mod encoding;
mod preview;
mod separated;
mod table;
mod xlsx;

use authoring::Finding;

use super::Respondent;
use crate::municipality::RosterFormat;

pub use columns::{Columns, guess};
pub use decide::{Gone, take_over};
pub use preview::{Change, Choices, Preview, Reviewed, Standing, Wrong, preview};
pub use table::{Cell, Mark, Row, Table};

/// Bytes of a file.
pub const LARGEST_FILE: usize = 4 << 20;
/// Rows of a table, the headings among them.
pub const MOST_ROWS: usize = 20_000;
/// Columns of a table.
pub const MOST_COLUMNS: usize = 100;
/// Characters of a cell.
pub const LONGEST_CELL: usize = 500;

/// The table in a file. What kind of file it is, its bytes say; `name` is only for the messages.
/// `sheet`: which sheet of a workbook; the first, if none is named.
///
/// # Errors
/// `roster.unknown_file`, `roster.old_workbook`, `roster.encoding`, `roster.too_large`,
/// `roster.empty`, `roster.no_sheet`: one finding about the whole file.
pub fn read(name: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Table, Finding> {
    if bytes.len() > LARGEST_FILE {
        return Err(too_large(
            name,
            format!("ファイルが {} MB を超えています。", LARGEST_FILE >> 20),
        ));
    }
    let table = if bytes.starts_with(b"PK\x03\x04") {
        xlsx::read(name, bytes, sheet)?
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Finding::new(
            "roster.old_workbook",
            name,
            None,
            "古い形式（.xls）か、パスワードのついたExcelファイルです。",
            "Excelで開き、「名前を付けて保存」で「Excel ブック（.xlsx）」をパスワードなしで選んでください。",
        ));
    } else {
        separated::read(name, &encoding::decode(name, bytes)?)?
    };
    if table.rows.iter().all(Row::is_blank) {
        return Err(Finding::new(
            "roster.empty",
            name,
            None,
            "表に何も書かれていません。",
            "1行目に見出し、2行目から対象者を書いたファイルを選んでください。",
        ));
    }
    Ok(table)
}

/// A row that was typed: its cells in the order of the format, read as those of a spreadsheet.
///
/// # Errors
/// A sentence for each cell that is wrong.
pub fn one(format: &RosterFormat, cells: Vec<Cell>) -> Result<Respondent, Vec<String>> {
    let table = Table {
        rows: vec![Row { line: 2, cells }],
        ..Table::default()
    };
    let columns = Columns {
        headings: 1,
        of: (0..format.columns.len()).map(Some).collect(),
    };
    let choices = Choices {
        columns,
        restore_zeros: false,
    };
    let nobody = || vec!["何も書かれていません。".to_owned()];
    let row = preview(&table, format, &choices, None)
        .rows
        .pop()
        .ok_or_else(nobody)?;
    match row.standing {
        Standing::New(respondent) => Ok(respondent),
        Standing::Wrong(wrongs) => Err(wrongs
            .into_iter()
            .map(|wrong| format!("{}{}", wrong.what, wrong.todo))
            .collect()),
        Standing::Changed(..) | Standing::Same => Err(nobody()),
    }
}

fn too_large(name: &str, what: String) -> Finding {
    let todo = "名簿の表だけを新しいファイルに写して保存し、その小さいファイルを選んでください。";
    Finding::new("roster.too_large", name, None, what, todo)
}

fn unknown_file(name: &str) -> Finding {
    Finding::new(
        "roster.unknown_file",
        name,
        None,
        "表として読めないファイルです。",
        "Excel（.xlsx）か CSV のファイルを選んでください。",
    )
}
