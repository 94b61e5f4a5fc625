//! The document as the values that the layout reads. Lengths are in characters of the body type.

use serde_json::{Value, json};

use crate::columns;
use crate::document::{Block, Document, Head, Inline, leader, plain};
use crate::ems::{ems, halves};
use crate::sheet;
use crate::style::Indent;
use crate::table::{Align, Table};

pub(super) fn paper(document: &Document) -> Value {
    let mut charts = 0;
    let blocks: Vec<Value> = document
        .levels()
        .map(|(level, block)| self::block(block, level, &document.indent, &mut charts))
        .collect();
    json!({ "head": head(&document.head), "blocks": blocks, "sheet": {
        "em": sheet::EM, "pitch": sheet::PITCH, "text": sheet::TEXT, "margin": sheet::MARGIN_Y,
        "title": sheet::TITLE_TYPE, "table_tenths": sheet::TABLE_TYPE_TENTHS, "chart": sheet::CHART,
    } })
}

fn head(head: &Head) -> Value {
    let label = head
        .place
        .iter()
        .map(|place| ems(&place.label))
        .max()
        .unwrap_or(0)
        + 1;
    let place: Vec<Value> = head
        .place
        .iter()
        .map(|place| json!({ "label": place.label, "lines": place.lines }))
        .collect();
    json!({
        "title": head.title, "subtitle": head.subtitle, "number": head.number, "paged": head.is_paged(), "kind": head.kind,
        "place": place, "label": label, "fiction": head.fiction,
    })
}

fn block(block: &Block, level: u8, indent: &Indent, charts: &mut usize) -> Value {
    match block {
        Block::Heading(heading) => json!({
            "is": "heading", "level": level, "mark": heading.mark, "left": indent.mark(level),
            "hanging_halves": halves(&heading.mark) + 2, "line": line(&heading.text),
        }),
        Block::Paragraph(text) => json!({
            "is": "paragraph", "left": indent.paragraph(level), "first": indent.first_line, "line": line(text),
        }),
        Block::Bullets(items) => {
            let items: Vec<Value> = items.iter().map(|item| line(item)).collect();
            json!({ "is": "bullets", "left": indent.bullet(level), "items": items })
        }
        Block::Table(table) => self::table(table),
        Block::Chart(chart) => {
            *charts += 1;
            json!({
                "is": "chart", "file": format!("/chart-{}.svg", *charts - 1),
                "description": format!("{}。{}", chart.title, chart.described()),
            })
        }
        Block::Note(text) => json!({ "is": "note", "line": line(text) }),
        Block::PageBreak => json!({ "is": "page" }),
    }
}

fn table(table: &Table) -> Value {
    let room = sheet::TEXT * 20 / sheet::TABLE_TYPE_TENTHS;
    let widths = columns::widths(table, room);
    let align: Vec<&str> = table
        .columns
        .iter()
        .map(|column| match column.align {
            Align::Start => "left",
            Align::Center => "center",
            Align::End => "right",
        })
        .collect();
    let head: Vec<Value> = table
        .head_rows()
        .iter()
        .flatten()
        .map(|cell| json!({ "text": cell.text, "columns": cell.columns, "rows": cell.rows }))
        .collect();
    let rows: Vec<Vec<Value>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| inlines(cell)).collect())
        .collect();
    let notes: Vec<Value> = table.notes.iter().map(|note| line(note)).collect();
    json!({
        "is": "table", "caption": table.caption, "halves": widths, "full": widths.iter().sum::<usize>() == room,
        "align": align, "head": head, "rows": rows, "notes": notes, "together": table.rows.len() <= 12,
    })
}

/// A line with the number that stands at its right margin, if there is one.
fn line(line: &[Inline]) -> Value {
    let (words, number) = leader(line);
    json!({ "words": inlines(words), "number": number })
}

fn inlines(line: &[Inline]) -> Value {
    let parts = line.iter().map(|inline| match inline {
        Inline::Text(text) | Inline::Figure { text, .. } => json!({ "is": "text", "text": text }),
        Inline::Paper { number, .. } => json!({ "is": "text", "text": number }),
        Inline::Strong(inner) => json!({ "is": "strong", "text": plain(inner) }),
        Inline::Break => json!({ "is": "break" }),
    });
    Value::Array(parts.collect())
}
