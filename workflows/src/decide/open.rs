//! Opening and settling one turn of a step.

use super::Batch;
use super::cancel::rest;
use super::end::end;
use super::offers::asked;
use super::signal::take;
use super::timers::{cancel, rules, set};
use crate::key::Key;
use crate::plan::{Kind, Step};
use crate::record::{Event, How};

pub(super) fn open(batch: &mut Batch, step: &Step, key: Key) {
    cancel(batch, &key);
    batch.record(Event::StepOpened { key: key.clone() });
    let plan = batch.plan;
    for gone in step.withdraw.iter().filter_map(|id| plan.step(id.as_str())) {
        rest(batch, gone, &format!("「{}」が始まったため", step.title));
    }
    for (kind, rule) in rules(batch, step, batch.at.today) {
        set(batch, &key, kind, rule);
    }
    match &step.kind {
        Kind::Task { .. } | Kind::Approval { .. } => {
            for role in asked(step, &[]) {
                offer(batch, &key, role);
            }
        }
        Kind::Effect { name, args } => {
            let id = key.effect_id(&batch.state.cycle);
            batch.record(Event::EffectRequested {
                key,
                name: name.clone(),
                args: args.clone(),
                id,
            });
        }
        Kind::WaitFor { fresh, .. } => {
            if !fresh {
                take(batch, step, &key);
            }
        }
        Kind::End => end(batch, step, &key),
        // The shell finds these in the open work and among the children.
        Kind::Gate { .. } | Kind::Compute { .. } | Kind::Carry { .. } | Kind::Cycle { .. } => {}
        Kind::Collect { .. } | Kind::Reopen { .. } => {}
    }
}

pub(super) fn offer(batch: &mut Batch, key: &Key, role: &str) {
    batch.record(Event::TaskOffered {
        key: key.clone(),
        role: role.to_owned(),
    });
}

pub(super) fn settle(
    batch: &mut Batch,
    key: &Key,
    how: How,
    outcome: &str,
    because: Option<String>,
) {
    cancel(batch, key);
    withdraw(batch, key);
    batch.record(Event::StepSettled {
        key: key.clone(),
        how,
        outcome: outcome.to_owned(),
        because,
    });
}

/// Takes back the tasks that are still offered.
pub(super) fn withdraw(batch: &mut Batch, key: &Key) {
    let roles: Vec<String> = match batch.state.open(key) {
        Some(open) => open.offered.keys().cloned().collect(),
        None => return,
    };
    for role in roles {
        batch.record(Event::TaskWithdrawn {
            key: key.clone(),
            role,
        });
    }
}
