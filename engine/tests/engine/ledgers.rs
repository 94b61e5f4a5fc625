//! Packs with ledgers: the papers that come out and what becomes of entries that are handed in, in files
//! beside the pack.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::figure::FigureBook;
use engine::ledger::Book;
use engine::meeting::{self, Content, Facts};
use engine::{Files, Pack, acceptance};

use crate::lent;

/// Each folder of `tests/ledgers`: files that differ from the skeleton.
fn packs() -> Vec<(PathBuf, Files, Arc<Pack>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ledgers");
    let entries = fs::read_dir(root).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let pack = |folder: PathBuf| {
        let mut files = lent::laid_over(&folder);
        files.0.retain(|path, _| !path.starts_with("expected/"));
        let pack = Arc::new(lent::read(&files));
        (folder, files, pack)
    };
    folders.into_iter().map(pack).collect()
}

/// For every paper `<id>` of its own that the first meeting refers to, `expected/<id>.md`.
#[test]
fn papers_say_what_the_ledgers_hold() {
    let mut compared = 0;
    let mut differ = Vec::new();
    for (folder, _, pack) in packs() {
        for (id, found) in papers(&pack) {
            let path = folder.join(format!("expected/{id}.md"));
            let expected = fs::read_to_string(&path).unwrap_or_default();
            compared += 1;
            if found != expected {
                let path = path.display();
                differ.push(format!(
                    "=== {path}\n--- expected\n{expected}--- found\n{found}"
                ));
            }
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(compared >= 8, "only {compared} papers");
}

/// `cases/*.case.json` of the same packs.
#[test]
fn entries_that_are_handed_in_are_checked_and_have_consequences() {
    let mut steps = 0;
    let mut failed = Vec::new();
    for (folder, files, pack) in packs() {
        for outcome in acceptance::run(&files, &pack).unwrap() {
            steps += outcome.steps;
            let file = folder.join(outcome.file);
            let failures = outcome.failures.iter();
            failed.extend(failures.map(|said| format!("{}: {said}", file.display())));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(steps >= 20, "only {steps} steps");
}

/// The papers of its own that the first meeting refers to.
fn papers(pack: &Arc<Pack>) -> Vec<(String, String)> {
    let answers = BTreeMap::new();
    let ledgers = Book::shipped(pack);
    let mut book = FigureBook::published(pack);
    book.count_ledgers(pack, &ledgers);
    let facts = Facts {
        pack: pack.clone(),
        book: Arc::new(book),
        ledgers: Arc::new(ledgers),
        answers: &answers,
    };
    let draft = lent::drafted(pack, &pack.agenda.meetings[0].id, &[]);
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
