//! Signals: something outside happened. One that comes early waits in the inbox for a step that is not
//! `fresh`; one for which no step of the plan waits is not this cycle's.

use super::Batch;
use super::advance::advance;
use super::open::settle;
use crate::key::Key;
use crate::outcome;
use crate::plan::{Kind, Step};
use crate::record::{Event, How};
use crate::state::{Phase, Signal, Status};

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
    let came = Signal { name, key };
    batch.record(Event::SignalReceived {
        name: came.name.clone(),
        key: came.key.clone(),
        dedup,
    });
    if batch.state.phase == Phase::Running {
        deliver(batch, came);
        advance(batch);
    }
}

/// Settles the first turn that waits for the signal.
pub(super) fn deliver(batch: &mut Batch, came: Signal) {
    let mut waiting = batch.plan.steps.iter().filter(|step| fits(step, &came));
    if let Some(key) = waiting.find_map(|step| open_key(batch, step)) {
        use_up(batch, came, key);
    }
}

/// Settles a step that opens when the inbox has what it waits for.
pub(super) fn take(batch: &mut Batch, step: &Step, by: &Key) {
    let found = batch.state.inbox.iter().find(|signal| fits(step, signal));
    if let Some(found) = found.cloned() {
        use_up(batch, found, by.clone());
    }
}

fn use_up(batch: &mut Batch, signal: Signal, by: Key) {
    batch.record(Event::SignalUsed {
        name: signal.name,
        key: signal.key,
        used_by: by.clone(),
    });
    settle(batch, &by, How::Done, outcome::RECEIVED, None);
}

fn fits(step: &Step, came: &Signal) -> bool {
    matches!(&step.kind, Kind::WaitFor { signal, key, .. }
        if came.name == *signal && (key.is_empty() || came.key == *key))
}

/// The first turn that waits; one signal settles one turn.
fn open_key(batch: &Batch, step: &Step) -> Option<Key> {
    let mut turns = batch.state.steps.get(&step.id).into_iter().flatten();
    let (item, _) = turns.find(|(_, turn)| matches!(turn.status, Status::Open(_)))?;
    Some(batch.state.key(&step.id, item))
}
