//! Beginning.

use super::Batch;
use super::advance::advance;
use super::pieces::pieces;
use crate::command::{Actor, Parent};
use crate::record::Event;

pub(super) fn start(batch: &mut Batch, cycle: String, by: Actor, parent: Option<Parent>) {
    batch.by = Some(by);
    let plan = batch.plan;
    let dates = plan.dates.iter().map(|(field, on)| (field.clone(), *on));
    let mut pieces = pieces(dates.collect()).into_iter();
    batch.record(Event::CycleStarted {
        cycle,
        plan: plan.hash.clone(),
        title: plan.title.clone(),
        fiscal_year: plan.fiscal_year,
        dates: pieces.next().into_iter().flatten().collect(),
        parent,
    });
    for dates in pieces {
        let dates = dates.into_iter().collect();
        batch.record(Event::DatesGiven { dates });
    }
    batch.by = None;
    advance(batch);
}
