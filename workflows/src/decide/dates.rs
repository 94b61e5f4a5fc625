//! Dates that move and lists that become known.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::Batch;
use super::advance::advance;
use super::timers::retime;
use crate::command::Actor;
use crate::plan::{MAX_ITEMS, Per};
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

pub(super) fn set_list(batch: &mut Batch, list: String, items: Vec<String>) -> Result<(), Refusal> {
    let bad = |why: &str| Refusal::BadList {
        list: list.clone(),
        why: why.to_owned(),
    };
    let named = |per: &Option<Per>| matches!(per, Some(Per::List(name)) if *name == list);
    if !batch.plan.steps.iter().any(|step| named(&step.per)) {
        return Err(bad("この計画では使われていません"));
    }
    match batch.state.lists.get(&list) {
        Some(known) if *known == items => return Ok(()),
        Some(_) => return Err(bad("すでに決まっています")),
        None => {}
    }
    let distinct: BTreeSet<&String> = items.iter().collect();
    if items.len() > MAX_ITEMS || distinct.len() < items.len() || items.iter().any(String::is_empty)
    {
        return Err(bad("2,000件までの、重ならない空でない名前にしてください"));
    }
    batch.record(Event::ListSet { list, items });
    advance(batch);
    Ok(())
}
