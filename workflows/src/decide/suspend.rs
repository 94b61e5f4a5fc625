//! Suspending and resuming. In between no timer fires, nothing opens and nobody decides; dates may be moved
//! and what is heard from outside is kept.

use super::Batch;
use super::advance::advance;
use super::signal::deliver;
use super::timers::tick;
use crate::command::{Actor, Command};
use crate::record::Event;
use crate::refusal::Refusal;
use crate::state::{Signal, State};

/// Whether a suspended cycle takes the command. What the shell reports is refused too: it begins nothing
/// while the cycle rests, and what it had begun is the same effect when it is asked for again.
///
/// # Errors
/// `Suspended`, with the day and the reason.
pub(super) fn while_suspended(state: &State, command: &Command) -> Result<(), Refusal> {
    match (command, &state.suspension) {
        (
            Command::Signal { .. }
            | Command::SetList { .. }
            | Command::AddItem { .. }
            | Command::MoveDate { .. }
            | Command::Adopt(_)
            | Command::Resume { .. }
            | Command::Terminate { .. },
            _,
        )
        | (_, None) => Ok(()),
        (_, Some(suspension)) => Err(Refusal::Suspended {
            since: suspension.since.today,
            reason: suspension.reason.clone(),
        }),
    }
}

pub(super) fn suspend(batch: &mut Batch, by: Actor, reason: String) -> Result<(), Refusal> {
    reasoned("休止", &reason)?;
    batch.by = Some(by);
    batch.record(Event::CycleSuspended { reason });
    Ok(())
}

pub(super) fn resume(batch: &mut Batch, by: Actor, reason: String) -> Result<(), Refusal> {
    let Some(suspension) = batch.state.suspension.clone() else {
        return Err(Refusal::NotSuspended);
    };
    reasoned("再開", &reason)?;
    let kept = batch.state.inbox.iter().skip(suspension.before);
    let kept: Vec<Signal> = kept.cloned().collect();
    batch.by = Some(by);
    batch.record(Event::CycleResumed { reason });
    batch.by = None;
    // What came in time is not late because it was kept.
    for signal in kept {
        deliver(batch, signal);
    }
    tick(batch);
    advance(batch);
    Ok(())
}

/// # Errors
/// `ReasonRequired`. `act`: what needs the reason, in Japanese.
pub(super) fn reasoned(act: &'static str, reason: &str) -> Result<(), Refusal> {
    match reason.trim().is_empty() {
        true => Err(Refusal::ReasonRequired { act }),
        false => Ok(()),
    }
}
