//! What the shell reports: done, not done, closed early. Reporting the same twice changes nothing.

use chrono::Duration;

use super::Batch;
use super::advance::advance;
use super::lookup::{Found, already};
use super::open::settle as settle_turn;
use super::texts::cut;
use crate::calendar::opening;
use crate::children::is_end;
use crate::command::Actor;
use crate::key::Key;
use crate::outcome;
use crate::plan::{Kind, Plan, Step};
use crate::record::{Event, How};
use crate::refusal::Refusal;

/// After this many attempts a person is asked.
const ATTEMPTS: u32 = 5;

pub(super) fn settle(
    batch: &mut Batch,
    key: &Key,
    outcome: String,
    input_hash: Option<String>,
) -> Result<(), Refusal> {
    let step = match batch.find(key)? {
        Found::Open(step, _) => step,
        Found::Settled(_, settled) if settled.outcome == outcome => return Ok(()),
        Found::Settled(step, settled) => return Err(already(step, &settled)),
        Found::Past(step, _) => return Err(batch.old_round(step, key)),
    };
    let key = key.clone();
    match &step.kind {
        Kind::Effect { .. } | Kind::Compute { .. } => {
            batch.record(Event::EffectSucceeded {
                key: key.clone(),
                input_hash,
            });
        }
        Kind::Carry { name } => batch.record(Event::CarriedOver {
            key: key.clone(),
            name: name.clone(),
        }),
        Kind::Gate { hook } if outcome == outcome::WAIT && !asked_for(batch.plan, step) => {
            let tomorrow = batch.at.today.succ_opt().unwrap_or(batch.at.today);
            batch.record(Event::GateWaits {
                key,
                hook: hook.clone(),
                input_hash,
                ask_at: opening(tomorrow),
            });
            return Ok(());
        }
        Kind::Gate { hook } => {
            known_outcome(batch.plan, step, &outcome)?;
            let (hook, outcome) = (hook.clone(), outcome.clone());
            batch.record(Event::Decided {
                key: key.clone(),
                hook,
                input_hash,
                outcome,
            });
        }
        Kind::Cycle { .. } if !is_end(&outcome) => {
            return Err(Refusal::UnknownOutcome {
                title: step.title.clone(),
                outcome,
                allowed: [outcome::DONE, outcome::TERMINATED]
                    .map(outcome::in_words)
                    .join("、"),
            });
        }
        Kind::Collect { .. } | Kind::Cycle { .. } => {}
        Kind::Task { .. }
        | Kind::Approval { .. }
        | Kind::WaitFor { .. }
        | Kind::Reopen { .. }
        | Kind::End => {
            return Err(Refusal::NotForShell {
                title: step.title.clone(),
            });
        }
    }
    settle_turn(batch, &key, How::Done, &outcome, None);
    advance(batch);
    Ok(())
}

/// A plan of an earlier release may have used the word of waiting as an outcome of its own.
fn asked_for(plan: &Plan, gate: &Step) -> bool {
    let mut conditions = plan.steps.iter().flat_map(|step| &step.when);
    conditions.any(|when| when.step == gate.id && when.outcome == outcome::WAIT)
}

/// An outcome that no condition knows would strand the cycle.
fn known_outcome(plan: &Plan, gate: &Step, outcome: &str) -> Result<(), Refusal> {
    let conditions = plan.steps.iter().flat_map(|step| &step.when);
    let known: Vec<&str> = conditions
        .filter(|when| when.step == gate.id)
        .map(|when| when.outcome.as_str())
        .collect();
    let unconditional = plan
        .steps
        .iter()
        .any(|step| step.when.is_empty() && step.after.contains(&gate.id));
    if known.is_empty() || unconditional || known.contains(&outcome) {
        return Ok(());
    }
    Err(Refusal::UnknownOutcome {
        title: gate.title.clone(),
        outcome: outcome.to_owned(),
        allowed: known.join("、"),
    })
}

pub(super) fn fail(batch: &mut Batch, key: &Key, message: String) -> Result<(), Refusal> {
    let (step, open) = match batch.find(key)? {
        Found::Open(step, open) => (step, open),
        Found::Settled(step, settled) => return Err(already(step, &settled)),
        Found::Past(step, _) => return Err(batch.old_round(step, key)),
    };
    if !is_work(step) {
        return Err(Refusal::NotForShell {
            title: step.title.clone(),
        });
    }
    let message = cut(&message);
    let attempt = open.attempts.saturating_add(1);
    // 1, 2, 4, 8 … minutes.
    let wait = Duration::minutes(1 << attempt.saturating_sub(1).min(6));
    let retry_at = batch
        .at
        .instant
        .checked_add_signed(wait)
        .unwrap_or(batch.at.instant);
    batch.record(Event::EffectFailed {
        key: key.clone(),
        attempt,
        retry_at,
        message: message.clone(),
    });
    // A hook is pure, and so is the plan of a child: trying again gives the same answer.
    let hopeless = matches!(step.kind, Kind::Gate { .. } | Kind::Cycle { .. });
    if open.incident.is_none() && (hopeless || attempt >= ATTEMPTS) {
        batch.record(Event::IncidentRaised {
            key: key.clone(),
            message,
        });
    }
    Ok(())
}

pub(super) fn retry(batch: &mut Batch, key: &Key, by: Actor) -> Result<(), Refusal> {
    match batch.find(key)? {
        Found::Open(_, open) if open.incident.is_some() => {
            batch.by = Some(by);
            batch.record(Event::IncidentResolved { key: key.clone() });
            Ok(())
        }
        Found::Open(step, _) | Found::Settled(step, _) | Found::Past(step, _) => {
            Err(Refusal::NoIncident {
                title: step.title.clone(),
            })
        }
    }
}

pub(crate) fn is_work(step: &Step) -> bool {
    matches!(
        step.kind,
        Kind::Effect { .. }
            | Kind::Compute { .. }
            | Kind::Gate { .. }
            | Kind::Carry { .. }
            | Kind::Cycle { .. }
    )
}
