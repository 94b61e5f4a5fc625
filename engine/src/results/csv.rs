//! A table as CSV for programs and spreadsheets: UTF-8 with a byte order mark, or CP932 without losing a character.
//!
//! A cell that a spreadsheet would run as a formula gets an apostrophe in front. Lines end with CR LF (RFC 4180).

use encoding_rs::{EncoderResult, SHIFT_JIS};
use papers::{Cell, Sheet};

/// Different characters that are named one by one.
const NAMED: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// With a byte order mark, so that Excel reads it by a double click.
    Utf8,
    /// Windows-31J, which older programs expect as 「Shift_JIS」.
    Cp932,
}

/// Characters that CP932 does not have, each with the first cell in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    /// Character, line of the file from 1, heading of the column.
    pub characters: Vec<(char, usize, String)>,
    /// More different characters than are named.
    pub more: usize,
}

/// Writes a sheet.
///
/// # Errors
/// A character cannot be written in CP932: nothing is replaced silently.
pub fn csv(sheet: &Sheet, encoding: Encoding) -> Result<Vec<u8>, Unwritable> {
    let mut out = Vec::new();
    let mut refused = Unwritable {
        characters: Vec::new(),
        more: 0,
    };
    if encoding == Encoding::Utf8 {
        out.extend("\u{feff}".as_bytes());
    }
    let head = sheet
        .head
        .iter()
        .map(|title| Cell::Text(title.clone()))
        .collect();
    for (line, row) in std::iter::once(&head).chain(&sheet.rows).enumerate() {
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                out.push(b',');
            }
            let text = quoted(cell);
            match encoding {
                Encoding::Utf8 => out.extend(text.as_bytes()),
                Encoding::Cp932 => {
                    let wrong = cp932(&text, &mut out);
                    let heading = sheet.head.get(column).map_or("", String::as_str);
                    for character in wrong {
                        refused.add(character, line + 1, heading);
                    }
                }
            }
        }
        out.extend(b"\r\n");
    }
    match refused.characters.is_empty() {
        true => Ok(out),
        false => Err(refused),
    }
}

impl Unwritable {
    fn add(&mut self, character: char, line: usize, heading: &str) {
        if self
            .characters
            .iter()
            .any(|(known, ..)| *known == character)
        {
            return;
        }
        match self.characters.len() < NAMED {
            true => self.characters.push((character, line, heading.to_owned())),
            false => self.more += 1,
        }
    }
}

fn quoted(cell: &Cell) -> String {
    let text = match cell {
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => return number.to_string(),
        Cell::Tenths(tenths) => {
            let sign = if *tenths < 0 { "-" } else { "" };
            return format!(
                "{sign}{}.{}",
                tenths.unsigned_abs() / 10,
                tenths.unsigned_abs() % 10
            );
        }
        Cell::Decimal(digits) => return digits.clone(),
        Cell::Blank => return String::new(),
    };
    let formula = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r']);
    let text = if formula { format!("'{text}") } else { text };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// Writes a text; returns the characters that cannot be written.
fn cp932(text: &str, out: &mut Vec<u8>) -> Vec<char> {
    // The same signs have two places in Unicode; CP932 was mapped to the second.
    let text: String = text
        .chars()
        .map(|c| match c {
            '\u{301c}' => '\u{ff5e}',
            '\u{2212}' => '\u{ff0d}',
            '\u{2016}' => '\u{2225}',
            '\u{00a2}' => '\u{ffe0}',
            '\u{00a3}' => '\u{ffe1}',
            '\u{00ac}' => '\u{ffe2}',
            other => other,
        })
        .collect();
    // The encoder would write these two as \ and ~.
    let mut wrong: Vec<char> = text
        .chars()
        .filter(|c| matches!(c, '\u{a5}' | '\u{203e}'))
        .collect();
    let mut encoder = SHIFT_JIS.new_encoder();
    let mut rest = text.as_str();
    loop {
        let room = encoder
            .max_buffer_length_from_utf8_without_replacement(rest.len())
            .unwrap_or(rest.len() * 4 + 16);
        let start = out.len();
        out.resize(start + room, 0);
        let (result, read, written) =
            encoder.encode_from_utf8_without_replacement(rest, &mut out[start..], true);
        out.truncate(start + written);
        rest = &rest[read..];
        match result {
            EncoderResult::Unmappable(character) => wrong.push(character),
            EncoderResult::InputEmpty => return wrong,
            EncoderResult::OutputFull => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(cells: &[&str]) -> Sheet {
        Sheet {
            name: "回答".into(),
            head: vec!["記述".into(), "件数".into()],
            rows: cells
                .iter()
                .map(|text| vec![Cell::Text((*text).into()), Cell::Integer(-3)])
                .collect(),
            plot: None,
        }
    }

    #[test]
    fn utf8_has_a_mark_and_formulas_are_text() {
        let bytes = csv(
            &sheet(&["=cmd|' /C calc'!A0", "－1", "改行\nと\"引用\"、,", ""]),
            Encoding::Utf8,
        )
        .unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let expected = "\u{feff}記述,件数\r\n'=cmd|' /C calc'!A0,-3\r\n'－1,-3\r\n\"改行\nと\"\"引用\"\"、,\",-3\r\n,-3\r\n";
        assert_eq!(text, expected);
    }

    /// Bytes as `iconv -t CP932` writes them.
    #[test]
    fn cp932_has_its_own_characters() {
        let bytes = csv(&sheet(&["①Ⅰ㈱髙﨑～ｱ"]), Encoding::Cp932).unwrap();
        let start = b"\x8bL\x8fq,\x8c\x8f\x90\x94\r\n".len();
        assert_eq!(&bytes[..start], b"\x8bL\x8fq,\x8c\x8f\x90\x94\r\n");
        let row = b"\x87\x40\x87\x54\x87\x8a\xfb\xfc\xfa\xb1\x81\x60\xb1,-3\r\n";
        assert_eq!(&bytes[start..], row);
        // The wave dash of another mapping is the same sign.
        assert_eq!(
            csv(&sheet(&["①Ⅰ㈱髙﨑〜ｱ"]), Encoding::Cp932).unwrap(),
            bytes
        );
    }

    #[test]
    fn what_cp932_does_not_have_is_told_and_not_replaced() {
        let refused = csv(&sheet(&["ある", "⑴と👍", "👍と𠮷と¥"]), Encoding::Cp932).unwrap_err();
        let told: Vec<(char, usize)> = refused
            .characters
            .iter()
            .map(|(c, line, _)| (*c, *line))
            .collect();
        assert_eq!(told, [('⑴', 3), ('👍', 3), ('¥', 4), ('𠮷', 4)]);
        assert_eq!(refused.characters[0].2, "記述");
    }
}
