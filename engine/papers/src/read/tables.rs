//! Tables: grouped heads, rows of the right length, notes that follow without a blank line.

use std::ops::Range;

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use super::Reader;
use super::inlines::{Line, join};
use crate::document::{Block, Inline, plain};
use crate::table::{Align, Column, Table};

impl Reader<'_> {
    pub(super) fn table(&mut self, align: &[Alignment], caption: Option<String>) {
        let body_width = std::mem::replace(&mut self.width, self.style.digits.tables);
        let mut table = Table {
            caption,
            columns: Vec::new(),
            rows: Vec::new(),
            notes: Vec::new(),
        };
        let mut notes = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::TableHead) => {
                    let cells = self.cells();
                    table.columns = cells
                        .into_iter()
                        .zip(align)
                        .map(|(cell, align)| Column {
                            head: self.head(&cell, range.start),
                            align: of(*align),
                        })
                        .collect();
                }
                Event::Start(Tag::TableRow) => self.row(&range, &mut table, &mut notes),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        self.width = body_width;
        self.blocks.push(Block::Table(table));
        for note in notes {
            self.note(vec![note]);
        }
    }

    /// Markdown drops cells beyond the last column and takes a line of text under a table for a row:
    /// both are seen here.
    fn row(&mut self, range: &Range<usize>, table: &mut Table, notes: &mut Vec<Line>) {
        let typed = typed_cells(&self.markdown[range.clone()]);
        let cells = self.cells();
        if typed == 1 && table.columns.len() > 1 {
            let text = cells.first().cloned().unwrap_or_default();
            let mut line = Line {
                text,
                offset: range.start,
            };
            if line.strip_note() {
                notes.push(line);
                return;
            }
        }
        let columns = table.columns.len();
        if typed != columns {
            self.find(
                "paper.ragged_row",
                range.start,
                format!("表の行の欄が {typed} 個ですが、見出しは {columns} 個です。"),
                "空欄も「|」で区切ってください。表の後の文との間には空行を置いてください。",
            );
            return;
        }
        table.rows.push(cells);
    }

    fn cells(&mut self) -> Vec<Vec<Inline>> {
        let mut cells = Vec::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::Start(Tag::TableCell) => cells.push(join(self.lines())),
                Event::End(TagEnd::TableHead | TagEnd::TableRow) => break,
                _ => {}
            }
        }
        cells
    }

    fn head(&mut self, cell: &[Inline], offset: usize) -> Vec<String> {
        if cell.iter().any(|inline| !matches!(inline, Inline::Text(_))) {
            self.unsupported(
                offset,
                "表の見出しの中の太字やリンク",
                "見出しは普通の文字にしてください。",
            );
        }
        plain(cell)
            .split(" > ")
            .map(|part| part.trim().to_owned())
            .collect()
    }
}

fn of(align: Alignment) -> Align {
    match align {
        Alignment::None | Alignment::Left => Align::Start,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::End,
    }
}

/// How many cells a line of a table has as it was typed.
fn typed_cells(line: &str) -> usize {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut bars = 0;
    let mut escaped = false;
    let mut ends_in_bar = false;
    for c in line.chars() {
        let bar = c == '|' && !escaped;
        bars += usize::from(bar);
        ends_in_bar = bar;
        escaped = c == '\\' && !escaped;
    }
    if ends_in_bar { bars } else { bars + 1 }
}
