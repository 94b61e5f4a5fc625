//! What people do: claim, release, complete, send back, cancel.

use std::collections::BTreeSet;

use super::Batch;
use super::advance::advance;
use super::lookup::{Found, already};
use super::open::{offer, settle};
use super::reopen::reopen;
use crate::command::Actor;
use crate::key::{Key, StepId};
use crate::outcome;
use crate::plan::{Kind, MAX_ROUNDS, Plan, Step};
use crate::record::{Event, How};
use crate::refusal::Refusal;
use crate::state::{Decision, Open, State, Status};

pub(super) fn claim(batch: &mut Batch, key: &Key, by: Actor) -> Result<(), Refusal> {
    let (step, open) = offered(batch, key)?;
    let offer = match open.offered.get(&by.role) {
        Some(offer) => offer,
        None => return Err(not_offered(batch, step, &by.role)),
    };
    match &offer.claimed_by {
        Some(person) if *person == by.person => Ok(()),
        Some(person) => Err(Refusal::ClaimedByAnother {
            title: step.title.clone(),
            person: person.clone(),
        }),
        None => {
            own_proposal(batch, step, key, &by)?;
            let role = by.role.clone();
            batch.by = Some(by);
            batch.record(Event::TaskClaimed {
                key: key.clone(),
                role,
            });
            Ok(())
        }
    }
}

pub(super) fn release(batch: &mut Batch, key: &Key, by: Actor) -> Result<(), Refusal> {
    let (step, open) = offered(batch, key)?;
    match open.offered.get(&by.role).map(|offer| &offer.claimed_by) {
        None => Err(not_offered(batch, step, &by.role)),
        Some(None) => Ok(()),
        Some(Some(person)) if *person != by.person => Err(Refusal::ClaimedByAnother {
            title: step.title.clone(),
            person: person.clone(),
        }),
        Some(Some(_)) => {
            let role = by.role.clone();
            batch.by = Some(by);
            batch.record(Event::TaskReleased {
                key: key.clone(),
                role,
            });
            Ok(())
        }
    }
}

pub(super) fn complete(
    batch: &mut Batch,
    key: &Key,
    by: Actor,
    chosen: String,
    comment: Option<String>,
) -> Result<(), Refusal> {
    // The same decision sent twice (a double click, a lost answer) is one decision.
    let same = |decisions: &[Decision]| {
        decisions.iter().any(|decision| {
            decision.role == by.role
                && decision.outcome == chosen
                && decision
                    .by
                    .as_ref()
                    .is_some_and(|actor| actor.person == by.person)
        })
    };
    let (step, open) = match batch.find(key)? {
        Found::Open(_, open) if same(&open.decisions) => return Ok(()),
        Found::Settled(_, settled) if same(&settled.decisions) => return Ok(()),
        Found::Past(_, decisions) if same(&decisions) => return Ok(()),
        Found::Open(step, open) => (step, open),
        Found::Settled(step, settled) => return Err(already(step, &settled)),
        Found::Past(step, _) => return Err(batch.old_round(step, key)),
    };
    let finished = match &step.kind {
        Kind::Task { .. } => outcome::DONE,
        Kind::Approval { .. } => outcome::APPROVED,
        _ => {
            return Err(Refusal::NotForPeople {
                title: step.title.clone(),
            });
        }
    };
    let Some(offer) = open.offered.get(&by.role) else {
        return Err(not_offered(batch, step, &by.role));
    };
    if let Some(person) = offer
        .claimed_by
        .as_ref()
        .filter(|person| **person != by.person)
    {
        return Err(Refusal::ClaimedByAnother {
            title: step.title.clone(),
            person: person.clone(),
        });
    }
    own_proposal(batch, step, key, &by)?;
    let back = step
        .sendback
        .as_ref()
        .filter(|_| chosen == outcome::SENDBACK);
    if let Some(target) = back {
        may_send_back(batch, step, key, target, comment.as_deref())?;
    } else if chosen != finished {
        let allowed = match step.sendback {
            Some(_) => format!("{}、差戻し", outcome::in_words(finished)),
            None => outcome::in_words(finished).to_owned(),
        };
        return Err(Refusal::UnknownOutcome {
            title: step.title.clone(),
            outcome: chosen,
            allowed,
        });
    }
    let reason = comment.clone().unwrap_or_default();
    let role = by.role.clone();
    batch.by = Some(by);
    batch.record(Event::TaskDecided {
        key: key.clone(),
        role,
        outcome: chosen,
        comment,
    });
    if let Some(target) = back {
        reopen(batch, target, reason, key.clone(), None);
    } else {
        next(batch, step, key, finished);
    }
    batch.by = None;
    advance(batch);
    Ok(())
}

/// Offers the approval to the next role, or settles the step.
fn next(batch: &mut Batch, step: &Step, key: &Key, finished: &str) {
    if let Kind::Approval { roles, need } = &step.kind {
        let decided = batch.state.open(key).map_or(0, |open| open.decisions.len());
        match need {
            Some(need) if decided < *need => return,
            None if decided < roles.len() => {
                let role = roles[decided].clone();
                return offer(batch, key, &role);
            }
            _ => {}
        }
    }
    settle(batch, key, How::Done, finished, None);
}

fn may_send_back(
    batch: &Batch,
    step: &Step,
    key: &Key,
    target: &StepId,
    comment: Option<&str>,
) -> Result<(), Refusal> {
    if comment.is_none_or(|comment| comment.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    let used = batch
        .state
        .turn(&key.step, &key.item)
        .map_or(0, |turn| turn.uses);
    let limit = step.sendback_limit();
    if used >= limit || batch.state.key(target, "").round >= MAX_ROUNDS {
        return Err(Refusal::TooManyRounds {
            title: step.title.clone(),
            max: limit,
        });
    }
    Ok(())
}

/// Who did the work that is being approved may not approve it, and in 代決 neither of the two may have done it.
fn own_proposal(batch: &Batch, step: &Step, key: &Key, by: &Actor) -> Result<(), Refusal> {
    let proposers = proposers(&batch.state, batch.plan, step, &key.item);
    if by.names().any(|name| proposers.contains(name)) {
        return Err(Refusal::OwnProposal {
            title: step.title.clone(),
            role: by.role.clone(),
        });
    }
    Ok(())
}

/// The people who did the work that this step approves; empty for a step that approves nothing.
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

pub(super) fn cancel(
    batch: &mut Batch,
    key: &Key,
    by: Actor,
    reason: String,
) -> Result<(), Refusal> {
    match batch.find(key) {
        Ok(Found::Past(step, _)) => return Err(batch.old_round(step, key)),
        Ok(Found::Settled(step, settled)) if settled.how != How::Cancelled => {
            return Err(already(step, &settled));
        }
        Ok(Found::Settled(..)) => return Ok(()),
        // What has not opened yet can be cancelled too: it will not take place.
        Ok(Found::Open(..)) | Err(Refusal::NotOpen { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    let present = batch.state.key(&key.step, &key.item);
    if present.round != key.round {
        return Err(Refusal::UnknownStep {
            step: key.to_string(),
        });
    }
    batch.by = Some(by);
    settle(batch, key, How::Cancelled, outcome::CANCELLED, Some(reason));
    batch.by = None;
    advance(batch);
    Ok(())
}

fn offered<'a>(batch: &Batch<'a>, key: &Key) -> Result<(&'a Step, Open), Refusal> {
    match batch.find(key)? {
        Found::Open(step, open) if !step.roles().is_empty() => Ok((step, open)),
        Found::Open(step, _) => Err(Refusal::NotForPeople {
            title: step.title.clone(),
        }),
        Found::Settled(step, settled) => Err(already(step, &settled)),
        Found::Past(step, _) => Err(batch.old_round(step, key)),
    }
}

fn not_offered(batch: &Batch, step: &Step, role: &str) -> Refusal {
    if step.roles().iter().any(|known| known == role) {
        return batch.not_open(step);
    }
    Refusal::WrongRole {
        title: step.title.clone(),
        role: step.roles().join("・"),
    }
}
