//! Where a line stands: the tree in the list of lines, and moving what belongs together.

use std::ops::Range;

use super::{Unfit, Way};
use crate::meeting::outline::{ByHand, Draft, Line};

pub(super) fn index(draft: &Draft, id: &str) -> Result<usize, Unfit> {
    let at = draft.lines.iter().position(|line| line.id == id);
    at.ok_or(Unfit::NoLine)
}

/// How deep a line stands: its level, for a line of text one more than the item before it.
pub(super) fn depth(lines: &[Line], at: usize) -> u8 {
    let item = |line: &Line| line.level;
    item(&lines[at]).unwrap_or_else(|| lines[..at].iter().rev().find_map(item).unwrap_or(0) + 1)
}

/// A line and what moves with it: everything deeper below an item, and the parts of a proposal.
pub(super) fn belonging(lines: &[Line], at: usize) -> Range<usize> {
    let (own, line) = (depth(lines, at), &lines[at]);
    let parts = format!("{}/", line.id);
    let follows = |next: &usize| {
        let deeper = line.level.is_some() && depth(lines, *next) > own;
        deeper || line.level.is_none() && lines[*next].id.starts_with(&parts)
    };
    at..(at + 1..lines.len())
        .find(|next| !follows(next))
        .unwrap_or(lines.len())
}

/// The line to which this one belongs most closely.
fn parent(lines: &[Line], at: usize) -> Option<usize> {
    (0..at)
        .rev()
        .find(|above| belonging(lines, *above).contains(&at))
}

/// The line and those beside it, in their order.
fn siblings(lines: &[Line], at: usize) -> Vec<usize> {
    let inside = match parent(lines, at) {
        Some(above) => above + 1..belonging(lines, above).end,
        None => 0..lines.len(),
    };
    let mut found = Vec::new();
    let mut next = inside.start;
    while next < inside.end {
        found.push(next);
        next = belonging(lines, next).end;
    }
    found
}

/// The deepest level that the style of the papers has a mark for.
pub(super) fn lower(draft: &Draft) -> u8 {
    u8::try_from(draft.layout.numbering.levels().len().clamp(1, 4)).unwrap_or(4)
}

pub(super) fn shift(draft: &mut Draft, id: &str, to: Way) -> Result<(), Unfit> {
    let at = index(draft, id)?;
    match to {
        Way::Up | Way::Down => beside(draft, at, to)?,
        Way::In => deeper(draft, at)?,
        Way::Out => outward(draft, at)?,
    }
    let at = index(draft, id)?;
    draft.lines[at].by_hand.insert(ByHand::Place);
    settle(draft);
    Ok(())
}

/// Changes places with the line before or behind it.
fn beside(draft: &mut Draft, at: usize, to: Way) -> Result<(), Unfit> {
    let lines = &mut draft.lines;
    let all = siblings(lines, at);
    let own = all.iter().position(|one| *one == at).unwrap_or_default();
    let (first, second) = match to {
        Way::Up => (own.checked_sub(1).ok_or(Unfit::AtTheEnd("上"))?, own),
        _ => (own, own + 1),
    };
    let second = *all.get(second).ok_or(Unfit::AtTheEnd("下"))?;
    let first = all[first];
    let depths: Vec<u8> = [first, second].map(|one| depth(lines, one)).into();
    let end = belonging(lines, second).end;
    lines[first..end].rotate_left(second - first);
    // Behind an item a line of text would be read as the item's own: it gets the number that it had in effect.
    let moved = first + (end - second);
    if lines[moved].level.is_none() && depth(lines, moved) != depths[0] {
        lines[moved].level = Some(depths[0]);
    }
    Ok(())
}

fn deeper(draft: &mut Draft, at: usize) -> Result<(), Unfit> {
    let lowest = lower(draft);
    let lines = &mut draft.lines;
    if lines[at].level.is_none() {
        return Err(Unfit::TextHasNoDepth);
    }
    let all = siblings(lines, at);
    let before = all.iter().take_while(|one| **one < at).last();
    if before.is_none_or(|before| lines[*before].level.is_none()) {
        return Err(Unfit::NothingAbove);
    }
    let range = belonging(lines, at);
    if lines[range.clone()]
        .iter()
        .filter_map(|line| line.level)
        .max()
        >= Some(lowest)
    {
        return Err(Unfit::TooDeep(lowest));
    }
    for level in lines[range]
        .iter_mut()
        .filter_map(|line| line.level.as_mut())
    {
        *level += 1;
    }
    Ok(())
}

fn outward(draft: &mut Draft, at: usize) -> Result<(), Unfit> {
    let lines = &mut draft.lines;
    if lines[at].level.is_none() {
        return Err(Unfit::TextHasNoDepth);
    }
    let above = parent(lines, at).ok_or(Unfit::AtTheEnd("外"))?;
    if lines[above].level.is_none() {
        return Err(Unfit::PartOfAProposal);
    }
    let (range, end) = (belonging(lines, at), belonging(lines, above).end);
    for level in lines[range.clone()]
        .iter_mut()
        .filter_map(|line| line.level.as_mut())
    {
        *level -= 1;
    }
    lines[range.start..end].rotate_left(range.len());
    Ok(())
}

pub(super) fn put(draft: &mut Draft, id: &str, before: Option<&str>) -> Result<(), Unfit> {
    let at = index(draft, id)?;
    let range = belonging(&draft.lines, at);
    let target = match before {
        Some(before) => index(draft, before)?,
        None => draft.lines.len(),
    };
    if range.contains(&target) {
        return if target == at {
            Ok(())
        } else {
            Err(Unfit::IntoItself)
        };
    }
    let own = depth(&draft.lines, at);
    let wanted = match before {
        Some(_) => depth(&draft.lines, target),
        None => 1,
    };
    let (lowest, target_id) = (lower(draft), before.map(str::to_owned));
    let mut moved: Vec<Line> = draft.lines.drain(range).collect();
    let deepest = moved
        .iter()
        .filter_map(|line| line.level)
        .max()
        .unwrap_or(1);
    if deepest + wanted > lowest + own {
        return Err(Unfit::TooDeep(lowest));
    }
    for level in moved.iter_mut().filter_map(|line| line.level.as_mut()) {
        *level = *level + wanted - own;
    }
    if moved[0].level.is_none() {
        moved[0].level = Some(wanted);
    }
    moved[0].by_hand.insert(ByHand::Place);
    let target = match target_id {
        Some(id) => index(draft, &id)?,
        None => draft.lines.len(),
    };
    draft.lines.splice(target..target, moved);
    let mut above = 0;
    for level in draft.lines.iter().filter_map(|line| line.level) {
        if level > above + 1 {
            return Err(Unfit::Skipped);
        }
        above = level;
    }
    settle(draft);
    Ok(())
}

/// Several items below one are numbered: a line of text that stands behind one of them would be read as its own.
pub(super) fn settle(draft: &mut Draft) {
    let lowest = lower(draft);
    let lines = &mut draft.lines;
    for at in 0..lines.len() {
        let Some(level) = lines[at].level else {
            continue;
        };
        let added = lines[at].by_hand.contains(&ByHand::Added)
            || lines[at].by_hand.contains(&ByHand::Place);
        let before = at.checked_sub(1).filter(|before| {
            let text = lines[*before].level.is_none() && lines[*before].paper.is_some();
            text && depth(lines, *before) == level
                && !lines[at].id.starts_with(&format!("{}/", lines[*before].id))
        });
        if let Some(before) = before.filter(|_| added && level <= lowest) {
            lines[before].level = Some(level);
        }
    }
}
