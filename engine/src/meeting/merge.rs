//! Drafting again what a person has edited. What a person has changed stays:
//!
//! 1. A line that was added or moved stays where it was put; of a line that was changed, the changed parts stay.
//! 2. What was set aside stays so, until somebody restores it.
//! 3. A line that is new in the fresh draft comes in behind the line that stands before it there.
//! 4. A line that is not in the fresh draft any more goes, unless a person has added or changed it.
//! 5. Papers follow their lines; one that a person attached or renamed stays as it is.
//!
//! Everything else (date, place, titles, reasons) is as in the fresh draft. Numbers of papers are made anew.

use super::numbers::renumber;
use super::outline::{ByHand, Content, Draft, Line, Paper};

/// A fresh draft of the same meeting with what people have done to the earlier one.
pub fn merge(edited: &Draft, fresh: Draft) -> Draft {
    let aside = |id: &str| edited.set_aside.iter().any(|aside| aside.line.id == id);
    let mut lines: Vec<Line> = Vec::new();
    for line in &edited.lines {
        match fresh.line(&line.id) {
            Some(new) => lines.push(combined(line, new)),
            None if line.by_hand.is_empty() => {}
            None => lines.push(line.clone()),
        }
    }
    let mut before: Option<&str> = None;
    for new in &fresh.lines {
        if !aside(&new.id) && !lines.iter().any(|line| line.id == new.id) {
            let place = before.and_then(|id| lines.iter().position(|line| line.id == id));
            lines.insert(place.map_or(0, |at| at + 1), new.clone());
        }
        if !aside(&new.id) {
            before = Some(&new.id);
        }
    }
    let mut merged = Draft {
        set_aside: edited.set_aside.clone(),
        added: edited.added,
        ..fresh
    };
    merged.papers = papers(edited, &merged, &lines);
    merged.lines = lines;
    renumber(&mut merged);
    merged
}

fn combined(edited: &Line, fresh: &Line) -> Line {
    let by = |part| edited.by_hand.contains(&part);
    let kept = edited.clone();
    Line {
        title: if by(ByHand::Title) {
            kept.title
        } else {
            fresh.title.clone()
        },
        notes: if by(ByHand::Notes) {
            kept.notes
        } else {
            fresh.notes.clone()
        },
        kind: if by(ByHand::Kind) {
            kept.kind
        } else {
            fresh.kind
        },
        level: if by(ByHand::Place) {
            kept.level
        } else {
            fresh.level
        },
        paper: if by(ByHand::Paper) {
            kept.paper
        } else {
            fresh.paper.clone()
        },
        reason: fresh.reason.clone(),
        carried_from: fresh.carried_from.clone(),
        by_hand: kept.by_hand,
        id: kept.id,
    }
}

/// Those of the fresh draft that nobody took away, then those that people attached.
fn papers(edited: &Draft, fresh: &Draft, lines: &[Line]) -> Vec<Paper> {
    let away = |paper: &Paper| {
        let aside = edited.set_aside.iter().flat_map(|aside| &aside.papers);
        let detached = !matches!(paper.content, Content::Agenda)
            && edited.paper(&paper.id).is_none()
            && lines
                .iter()
                .any(|line| line.by_hand.contains(&ByHand::Paper));
        aside.into_iter().any(|one| one.id == paper.id)
            || detached && was_taken(edited, fresh, paper)
    };
    let mut papers: Vec<Paper> = Vec::new();
    for paper in fresh.papers.iter().filter(|paper| !away(paper)) {
        let mut paper = paper.clone();
        if let Some(known) = edited.paper(&paper.id) {
            if known.by_hand {
                paper.title.clone_from(&known.title);
                (paper.by_hand, paper.rank) = (true, known.rank.clone());
            }
            if lines.iter().any(|line| {
                line.paper.as_deref() == Some(&paper.id) && line.by_hand.contains(&ByHand::Kind)
            }) {
                paper.kind.clone_from(&known.kind);
            }
        }
        papers.push(paper);
    }
    let theirs = edited.papers.iter().filter(|paper| {
        let of_a_line = lines
            .iter()
            .any(|line| line.paper.as_deref() == Some(&paper.id));
        fresh.paper(&paper.id).is_none() && (paper.by_hand || of_a_line)
    });
    papers.extend(theirs.cloned());
    papers
}

/// Whether the line to which a paper belongs in the fresh draft has lost it by hand.
fn was_taken(edited: &Draft, fresh: &Draft, paper: &Paper) -> bool {
    let of = fresh
        .lines
        .iter()
        .find(|line| line.paper.as_deref() == Some(&paper.id));
    let line = of.and_then(|line| edited.line(&line.id));
    line.is_some_and(|line| line.by_hand.contains(&ByHand::Paper) && line.paper.is_none())
}
