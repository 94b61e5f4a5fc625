//! The head of a paper: kind and boxed number, title, the block of date and place.

use docx_rs::{
    AlignmentType, Docx, Paragraph, SpecialIndentType, Table, TableAlignmentType, TableCell,
    TableCellBorder, TableCellBorderPosition, TableCellBorders, TableLayoutType, TableRow,
    VAlignType, WidthType,
};

use super::styles::{GOTHIC, fonts};
use super::{ems, lines};
use crate::document::{Head, Place};
use crate::ems::ems as width;
use crate::sheet;

pub(super) fn add(mut docx: Docx, head: &Head) -> Docx {
    if head.number.is_some() || head.kind.is_some() {
        docx = docx.add_table(corners(head));
    }
    docx = docx.add_paragraph(
        Paragraph::new()
            .style("Title")
            .add_run(lines::text(&head.title)),
    );
    if let Some(subtitle) = &head.subtitle {
        docx = docx.add_paragraph(
            Paragraph::new()
                .style("Subtitle")
                .add_run(lines::text(subtitle)),
        );
    }
    docx = docx.add_paragraph(Paragraph::new());
    if !head.place.is_empty() {
        for line in place(&head.place) {
            docx = docx.add_paragraph(line);
        }
        docx = docx.add_paragraph(Paragraph::new());
    }
    docx
}

/// A line of two: the kind at the left, the number in a box at the right.
fn corners(head: &Head) -> Table {
    let number = head.number.as_deref().unwrap_or_default();
    let boxed = usize::try_from(ems(width(number) + 2)).unwrap_or(0);
    let rest = usize::try_from(ems(sheet::CHARACTERS)).unwrap_or(0) - boxed;
    let kind = lines::text(head.kind.as_deref().unwrap_or_default());
    let left = TableCell::new()
        .width(rest, WidthType::Dxa)
        .clear_all_border()
        .vertical_align(VAlignType::Center)
        .add_paragraph(Paragraph::new().add_run(kind));
    let right = TableCell::new()
        .width(boxed, WidthType::Dxa)
        .vertical_align(VAlignType::Center)
        .add_paragraph(
            Paragraph::new()
                .align(AlignmentType::Center)
                .add_run(lines::text(number).fonts(fonts(GOTHIC))),
        );
    let right = if head.number.is_some() {
        use TableCellBorderPosition::{Bottom, Left, Right, Top};
        let borders = [Top, Bottom, Left, Right].map(|side| TableCellBorder::new(side).size(6));
        right.set_borders(
            borders
                .into_iter()
                .fold(TableCellBorders::with_empty(), TableCellBorders::set),
        )
    } else {
        right.clear_all_border()
    };
    Table::without_borders(vec![TableRow::new(vec![left, right])])
        .set_grid(vec![rest, boxed])
        .layout(TableLayoutType::Fixed)
        .align(TableAlignmentType::Left)
        .width(rest + boxed, WidthType::Dxa)
        .indent(0)
        .margins(docx_rs::TableCellMargins::new().margin(20, 0, 20, 0))
}

/// The block stands near the right margin, its lines under one another behind their labels.
fn place(places: &[Place]) -> Vec<Paragraph> {
    let label = places
        .iter()
        .map(|place| width(&place.label))
        .max()
        .unwrap_or(0);
    let lines = places.iter().flat_map(|place| &place.lines);
    let widest = lines.map(|line| width(line)).max().unwrap_or(0);
    // One character more than it needs: Word must not wrap it.
    let left = sheet::CHARACTERS.saturating_sub(label + 1 + widest + 1);
    let mut out = Vec::new();
    for place in places {
        let blank = "　".repeat(label - width(&place.label));
        for (index, line) in place.lines.iter().enumerate() {
            let label_width = ems(label + 1);
            let (text, special) = match index {
                0 => (
                    format!("{}{blank}：{line}", place.label),
                    Some(SpecialIndentType::Hanging(label_width)),
                ),
                _ => (line.clone(), None),
            };
            out.push(
                Paragraph::new()
                    .indent(Some(ems(left) + label_width), special, None, None)
                    .add_run(lines::text(&text)),
            );
        }
    }
    out
}
