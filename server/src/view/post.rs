//! Letters as the secretariat sees them: what was due, what became of each.

use engine::letter::Letter;
use engine::year::{Fate, Held, Posted};
use minijinja::context;
use minijinja::value::Value;

use super::when;

/// Letters that were due, the first first.
pub fn due(held: &Held) -> Vec<Value> {
    let due = held.letters.iter().map(|letters| {
        context! {
            at => when::moment(letters.at),
            letter => letters.letter.label(),
            way => letters.way.label(),
            by_hand => letters.way != engine::year::Way::Mail,
            count => letters.respondents,
            by_mail => letters.by_mail,
        }
    });
    due.collect()
}

/// What became of a letter, and whether that is bad news.
pub fn said(posted: &Posted) -> (String, bool) {
    let at = when::short(posted.at);
    match &posted.fate {
        Fate::Sent => (format!("送信済み {at}"), false),
        Fate::Queued => (format!("もう一度送るところです {at}"), false),
        Fate::Failed { why, retry_at, .. } => (
            format!(
                "まだ送れていません: {why}。{}にもう一度送ります",
                when::short(*retry_at)
            ),
            true,
        ),
        Fate::Abandoned { why } => (format!("送れませんでした: {why}"), true),
        Fate::Dropped { why } => (format!("送りませんでした: {}", why.label()), false),
    }
}

/// The letter to write by hand now: once reminders were due, a reminder.
pub fn kind(held: &Held) -> Letter {
    let reminded = held
        .letters
        .iter()
        .any(|due| due.letter == Letter::Reminder);
    match reminded {
        true => Letter::Reminder,
        false => Letter::Invitation,
    }
}
