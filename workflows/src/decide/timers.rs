//! Timers: set from rules, fired in due order, moved with their dates, cancelled with their steps.

use chrono::{DateTime, NaiveDate, Utc};

use super::Batch;
use super::advance::advance;
use super::open::settle;
use crate::calendar::{end_of, opening};
use crate::key::Key;
use crate::outcome;
use crate::record::{Event, How};
use crate::rule::DateRule;
use crate::state::{Timer, TimerKind};

pub(super) fn set(batch: &mut Batch, key: &Key, kind: TimerKind, rule: DateRule) {
    let Some(on) = batch.date(&rule) else { return };
    let timer = Timer {
        key: key.clone(),
        kind,
        rule,
        on,
        fires_at: fires_at(kind, on),
    };
    batch.record(Event::TimerSet { timer });
}

pub(super) fn cancel(batch: &mut Batch, key: &Key) {
    let kinds: Vec<TimerKind> = batch
        .state
        .timers
        .iter()
        .filter(|timer| timer.key == *key)
        .map(|timer| timer.kind)
        .collect();
    for kind in kinds {
        batch.record(Event::TimerCancelled {
            key: key.clone(),
            kind,
        });
    }
}

/// What lies on a date begins at 09:00, and what ends with a date ends with its last second.
fn fires_at(kind: TimerKind, on: NaiveDate) -> DateTime<Utc> {
    match kind {
        TimerKind::Opens | TimerKind::Escalates => opening(on),
        TimerKind::Due | TimerKind::Closes => end_of(on),
    }
}

pub(super) fn tick(batch: &mut Batch) {
    while let Some(timer) = batch.state.timers.first() {
        if timer.fires_at > batch.at.instant {
            break;
        }
        let (key, kind) = (timer.key.clone(), timer.kind);
        let late_seconds = (batch.at.instant - timer.fires_at).num_seconds();
        batch.record(Event::TimerFired {
            key: key.clone(),
            kind,
            late_seconds,
        });
        match kind {
            // Opened by the advance below.
            TimerKind::Opens => {}
            TimerKind::Due => batch.record(Event::StepOverdue { key }),
            TimerKind::Escalates => batch.record(Event::TaskEscalated { key }),
            TimerKind::Closes => settle(batch, &key, How::Done, outcome::CLOSED, None),
        }
        advance(batch);
    }
}

/// Recomputes every timer after a date has moved.
pub(super) fn retime(batch: &mut Batch) {
    for old in batch.state.timers.clone() {
        let Some(on) = batch.date(&old.rule) else {
            continue;
        };
        if on != old.on {
            let from = old.on;
            let timer = Timer {
                on,
                fires_at: fires_at(old.kind, on),
                ..old
            };
            batch.record(Event::TimerMoved { timer, from });
        }
    }
}
