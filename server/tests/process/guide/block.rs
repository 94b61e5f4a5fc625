//! The code blocks of a page of the guide, and its tables.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A fenced block: ```` ```json file=map.json at=/version wrong ````.
#[derive(Debug)]
pub struct Block {
    page: PathBuf,
    /// Line of the fence, from 1.
    line: usize,
    pub language: String,
    words: Vec<(String, Option<String>)>,
    pub text: String,
}

impl Block {
    /// The value of `name=value`.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.words.iter().find(|(word, _)| word == name);
        found.and_then(|(_, value)| value.as_deref())
    }

    pub fn says(&self, word: &str) -> bool {
        self.words.iter().any(|(said, _)| said == word)
    }

    /// Words other than these are a misprint, and would not be obeyed.
    pub fn allow(&self, words: &[&str]) {
        for (word, _) in &self.words {
            assert!(words.contains(&word.as_str()), "{self}: what is “{word}”?");
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.page.display(), self.line)
    }
}

/// A table that says what it lists: an HTML comment `<!-- fields: map#Node -->` before it.
#[derive(Debug)]
pub struct Table {
    pub page: PathBuf,
    pub line: usize,
    /// `fields`, `words`, `items`, `parameters`.
    pub kind: String,
    /// What stands behind the colon.
    pub of: Vec<String>,
    /// The cells of each row, head and rule left out.
    pub rows: Vec<Vec<String>>,
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.page.display(), self.line)
    }
}

/// Every page below docs/.
pub fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("docs/") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The blocks of a page, and what stands outside of them.
pub fn read(page: &Path) -> (Vec<Block>, Vec<Table>) {
    let text = fs::read_to_string(page).expect("a page");
    let (mut blocks, mut tables) = (Vec::new(), Vec::new());
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        if let Some(mut block) = open.take() {
            if line == "```" {
                blocks.push(block);
            } else {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
        } else if let Some(info) = line.strip_prefix("```") {
            open = Some(begin(page, line_number, info));
        } else if let Some(mark) = line.strip_prefix("<!-- ") {
            tables.extend(announced(page, line_number, mark));
        } else if let Some(row) = line.strip_prefix('|') {
            let cells = split(row);
            if let Some(table) = tables
                .last_mut()
                .filter(|table| table.line + table.rows.len() + 1 == line_number)
            {
                table.rows.push(cells);
            }
        }
    }
    assert!(open.is_none(), "{}: a block is not closed", page.display());
    for table in &mut tables {
        assert!(table.rows.len() > 2, "{table}: no table follows");
        table.rows.drain(..2);
    }
    (blocks, tables)
}

fn begin(page: &Path, line: usize, info: &str) -> Block {
    let mut words = info.split_whitespace();
    let language = words.next().unwrap_or_default().to_owned();
    let words = words.map(|word| match word.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (word.to_owned(), None),
    });
    Block {
        page: page.to_owned(),
        line,
        language,
        words: words.collect(),
        text: String::new(),
    }
}

fn announced(page: &Path, line: usize, mark: &str) -> Option<Table> {
    let (kind, of) = mark.strip_suffix(" -->")?.split_once(": ")?;
    Some(Table {
        page: page.to_owned(),
        line,
        kind: kind.to_owned(),
        of: of.split_whitespace().map(str::to_owned).collect(),
        rows: Vec::new(),
    })
}

/// The cells of a row; `\|` is no border.
fn split(row: &str) -> Vec<String> {
    let row = row.trim().trim_end_matches('|').replace("\\|", "\u{0}");
    let cells = row.split('|');
    cells
        .map(|cell| cell.trim().replace('\u{0}', "|"))
        .collect()
}

/// What stands in `code` in a cell.
pub fn codes(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}
