//! Folding: one record onto the state. Total: a record that does not fit changes nothing.

use crate::key::Key;
use crate::record::{Event, Record};
use crate::state::{
    Decision, Offer, Open, Past, Phase, Settled, Signal, State, Status, Suspension, Timer,
    TimerKind, Turn,
};

pub fn apply(state: &mut State, record: &Record) {
    state.records += 1;
    state.latest = state.latest.max(Some(record.at.instant));
    if matches!(
        record.event,
        Event::SignalReceived { .. }
            | Event::ListSet { .. }
            | Event::ListGrown { .. }
            | Event::StepSettled { .. }
            | Event::StepReopened { .. }
            | Event::TimerFired { .. }
            | Event::DateMoved { .. }
    ) {
        wake_gates(state);
    }
    match &record.event {
        Event::CycleStarted {
            cycle,
            plan,
            title,
            fiscal_year,
            dates,
            parent,
        } => {
            state.phase = Phase::Running;
            state.parent.clone_from(parent);
            state.cycle.clone_from(cycle);
            state.plan.clone_from(plan);
            state.title.clone_from(title);
            state.fiscal_year = *fiscal_year;
            state.dates.clone_from(dates);
        }
        Event::PlanAdopted {
            to,
            title,
            fiscal_year,
            ..
        } => {
            state.plan.clone_from(to);
            state.title.clone_from(title);
            state.fiscal_year = *fiscal_year;
        }
        Event::CycleSuspended { reason } => {
            state.phase = Phase::Suspended;
            state.suspension = Some(Suspension {
                since: record.at,
                reason: reason.clone(),
                before: state.inbox.len(),
            });
        }
        Event::CycleResumed { .. } => {
            state.phase = Phase::Running;
            state.suspension = None;
        }
        Event::DatesGiven { dates } => state.dates.extend(dates.clone()),
        Event::CycleCompleted => {
            state.phase = Phase::Completed;
            state.timers.clear();
        }
        Event::CycleTerminated { .. } => {
            state.phase = Phase::Terminated;
            state.suspension = None;
            state.timers.clear();
        }
        Event::DateMoved { field, to, .. } => {
            state.dates.insert(field.clone(), *to);
        }
        Event::DateAdded { field, on } => {
            state.dates.insert(field.clone(), *on);
        }
        Event::DateRemoved { field } => {
            state.dates.remove(field);
        }
        Event::ListSet { list, items } => {
            state.lists.insert(list.clone(), items.clone());
        }
        Event::ListGrown { list, items } => {
            let known = state.lists.entry(list.clone()).or_default();
            known.extend(items.iter().cloned());
        }
        Event::StepOpened { key } => {
            turn(state, key).status = Status::Open(Open {
                since: record.at,
                offered: Default::default(),
                decisions: Vec::new(),
                attempts: 0,
                retry_at: None,
                incident: None,
                overdue: false,
                escalated: false,
            })
        }
        Event::StepSettled {
            key, how, outcome, ..
        } => {
            let turn = turn(state, key);
            let decisions = match std::mem::take(&mut turn.status) {
                Status::Open(open) => open.decisions,
                _ => Vec::new(),
            };
            let outcome = outcome.clone();
            turn.status = Status::Settled(Settled {
                how: *how,
                outcome,
                at: record.at,
                decisions,
            });
        }
        Event::StepReopened {
            target,
            cascade,
            by_step,
            closes,
            ..
        } => {
            begin_anew(state, cascade);
            if let Some(by) = by_step {
                turn(state, by).uses += 1;
            }
            if let Some(rule) = closes {
                state.closings.insert(target.step.clone(), rule.clone());
            }
        }
        Event::TurnsReopened { cascade } => begin_anew(state, cascade),
        Event::StepWithdrawn { key, child } => {
            let next = Key {
                round: key.round + 1,
                ..key.clone()
            };
            begin_anew(state, &[next]);
            let orphan = child.clone().map(|name| (key.clone(), name));
            state.orphans.extend(orphan);
        }
        Event::TimerSet { timer } => {
            // Set again after it had fired, because its date has come to lie ahead.
            match timer.kind {
                TimerKind::Due => with(state, &timer.key, |open| open.overdue = false),
                TimerKind::Escalates => with(state, &timer.key, |open| open.escalated = false),
                TimerKind::Opens | TimerKind::Closes => {}
            }
            insert(&mut state.timers, timer);
        }
        Event::TimerMoved { timer, .. } => {
            remove(&mut state.timers, |old| {
                old.key == timer.key && old.kind == timer.kind
            });
            insert(&mut state.timers, timer);
        }
        Event::TimerFired { key, kind, .. } | Event::TimerCancelled { key, kind } => {
            remove(&mut state.timers, |timer| {
                timer.key == *key && timer.kind == *kind
            });
        }
        Event::SignalReceived { name, key, dedup } => {
            state.inbox.push(Signal {
                name: name.clone(),
                key: key.clone(),
            });
            state.signals_seen.extend(dedup.clone());
        }
        Event::SignalUsed { name, key, .. } => {
            let used = state
                .inbox
                .iter()
                .position(|signal| signal.name == *name && signal.key == *key);
            if let Some(index) = used {
                state.inbox.remove(index);
            }
        }
        _ => on_open(state, record),
    }
}

/// Records about a turn that is open.
fn on_open(state: &mut State, record: &Record) {
    match &record.event {
        Event::TaskOffered { key, role } => with(state, key, |open| {
            open.offered.insert(
                role.clone(),
                Offer {
                    since: record.at,
                    claimed_by: None,
                },
            );
        }),
        Event::TaskClaimed { key, role } => with(state, key, |open| {
            if let (Some(offer), Some(by)) = (open.offered.get_mut(role), &record.by) {
                offer.claimed_by = Some(by.person.clone());
            }
        }),
        Event::TaskReleased { key, role } => with(state, key, |open| {
            if let Some(offer) = open.offered.get_mut(role) {
                offer.claimed_by = None;
            }
        }),
        Event::TaskDecided {
            key,
            role,
            outcome,
            comment,
        } => with(state, key, |open| {
            open.offered.remove(role);
            open.decisions.push(Decision {
                role: role.clone(),
                by: record.by.clone(),
                outcome: outcome.clone(),
                comment: comment.clone(),
                at: record.at,
            });
        }),
        Event::StepOverdue { key } => with(state, key, |open| open.overdue = true),
        Event::TaskEscalated { key } => with(state, key, |open| open.escalated = true),
        Event::TaskWithdrawn { key, role } => with(state, key, |open| {
            open.offered.remove(role);
        }),
        Event::EffectFailed {
            key,
            attempt,
            retry_at,
            ..
        } => with(state, key, |open| {
            open.attempts = *attempt;
            open.retry_at = Some(*retry_at);
        }),
        Event::GateWaits { key, ask_at, .. } => {
            with(state, key, |open| open.retry_at = Some(*ask_at));
            state.waiting_gates.insert(key.clone());
        }
        Event::IncidentRaised { key, message } => {
            with(state, key, |open| open.incident = Some(message.clone()))
        }
        Event::IncidentResolved { key } => with(state, key, |open| {
            open.incident = None;
            open.attempts = 0;
            open.retry_at = None;
        }),
        _ => {}
    }
}

fn turn<'a>(state: &'a mut State, key: &Key) -> &'a mut Turn {
    let items = state.steps.entry(key.step.clone()).or_default();
    items.entry(key.item.clone()).or_default()
}

fn with(state: &mut State, key: &Key, change: impl FnOnce(&mut Open)) {
    if let Status::Open(open) = &mut turn(state, key).status {
        change(open);
    }
}

fn begin_anew(state: &mut State, cascade: &[Key]) {
    for key in cascade {
        let turn = turn(state, key);
        let past = match std::mem::take(&mut turn.status) {
            Status::Waiting => None,
            Status::Open(open) => Some(Past {
                round: turn.round,
                settled: None,
                decisions: open.decisions,
            }),
            Status::Settled(mut settled) => {
                let decisions = std::mem::take(&mut settled.decisions);
                Some(Past {
                    round: turn.round,
                    settled: Some(settled),
                    decisions,
                })
            }
        };
        turn.past.extend(past);
        turn.round = key.round;
    }
}

/// Something has moved: gates that wait are to be asked again.
fn wake_gates(state: &mut State) {
    for key in std::mem::take(&mut state.waiting_gates) {
        with(state, &key, |open| open.retry_at = None);
    }
}

fn insert(timers: &mut Vec<Timer>, timer: &Timer) {
    let order = |timer: &Timer| (timer.fires_at, timer.key.clone(), timer.kind);
    let at = timers.partition_point(|other| order(other) <= order(timer));
    timers.insert(at, timer.clone());
}

fn remove(timers: &mut Vec<Timer>, gone: impl Fn(&Timer) -> bool) {
    timers.retain(|timer| !gone(timer));
}
