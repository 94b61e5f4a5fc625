//! Timers: set from rules, fired in due order, moved with their dates, cancelled with their steps.

use chrono::{DateTime, NaiveDate, Utc};

use super::Batch;
use super::advance::advance;
use super::open::settle;
use crate::calendar::{end_of, opening};
use crate::items::items;
use crate::key::Key;
use crate::outcome;
use crate::plan::{Kind, Step};
use crate::readiness::{Readiness, readiness};
use crate::record::{Event, How};
use crate::rule::{Base, DateRule};
use crate::state::{Status, Timer, TimerKind};

/// The timers of an open turn; `since`: the day on which it opened.
pub(super) fn rules(batch: &Batch, step: &Step, since: NaiveDate) -> Vec<(TimerKind, DateRule)> {
    let mut rules = Vec::new();
    rules.extend(step.due.clone().map(|rule| (TimerKind::Due, rule)));
    if let Some(offset) = step.escalate {
        let base = step.due.clone();
        let base = base.unwrap_or(DateRule::new(Base::Day(since)));
        rules.push((TimerKind::Escalates, base.plus(offset)));
    }
    if let Kind::Collect { .. } | Kind::WaitFor { .. } = step.kind {
        let extended = batch.state.closings.get(&step.id);
        let closes = extended.or(step.closes.as_ref()).cloned();
        rules.extend(closes.map(|rule| (TimerKind::Closes, rule)));
    }
    rules
}

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

/// Makes every timer what the adopted plan says: moved, cancelled, or set.
pub(super) fn reschedule(batch: &mut Batch) {
    for old in batch.state.timers.clone() {
        let rules = wanted(batch, &old.key).into_iter();
        let rule = rules
            .filter(|(kind, _)| *kind == old.kind)
            .find_map(|(_, rule)| {
                let on = batch.date(&rule)?;
                Some((rule, on))
            });
        let from = old.on;
        match rule {
            None => batch.record(Event::TimerCancelled {
                key: old.key,
                kind: old.kind,
            }),
            Some((rule, on)) if rule != old.rule || on != from => {
                let timer = Timer {
                    rule,
                    on,
                    fires_at: fires_at(old.kind, on),
                    ..old
                };
                batch.record(Event::TimerMoved { timer, from });
            }
            Some(_) => {}
        }
    }
    for key in batch.state.open_keys() {
        for (kind, rule) in wanted(batch, &key) {
            if batch.state.timer(&key, kind).is_none() && !has_fired(batch, &key, kind, &rule) {
                set(batch, &key, kind, rule);
            }
        }
    }
}

/// The timers that a turn should have, open or not.
fn wanted(batch: &Batch, key: &Key) -> Vec<(TimerKind, DateRule)> {
    let Some(step) = batch.plan.step(key.step.as_str()) else {
        return Vec::new();
    };
    if let Some(open) = batch.state.open(key) {
        return rules(batch, step, open.since.today);
    }
    let turn = batch.state.turn(&key.step, &key.item);
    let may_open = turn.is_none_or(|turn| turn.status == Status::Waiting)
        && items(&batch.state, batch.plan, step).is_some_and(|items| items.contains(&key.item))
        && readiness(&batch.state, batch.plan, step, &key.item) == Readiness::Ready;
    let opens = step.opens.clone().filter(|_| may_open);
    opens
        .map(|rule| (TimerKind::Opens, rule))
        .into_iter()
        .collect()
}

/// It has been said already that the date has passed.
fn has_fired(batch: &Batch, key: &Key, kind: TimerKind, rule: &DateRule) -> bool {
    let said = batch.state.open(key).is_some_and(|open| match kind {
        TimerKind::Due => open.overdue,
        TimerKind::Escalates => open.escalated,
        TimerKind::Opens | TimerKind::Closes => false,
    });
    let on = batch.date(rule);
    said && on.is_some_and(|on| fires_at(kind, on) <= batch.at.instant)
}
