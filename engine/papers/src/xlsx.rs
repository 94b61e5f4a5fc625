//! Writing tables as a workbook that people and programs can read.
//!
//! One table a sheet, its head in row 1, no merged cells, numbers as numbers without units, a blank
//! for what is unknown (never 0): the rules for machine-readable data of the Digital Agency
//! (行政データにおける機械可読性に関するルール).

mod form;
mod plot;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, XlsxError as WriterError,
};
use thiserror::Error;

use crate::ems::halves;
pub use form::{ANSWER_COLUMN, FormLine, FormSheet, MARK_COLUMN, form_xlsx};
pub use plot::{Plot, PlotKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    pub title: String,
    pub sheets: Vec<Sheet>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    /// Units belong here: 「退院数（件）」.
    pub head: Vec<String>,
    /// Every row has as many cells as the head.
    pub rows: Vec<Vec<Cell>>,
    /// A native chart of columns of this sheet, beside the table.
    pub plot: Option<Plot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Integer(i64),
    /// Tenths of the unit, shown with one decimal: 781 is 78.1.
    Tenths(i64),
    /// A decimal number as text, at most 15 significant digits: a spreadsheet keeps no more.
    Decimal(String),
    /// Unknown or not given: no cell is written.
    Blank,
}

#[derive(Debug, Error)]
pub enum XlsxError {
    #[error("sheet {sheet}: row {row} has {cells} cells, the head has {head}")]
    Ragged {
        sheet: String,
        row: usize,
        cells: usize,
        head: usize,
    },
    #[error("sheet {sheet}: the number {value} is too large for a spreadsheet to keep exactly")]
    TooLarge { sheet: String, value: i64 },
    #[error("sheet {sheet}: the chart names column {column}, the head has {head}")]
    NoColumn {
        sheet: String,
        column: usize,
        head: usize,
    },
    #[error("sheet {sheet}: too many rows or columns")]
    TooMany { sheet: String },
    #[error("the workbook could not be written")]
    Write(#[from] WriterError),
}

/// The number by which Excel knows the paper.
const A4: u8 = 9;

/// Of cells that say nothing else, in pixels: what Excel takes by itself.
const ROW_HEIGHT: u32 = 20;
const COLUMN_WIDTH: u32 = 64;

/// Level of deflate: the usual one takes twice as long for a sixth of the bytes.
const QUICK: u8 = 1;

/// Spreadsheets keep numbers as floats: beyond 2^53 an integer would silently become another.
const EXACT: u64 = 1 << 53;

/// The workbook as an .xlsx file. The same workbook gives the same bytes.
///
/// # Errors
/// A row is longer or shorter than its head, a number cannot be kept exactly, a chart names a column
/// that does not exist, or a sheet's name is refused by Excel (longer than 31 characters, repeated,
/// one of `[]:*?/\`).
pub fn xlsx(workbook: &Workbook) -> Result<Vec<u8>, XlsxError> {
    let mut out = rust_xlsxwriter::Workbook::new();
    // What holds for every cell is said once: to look a format up takes longer than to write a cell.
    let base = Format::new()
        .set_font_name("BIZ UDゴシック")
        .set_font_size(10);
    out.set_default_format(&base, ROW_HEIGHT, COLUMN_WIDTH)?;
    out.set_zip_compression_level(QUICK);
    // A fixed date: the clock is no part of a table.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    out.set_properties(
        &DocProperties::new()
            .set_title(&workbook.title)
            .set_creation_datetime(&created),
    );
    for sheet in &workbook.sheets {
        let page = out.add_worksheet();
        page.set_name(&sheet.name)?;
        write(page, sheet, &base)?;
        if let Some(plot) = &sheet.plot {
            plot::insert(page, sheet, plot)?;
        }
    }
    Ok(out.save_to_buffer()?)
}

fn write(
    page: &mut rust_xlsxwriter::Worksheet,
    sheet: &Sheet,
    base: &Format,
) -> Result<(), XlsxError> {
    let head = base
        .clone()
        .set_text_wrap()
        .set_border_bottom(FormatBorder::Thin)
        .set_background_color("#F1F1F4");
    let tenths = base.clone().set_num_format("0.0");
    for (column, words) in sheet.head.iter().enumerate() {
        let column = column_number(sheet, column)?;
        page.write_string_with_format(0, column, words, &head)?;
        page.set_column_width(column, width(sheet, usize::from(column)))?;
    }
    for (index, cells) in sheet.rows.iter().enumerate() {
        if cells.len() != sheet.head.len() {
            let (cells, head) = (cells.len(), sheet.head.len());
            return Err(XlsxError::Ragged {
                sheet: sheet.name.clone(),
                row: index + 2,
                cells,
                head,
            });
        }
        let row = u32::try_from(index + 1).map_err(|_| XlsxError::TooMany {
            sheet: sheet.name.clone(),
        })?;
        for (column, cell) in cells.iter().enumerate() {
            let column = column_number(sheet, column)?;
            match cell {
                Cell::Text(words) => page.write_string(row, column, words)?,
                Cell::Integer(value) => page.write_number(row, column, exact(sheet, *value)?)?,
                Cell::Tenths(value) => page.write_number_with_format(
                    row,
                    column,
                    exact(sheet, *value)? / 10.0,
                    &tenths,
                )?,
                Cell::Decimal(digits) => match digits.parse::<f64>() {
                    Ok(number) if number.is_finite() => page.write_number(row, column, number)?,
                    _ => page.write_string(row, column, digits)?,
                },
                Cell::Blank => page,
            };
        }
    }
    page.set_freeze_panes(1, 0)?;
    page.set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_repeat_rows(0, 0)?;
    Ok(())
}

fn exact(sheet: &Sheet, value: i64) -> Result<f64, XlsxError> {
    if value.unsigned_abs() > EXACT {
        return Err(XlsxError::TooLarge {
            sheet: sheet.name.clone(),
            value,
        });
    }
    Ok(value as f64)
}

fn column_number(sheet: &Sheet, column: usize) -> Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::TooMany {
        sheet: sheet.name.clone(),
    })
}

/// Wide enough for most of the column; heads wrap.
fn width(sheet: &Sheet, column: usize) -> f64 {
    let cells = sheet.rows.iter().filter_map(|row| match row.get(column) {
        Some(Cell::Text(words)) => Some(halves(words)),
        Some(Cell::Integer(value)) => Some(value.to_string().len()),
        Some(Cell::Tenths(value)) => Some(value.to_string().len() + 1),
        Some(Cell::Decimal(digits)) => Some(digits.len()),
        _ => None,
    });
    let widest = cells
        .max()
        .unwrap_or(0)
        .max(halves(&sheet.head[column]).min(16));
    u32::try_from(widest.clamp(6, 60) + 2).map_or(62.0, f64::from)
}
