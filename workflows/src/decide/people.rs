//! What people do with a task: claim, release, complete, send back.

use super::Batch;
use super::advance::advance;
use super::lookup::{Found, already};
use super::offers::asked;
use super::open::{offer, settle};
use super::proposal::own_proposal;
use super::reopen::{Reopening, deepest, item_of, reopen};
use crate::command::Actor;
use crate::key::{Key, StepId};
use crate::outcome;
use crate::plan::{Kind, MAX_ROUNDS, Step};
use crate::record::{Event, How};
use crate::refusal::Refusal;
use crate::state::{Decision, Open};

pub(super) fn claim(batch: &mut Batch, key: &Key, by: Actor) -> Result<(), Refusal> {
    let (step, open) = offered(batch, key)?;
    let offer = match open.offered.get(&by.role) {
        Some(offer) => offer,
        None => return Err(not_offered(batch, step, &by.role)),
    };
    match claimed_by(step, &open, &by.role) {
        Some(person) if person == by.person && offer.claimed_by.is_some() => Ok(()),
        Some(person) if person != by.person => Err(Refusal::ClaimedByAnother {
            title: step.title.clone(),
            person: person.to_owned(),
        }),
        _ => {
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
    if !open.offered.contains_key(&by.role) {
        return Err(not_offered(batch, step, &by.role));
    }
    if let Some(person) = claimed_by(step, &open, &by.role).filter(|person| *person != by.person) {
        return Err(Refusal::ClaimedByAnother {
            title: step.title.clone(),
            person: person.to_owned(),
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
        let reopening = Reopening {
            target,
            item: item_of(batch, step, key, target),
            reason,
            by_step: Some(key.clone()),
            closes: None,
        };
        reopen(batch, reopening);
    } else {
        next(batch, step, key, finished);
    }
    batch.by = None;
    advance(batch);
    Ok(())
}

/// Offers the approval to the next role, or settles the step.
fn next(batch: &mut Batch, step: &Step, key: &Key, finished: &str) {
    let Some(open) = batch.state.open(key) else {
        return;
    };
    let asked = asked(step, &open.decisions);
    if asked.is_empty() {
        return settle(batch, key, How::Done, finished, None);
    }
    let offered: Vec<&String> = open.offered.keys().collect();
    let new: Vec<String> = asked
        .into_iter()
        .filter(|role| !offered.contains(role))
        .cloned()
        .collect();
    new.iter().for_each(|role| offer(batch, key, role));
}

fn may_send_back(
    batch: &Batch,
    step: &Step,
    key: &Key,
    target: &StepId,
    comment: Option<&str>,
) -> Result<(), Refusal> {
    if comment.is_none_or(|comment| comment.trim().is_empty()) {
        return Err(Refusal::ReasonRequired { act: "差戻し" });
    }
    let used = batch
        .state
        .turn(&key.step, &key.item)
        .map_or(0, |turn| turn.uses);
    let limit = step.sendback_limit();
    let title = step.title.clone();
    if used >= limit {
        return Err(Refusal::TooManyRounds { title, max: limit });
    }
    if deepest(batch, target, item_of(batch, step, key, target)) >= MAX_ROUNDS {
        let max = MAX_ROUNDS;
        return Err(Refusal::TooManyRounds { title, max });
    }
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

/// Who has taken the task: of several owners one, of those who approve each for himself.
fn claimed_by<'a>(step: &Step, open: &'a Open, role: &str) -> Option<&'a str> {
    let mut offers = open.offered.iter();
    let together = matches!(step.kind, Kind::Task { .. });
    offers.find_map(|(offered, offer)| {
        let person = offer.claimed_by.as_deref()?;
        (together || offered == role).then_some(person)
    })
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
