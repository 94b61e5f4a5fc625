//! Papers over ledgers: a pack with its entries, and the paper that comes out, in files side by side.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::Pack;
use engine::figure::FigureBook;
use engine::ledger::Book;
use engine::meeting::{self, Content, Facts};

use crate::lent;

/// Each folder of `tests/ledgers` holds the files that differ from the skeleton, and for every paper `<id>` of
/// its own that its first meeting refers to, `expected/<id>.md`.
#[test]
fn papers_say_what_the_ledgers_hold() {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ledgers"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
    folders.sort();
    assert!(folders.len() >= 3, "only {} cases", folders.len());
    let mut differ = Vec::new();
    for folder in folders {
        let mut files = lent::laid_over(&folder);
        files.0.retain(|path, _| !path.starts_with("expected/"));
        let pack = Arc::new(lent::read(&files));
        for (id, found) in papers(&pack) {
            let path = folder.join(format!("expected/{id}.md"));
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if found != expected {
                differ.push(format!(
                    "=== {}\n--- expected\n{expected}--- found\n{found}",
                    path.display()
                ));
            }
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// The papers of its own that the first meeting refers to.
fn papers(pack: &Arc<Pack>) -> Vec<(String, String)> {
    let answers = BTreeMap::new();
    let facts = Facts {
        pack: pack.clone(),
        book: Arc::new(FigureBook::published(pack)),
        ledgers: Arc::new(Book::shipped(pack)),
        answers: &answers,
    };
    let meeting = &pack.agenda.meetings[0].id;
    let known = lent::known(&[], &facts.ledgers);
    let draft = meeting::draft(pack, &pack.cycles[0].parameters, meeting, &known).unwrap();
    let own = draft
        .papers
        .iter()
        .filter(|paper| matches!(paper.content, Content::Own { .. }));
    let written = own.map(|paper| {
        let written = meeting::write(&facts, &draft, paper).unwrap();
        written.document(&draft).unwrap();
        (paper.id.clone(), written.markdown)
    });
    written.collect()
}
