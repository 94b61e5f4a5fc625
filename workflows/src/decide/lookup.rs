//! Finding the turn that a command is about, and saying why it cannot be acted on.

use super::Batch;
use crate::explain::explain;
use crate::key::Key;
use crate::plan::Step;
use crate::refusal::Refusal;
use crate::state::{Decision, Open, Settled, Status};

pub(super) enum Found<'a> {
    Open(&'a Step, Open),
    Settled(&'a Step, Settled),
    /// A round before the present one, with what was decided in it.
    Past(&'a Step, Vec<Decision>),
}

impl<'a> Batch<'a> {
    /// # Errors
    /// `UnknownStep`, or `NotOpen` for a step whose turn has not come.
    pub(super) fn find(&self, key: &Key) -> Result<Found<'a>, Refusal> {
        let unknown = || Refusal::UnknownStep {
            step: key.to_string(),
        };
        let step = self.plan.step(key.step.as_str()).ok_or_else(unknown)?;
        let Some(turn) = self.state.turn(&key.step, &key.item) else {
            let exists = match crate::items::items(&self.state, self.plan, step) {
                Some(items) => items.contains(&key.item),
                None => key.item.is_empty(),
            };
            return Err(if exists {
                self.not_open(step)
            } else {
                unknown()
            });
        };
        if key.round < turn.round {
            let past = turn.past.iter().find(|past| past.round == key.round);
            return Ok(Found::Past(
                step,
                past.map(|past| past.decisions.clone()).unwrap_or_default(),
            ));
        }
        match &turn.status {
            _ if key.round > turn.round => Err(self.not_open(step)),
            Status::Waiting => Err(self.not_open(step)),
            Status::Open(open) => Ok(Found::Open(step, open.clone())),
            Status::Settled(settled) => Ok(Found::Settled(step, settled.clone())),
        }
    }

    pub(super) fn not_open(&self, step: &Step) -> Refusal {
        let why = explain(&self.state, self.plan, &step.id);
        Refusal::NotOpen {
            title: step.title.clone(),
            why,
        }
    }

    pub(super) fn old_round(&self, step: &Step, key: &Key) -> Refusal {
        let current = self.state.key(&key.step, &key.item).round;
        Refusal::OldRound {
            title: step.title.clone(),
            round: key.round,
            current,
        }
    }
}

pub(super) fn already(step: &Step, settled: &Settled) -> Refusal {
    Refusal::AlreadySettled {
        title: step.title.clone(),
        outcome: settled.outcome.clone(),
    }
}
