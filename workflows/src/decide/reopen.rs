//! Reopening: a 差戻し or a loop begins an earlier step anew, and with it everything that followed from it.

use super::Batch;
use super::open::withdraw;
use super::timers::cancel;
use crate::key::{Key, StepId};
use crate::record::Event;
use crate::rule::DateRule;
use crate::state::Status;

/// `by_step`: whose doing it is; it counts against that step's `max`.
pub(super) fn reopen(
    batch: &mut Batch,
    target: &StepId,
    reason: String,
    by_step: Key,
    closes: Option<DateRule>,
) {
    let mut cascade = Vec::new();
    for id in batch.plan.downstream(target) {
        let turns: Vec<(Key, bool)> = match batch.state.steps.get(&id) {
            Some(items) => items
                .iter()
                .map(|(item, turn)| {
                    let key = Key {
                        step: id.clone(),
                        item: item.clone(),
                        round: turn.round,
                    };
                    (key, turn.status != Status::Waiting)
                })
                .collect(),
            // Never opened: only a timer can be waiting for it.
            None => Vec::new(),
        };
        cancel_waiting(batch, &id);
        for (key, begun) in turns {
            cancel(batch, &key);
            withdraw(batch, &key);
            if begun {
                cascade.push(Key {
                    round: key.round + 1,
                    ..key
                });
            }
        }
    }
    let target = batch.state.key(target, "");
    batch.record(Event::StepReopened {
        target,
        cascade,
        reason,
        by_step: Some(by_step),
        closes,
    });
}

/// Timers for the opening of turns that have no state yet.
fn cancel_waiting(batch: &mut Batch, id: &StepId) {
    let keys: Vec<Key> = batch
        .state
        .timers
        .iter()
        .filter(|timer| timer.key.step == *id)
        .map(|timer| timer.key.clone())
        .collect();
    for key in keys {
        cancel(batch, &key);
    }
}
