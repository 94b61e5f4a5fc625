//! Writing a document as Markdown, by the conventions that reading follows.

use crate::document::{Block, Document, Inline};
use crate::table::{Align, Table};

/// The blocks of a document as Markdown. Reading it again with the same head, style, numbers and
/// charts gives the same tree.
pub fn markdown(document: &Document) -> String {
    let blocks: Vec<String> = document.blocks.iter().map(block).collect();
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}

/// Text of others made safe for a paper: no character in it means anything to Markdown, and a line
/// break stays one.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A lone carriage return ends a line for Markdown, though not for `lines`.
    let lines: Vec<&str> = text
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push_str("<br>");
        }
        push_escaped(line, &mut out);
    }
    out
}

fn push_escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(heading) => {
            format!(
                "{} {}",
                "#".repeat(usize::from(heading.level)),
                line(&heading.text)
            )
        }
        Block::Paragraph(text) => line(text),
        Block::Bullets(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| format!("- {}", line(item)))
                .collect();
            items.join("\n")
        }
        Block::Table(table) => self::table(table),
        Block::Chart(chart) => {
            let mut description = String::new();
            push_escaped(&chart.description, &mut description);
            format!("![{description}](<chart:{}>)", chart.id)
        }
        Block::Note(text) => format!("※{}", line(text)),
        Block::PageBreak => "---".to_owned(),
    }
}

fn table(table: &Table) -> String {
    let mut lines = Vec::new();
    if let Some(caption) = &table.caption {
        lines.push(format!("表：{}\n", line(&[Inline::Text(caption.clone())])));
    }
    let heads = table.columns.iter().map(|column| {
        let parts: Vec<String> = column
            .head
            .iter()
            .map(|part| line(&[Inline::Text(part.clone())]))
            .collect();
        parts.join(" > ")
    });
    lines.push(row(heads));
    lines.push(row(table.columns.iter().map(|column| {
        match column.align {
            Align::Start => "---",
            Align::Center => ":-:",
            Align::End => "--:",
        }
        .to_owned()
    })));
    lines.extend(
        table
            .rows
            .iter()
            .map(|cells| row(cells.iter().map(|cell| line(cell)))),
    );
    lines.extend(table.notes.iter().map(|note| format!("\n※{}", line(note))));
    lines.join("\n")
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {} |", cells.join(" | "))
}

fn line(text: &[Inline]) -> String {
    let mut out = String::new();
    for inline in text {
        match inline {
            Inline::Text(text) => push_escaped(text, &mut out),
            Inline::Strong(inner) => {
                out.push_str("**");
                out.push_str(&line(inner));
                out.push_str("**");
            }
            Inline::Figure { id, text } => {
                out.push('[');
                push_escaped(text, &mut out);
                out.push_str(&format!("](<figure:{id}>)"));
            }
            Inline::Paper { id, number } => {
                out.push('[');
                push_escaped(number, &mut out);
                out.push_str(&format!("](<paper:{id}>)"));
            }
            Inline::Break => out.push_str("<br>"),
        }
    }
    out
}
