//! Adding, changing, removing and restoring lines, and following suggestions.

use super::place::{belonging, depth, index, lower, settle};
use super::{MOST_NOTES, NewLine, Unfit, one_line, reason, title};
use crate::meeting::outline::{ByHand, Draft, Line, LineKind, Paper, Rank, SetAside};
use crate::meeting::suggest::Suggestion;

const LONGEST_NOTE: usize = 200;

pub(super) fn add(draft: &mut Draft, new: NewLine, under: Option<&str>) -> Result<(), Unfit> {
    let title = title(&new.title)?;
    let notes = notes(new.notes)?;
    draft.added += 1;
    let line = Line {
        id: format!("hand-{}", draft.added),
        title,
        notes,
        kind: new.kind,
        by_hand: [ByHand::Added].into(),
        ..Line::default()
    };
    insert(draft, line, under)
}

/// Puts a line at the end of what is below another one: of the one that is named, or of the one where its kind
/// belongs. Without either it becomes an item of the first level before the last one (閉会).
fn insert(draft: &mut Draft, mut line: Line, under: Option<&str>) -> Result<(), Unfit> {
    let above = match under {
        Some(id) => Some(index(draft, id)?),
        None => line.kind.and_then(|kind| place_of(draft, kind)),
    };
    let Some(above) = above else {
        line.level = Some(1);
        let last = draft.lines.iter().rposition(|line| line.level == Some(1));
        draft.lines.insert(last.unwrap_or(draft.lines.len()), line);
        return Ok(());
    };
    // Below a line of text nothing stands: it comes beside it.
    let wanted = match draft.lines[above].level {
        Some(level) => level + 1,
        None => depth(&draft.lines, above),
    };
    line.level = Some(wanted.min(lower(draft)));
    let end = belonging(&draft.lines, above).end;
    draft.lines.insert(end, line);
    settle(draft);
    Ok(())
}

/// The item of the 次第 under which lines of a kind stand: the deepest whose title begins with its name.
fn place_of(draft: &Draft, kind: LineKind) -> Option<usize> {
    let items = draft.lines.iter().enumerate();
    let named =
        items.filter(|(_, line)| line.level.is_some() && line.title.starts_with(kind.label()));
    let deepest = named.max_by_key(|(at, line)| (line.level, std::cmp::Reverse(*at)));
    deepest.map(|(at, _)| at)
}

pub(super) fn change(
    draft: &mut Draft,
    id: &str,
    to: NewLine,
    numbered: bool,
) -> Result<(), Unfit> {
    let at = index(draft, id)?;
    let (title, notes) = (title(&to.title)?, notes(to.notes)?);
    let (own, lowest) = (depth(&draft.lines, at), lower(draft));
    let line = &mut draft.lines[at];
    let mut touched = Vec::new();
    if line.title != title {
        line.title = title;
        touched.push(ByHand::Title);
    }
    if line.notes != notes {
        line.notes = notes;
        touched.push(ByHand::Notes);
    }
    if line.kind != to.kind {
        line.kind = to.kind;
        touched.push(ByHand::Kind);
    }
    if line.level.is_some() != numbered {
        let level = numbered.then_some(own.min(lowest));
        let below = belonging(&draft.lines, at).len();
        if level.is_none() && below > 1 {
            return Err(Unfit::AtTheEnd("浅い所（下に行のある項目の番号）"));
        }
        draft.lines[at].level = level;
        touched.push(ByHand::Place);
    }
    let line = &mut draft.lines[at];
    line.by_hand.extend(touched);
    let (kind, paper) = (line.kind, line.paper.clone());
    if let (Some(kind), Some(paper)) = (kind, paper) {
        corner(draft, &paper, kind);
    }
    settle(draft);
    Ok(())
}

/// The paper of a line says in its corner what is done with it.
fn corner(draft: &mut Draft, paper: &str, kind: LineKind) {
    let mut papers = draft.papers.iter_mut();
    if let Some(paper) = papers.find(|known| known.id == paper) {
        paper.kind = Some(kind.corner());
    }
}

pub(super) fn set_aside(draft: &mut Draft, id: &str, why: String) -> Result<(), Unfit> {
    let at = index(draft, id)?;
    let why = reason(&why)?;
    let after = at
        .checked_sub(1)
        .map(|before| draft.lines[before].id.clone());
    let taken: Vec<Line> = draft.lines.drain(belonging(&draft.lines, at)).collect();
    let mut before = after;
    for line in taken {
        let papers = take_papers(draft, line.paper.as_deref());
        let (id, why) = (line.id.clone(), why.clone());
        draft.set_aside.push(SetAside {
            line,
            papers,
            after: before,
            why,
        });
        before = Some(id);
    }
    Ok(())
}

/// A paper and what is attached to it leave the meeting.
fn take_papers(draft: &mut Draft, main: Option<&str>) -> Vec<Paper> {
    let Some(main) = main else { return Vec::new() };
    let of =
        |paper: &Paper| paper.id == main || matches!(&paper.rank, Rank::Annex { of } if of == main);
    let (taken, left) = std::mem::take(&mut draft.papers).into_iter().partition(of);
    draft.papers = left;
    taken
}

pub(super) fn restore(draft: &mut Draft, id: &str) -> Result<(), Unfit> {
    let known = draft.set_aside.iter().position(|aside| aside.line.id == id);
    let aside = draft.set_aside.remove(known.ok_or(Unfit::NoLine)?);
    draft.papers.extend(aside.papers);
    let mut line = aside.line;
    line.by_hand.insert(ByHand::Place);
    let after = aside
        .after
        .as_deref()
        .and_then(|after| index(draft, after).ok());
    match after {
        Some(after) => {
            let depth_there = depth(&draft.lines, after) + 1;
            line.level = line.level.map(|level| level.min(depth_there));
            draft.lines.insert(after + 1, line);
            settle(draft);
            Ok(())
        }
        None => insert(draft, line, None),
    }
}

pub(super) fn take(draft: &mut Draft, suggestion: Suggestion) -> Result<(), Unfit> {
    let mut line = suggestion.line;
    if draft.line(&line.id).is_some() {
        return Ok(());
    }
    draft.set_aside.retain(|aside| aside.line.id != line.id);
    line.by_hand.insert(ByHand::Place);
    for paper in suggestion.papers {
        if draft.paper(&paper.id).is_none() {
            draft.papers.push(paper);
        }
    }
    insert(draft, line, None)
}

pub(super) fn refuse(draft: &mut Draft, suggestion: Suggestion, why: String) -> Result<(), Unfit> {
    let why = reason(&why)?;
    let line = suggestion.line;
    let known = draft.set_aside.iter().any(|aside| aside.line.id == line.id);
    if draft.line(&line.id).is_none() && !known {
        draft.set_aside.push(SetAside {
            line,
            papers: suggestion.papers,
            after: None,
            why,
        });
    }
    Ok(())
}

fn notes(notes: Vec<String>) -> Result<Vec<String>, Unfit> {
    let mut lines = Vec::new();
    for note in notes {
        let note = one_line(&note, "注記", LONGEST_NOTE)?;
        if !note.is_empty() {
            lines.push(note);
        }
    }
    match lines.len() > MOST_NOTES {
        true => Err(Unfit::TooManyNotes),
        false => Ok(lines),
    }
}
