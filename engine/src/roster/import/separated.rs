//! Text whose cells are separated by commas, tabs or semicolons.

use authoring::Finding;

use super::table::{Cell, Row, Table};
use super::{MOST_COLUMNS, MOST_ROWS, too_large};

/// The rows of the text. Quoted cells may hold separators and line breaks.
///
/// # Errors
/// `roster.too_large`.
pub(super) fn read(name: &str, text: &str) -> Result<Table, Finding> {
    // With one kind of line break the reader counts lines as a spreadsheet does.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.as_str();
    // Excel says by such a line which separator it has used.
    let named = text
        .strip_prefix("sep=")
        .and_then(|rest| rest.chars().next());
    let skipped = u32::from(named.is_some());
    let body = match named {
        Some(_) => text.split_once('\n').map_or("", |(_, rest)| rest),
        None => text,
    };
    let separator = named
        .filter(char::is_ascii)
        .map_or_else(|| separator(body), |named| named as u8);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(body.as_bytes());
    let mut rows = Vec::new();
    // Lines counted so far, up to this byte.
    let (mut line, mut counted) = (1, 0);
    for record in reader.records() {
        // Of text in memory nothing can fail: rows of any length are taken, and it is UTF-8.
        let Ok(record) = record else { continue };
        if rows.len() == MOST_ROWS {
            return Err(too_large(
                name,
                format!("行が {MOST_ROWS} 行を超えています。"),
            ));
        }
        let mut cells: Vec<Cell> = record.iter().map(Cell::text).collect();
        while cells.last().is_some_and(|cell| cell.text.is_empty()) {
            cells.pop();
        }
        if cells.len() > MOST_COLUMNS {
            return Err(too_large(
                name,
                format!("列が {MOST_COLUMNS} 列を超えています。"),
            ));
        }
        // The reader names the place before the empty lines that it passes over.
        let begins = record.position().map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or(body.len());
        let empty = body[begins..].bytes().take_while(|byte| *byte == b'\n');
        let begins = begins + empty.count();
        let passed = body[counted..begins].bytes();
        line += passed.filter(|byte| *byte == b'\n').count();
        counted = begins;
        rows.push(Row {
            line: u32::try_from(line)
                .unwrap_or(u32::MAX)
                .saturating_add(skipped),
            cells,
        });
    }
    Ok(Table {
        rows,
        ..Table::default()
    })
}

/// What stands most often in the first lines, outside of quotes.
fn separator(text: &str) -> u8 {
    let head: String = text.lines().take(5).collect::<Vec<_>>().join("\n");
    let mut quoted = false;
    let mut found = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    for byte in head.bytes() {
        if byte == b'"' {
            quoted = !quoted;
        }
        for (separator, count) in &mut found {
            *count += usize::from(!quoted && byte == *separator);
        }
    }
    // The comma comes first where none is found more often.
    let best = found.into_iter().rev().max_by_key(|(_, count)| *count);
    best.map_or(b',', |(separator, _)| separator)
}
