//! Beginning and giving up.

use super::Batch;
use super::advance::advance;
use crate::command::Actor;
use crate::record::Event;

pub(super) fn start(batch: &mut Batch, cycle: String, by: Actor) {
    batch.by = Some(by);
    batch.record(Event::CycleStarted {
        cycle,
        plan: batch.plan.hash.clone(),
        title: batch.plan.title.clone(),
        fiscal_year: batch.plan.fiscal_year,
        dates: batch.plan.dates.clone(),
    });
    batch.by = None;
    advance(batch);
}

pub(super) fn terminate(batch: &mut Batch, by: Actor, reason: String) {
    batch.by = Some(by);
    batch.record(Event::CycleTerminated { reason });
}
