//! Adopting another plan in a running cycle, step by step id.
//!
//! | in the cycle | in the new plan | becomes |
//! |---|---|---|
//! | settled | anything | history, as it is |
//! | open | same work | keeps its task and answers; roles are offered again, timers set again |
//! | open | other work (another kind, effect, survey, signal …) | withdrawn; its next round opens when it is its turn |
//! | open | not there (the step, or the item) | withdrawn if that was chosen, otherwise the plan is refused; it is refused anyway if the step is unskippable |
//! | not yet open | anything | replaced |
//!
//! A date that was moved by hand stays where it is, unless the new plan's own date differs from the old plan's.
//! Lists, kept signals and extended deadlines stay. So adopting the old plan again takes everything back but the
//! rounds that were withdrawn, which begin anew.

use super::Batch;
use super::advance::advance;
use super::offers::offer_again;
use super::open::withdraw;
use super::timers::{cancel, reschedule};
use crate::command::Adoption;
use crate::difference::Difference;
use crate::items::items;
use crate::key::Key;
use crate::plan::{Kind, Plan, Step};
use crate::record::{Event, Record};
use crate::refusal::Refusal;
use crate::rule::Base;
use crate::state::State;

/// The batch is already on the new plan.
pub(super) fn adopt(
    mut batch: Batch,
    old: &Plan,
    adoption: &Adoption,
) -> Result<Vec<Record>, Refusal> {
    super::suspend::reasoned("計画の変更", &adoption.reason)?;
    let gone = gone(&batch.state, batch.plan);
    let mut leaving = gone.iter().filter_map(|key| old.step(key.step.as_str()));
    if let Some(step) = leaving.find(|step| step.unskippable) {
        return Err(Refusal::Unskippable {
            title: step.title.clone(),
        });
    }
    let mut unchosen = gone.iter().filter(|key| !adoption.cancel.contains(key));
    if let Some(first) = unchosen.next() {
        let title = old.title_with_item(first);
        let others = unchosen.count();
        return Err(Refusal::ChoiceRequired { title, others });
    }
    let new = batch.plan;
    batch.by = Some(adoption.by.clone());
    batch.record(Event::PlanAdopted {
        from: old.hash.clone(),
        to: new.hash.clone(),
        title: new.title.clone(),
        // An extended deadline may hang on the year of the plan before.
        fiscal_year: new.fiscal_year.or(batch.state.fiscal_year),
        diff: Difference::between(old, new),
        reason: adoption.reason.clone(),
    });
    dates(&mut batch, old, &adoption.reason);
    for key in batch.state.open_keys() {
        let before = old.step(key.step.as_str());
        match (before, new.step(key.step.as_str())) {
            (Some(before), Some(after))
                if same_work(before, after) && has(&batch.state, new, &key) =>
            {
                offer_again(&mut batch, after, &key);
            }
            _ => {
                cancel(&mut batch, &key);
                withdraw(&mut batch, &key);
                let child = before.and_then(|step| match &step.kind {
                    Kind::Cycle { name } => Some(name.clone()),
                    _ => None,
                });
                batch.record(Event::StepWithdrawn { key, child });
            }
        }
    }
    batch.by = None;
    reschedule(&mut batch);
    advance(&mut batch);
    Ok(batch.records)
}

/// Open turns that the plan does not have.
pub(crate) fn gone(state: &State, plan: &Plan) -> Vec<Key> {
    let mut keys = state.open_keys();
    keys.retain(|key| !has(state, plan, key));
    keys
}

fn has(state: &State, plan: &Plan, key: &Key) -> bool {
    let step = plan.step(key.step.as_str());
    let items = step.and_then(|step| items(state, plan, step));
    items.is_some_and(|items| items.contains(&key.item))
}

/// Who does the work may change, but not what it is.
fn same_work(before: &Step, after: &Step) -> bool {
    match (&before.kind, &after.kind) {
        (Kind::Task { .. }, Kind::Task { .. }) | (Kind::Approval { .. }, Kind::Approval { .. }) => {
            true
        }
        (before, after) => before == after,
    }
}

fn dates(batch: &mut Batch, old: &Plan, reason: &str) {
    let new = batch.plan;
    for (field, on) in &new.dates {
        let (field, to) = (field.clone(), *on);
        match batch.state.dates.get(&field).copied() {
            None => batch.record(Event::DateAdded { field, on: to }),
            Some(from) if from != to && old.dates.get(&field) != Some(&to) => {
                let reason = reason.to_owned();
                batch.record(Event::DateMoved {
                    field,
                    from,
                    to,
                    reason,
                });
            }
            Some(_) => {}
        }
    }
    let extended = |field: &String| {
        let hangs = |base: &Base| matches!(base, Base::Field(on) if on == field);
        batch.state.closings.values().any(|rule| hangs(&rule.base))
    };
    let unused: Vec<String> = batch
        .state
        .dates
        .keys()
        .filter(|field| !new.dates.contains_key(*field) && !extended(field))
        .cloned()
        .collect();
    for field in unused {
        batch.record(Event::DateRemoved { field });
    }
}
