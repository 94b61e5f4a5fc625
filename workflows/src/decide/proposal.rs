//! Who proposed: the people who did the work that a step approves may not approve it.

use std::collections::BTreeSet;

use super::Batch;
use crate::command::Actor;
use crate::key::Key;
use crate::plan::{Kind, Plan, Step};
use crate::refusal::Refusal;
use crate::state::{State, Status};

/// Neither the person who acts nor the one for whom the person acts may have proposed.
pub(super) fn own_proposal(
    batch: &Batch,
    step: &Step,
    key: &Key,
    by: &Actor,
) -> Result<(), Refusal> {
    let proposers = proposers(&batch.state, batch.plan, step, &key.item);
    if by.names().any(|name| proposers.contains(name)) {
        return Err(Refusal::OwnProposal {
            title: step.title.clone(),
            role: by.role.clone(),
        });
    }
    Ok(())
}

/// The people who did the work that this step approves, and those for whom they did it; empty for a step
/// that approves nothing.
pub(crate) fn proposers(state: &State, plan: &Plan, step: &Step, item: &str) -> BTreeSet<String> {
    let mut people = BTreeSet::new();
    if !matches!(step.kind, Kind::Approval { .. }) {
        return people;
    }
    let proposals = step.after.iter().chain(&step.sendback).filter(|id| {
        plan.step(id.as_str())
            .is_some_and(|step| matches!(step.kind, Kind::Task { .. }))
    });
    for id in proposals {
        for (of, turn) in state.steps.get(id).into_iter().flatten() {
            if let Status::Settled(settled) = &turn.status
                && (of.is_empty() || of == item)
            {
                let by = settled
                    .decisions
                    .iter()
                    .filter_map(|decision| decision.by.as_ref());
                people.extend(by.flat_map(Actor::names).map(str::to_owned));
            }
        }
    }
    people
}
