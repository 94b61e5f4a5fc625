//! Tables in Word: fixed widths, grouped heads that repeat on every page, notes kept close.

use docx_rs::{
    AlignmentType, Docx, HeightRule, LineSpacing, Paragraph, Shading, ShdType, Table as WordTable,
    TableAlignmentType, TableBorder, TableBorderPosition, TableBorders, TableCell,
    TableCellMargins, TableLayoutType, TableRow, VAlignType, VMergeType, WidthType,
};

use super::lines;
use crate::columns;
use crate::document::Inline;
use crate::sheet;
use crate::table::{Align, HeadCell, Table};

/// The least height of a row. That of a head is one more, by which the package finds the rows that
/// have to repeat: the Word library has no word for it.
pub(super) const ROW: u16 = 400;
pub(super) const HEAD_ROW: u16 = ROW + 1;

/// Half a character of the table's type, in twentieths of a point.
const HALF_TENTHS: usize = sheet::TABLE_TYPE_TENTHS;

pub(super) fn add(docx: Docx, table: &Table) -> Docx {
    let room = sheet::TEXT * 20 * 10 / (HALF_TENTHS * 10);
    let mut grid: Vec<usize> = columns::widths(table, room)
        .iter()
        .map(|halves| halves * HALF_TENTHS)
        .collect();
    // What whole half characters leave over, so that a full table ends exactly at the margin.
    let over = (sheet::TEXT * 20).saturating_sub(grid.iter().sum());
    if let Some(last) = grid.last_mut().filter(|_| over < 2 * HALF_TENTHS) {
        *last += over;
    }
    let mut docx = docx;
    docx = match &table.caption {
        Some(caption) => docx.add_paragraph(
            Paragraph::new()
                .keep_next(true)
                .line_spacing(LineSpacing::new().before(120))
                .add_run(lines::text(caption).size(20)),
        ),
        None => docx.add_paragraph(spacer(120)),
    };
    let head = table.head_rows();
    let mut rows: Vec<TableRow> = (0..head.len())
        .map(|row| head_row(table, &head, row, &grid))
        .collect();
    rows.extend(table.rows.iter().enumerate().map(|(index, cells)| {
        let last = index + 1 == table.rows.len() && table.notes.is_empty();
        body_row(table, cells, &grid, !last)
    }));
    docx = docx.add_table(
        WordTable::new(rows)
            .layout(TableLayoutType::Fixed)
            .align(TableAlignmentType::Center)
            .width(grid.iter().sum(), WidthType::Dxa)
            .set_grid(grid)
            .set_borders(borders())
            .margins(TableCellMargins::new().margin(30, 80, 30, 80)),
    );
    for note in &table.notes {
        docx = docx.add_paragraph(lines::note(note));
    }
    docx.add_paragraph(spacer(120))
}

/// Word joins tables that touch and has no space around them: a low empty line.
fn spacer(height: i32) -> Paragraph {
    Paragraph::new().line_spacing(
        LineSpacing::new()
            .line_rule(docx_rs::LineSpacingType::Exact)
            .line(height),
    )
}

fn borders() -> TableBorders {
    use TableBorderPosition::{Bottom, InsideH, InsideV, Left, Right, Top};
    let thin =
        [Top, Bottom, Left, Right, InsideH, InsideV].map(|side| TableBorder::new(side).size(4));
    thin.into_iter()
        .fold(TableBorders::with_empty(), TableBorders::set)
}

fn head_row(table: &Table, head: &[Vec<HeadCell>], row: usize, grid: &[usize]) -> TableRow {
    let mut cells = Vec::new();
    let mut column = 0;
    while column < table.columns.len() {
        // The cell that begins here, or the one above that reaches down to here.
        let found = head[..=row]
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, cells)| {
                let cell = cells
                    .iter()
                    .find(|cell| cell.column == column && at + cell.rows > row)?;
                Some((at, cell))
            });
        let Some((at, cell)) = found else {
            column += 1;
            continue;
        };
        let width = grid[column..column + cell.columns].iter().sum();
        let mut out = TableCell::new()
            .width(width, WidthType::Dxa)
            .vertical_align(VAlignType::Center)
            .shading(Shading::new().shd_type(ShdType::Clear).fill("F1F1F4"));
        if cell.columns > 1 {
            out = out.grid_span(cell.columns);
        }
        if cell.rows > 1 {
            out = out.vertical_merge(if at == row {
                VMergeType::Restart
            } else {
                VMergeType::Continue
            });
        }
        let words = if at == row { cell.text.as_str() } else { "" };
        let line = Paragraph::new()
            .style("TableText")
            .align(AlignmentType::Center)
            .keep_next(true);
        cells.push(out.add_paragraph(line.add_run(lines::text(words))));
        column += cell.columns;
    }
    TableRow::new(cells)
        .row_height(f32::from(HEAD_ROW))
        .height_rule(HeightRule::AtLeast)
        .cant_split()
}

fn body_row(table: &Table, cells: &[Vec<Inline>], grid: &[usize], keep: bool) -> TableRow {
    let cells = cells
        .iter()
        .zip(&table.columns)
        .zip(grid)
        .map(|((cell, column), width)| {
            let align = match column.align {
                Align::Start => AlignmentType::Left,
                Align::Center => AlignmentType::Center,
                Align::End => AlignmentType::Right,
            };
            // Short tables stay together; a long one must be able to break between rows.
            let keep = keep && table.rows.len() <= 12;
            let line = Paragraph::new()
                .style("TableText")
                .align(align)
                .keep_next(keep);
            TableCell::new()
                .width(*width, WidthType::Dxa)
                .vertical_align(VAlignType::Center)
                .add_paragraph(lines::inlines(line, cell))
        });
    TableRow::new(cells.collect())
        .row_height(f32::from(ROW))
        .height_rule(HeightRule::AtLeast)
        .cant_split()
}
