//! Editing a drafted 次第 by hand: one edit gives another draft, or says why not.
//!
//! A line is an item (level 1 to 4) or a line of text below the item before it. What belongs to a line moves with
//! it: the lines below an item, and the parts of a proposal. Numbers of papers follow the order of the lines.
//! Everything that a person decides is marked ([`ByHand`](super::ByHand)), so that [`merge`](super::merge())
//! keeps it.

mod lines;
mod papers;
mod place;

use serde::{Deserialize, Serialize};

use super::numbers::renumber;
use super::outline::{Content, Draft, LineKind, Rank};
use super::suggest::Suggestion;

/// Characters of a title, of a note, of a reason.
const LONGEST_TITLE: usize = 200;
const LONGEST_WHY: usize = 500;
/// Notes below one line, and lines of one 次第.
const MOST_NOTES: usize = 10;
const MOST_LINES: usize = 200;

/// What a person does to a draft. Lines and papers are named by their ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Edit {
    /// Puts a new line below another one, or where its kind belongs.
    Add {
        line: NewLine,
        #[serde(default)]
        under: Option<String>,
    },
    /// What a line says. Without a number it is a line of text.
    Change {
        line: String,
        to: NewLine,
        numbered: bool,
    },
    /// Takes a line out, with what belongs to it and its papers.
    SetAside {
        line: String,
        why: String,
    },
    /// Puts back what was set aside.
    Restore {
        line: String,
    },
    Move {
        line: String,
        to: Way,
    },
    /// Puts a line right before another one, as deep as that one; without one at the end.
    Place {
        line: String,
        #[serde(default)]
        before: Option<String>,
    },
    /// Follows a suggestion.
    Take {
        suggestion: Suggestion,
    },
    /// Does not follow a suggestion: it is not made again.
    Refuse {
        suggestion: Suggestion,
        why: String,
    },
    /// Adds a paper to a line, or to the whole meeting.
    Attach {
        paper: NewPaper,
        #[serde(default)]
        line: Option<String>,
    },
    Retitle {
        paper: String,
        title: String,
    },
    Detach {
        paper: String,
    },
}

/// What a person types for a line.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewLine {
    pub title: String,
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(default)]
    pub kind: Option<LineKind>,
}

/// A paper that a person attaches.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewPaper {
    pub title: String,
    pub content: Content,
    /// `Annex` of the paper of its line whatever it names.
    pub rank: Rank,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Up,
    Down,
    /// Below the item before it.
    In,
    /// Beside the item above it.
    Out,
}

/// Why an edit is not possible. The sentence is for whoever edits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("この行はもうありません。画面を開き直してください。")]
    NoLine,
    #[error("この資料はもうありません。画面を開き直してください。")]
    NoPaper,
    #[error("件名を書いてください。")]
    NoTitle,
    #[error("{what}が長すぎます。{most}文字までにしてください。")]
    TooLong { what: &'static str, most: usize },
    #[error("一つの行に付けられる注記は10行までです。")]
    TooManyNotes,
    #[error("次第は200行までです。")]
    TooManyLines,
    #[error("外す理由を書いてください。")]
    NoReason,
    #[error("これより{0}には動かせません。")]
    AtTheEnd(&'static str),
    #[error("番号のない行の段は変えられません。先に番号を付けてください。")]
    TextHasNoDepth,
    #[error("この様式の番号は{0}段までです。これより深くできません。")]
    TooDeep(u8),
    #[error("前に番号の付いた項目がないため、その下には入れられません。")]
    NothingAbove,
    #[error("協議事項の一部です。協議事項ごと動かしてください。")]
    PartOfAProposal,
    #[error("自分の下へは動かせません。")]
    IntoItself,
    #[error("一段飛ばした深さになります。一段浅い所へ置いてください。")]
    Skipped,
    #[error("この行にはもう資料があります。別添にするか、行を足してください。")]
    HasPaper,
    #[error("別添は、資料のある行に付けてください。")]
    NoMainPaper,
    #[error("同じ資料がもう入っています。")]
    PaperTwice,
    #[error("次第は外せません。")]
    AgendaStays,
}

/// The draft after an edit.
///
/// # Errors
/// It does not fit the draft; then nothing changes.
pub fn edit(draft: &Draft, edit: Edit) -> Result<Draft, Unfit> {
    let mut next = draft.clone();
    match edit {
        Edit::Add { line, under } => lines::add(&mut next, line, under.as_deref())?,
        Edit::Change { line, to, numbered } => lines::change(&mut next, &line, to, numbered)?,
        Edit::SetAside { line, why } => lines::set_aside(&mut next, &line, why)?,
        Edit::Restore { line } => lines::restore(&mut next, &line)?,
        Edit::Move { line, to } => place::shift(&mut next, &line, to)?,
        Edit::Place { line, before } => place::put(&mut next, &line, before.as_deref())?,
        Edit::Take { suggestion } => lines::take(&mut next, suggestion)?,
        Edit::Refuse { suggestion, why } => lines::refuse(&mut next, suggestion, why)?,
        Edit::Attach { paper, line } => papers::attach(&mut next, paper, line.as_deref())?,
        Edit::Retitle { paper, title } => papers::retitle(&mut next, &paper, &title)?,
        Edit::Detach { paper } => papers::detach(&mut next, &paper)?,
    }
    if next.lines.len() > MOST_LINES {
        return Err(Unfit::TooManyLines);
    }
    renumber(&mut next);
    Ok(next)
}

/// The text of a person in one line.
fn one_line(text: &str, what: &'static str, most: usize) -> Result<String, Unfit> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() > most {
        true => Err(Unfit::TooLong { what, most }),
        false => Ok(text),
    }
}

fn title(text: &str) -> Result<String, Unfit> {
    let title = one_line(text, "件名", LONGEST_TITLE)?;
    if title.is_empty() {
        Err(Unfit::NoTitle)
    } else {
        Ok(title)
    }
}

fn reason(why: &str) -> Result<String, Unfit> {
    let why = one_line(why, "理由", LONGEST_WHY)?;
    if why.is_empty() {
        Err(Unfit::NoReason)
    } else {
        Ok(why)
    }
}
