//! Tables of a paper, with grouped column heads and notes.

use serde::Serialize;

use crate::document::Inline;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    pub caption: Option<String>,
    pub columns: Vec<Column>,
    /// Every row has as many cells as there are columns; an empty cell is printed blank.
    pub rows: Vec<Vec<Vec<Inline>>>,
    /// The lines under the table, each set with 「※」; the mark is not part of the text.
    pub notes: Vec<Vec<Inline>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heads over the column from the outermost inwards: 「活用率」 over 「市」. Neighbours with
    /// the same outer head share one cell. Never empty; a blank head is one empty string.
    pub head: Vec<String>,
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    Start,
    Center,
    End,
}

/// A cell of the head, with the columns and rows it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadCell {
    pub text: String,
    /// 0-based index of its first column.
    pub column: usize,
    pub columns: usize,
    pub rows: usize,
}

impl Table {
    /// The head as rows of cells. A column whose path is shorter than the deepest one reaches down
    /// to the last row of the head with its innermost cell.
    pub fn head_rows(&self) -> Vec<Vec<HeadCell>> {
        let depth = self.columns.iter().map(|c| c.head.len()).max().unwrap_or(0);
        (0..depth).map(|row| self.head_row(row, depth)).collect()
    }

    fn head_row(&self, row: usize, depth: usize) -> Vec<HeadCell> {
        let mut cells: Vec<HeadCell> = Vec::new();
        let mut previous: Option<&[String]> = None;
        for (index, column) in self.columns.iter().enumerate() {
            let path = column.head.get(..=row);
            let inner = column.head.len() == row + 1;
            match (path, cells.last_mut()) {
                // Only an outer head is shared: two columns may well have the same inner head.
                (Some(path), Some(last)) if !inner && previous == Some(path) => last.columns += 1,
                (Some(path), _) => cells.push(HeadCell {
                    text: path[row].clone(),
                    column: index,
                    columns: 1,
                    rows: if inner { depth - row } else { 1 },
                }),
                (None, _) => {}
            }
            previous = path.filter(|_| !inner);
        }
        cells
    }

    /// Whether the first column names the rows: it stands at the left, and there are other columns.
    pub fn names_rows(&self) -> bool {
        self.columns.len() > 1 && self.columns[0].align == Align::Start
    }
}
