//! Signals: something outside happened. One that comes early waits in the inbox; one for which no step of
//! the plan waits is not this cycle's.

use super::Batch;
use super::advance::advance;
use super::open::settle;
use crate::key::Key;
use crate::outcome;
use crate::plan::{Kind, Step};
use crate::record::{Event, How};
use crate::state::Status;

pub(super) fn signal(batch: &mut Batch, name: String, key: String, dedup: Option<String>) {
    if dedup
        .as_ref()
        .is_some_and(|dedup| batch.state.signals_seen.contains(dedup))
    {
        return;
    }
    let plan = batch.plan;
    let waits = |step: &Step| matches!(&step.kind, Kind::WaitFor { signal, .. } if *signal == name);
    if !plan.steps.iter().any(waits) {
        return;
    }
    batch.record(Event::SignalReceived { name, key, dedup });
    for step in &plan.steps {
        for key in open_keys(batch, step) {
            take(batch, step, &key);
        }
    }
    advance(batch);
}

/// Settles a waiting step when the inbox has what it waits for.
pub(super) fn take(batch: &mut Batch, step: &Step, by: &Key) {
    let Kind::WaitFor { signal, key } = &step.kind else {
        return;
    };
    let fits = |other: &&crate::state::Signal| {
        other.name == *signal && (key.is_empty() || other.key == *key)
    };
    let Some(found) = batch.state.inbox.iter().find(fits).cloned() else {
        return;
    };
    batch.record(Event::SignalUsed {
        name: found.name,
        key: found.key,
        used_by: by.clone(),
    });
    settle(batch, by, How::Done, outcome::RECEIVED, None);
}

fn open_keys(batch: &Batch, step: &Step) -> Vec<Key> {
    let turns = batch.state.steps.get(&step.id).into_iter().flatten();
    turns
        .filter(|(_, turn)| matches!(turn.status, Status::Open(_)))
        .map(|(item, _)| batch.state.key(&step.id, item))
        .collect()
}
