//! A sheet of an Excel workbook. It is read cell by cell, so that a sheet whose only cell is
//! XFD1048576 costs no more than one cell, and unpacked once to count before anything is believed.

use std::io::{Cursor, Read, copy, sink};

use authoring::Finding;
use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::table::{Cell, Mark, Row, Table, letters};
use super::{MOST_COLUMNS, MOST_ROWS, too_large, unknown_file};

/// Bytes of a workbook when it is unpacked: sixteen times the largest file.
const LARGEST_UNPACKED: u64 = 64 << 20;
/// Merged cells that are looked at.
const MOST_MERGED: usize = 20_000;

/// The cells of a sheet: the one with this name, or the first.
///
/// # Errors
/// `roster.too_large`, `roster.unknown_file`, `roster.no_sheet`.
pub(super) fn read(name: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Table, Finding> {
    unpacks(name, bytes)?;
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| unknown_file(name))?;
    let sheets = book.sheet_names();
    let chosen = match sheet {
        Some(sheet) => sheets.iter().find(|known| *known == sheet),
        None => sheets.first(),
    };
    let chosen = chosen.cloned().ok_or_else(|| {
        Finding::new(
            "roster.no_sheet",
            name,
            None,
            match sheet {
                Some(sheet) => format!("シート「{sheet}」がありません。"),
                None => "シートがありません。".to_owned(),
            },
            "ファイルをExcelで開いて確かめてください。",
        )
    })?;
    let mut rows = cells(name, &mut book, &chosen)?;
    mark_merged(&mut book, &chosen, &mut rows);
    for row in &mut rows {
        while row
            .cells
            .last()
            .is_some_and(|cell| *cell == Cell::default())
        {
            row.cells.pop();
        }
    }
    Ok(Table {
        sheets,
        sheet: Some(chosen),
        rows,
    })
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

fn cells(name: &str, book: &mut Book<'_>, sheet: &str) -> Result<Vec<Row>, Finding> {
    let mut reader = book
        .worksheet_cells_reader(sheet)
        .map_err(|_| unknown_file(name))?;
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let found = reader.next_cell_with_formula_metadata();
        let Some(found) = found.map_err(|error| broken(name, &error))? else {
            break;
        };
        let (line, column) = found.pos;
        let mut cell = cell(&found.value);
        if found.formula.is_some() && cell.mark.is_none() {
            cell.mark = Some(Mark::Formula);
        }
        if cell == Cell::default() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MOST_COLUMNS {
            return Err(too_large(
                name,
                format!("列が {MOST_COLUMNS} 列を超えています。"),
            ));
        }
        let line = line.saturating_add(1);
        if rows.last().is_none_or(|row| row.line != line) {
            if rows.len() == MOST_ROWS {
                return Err(too_large(
                    name,
                    format!("行が {MOST_ROWS} 行を超えています。"),
                ));
            }
            rows.push(Row {
                line,
                cells: Vec::new(),
            });
        }
        if let Some(row) = rows.last_mut() {
            if row.cells.len() <= column {
                row.cells.resize(column + 1, Cell::default());
            }
            row.cells[column] = cell;
        }
    }
    // A workbook may name its rows in any order.
    rows.sort_by_key(|row| row.line);
    Ok(rows)
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::default(),
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Int(number) => Cell::text(&number.to_string()),
        DataRef::Float(number) => Cell::text(&number.to_string()),
        DataRef::Bool(value) => Cell::text(if *value { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            Cell::text(&format!("{year}-{month:02}-{day:02}"))
        }
        DataRef::DateTime(duration) => Cell::text(&duration.to_string()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Error(error) => Cell {
            text: String::new(),
            mark: Some(Mark::Error(error.to_string())),
        },
    }
}

/// Marks every cell of merged cells, also those that have no text of their own.
fn mark_merged(book: &mut Book<'_>, sheet: &str, rows: &mut [Row]) {
    // A sheet without merged cells says so by an error or by nothing; both are nothing to tell.
    let merged = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
    for area in merged.into_iter().take(MOST_MERGED) {
        let place = |(row, column): (u32, u32)| {
            let column = usize::try_from(column).unwrap_or_default();
            format!("{}{}", letters(column), row.saturating_add(1))
        };
        let words = format!("{}:{}", place(area.start), place(area.end));
        let columns = |column: u32| usize::try_from(column).unwrap_or(MOST_COLUMNS);
        let (first, last) = (
            columns(area.start.1),
            columns(area.end.1).min(MOST_COLUMNS - 1),
        );
        let lines = area.start.0.saturating_add(1)..=area.end.0.saturating_add(1);
        for row in rows.iter_mut().filter(|row| lines.contains(&row.line)) {
            if row.cells.len() <= last {
                row.cells.resize(last + 1, Cell::default());
            }
            for cell in row.cells.iter_mut().take(last + 1).skip(first) {
                cell.mark = Some(Mark::Merged(words.clone()));
            }
        }
    }
}

/// Unpacks everything into nothing, so that a small file that unpacks without end is refused first.
fn unpacks(name: &str, bytes: &[u8]) -> Result<(), Finding> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unknown_file(name))?;
    let mut left = LARGEST_UNPACKED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| unknown_file(name))?;
        let read = copy(&mut file.take(left + 1), &mut sink()).map_err(|_| unknown_file(name))?;
        if read > left {
            return Err(too_large(
                name,
                format!("中身を広げると {} MB を超えます。", LARGEST_UNPACKED >> 20),
            ));
        }
        left -= read;
    }
    Ok(())
}

fn broken(name: &str, error: &XlsxError) -> Finding {
    let finding = unknown_file(name);
    Finding {
        what: format!("Excelファイルの途中が壊れています（{error}）。"),
        todo: "Excelで開いて保存し直してから、もう一度選んでください。".to_owned(),
        ..finding
    }
}
