//! Texts that come in with a command are short: they stand in records, and a record is small.

use crate::command::{Actor, Command};
use crate::refusal::Refusal;

/// Bytes as JSON: 500 Japanese characters of a reason, 64 of a name, and the id of a cycle, which for a
/// child is made of its parent's id, the step and the item.
const LONGEST_REASON: usize = 1_500;
const LONGEST_NAME: usize = 192;
const LONGEST_CYCLE: usize = 750;

/// # Errors
/// `TooLong`, with the text and how long it may be.
pub(super) fn short_enough(command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Start { cycle, by, .. } => {
            within("サイクルのID", cycle, LONGEST_CYCLE)?;
            actor(by)
        }
        Command::Claim { by, .. }
        | Command::Release { by, .. }
        | Command::PullBack { by, .. }
        | Command::Retry { by, .. }
        | Command::AddItem { by, .. } => actor(by),
        Command::Complete { by, comment, .. } => {
            reason(comment.as_deref().unwrap_or_default())?;
            actor(by)
        }
        Command::Cancel {
            by, reason: why, ..
        }
        | Command::MoveDate {
            by, reason: why, ..
        }
        | Command::Suspend { by, reason: why }
        | Command::Resume { by, reason: why }
        | Command::Terminate { by, reason: why } => {
            reason(why)?;
            actor(by)
        }
        Command::Adopt(adoption) => {
            reason(&adoption.reason)?;
            actor(&adoption.by)
        }
        Command::Settle { outcome, .. } => name("結果", outcome),
        Command::Signal {
            name: signal,
            key,
            dedup,
        } => {
            name("知らせの名前", signal)?;
            name("知らせの対象", key)?;
            name("知らせの番号", dedup.as_deref().unwrap_or_default())
        }
        // What went wrong is cut, not refused: see `fail`. Lists say themselves what is wrong with them.
        Command::Tick | Command::Fail { .. } | Command::SetList { .. } => Ok(()),
    }
}

/// The beginning of a message, as long as a record can hold it.
pub(super) fn cut(message: &str) -> String {
    let mut bytes = 0;
    let short = message.chars().take_while(|letter| {
        // A control character is six bytes of JSON.
        bytes += if letter.is_control() {
            6
        } else {
            letter.len_utf8().max(2)
        };
        bytes <= LONGEST_REASON
    });
    short.collect()
}

fn actor(by: &Actor) -> Result<(), Refusal> {
    name("名前", &by.person)?;
    name("役割", &by.role)?;
    name(
        "代決を受けた人",
        by.on_behalf_of.as_deref().unwrap_or_default(),
    )
}

fn name(what: &'static str, text: &str) -> Result<(), Refusal> {
    within(what, text, LONGEST_NAME)
}

fn reason(text: &str) -> Result<(), Refusal> {
    within("理由や意見", text, LONGEST_REASON)
}

const QUOTES: usize = 2;

fn within(what: &'static str, text: &str, bytes: usize) -> Result<(), Refusal> {
    if text.len() <= bytes / 6 || super::pieces::size(text) <= bytes + QUOTES {
        return Ok(());
    }
    Err(Refusal::TooLong {
        what,
        letters: bytes / 3,
    })
}
