//! Papers that a person attaches, renames and takes away.

use super::place::index;
use super::{NewPaper, Unfit, title};
use crate::meeting::outline::{ByHand, Content, Draft, Paper, Rank};

pub(super) fn attach(draft: &mut Draft, new: NewPaper, line: Option<&str>) -> Result<(), Unfit> {
    let title = title(&new.title)?;
    let at = line.map(|id| index(draft, id)).transpose()?;
    let id = match &new.content {
        Content::Own { paper, .. } => paper.clone(),
        Content::Plan => "plan".to_owned(),
        Content::Report { survey } => format!("report-{survey}"),
        Content::FreeText { survey } => format!("free-text-{survey}"),
        _ => {
            draft.added += 1;
            format!("hand-{}", draft.added)
        }
    };
    if draft.paper(&id).is_some() {
        return Err(Unfit::PaperTwice);
    }
    let main = at.and_then(|at| draft.lines[at].paper.clone());
    let rank = match (new.rank, main) {
        (Rank::Main, Some(_)) => return Err(Unfit::HasPaper),
        (Rank::Annex { .. }, Some(of)) => Rank::Annex { of },
        (Rank::Annex { .. }, None) => return Err(Unfit::NoMainPaper),
        (rank, _) => rank,
    };
    let kind = at
        .and_then(|at| draft.lines[at].kind)
        .filter(|_| rank == Rank::Main);
    if let Some(at) = at.filter(|_| rank == Rank::Main) {
        let line = &mut draft.lines[at];
        line.paper = Some(id.clone());
        line.by_hand.insert(ByHand::Paper);
    }
    draft.papers.push(Paper {
        id,
        number: None,
        title,
        kind: kind.map(|kind| kind.corner()),
        content: new.content,
        rank,
        by_hand: true,
    });
    Ok(())
}

pub(super) fn retitle(draft: &mut Draft, id: &str, to: &str) -> Result<(), Unfit> {
    let to = title(to)?;
    let mut papers = draft.papers.iter_mut();
    let paper = papers.find(|paper| paper.id == id).ok_or(Unfit::NoPaper)?;
    if paper.title != to {
        paper.title = to;
        paper.by_hand = true;
    }
    Ok(())
}

/// A paper goes, with what is attached to it.
pub(super) fn detach(draft: &mut Draft, id: &str) -> Result<(), Unfit> {
    let paper = draft.paper(id).ok_or(Unfit::NoPaper)?;
    if paper.content == Content::Agenda {
        return Err(Unfit::AgendaStays);
    }
    draft
        .papers
        .retain(|paper| paper.id != id && !matches!(&paper.rank, Rank::Annex { of } if of == id));
    for line in &mut draft.lines {
        if line.paper.as_deref() == Some(id) {
            line.paper = None;
            line.by_hand.insert(ByHand::Paper);
        }
    }
    Ok(())
}
