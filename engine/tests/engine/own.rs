//! Papers over bodies, series and versions of the map: `papers/<case>` holds the files that differ from the
//! skeleton, and in `expected/` what is written, by hand.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use engine::figure::FigureBook;
use engine::ledger::Book;
use engine::meeting::{self, Draft, Facts};
use engine::{Files, Pack};

use crate::lent;

/// `expected/<paper>@<year>.md` is a paper by itself at the end of that fiscal year, `agenda@<meeting>.md` the
/// 次第 of a meeting; a chart is what a reader hears who does not see it.
#[test]
fn every_paper_is_written_as_expected() {
    let mut differ = Vec::new();
    let mut written = 0;
    for case in fs::read_dir(lent::case("../papers")).unwrap() {
        let folder = case.unwrap().path();
        let mut files = lent::laid_over(&folder);
        files.0.retain(|path, _| !path.starts_with("expected/"));
        let pack = Arc::new(lent::read(&Files(files.0)));
        for file in fs::read_dir(folder.join("expected")).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let (paper, of) = name.split_once('@').unwrap();
            let draft = drafted(&pack, paper, of);
            let found = plain(&markdown(&pack, &draft, paper));
            let expected = fs::read_to_string(&path).unwrap();
            if found != expected {
                let path = path.display();
                differ.push(format!(
                    "=== {path}\n--- expected\n{expected}--- found\n{found}"
                ));
            }
            written += 1;
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(written >= 7, "only {written} papers");
}

fn drafted(pack: &Pack, paper: &str, of: &str) -> Draft {
    if paper == "agenda" {
        return lent::drafted(pack, of, &[]);
    }
    let year: i32 = of.parse().unwrap();
    let on = format!("{}-03-31", year + 1).parse().unwrap();
    meeting::alone(pack, paper, on, None).unwrap()
}

fn markdown(pack: &Arc<Pack>, draft: &Draft, paper: &str) -> String {
    let answers = BTreeMap::new();
    let facts = Facts {
        pack: pack.clone(),
        book: Arc::new(FigureBook::published(pack)),
        ledgers: Arc::new(Book::shipped(pack)),
        answers: &answers,
    };
    let written = meeting::write(&facts, draft, draft.paper(paper).unwrap()).unwrap();
    // Whatever is written can be set.
    written.document(draft).unwrap();
    let described = |markdown: String, chart: &papers::Chart| {
        let place = format!("(chart:{})", chart.id);
        markdown.replace(&place, &format!("（{}）", chart.described()))
    };
    written.charts.iter().fold(written.markdown, described)
}

/// The text without links to figures and without the marks that keep text of people from being markup.
fn plain(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](figure:") {
        let (head, shown) = before.rsplit_once('[').unwrap();
        text.push_str(head);
        text.push_str(shown);
        rest = after.split_once(')').unwrap().1;
    }
    text.push_str(rest);
    text.replace('\\', "")
}
