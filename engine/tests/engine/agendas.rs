//! Edits of a 次第, and drafting it again: one case a file in `engine/tests/agendas`.
//!
//! A line is written `2 id 件名 =paper`: its level (`-` for text), its id, what it says, its paper. What comes out is
//! compared as it is read: `2 件名 …資料１`, then the papers, then what was set aside.

use std::fs;
use std::path::Path;

use engine::meeting::{Content, Draft, Edit, Line, LineKind, Paper, Rank, edit, merge};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[allow(dead_code, reason = "for whoever reads the case")]
    about: String,
    lines: Vec<String>,
    #[serde(default)]
    papers: Vec<String>,
    #[serde(default)]
    edits: Vec<Edit>,
    /// The same meeting as it is drafted after the edits.
    fresh: Option<Fresh>,
    #[serde(default)]
    then: Vec<String>,
    /// What the last edit is told.
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fresh {
    lines: Vec<String>,
    #[serde(default)]
    papers: Vec<String>,
}

#[test]
fn every_case_comes_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agendas");
    let (mut cases, mut refusals) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let case: Case = serde_json::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        cases += 1;
        refusals += usize::from(case.refused.is_some());
        tried(&name, case);
    }
    assert!(
        cases >= 20 && refusals >= 7,
        "{cases} cases, {refusals} refusals"
    );
}

fn tried(name: &str, case: Case) {
    let mut draft = drafted(&case.lines, &case.papers);
    for (n, one) in case.edits.into_iter().enumerate() {
        match edit(&draft, one) {
            Ok(next) => draft = next,
            Err(unfit) => {
                assert_eq!(
                    Some(unfit.to_string()),
                    case.refused,
                    "{name}: edit {}",
                    n + 1
                );
                return;
            }
        }
    }
    assert_eq!(case.refused, None, "{name}: nothing was refused");
    if let Some(fresh) = case.fresh {
        draft = merge(&draft, drafted(&fresh.lines, &fresh.papers));
        // Drafting again without anything new changes nothing.
        let again = merge(&draft, drafted(&fresh.lines, &fresh.papers));
        assert_eq!(again, draft, "{name}: drafted twice");
    }
    assert_eq!(read(&draft), case.then, "{name}");
}

fn drafted(lines: &[String], papers: &[String]) -> Draft {
    let mut draft = Draft {
        meeting: "m".into(),
        title: "次第".into(),
        on: None,
        when: Vec::new(),
        place: String::new(),
        quorum: None,
        lines: lines.iter().map(|line| of_line(line)).collect(),
        papers: vec![paper("agenda", "次第", Rank::Apart, Content::Agenda)],
        layout: papers::Style::default(),
        fiction: None,
        set_aside: Vec::new(),
        added: 0,
    };
    draft.layout.dates.digits = papers::digits::Width::Full;
    for written in papers {
        let mut words = written.splitn(3, ' ');
        let (rank, id, title) = (
            words.next().unwrap(),
            words.next().unwrap(),
            words.next().unwrap(),
        );
        let rank = match rank.split_once(':') {
            Some(("annex", of)) => Rank::Annex { of: of.into() },
            _ if rank == "reference" => Rank::Reference,
            _ => Rank::Main,
        };
        draft.papers.push(paper(id, title, rank, Content::Plan));
    }
    draft
}

fn of_line(written: &str) -> Line {
    let (words, of) = match written.split_once(" =") {
        Some((words, paper)) => (words, Some(paper.to_owned())),
        None => (written, None),
    };
    let mut words = words.splitn(3, ' ');
    let (level, id, title) = (
        words.next().unwrap(),
        words.next().unwrap(),
        words.next().unwrap(),
    );
    Line {
        id: id.into(),
        level: level.parse().ok(),
        title: title.into(),
        kind: title.starts_with("報告").then_some(LineKind::Report),
        paper: of,
        ..Line::default()
    }
}

fn paper(id: &str, title: &str, rank: Rank, content: Content) -> Paper {
    Paper {
        id: id.into(),
        number: None,
        title: title.into(),
        kind: None,
        content,
        rank,
        by_hand: false,
    }
}

fn read(draft: &Draft) -> Vec<String> {
    let number = |id: &str| {
        let number = draft.paper(id).and_then(|paper| paper.number.clone());
        number.map_or(String::new(), |number| format!(" …{number}"))
    };
    let lines = draft.lines.iter().map(|line| {
        let level = line.level.map_or("-".to_owned(), |level| level.to_string());
        let notes: String = line
            .notes
            .iter()
            .map(|note| format!("（{note}）"))
            .collect();
        format!(
            "{level} {}{notes}{}",
            line.title,
            line.paper.as_deref().map(number).unwrap_or_default()
        )
    });
    let papers = draft
        .papers
        .iter()
        .filter(|paper| paper.content != Content::Agenda);
    let papers = papers.map(|paper| {
        format!(
            "{}：{}",
            paper.number.as_deref().unwrap_or("番号なし"),
            paper.title
        )
    });
    let aside = draft
        .set_aside
        .iter()
        .map(|aside| format!("外：{}（{}）", aside.line.title, aside.why));
    lines.chain(papers).chain(aside).collect()
}
