//! Opening and settling one turn of a step.

use super::Batch;
use super::cancel::rest;
use super::end::end;
use super::signal::take;
use super::timers::{cancel, set};
use crate::key::Key;
use crate::plan::{Kind, Step};
use crate::record::{Event, How};
use crate::rule::{Base, DateRule};
use crate::state::TimerKind;

pub(super) fn open(batch: &mut Batch, step: &Step, key: Key) {
    cancel(batch, &key);
    batch.record(Event::StepOpened { key: key.clone() });
    let plan = batch.plan;
    for gone in step.withdraw.iter().filter_map(|id| plan.step(id.as_str())) {
        rest(batch, gone, &format!("「{}」が始まったため", step.title));
    }
    if let Some(rule) = &step.due {
        set(batch, &key, TimerKind::Due, rule.clone());
    }
    if let Some(offset) = step.escalate {
        let base = step
            .due
            .clone()
            .unwrap_or(DateRule::new(Base::Day(batch.at.today)));
        set(batch, &key, TimerKind::Escalates, base.plus(offset));
    }
    match &step.kind {
        Kind::Approval { roles, need: None } => {
            if let Some(first) = roles.first() {
                offer(batch, &key, first);
            }
        }
        Kind::Task { roles }
        | Kind::Approval {
            roles,
            need: Some(_),
        } => roles.iter().for_each(|role| offer(batch, &key, role)),
        Kind::Effect { name, args } => {
            let id = key.effect_id(&batch.state.cycle);
            batch.record(Event::EffectRequested {
                key,
                name: name.clone(),
                args: args.clone(),
                id,
            });
        }
        Kind::Collect { .. } => close_on_time(batch, step, &key),
        Kind::WaitFor { fresh, .. } => {
            close_on_time(batch, step, &key);
            if !fresh {
                take(batch, step, &key);
            }
        }
        Kind::End => end(batch, step, &key),
        // The shell finds these in the open work and among the children.
        Kind::Gate { .. }
        | Kind::Compute { .. }
        | Kind::Carry { .. }
        | Kind::Cycle { .. }
        | Kind::Reopen { .. } => {}
    }
}

fn close_on_time(batch: &mut Batch, step: &Step, key: &Key) {
    let extended = batch.state.closings.get(&key.step);
    if let Some(rule) = extended.or(step.closes.as_ref()).cloned() {
        set(batch, key, TimerKind::Closes, rule);
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
