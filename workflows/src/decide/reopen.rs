//! Reopening: a 差戻し, a 引戻し or a loop begins an earlier step anew, and with it everything that followed.
//!
//! Where the steps are over the same items, one item goes back and the others stay where they are.

use super::Batch;
use super::open::withdraw;
use super::pieces::pieces;
use super::timers::cancel;
use crate::key::{Key, StepId};
use crate::plan::Step;
use crate::record::Event;
use crate::rule::DateRule;
use crate::state::Status;

pub(super) struct Reopening<'a> {
    pub target: &'a StepId,
    /// An item of `target`; empty: all of them.
    pub item: &'a str,
    pub reason: String,
    /// Whose doing it is; it counts against that step's `max`.
    pub by_step: Option<Key>,
    pub closes: Option<DateRule>,
}

pub(super) fn reopen(batch: &mut Batch, reopening: Reopening) {
    let Reopening { target, item, .. } = reopening;
    let turns = cascade(batch, target, item);
    cancel_waiting(batch, target, item);
    let mut begun = Vec::new();
    for key in turns {
        cancel(batch, &key);
        withdraw(batch, &key);
        let turn = batch.state.turn(&key.step, &key.item);
        if turn.is_some_and(|turn| turn.status != Status::Waiting) {
            begun.push(Key {
                round: key.round + 1,
                ..key
            });
        }
    }
    let mut pieces = pieces(begun).into_iter();
    let target = batch.state.key(target, item);
    batch.record(Event::StepReopened {
        target,
        cascade: pieces.next().unwrap_or_default(),
        reason: reopening.reason,
        by_step: reopening.by_step,
        closes: reopening.closes,
    });
    for cascade in pieces {
        batch.record(Event::TurnsReopened { cascade });
    }
}

/// The item that goes back when a turn of `step` sends back to `target`: its own, if both are over the same items.
pub(super) fn item_of<'a>(batch: &Batch, step: &Step, key: &'a Key, target: &StepId) -> &'a str {
    let target = batch.plan.step(target.as_str());
    match target.is_some_and(|target| target.per == step.per) {
        true => &key.item,
        false => "",
    }
}

/// The turns, in their present rounds, that would be withdrawn or begin anew.
pub(super) fn cascade(batch: &Batch, target: &StepId, item: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    for id in batch.plan.downstream(target) {
        for (of, turn) in batch.state.steps.get(&id).into_iter().flatten() {
            if concerns(batch, target, item, &id, of) {
                keys.push(Key {
                    step: id.clone(),
                    item: of.clone(),
                    round: turn.round,
                });
            }
        }
    }
    keys
}

/// The highest round that anything in the cascade has reached.
pub(super) fn deepest(batch: &Batch, target: &StepId, item: &str) -> u32 {
    let rounds = cascade(batch, target, item)
        .into_iter()
        .map(|key| key.round);
    rounds.max().unwrap_or(1)
}

fn concerns(batch: &Batch, target: &StepId, item: &str, id: &StepId, of: &str) -> bool {
    if item.is_empty() || item == of {
        return true;
    }
    let per = |id: &StepId| {
        batch
            .plan
            .step(id.as_str())
            .and_then(|step| step.per.as_ref())
    };
    per(target) != per(id)
}

/// Timers for the opening of turns that have no state yet.
fn cancel_waiting(batch: &mut Batch, target: &StepId, item: &str) {
    let downstream = batch.plan.downstream(target);
    let keys: Vec<Key> = batch
        .state
        .timers
        .iter()
        .map(|timer| &timer.key)
        .filter(|key| downstream.contains(&key.step))
        .filter(|key| concerns(batch, target, item, &key.step, &key.item))
        .cloned()
        .collect();
    for key in keys {
        cancel(batch, &key);
    }
}
