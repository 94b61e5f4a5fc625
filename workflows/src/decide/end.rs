//! Ends before everything is done: a step that ends the cycle, and giving up.

use super::Batch;
use super::open::settle;
use crate::command::Actor;
use crate::key::Key;
use crate::outcome;
use crate::plan::Step;
use crate::readiness::undecided;
use crate::record::{Event, How};
use crate::refusal::Refusal;
use crate::state::Status;

/// Withdraws everything that is open, and completes the cycle.
pub(super) fn end(batch: &mut Batch, step: &Step, key: &Key) {
    settle(batch, key, How::Done, outcome::DONE, None);
    let open: Vec<Key> = batch
        .state
        .steps
        .iter()
        .flat_map(|(id, items)| items.iter().map(move |(item, turn)| (id, item, turn)))
        .filter(|(_, _, turn)| matches!(turn.status, Status::Open(_)))
        .map(|(id, item, _)| batch.state.key(id, item))
        .collect();
    for key in open {
        let because = Some(format!("「{}」によりサイクルが終わったため", step.title));
        settle(batch, &key, How::Cancelled, outcome::CANCELLED, because);
    }
    batch.record(Event::CycleCompleted);
}

pub(super) fn terminate(batch: &mut Batch, by: Actor, reason: String) -> Result<(), Refusal> {
    if let Some(step) = undecided(&batch.state, batch.plan) {
        return Err(Refusal::Undecided {
            title: step.title.clone(),
        });
    }
    batch.by = Some(by);
    batch.record(Event::CycleTerminated { reason });
    Ok(())
}
