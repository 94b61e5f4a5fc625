//! What a decision would bring about, found by making it on a copy of the state.

use crate::calendar::Calendar;
use crate::command::{Actor, At, Command};
use crate::decide::decide;
use crate::key::Key;
use crate::plan::{Kind, Plan};
use crate::record::{Event, How, Record};
use crate::refusal::Refusal;
use crate::state::{State, Status};

/// Something that its doer may take back now (引戻し).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBack {
    pub key: Key,
    pub title: String,
    /// The role in which it was done.
    pub role: String,
}

/// The turns that a command would begin anew, the reopened one first; empty where it reopens nothing.
///
/// # Errors
/// The refusal with which [`decide`] would answer.
pub fn begun_anew(
    state: &State,
    plan: &Plan,
    command: Command,
    at: &At,
    calendar: &Calendar,
) -> Result<Vec<Key>, Refusal> {
    let records = decide(state, plan, command, at, calendar)?;
    Ok(records.iter().flat_map(anew).cloned().collect())
}

fn anew(record: &Record) -> &[Key] {
    match &record.event {
        Event::StepReopened { cascade, .. } | Event::TurnsReopened { cascade } => cascade,
        _ => &[],
    }
}

/// What a person has done and may still take back, the newest first.
pub fn take_backs(
    state: &State,
    plan: &Plan,
    person: &str,
    at: &At,
    calendar: &Calendar,
) -> Vec<TakeBack> {
    let mut found = Vec::new();
    for step in &plan.steps {
        if !matches!(step.kind, Kind::Task { .. }) {
            continue;
        }
        for (item, turn) in state.steps.get(&step.id).into_iter().flatten() {
            let Status::Settled(settled) = &turn.status else {
                continue;
            };
            let by = |made: &crate::state::Decision| {
                made.by.as_ref().is_some_and(|by| by.person == person)
            };
            let own = settled.decisions.iter().find(|made| by(made));
            let Some(own) = own.filter(|_| settled.how == How::Done) else {
                continue;
            };
            let key = Key {
                step: step.id.clone(),
                item: item.clone(),
                round: turn.round,
            };
            let command = Command::PullBack {
                key: key.clone(),
                by: Actor::new(person, &own.role),
            };
            if decide(state, plan, command, at, calendar).is_ok() {
                let title = plan.title_with_item(&key);
                let role = own.role.clone();
                found.push((settled.at, TakeBack { key, title, role }));
            }
        }
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    found.into_iter().map(|(_, one)| one).collect()
}
