//! The document tree: what a paper says, before any writer decides how it looks.

use serde::Serialize;

use crate::chart::Chart;
use crate::style::Indent;
use crate::table::Table;

/// A paper: its head, and the blocks in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    pub head: Head,
    /// Taken over from the style, so that a writer needs nothing but the document.
    pub indent: Indent,
    pub blocks: Vec<Block>,
}

/// What stands above the first item and below the last line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Head {
    pub title: String,
    pub subtitle: Option<String>,
    /// 資料番号, set in a box in the upper right corner: 「資料１」, 「別添」, 「参考資料」.
    /// An agenda (次第) has none.
    pub number: Option<String>,
    /// Its pages are numbered though it has no number itself: minutes, a copy of answers.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub paged: bool,
    /// The kind of item, set in the upper left corner: 「（報告事項）」.
    pub kind: Option<String>,
    /// The block of an agenda that says when and where.
    pub place: Vec<Place>,
    /// A note in the footer of every page, for papers whose offices and answers are invented.
    pub fiction: Option<String>,
}

impl Head {
    /// Whether the footer says which page it is.
    pub fn is_paged(&self) -> bool {
        self.paged || self.number.is_some()
    }
}

/// One labelled entry of the block of date and place: 日時 and its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    pub label: String,
    pub lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Heading(Heading),
    Paragraph(Vec<Inline>),
    /// Lines set with 「・」.
    Bullets(Vec<Vec<Inline>>),
    Table(Table),
    Chart(Chart),
    /// A line that begins with 「※」; the mark is not part of the text.
    Note(Vec<Inline>),
    PageBreak,
}

/// A numbered item. Its text may be a title or a whole sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// 1 to 4.
    pub level: u8,
    /// Computed from the style: 「１」, 「⑴」, 「ア」, 「(ｱ)」.
    pub mark: String,
    pub text: Vec<Inline>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    Text(String),
    Strong(Vec<Inline>),
    /// A printed number that can be followed to where it comes from. Word and PDF print the text.
    Figure {
        id: String,
        text: String,
    },
    /// A reference to another paper of the meeting, by its frozen number.
    Paper {
        id: String,
        number: String,
    },
    Break,
}

impl Document {
    /// Every block with the level of the heading it stands under (0 before the first heading);
    /// a heading comes with its own level.
    pub fn levels(&self) -> impl Iterator<Item = (u8, &Block)> {
        let mut level = 0;
        self.blocks.iter().map(move |block| {
            if let Block::Heading(heading) = block {
                level = heading.level;
            }
            (level, block)
        })
    }
}

/// Splits a line that ends with a reference to a paper into the line and the number that is set at
/// the right margin. A reference anywhere else is part of the sentence.
pub fn leader(line: &[Inline]) -> (&[Inline], Option<&str>) {
    match line {
        [rest @ .., Inline::Paper { number, .. }] if !rest.is_empty() => (rest, Some(number)),
        _ => (line, None),
    }
}

/// The text of a line as it is printed, without its structure.
pub fn plain(line: &[Inline]) -> String {
    let mut out = String::new();
    for inline in line {
        match inline {
            Inline::Text(text) | Inline::Figure { text, .. } => out.push_str(text),
            Inline::Strong(inner) => out.push_str(&plain(inner)),
            Inline::Paper { number, .. } => out.push_str(number),
            Inline::Break => out.push(' '),
        }
    }
    out
}
