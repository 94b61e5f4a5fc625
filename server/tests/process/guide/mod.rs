//! The guide for authors (docs/) does what it says: every code block is carried out, every list is compared
//! with the program.
//!
//! | Block | What is done with it |
//! |---|---|
//! | `json file=map.json`, `csv`, `jsonl`, `md`, `txt`, `rhai` | written over this file of the page's pack |
//! | `json file=map.json into=/plan` | members (`"title": "…"`) put into this object of the file |
//! | `json file=map.json at=/indicators/0` | put at this place of a list; `-` is its end |
//! | `rhai steps` | the steps of `cycles/annual.rhai` |
//! | any of these with `wrong` | `meguri check` answers with the `text` block below; then it is taken back |
//! | `sh` | lines `meguri …` are run (with `wrong`: they exit with 1); a `text` block below is what appears |
//! | `text page=/kasou/…` | stands on this page of the server that runs since the last `meguri serve` |
//! | `md paper=goals year=2026` | these lines stand in the paper, in this order |
//!
//! A page has one pack, and its blocks are carried out from the top to the bottom. What a page leaves behind
//! passes `meguri check`. Where the first `sh` block is `meguri new`, the page begins without a pack.

mod block;
mod desk;
mod likeness;
mod lists;

use std::iter::Peekable;
use std::path::Path;
use std::slice::Iter;
use std::sync::Mutex;

use block::Block;
use desk::Desk;

#[test]
fn every_block_of_every_page_is_carried_out() {
    let pages = block::pages();
    let failed = &Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for page in &pages {
            scope.spawn(move || {
                let done = std::panic::catch_unwind(|| carry_out(page));
                if done.is_err() {
                    failed.lock().expect("no panic").push(page);
                }
            });
        }
    });
    let failed = failed.lock().expect("no panic");
    assert!(failed.is_empty(), "{failed:?}");
}

fn carry_out(page: &Path) {
    let (blocks, _) = block::read(page);
    let begins = blocks.iter().find(|block| block.language == "sh");
    let mut desk =
        Desk::new(!begins.is_some_and(|block| block.text.starts_with("meguri new kasou ")));
    let mut rest = blocks.iter().peekable();
    while let Some(block) = rest.next() {
        match block.language.as_str() {
            "sh" => {
                block.allow(&["wrong"]);
                desk.type_in(block, shown(&mut rest));
            }
            "text" => {
                block.allow(&["page"]);
                let page = block.value("page");
                desk.open(
                    block,
                    page.unwrap_or_else(|| panic!("{block}: nothing says this")),
                );
            }
            "md" if block.says("paper") => {
                block.allow(&["paper", "year", "on", "meeting"]);
                desk.paper(block, block.value("paper").expect("an id"));
            }
            "json" | "jsonl" | "csv" | "md" | "txt" | "rhai" => {
                block.allow(&["file", "into", "at", "wrong", "steps"]);
                let place = block.value("file").is_some() != block.says("steps");
                assert!(place, "{block}: nobody carries it out; say file= or steps");
                match block.says("wrong") {
                    false => desk.write(block),
                    true => {
                        let shown = shown(&mut rest);
                        desk.wrong(
                            block,
                            shown.unwrap_or_else(|| panic!("{block}: what does one get?")),
                        );
                    }
                }
            }
            other => panic!("{block}: nobody carries out “{other}”"),
        }
    }
    desk.leave(page);
}

/// The `text` block that follows.
fn shown<'a>(rest: &mut Peekable<Iter<'a, Block>>) -> Option<&'a Block> {
    rest.next_if(|next| next.language == "text" && !next.says("page"))
}
