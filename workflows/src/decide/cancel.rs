//! Cancelling: a step, one of its items, or what another step withdraws. What follows goes on.

use super::Batch;
use super::advance::advance;
use super::lookup::{Found, already};
use super::open::settle;
use crate::command::Actor;
use crate::items::{grows, is_settled, items};
use crate::key::Key;
use crate::outcome;
use crate::plan::Step;
use crate::record::How;
use crate::refusal::Refusal;

pub(super) fn cancel(
    batch: &mut Batch,
    key: &Key,
    by: Actor,
    reason: String,
) -> Result<(), Refusal> {
    let plan = batch.plan;
    let step = plan.step(key.step.as_str());
    if let Some(step) = step.filter(|step| step.per.is_some() && key.item.is_empty()) {
        return all_items(batch, step, by, reason);
    }
    let step = match batch.find(key) {
        Ok(Found::Past(step, _)) => return Err(batch.old_round(step, key)),
        Ok(Found::Settled(step, settled)) if settled.how != How::Cancelled => {
            return Err(already(step, &settled));
        }
        Ok(Found::Settled(..)) => return Ok(()),
        Ok(Found::Open(step, _)) => Some(step),
        // What has not opened yet can be cancelled too: it will not take place.
        Err(Refusal::NotOpen { .. }) => step,
        Err(refusal) => return Err(refusal),
    };
    let present = batch.state.key(&key.step, &key.item);
    if present.round != key.round {
        return Err(Refusal::UnknownStep {
            step: key.to_string(),
        });
    }
    if let Some(step) = step {
        skippable(step)?;
    }
    batch.by = Some(by);
    settle(batch, key, How::Cancelled, outcome::CANCELLED, Some(reason));
    batch.by = None;
    advance(batch);
    Ok(())
}

fn all_items(batch: &mut Batch, step: &Step, by: Actor, reason: String) -> Result<(), Refusal> {
    skippable(step)?;
    let before = batch.records.len();
    batch.by = Some(by);
    rest(batch, step, &reason);
    batch.by = None;
    if batch.records.len() > before {
        advance(batch);
    }
    Ok(())
}

/// Cancels whatever of the step is not settled, and lets nothing be added to it.
pub(super) fn rest(batch: &mut Batch, step: &Step, because: &str) {
    let known = items(&batch.state, batch.plan, step);
    let growing = known.is_none() || grows(&batch.state, batch.plan, step);
    let known = known.unwrap_or_default();
    let mut left: Vec<Key> = known
        .iter()
        .filter(|item| !is_settled(&batch.state, step, item))
        .map(|item| batch.state.key(&step.id, item))
        .collect();
    if growing && !is_settled(&batch.state, step, "") {
        left.push(batch.state.key(&step.id, ""));
    }
    for key in left {
        let because = Some(because.to_owned());
        settle(batch, &key, How::Cancelled, outcome::CANCELLED, because);
    }
}

fn skippable(step: &Step) -> Result<(), Refusal> {
    if step.unskippable {
        return Err(Refusal::Unskippable {
            title: step.title.clone(),
        });
    }
    Ok(())
}
