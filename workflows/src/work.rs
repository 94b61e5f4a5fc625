//! What is to be done now: work of the product, tasks of people, collections that take answers, and the next wake.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::calendar::Calendar;
use crate::command::At;
use crate::decide::resolve;
use crate::key::{Key, StepId};
use crate::outcome;
use crate::plan::{Kind, Plan, Step};
use crate::state::{Open, Phase, State, Status, TimerKind};

/// Something the product has to do and then report with [`Command::Settle`](crate::Command) or `Fail`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Work {
    pub key: Key,
    /// The same for every attempt; 64 hexadecimal digits.
    pub id: String,
    pub title: String,
    pub kind: WorkKind,
    /// Effect, computation, hook, or name of what is carried over.
    pub name: String,
    pub args: Vec<String>,
    pub since: At,
    /// Attempts that failed.
    pub attempts: u32,
    /// Not to be tried before this instant.
    pub not_before: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    Effect,
    Compute,
    /// Settled with the outcome that [`Script::gate`](crate::Script::gate) gives.
    Gate,
    Carry,
}

/// Something a person of a role has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    pub key: Key,
    pub title: String,
    pub role: String,
    /// Every role that owns the task; one of them does it.
    pub owners: Vec<String>,
    pub approval: bool,
    /// What may be chosen; the first is the ordinary one.
    pub outcomes: Vec<&'static str>,
    /// Where a 差戻し leads.
    pub sendback: Option<StepId>,
    pub since: At,
    pub due: Option<NaiveDate>,
    pub claimed_by: Option<String>,
    pub overdue: bool,
    pub escalated: bool,
}

/// A collection that takes answers, also while the cycle is suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Collection {
    pub key: Key,
    pub title: String,
    pub name: String,
    pub since: At,
    /// Answers are taken until the end of this day.
    pub closes: Option<NaiveDate>,
}

/// Work that waits for a person because of an incident is not in here: see [`open_incidents`]; nor is any
/// while the cycle is suspended.
pub fn open_work(state: &State, plan: &Plan) -> Vec<Work> {
    if state.phase == Phase::Suspended {
        return Vec::new();
    }
    let work = open_turns(state, plan).filter(|(_, _, open)| open.incident.is_none());
    work.filter_map(|(step, key, open)| {
        let (kind, name, args): (_, &String, &[String]) = match &step.kind {
            Kind::Effect { name, args } => (WorkKind::Effect, name, args),
            Kind::Compute { name, args } => (WorkKind::Compute, name, args),
            Kind::Gate { hook } => (WorkKind::Gate, hook, &[]),
            Kind::Carry { name } => (WorkKind::Carry, name, &[]),
            _ => return None,
        };
        Some(Work {
            id: key.effect_id(&state.cycle),
            title: step.title.clone(),
            kind,
            name: name.clone(),
            args: args.to_vec(),
            since: open.since,
            attempts: open.attempts,
            not_before: open.retry_at,
            key,
        })
    })
    .collect()
}

/// In the order of the plan; nothing while the cycle is suspended. Who holds the role is resolved by the
/// caller when the list is read.
pub fn open_tasks(state: &State, plan: &Plan) -> Vec<Task> {
    let mut tasks = Vec::new();
    if state.phase == Phase::Suspended {
        return tasks;
    }
    for (step, key, open) in open_turns(state, plan) {
        let approval = matches!(step.kind, Kind::Approval { .. });
        for (role, offer) in &open.offered {
            let mut outcomes = vec![if approval {
                outcome::APPROVED
            } else {
                outcome::DONE
            }];
            outcomes.extend(step.sendback.as_ref().map(|_| outcome::SENDBACK));
            tasks.push(Task {
                title: step.title.clone(),
                role: role.clone(),
                owners: match &step.kind {
                    Kind::Task { roles } => roles.clone(),
                    _ => vec![role.clone()],
                },
                approval,
                outcomes,
                sendback: step.sendback.clone(),
                since: offer.since,
                due: state.timer(&key, TimerKind::Due).map(|timer| timer.on),
                claimed_by: offer.claimed_by.clone(),
                overdue: open.overdue,
                escalated: open.escalated,
                key: key.clone(),
            });
        }
    }
    tasks
}

pub fn open_collections(state: &State, plan: &Plan) -> Vec<Collection> {
    let collections = open_turns(state, plan).filter_map(|(step, key, open)| match &step.kind {
        Kind::Collect { name } => Some(Collection {
            title: step.title.clone(),
            name: name.clone(),
            since: open.since,
            closes: state.timer(&key, TimerKind::Closes).map(|timer| timer.on),
            key,
        }),
        _ => None,
    });
    collections.collect()
}

/// Steps that wait for a person to say how to go on, with what went wrong.
pub fn open_incidents(state: &State, plan: &Plan) -> Vec<(Key, String)> {
    let open = open_turns(state, plan);
    open.filter_map(|(_, key, open)| Some((key, open.incident.clone()?)))
        .collect()
}

/// When something has to be looked at again: the first timer or the first retry. An instant that has
/// passed means: tick, and do the open work, now. A suspended cycle sleeps until it is resumed.
pub fn next_wake(state: &State) -> Option<DateTime<Utc>> {
    if state.phase == Phase::Suspended {
        return None;
    }
    let timer = state.timers.first().map(|timer| timer.fires_at);
    let turns = state.steps.values().flat_map(|items| items.values());
    let retries = turns.filter_map(|turn| match &turn.status {
        Status::Open(open) if open.incident.is_none() => open.retry_at,
        _ => None,
    });
    timer.into_iter().chain(retries).min()
}

/// The present date of a step's deadline or due date, also before it opens.
pub fn deadline(state: &State, plan: &Plan, step: &Step, calendar: &Calendar) -> Option<NaiveDate> {
    let extended = state.closings.get(&step.id);
    let rule = extended.or(step.closes.as_ref()).or(step.due.as_ref())?;
    resolve(state, plan, calendar, rule)
}

fn open_turns<'a>(
    state: &'a State,
    plan: &'a Plan,
) -> impl Iterator<Item = (&'a Step, Key, &'a Open)> {
    plan.steps.iter().flat_map(move |step| {
        let turns = state.steps.get(&step.id).into_iter().flatten();
        turns.filter_map(move |(item, turn)| match &turn.status {
            Status::Open(open) => Some((
                step,
                Key {
                    step: step.id.clone(),
                    item: item.clone(),
                    round: turn.round,
                },
                open,
            )),
            _ => None,
        })
    })
}
