//! Child cycles: what a `.cycle("…")` step wants of the cycles below it.
//!
//! The shell compares this with the cycles that run: it starts what should run and does not (with its
//! [`Parent`](crate::Parent)), terminates what should not and does, and settles the step with `done` or
//! `terminated` when the child has ended. So a crash in between loses nothing.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::key::Key;
use crate::outcome;
use crate::plan::{Kind, Plan};
use crate::record::How;
use crate::state::{Phase, State, Status};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Child {
    /// The step of this cycle that waits for the child.
    pub key: Key,
    /// Id of the child: no other cycle has it.
    pub cycle: String,
    /// Which cycle of the municipality it is a turn of.
    pub name: String,
    pub title: String,
    /// False: its step was cancelled or begun anew, or this cycle was given up; the child is to be terminated.
    pub wanted: bool,
    /// A start that failed is not to be tried again before this instant.
    pub not_before: Option<DateTime<Utc>>,
}

/// Every child that should run now, and every one that was begun and should run no longer. A child whose
/// start keeps failing is not listed: it waits for a person ([`open_incidents`](crate::open_incidents)).
pub fn children(state: &State, plan: &Plan) -> Vec<Child> {
    let mut children = Vec::new();
    for step in &plan.steps {
        let Kind::Cycle { name } = &step.kind else {
            continue;
        };
        for (item, turn) in state.steps.get(&step.id).into_iter().flatten() {
            let child = |round: u32, wanted: bool, not_before| {
                let key = Key {
                    step: step.id.clone(),
                    item: item.clone(),
                    round,
                };
                Child {
                    cycle: key.child_id(&state.cycle),
                    name: name.clone(),
                    title: step.title.clone(),
                    key,
                    wanted,
                    not_before,
                }
            };
            let given_up = turn.past.iter().filter(|past| {
                let settled = past.settled.as_ref();
                settled.is_none_or(|settled| settled.how == How::Cancelled)
            });
            children.extend(given_up.map(|past| child(past.round, false, None)));
            match &turn.status {
                Status::Open(open) if state.phase == Phase::Terminated => {
                    children.push(child(turn.round, false, open.retry_at));
                }
                // While it is suspended nothing is begun, and what has ended is reported afterwards.
                Status::Open(_) if state.phase == Phase::Suspended => {}
                Status::Open(open) if open.incident.is_none() => {
                    children.push(child(turn.round, true, open.retry_at));
                }
                Status::Settled(settled) if settled.how == How::Cancelled => {
                    children.push(child(turn.round, false, None));
                }
                _ => {}
            }
        }
    }
    let is_cycle = |key: &Key| {
        let step = plan.step(key.step.as_str());
        step.is_some_and(|step| matches!(step.kind, Kind::Cycle { .. }))
    };
    let orphans = state.orphans.iter().filter(|(key, _)| !is_cycle(key));
    children.extend(orphans.map(|(key, name)| Child {
        cycle: key.child_id(&state.cycle),
        title: plan.title_of(&key.step),
        name: name.clone(),
        key: key.clone(),
        wanted: false,
        not_before: None,
    }));
    children
}

/// How a child may have ended.
pub(crate) fn is_end(outcome: &str) -> bool {
    [outcome::DONE, outcome::TERMINATED].contains(&outcome)
}
