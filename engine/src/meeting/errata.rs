//! 正誤表: what is different between a paper that was sent and its new version, line by line as printed.

use papers::{Block, Document, Inline, plain};
use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A place of a paper, and what stands there before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erratum {
    /// 資料１, or the title of a paper without a number.
    pub paper: String,
    /// 「１ 調査概要」の表の2行目
    pub place: String,
    /// Empty where something was added.
    pub wrong: String,
    /// Empty where something was taken away.
    pub right: String,
}

/// A line of a paper as printed, with the place where it stands.
#[derive(Debug)]
struct Printed {
    text: String,
    place: String,
}

/// The differences between two versions of a paper, in reading order.
pub fn errata(paper: &str, before: &Document, after: &Document) -> Vec<Erratum> {
    let (before, after) = (printed(before), printed(after));
    let texts = |lines: &[Printed]| {
        lines
            .iter()
            .map(|line| line.text.clone())
            .collect::<Vec<_>>()
    };
    let (old, new) = (texts(&before), texts(&after));
    let mut found = Vec::new();
    for change in capture_diff_slices(Algorithm::Patience, &old, &new) {
        let (wrong, right) = match change {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete {
                old_index, old_len, ..
            } => (old_index..old_index + old_len, 0..0),
            DiffOp::Insert {
                new_index, new_len, ..
            } => (0..0, new_index..new_index + new_len),
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => (
                old_index..old_index + old_len,
                new_index..new_index + new_len,
            ),
        };
        for at in 0..wrong.len().max(right.len()) {
            let (old, new) = (before[wrong.clone()].get(at), after[right.clone()].get(at));
            let text =
                |line: Option<&Printed>| line.map_or(String::new(), |line| line.text.clone());
            found.push(Erratum {
                paper: paper.to_owned(),
                place: old.or(new).map_or(String::new(), |line| line.place.clone()),
                wrong: text(old),
                right: text(new),
            });
        }
    }
    found
}

fn printed(document: &Document) -> Vec<Printed> {
    let mut lines = vec![Printed {
        text: document.head.title.clone(),
        place: "題名".to_owned(),
    }];
    let mut under = String::new();
    let mut count = 0;
    for block in &document.blocks {
        let mut push = |what: &str, text: String| {
            lines.push(Printed {
                text,
                place: format!("{under}{what}"),
            })
        };
        match block {
            Block::Heading(heading) => {
                let words = plain(&heading.text);
                under = format!("「{} {}」の", heading.mark, shortened(&words));
                count = 0;
                lines.push(Printed {
                    text: words,
                    place: format!("見出し{}", heading.mark),
                });
            }
            Block::Paragraph(text) | Block::Note(text) => {
                count += 1;
                push(&format!("{count}段落目"), plain(text));
            }
            Block::Bullets(items) => {
                for item in items {
                    count += 1;
                    push(&format!("{count}段落目"), plain(item));
                }
            }
            Block::Table(table) => {
                let heads = table.columns.iter().map(|column| column.head.join("・"));
                push("表の見出し", heads.collect::<Vec<_>>().join("｜"));
                for (at, row) in table.rows.iter().enumerate() {
                    push(&format!("表の{}行目", at + 1), cells(row));
                }
                for note in &table.notes {
                    push("表の注", plain(note));
                }
            }
            Block::Chart(chart) => push("図", chart.title.clone()),
            Block::PageBreak => {}
        }
    }
    lines
}

fn cells(row: &[Vec<Inline>]) -> String {
    row.iter()
        .map(|cell| plain(cell))
        .collect::<Vec<_>>()
        .join("｜")
}

/// A heading may be a whole sentence.
fn shortened(words: &str) -> String {
    match words.char_indices().nth(20) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words.to_owned(),
    }
}
