//! A table as it came: rows of text, with what a spreadsheet knows about a cell beside its text.

/// The cells of one sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the sheets of a workbook; empty for text.
    pub sheets: Vec<String>,
    /// The one that was read.
    pub sheet: Option<String>,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The number that a spreadsheet shows beside the row, from 1.
    pub line: u32,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Without spaces around it; a line break within it is one space.
    pub text: String,
    pub mark: Option<Mark>,
}

/// What is to be said about a cell beside its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is part of merged cells, `A3:A5`.
    Merged(String),
    /// The formula in it failed: `#N/A`.
    Error(String),
    /// It is the result of a formula.
    Formula,
}

impl Row {
    pub fn is_blank(&self) -> bool {
        self.cells
            .iter()
            .all(|cell| cell.text.is_empty() && !matches!(cell.mark, Some(Mark::Error(_))))
    }

    /// The cell of a column; what the row does not have is empty.
    pub fn cell(&self, column: usize) -> &Cell {
        const EMPTY: &Cell = &Cell {
            text: String::new(),
            mark: None,
        };
        self.cells.get(column).unwrap_or(EMPTY)
    }
}

impl Cell {
    pub fn text(text: &str) -> Cell {
        Cell {
            text: one_line(text),
            mark: None,
        }
    }
}

/// Line breaks, tabs and blanks in a row are one blank; none is at an end. A full-width space between two
/// words is part of a name.
fn one_line(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let blank = |c: char| c.is_whitespace() && c != '\u{3000}';
    let words = text.split(blank).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The letters of a column as a spreadsheet shows them: 0 is A, 26 is AA.
pub fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut name = Vec::new();
    while left > 0 {
        name.push(b'A' + u8::try_from((left - 1) % 26).unwrap_or_default());
        left = (left - 1) / 26;
    }
    name.iter()
        .rev()
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        for (column, expected) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn a_cell_is_one_line() {
        assert_eq!(
            Cell::text("  ケアプラン\r\nあおぞら\t").text,
            "ケアプラン あおぞら"
        );
        assert_eq!(Cell::text("山田　花子　").text, "山田　花子");
        assert_eq!(Cell::text("\u{feff}管理番号").text, "管理番号");
    }
}
