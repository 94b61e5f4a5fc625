//! Returns on paper, by fax or as a workbook, keyed in by staff: what the typed numbers mean, two entries
//! compared, which of two returns of one office counts, and the workbook that is sent out and read back.

mod compare;
mod numbers;
mod prefer;
mod returned;
mod workbook;

pub use compare::{Choice, Difference, compare, merged};
pub use numbers::{Misread, Read, read, shown};
pub use prefer::{Candidate, Why, prefer};
pub use returned::{NotOurs, Returned, read_workbook};
pub use workbook::workbook;

use forms::{Item, Kind, Questionnaire};
use unicode_normalization::UnicodeNormalization;

/// Whether somebody who types this looks for one of these; letters of any width and case.
pub fn finds(sought: &str, names: &[&str]) -> bool {
    let plain = |text: &str| text.nfkc().collect::<String>().to_lowercase();
    let sought = plain(sought);
    names.iter().any(|name| plain(name).contains(&sought))
}

/// One value that is typed: an item, a row of a matrix, or an item in a row of a repeat.
pub(crate) struct Leaf<'a> {
    pub path: String,
    pub title: String,
    pub item: &'a Item,
}

/// Every value of a questionnaire in the order of asking; `rows` says how many rows a repeat has.
pub(crate) fn leaves<'a>(form: &'a Questionnaire, rows: &dyn Fn(&str) -> usize) -> Vec<Leaf<'a>> {
    let mut found = Vec::new();
    for item in form.items() {
        add(&mut found, item, item.id.as_str().to_owned(), "", rows);
    }
    found
}

/// Whether somebody types an answer: not what is calculated, and not a file.
pub fn is_typed(item: &Item) -> bool {
    !item.is_calculated() && !matches!(item.kind, Kind::File { .. })
}

fn add<'a>(
    found: &mut Vec<Leaf<'a>>,
    item: &'a Item,
    path: String,
    before: &str,
    rows: &dyn Fn(&str) -> usize,
) {
    if !is_typed(item) {
        return;
    }
    let title = format!("{before}{}", item.title);
    match &item.kind {
        Kind::Matrix { rows, .. } => found.extend(rows.iter().map(|row| Leaf {
            path: format!("{path}.{}", row.id),
            title: format!("{title}：{}", row.title),
            item,
        })),
        Kind::Repeat { label, items, .. } => {
            for row in 0..rows(&path) {
                for inner in items.iter() {
                    let path = format!("{path}.{row}.{}", inner.id.as_str());
                    add(found, inner, path, &format!("{label}{} ", row + 1), rows);
                }
            }
        }
        _ => found.push(Leaf { path, title, item }),
    }
}
