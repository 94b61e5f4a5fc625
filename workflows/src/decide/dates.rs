//! Dates that move.

use chrono::{Datelike, NaiveDate};

use super::Batch;
use super::advance::advance;
use super::timers::retime;
use crate::command::Actor;
use crate::record::Event;
use crate::refusal::Refusal;

pub(super) fn move_date(
    batch: &mut Batch,
    field: String,
    to: NaiveDate,
    by: Actor,
    reason: String,
) -> Result<(), Refusal> {
    let Some(from) = batch.state.dates.get(&field).copied() else {
        return Err(Refusal::UnknownDate { field });
    };
    if !(2000..=2100).contains(&to.year()) {
        return Err(Refusal::ImpossibleDate { date: to });
    }
    if from == to {
        return Ok(());
    }
    batch.by = Some(by);
    batch.record(Event::DateMoved {
        field,
        from,
        to,
        reason,
    });
    batch.by = None;
    retime(batch);
    advance(batch);
    Ok(())
}
