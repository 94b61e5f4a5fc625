//! Whom a task or an approval is offered to.

use super::Batch;
use super::open::{offer, settle};
use crate::key::Key;
use crate::outcome;
use crate::plan::{Kind, Step};
use crate::record::{Event, How};
use crate::state::Decision;

/// The roles that may act next; nobody when the step is not for people or what was decided suffices.
/// Decisions of roles that the step does not ask (any more) count for nothing.
pub(super) fn asked<'a>(step: &'a Step, decisions: &[Decision]) -> Vec<&'a String> {
    let mut pending: Vec<&String> = step.roles().iter().collect();
    for decision in decisions {
        if let Some(index) = pending.iter().position(|role| **role == decision.role) {
            pending.remove(index);
        }
    }
    match &step.kind {
        // Of several owners one suffices.
        Kind::Task { .. } if !decisions.is_empty() => Vec::new(),
        Kind::Approval {
            roles,
            need: Some(need),
        } if roles.len() - pending.len() >= *need => Vec::new(),
        Kind::Approval { need: None, .. } => pending.into_iter().take(1).collect(),
        _ => pending,
    }
}

/// Makes the offers of an open turn again after an adopted plan asks other roles; who was asked and still
/// is keeps the task, also a claimed one.
pub(super) fn offer_again(batch: &mut Batch, step: &Step, key: &Key) {
    let Some(open) = batch.state.open(key) else {
        return;
    };
    if step.roles().is_empty() {
        return;
    }
    let asked = asked(step, &open.decisions);
    let offered: Vec<String> = open.offered.keys().cloned().collect();
    if asked.is_empty() {
        return settle(batch, key, How::Done, outcome::APPROVED, None);
    }
    for role in offered.iter().filter(|role| !asked.contains(role)) {
        batch.record(Event::TaskWithdrawn {
            key: key.clone(),
            role: role.clone(),
        });
    }
    for role in asked.iter().filter(|role| !offered.contains(role)) {
        offer(batch, key, role);
    }
}
