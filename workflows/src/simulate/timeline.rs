//! The timeline: what happened in a dry run, counted and with warnings.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::habits::Habits;
use crate::calendar::Calendar;
use crate::decide::resolve;
use crate::key::{Key, StepId};
use crate::outcome;
use crate::plan::{Kind, Plan, Step};
use crate::record::{Event, How, Record};
use crate::rule::{Base, DateRule};
use crate::state::{Phase, State, Status, Suspension, Timer, TimerKind};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    pub title: String,
    pub entries: Vec<Entry>,
    /// Role, then month (`2023-11`): tasks and approvals done.
    pub tasks: BTreeMap<String, BTreeMap<String, u32>>,
    pub meetings: u32,
    pub surveys: u32,
    pub warnings: Vec<Warning>,
    /// Titles of steps that were skipped under these assumptions.
    pub not_taken: Vec<String>,
    /// Whether the cycle reached its end.
    pub completed: bool,
    /// The cycle rests, so nothing happens until it is resumed.
    pub suspended: Option<Suspension>,
    #[serde(skip)]
    opened: BTreeSet<StepId>,
    /// Deadlines of collections: they last until the end of their day, so their timers fire on the next.
    #[serde(skip)]
    deadlines: BTreeMap<Key, NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub on: NaiveDate,
    /// Absent: the cycle itself.
    pub step: Option<Key>,
    pub title: String,
    pub kind: EntryKind,
    pub role: Option<String>,
    /// Empty, or a remark in Japanese.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Started,
    Task,
    Approval,
    SentBack,
    Effect,
    Compute,
    Gate,
    Opened,
    Closed,
    Reopened,
    Signal,
    Carried,
    Overdue,
    Escalated,
    Incident,
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// A role that has something to do, without anybody who holds it.
    MissingOwner { role: String },
    /// The step did not open, although nothing said that it would not.
    NeverOpens {
        step: StepId,
        title: String,
        why: String,
    },
    /// A date that the clerk chose is a closed day.
    ClosedDay {
        title: String,
        on: NaiveDate,
        reason: String,
    },
    /// Another plan puts what is still to be done on a day that has passed.
    Past { title: String, on: NaiveDate },
    /// The dry run could not go on.
    Stopped { why: String },
}

/// The signal that ends a meeting.
const MEETING: &str = "meeting.closed";

impl Timeline {
    pub(super) fn new(
        plan: &Plan,
        habits: &Habits,
        calendar: &Calendar,
        state: &State,
    ) -> Timeline {
        let roles: BTreeSet<&String> = plan.steps.iter().flat_map(|step| step.roles()).collect();
        let held = |role: &str| {
            habits
                .holders
                .get(role)
                .is_some_and(|people| !people.is_empty())
        };
        let missing = roles.into_iter().filter(|role| !held(role));
        let mut warnings: Vec<Warning> = missing
            .map(|role| Warning::MissingOwner { role: role.clone() })
            .collect();
        warnings.extend(closed_days(plan, calendar, state));
        Timeline {
            title: plan.title.clone(),
            entries: Vec::new(),
            tasks: BTreeMap::new(),
            meetings: 0,
            surveys: 0,
            warnings,
            not_taken: Vec::new(),
            completed: false,
            suspended: None,
            opened: state.steps.keys().cloned().collect(),
            deadlines: state.timers.iter().filter_map(deadline).collect(),
        }
    }

    pub(super) fn add(&mut self, plan: &Plan, record: &Record) {
        let on = match &record.event {
            Event::TimerSet { timer } | Event::TimerMoved { timer, .. } => {
                self.deadlines.extend(deadline(timer));
                return;
            }
            Event::StepSettled { key, .. } => {
                let today = record.at.today;
                self.deadlines
                    .get(key)
                    .map_or(today, |deadline| today.min(*deadline))
            }
            _ => record.at.today,
        };
        let mut entry = |key: Option<&Key>, kind, role: Option<&String>, detail: &str| {
            let title = key.map_or_else(|| plan.title.clone(), |key| plan.title_with_item(key));
            let (role, detail) = (role.cloned(), detail.to_owned());
            self.entries.push(Entry {
                on,
                step: key.cloned(),
                title,
                kind,
                role,
                detail,
            });
        };
        match &record.event {
            Event::CycleStarted { .. } => entry(None, EntryKind::Started, None, ""),
            Event::CycleCompleted => entry(None, EntryKind::Ended, None, ""),
            Event::StepOpened { key } => {
                self.opened.insert(key.step.clone());
                match plan.step(key.step.as_str()).map(|step| &step.kind) {
                    Some(Kind::Collect { .. }) => {
                        entry(Some(key), EntryKind::Opened, None, "");
                        self.surveys += u32::from(key.round == 1);
                    }
                    Some(Kind::Cycle { .. }) => entry(Some(key), EntryKind::Started, None, ""),
                    _ => {}
                }
            }
            Event::TaskDecided {
                key,
                role,
                outcome: chosen,
                comment,
            } => {
                let approval = plan
                    .step(key.step.as_str())
                    .is_some_and(|step| matches!(step.kind, Kind::Approval { .. }));
                let kind = match (chosen.as_str(), approval) {
                    (outcome::SENDBACK, _) => EntryKind::SentBack,
                    (_, true) => EntryKind::Approval,
                    (_, false) => EntryKind::Task,
                };
                // A task of several owners is everybody's.
                let owners = match plan.step(key.step.as_str()).map(|step| &step.kind) {
                    Some(Kind::Task { roles }) => roles.clone(),
                    _ => vec![role.clone()],
                };
                let comment = comment.as_deref().unwrap_or_default();
                entry(Some(key), kind, Some(&owners.join("・")), comment);
                for owner in owners {
                    let months = self.tasks.entry(owner).or_default();
                    *months.entry(on.format("%Y-%m").to_string()).or_default() += 1;
                }
            }
            Event::StepSettled {
                key,
                how: How::Done,
                outcome,
                ..
            } => {
                let step = plan.step(key.step.as_str());
                if let Some((kind, detail)) = step.and_then(|step| settled(step, outcome)) {
                    entry(Some(key), kind, None, &detail);
                }
                let meeting = step.is_some_and(
                    |step| matches!(&step.kind, Kind::WaitFor { signal, .. } if signal == MEETING),
                ) && outcome == outcome::RECEIVED;
                self.meetings += u32::from(meeting);
            }
            // A 差戻し has been entered as what a person decided.
            Event::StepReopened {
                by_step: Some(by),
                target,
                ..
            } if reopens(plan, by) => {
                let detail = format!("「{}」に戻る", plan.title_of(&target.step));
                entry(Some(by), EntryKind::Reopened, None, &detail);
            }
            Event::StepOverdue { key } => entry(Some(key), EntryKind::Overdue, None, ""),
            Event::TaskEscalated { key } => entry(Some(key), EntryKind::Escalated, None, ""),
            Event::IncidentRaised { key, message } => {
                entry(Some(key), EntryKind::Incident, None, message)
            }
            _ => {}
        }
    }

    pub(super) fn refused(&mut self, why: String) {
        self.warnings.push(Warning::Stopped { why });
    }

    pub(super) fn finish(&mut self, plan: &Plan, state: &State) {
        self.completed = state.phase == Phase::Completed;
        self.suspended.clone_from(&state.suspension);
        if self.suspended.is_some() {
            return;
        }
        for step in plan
            .steps
            .iter()
            .filter(|step| !self.opened.contains(&step.id))
        {
            let turns: Vec<_> = state
                .steps
                .get(&step.id)
                .into_iter()
                .flat_map(|items| items.values())
                .collect();
            let used = turns.iter().any(|turn| turn.uses > 0);
            let settled = !turns.is_empty()
                && turns
                    .iter()
                    .all(|turn| matches!(turn.status, Status::Settled(_)));
            if settled && !used {
                self.not_taken.push(step.title.clone());
            } else if !settled {
                self.warnings.push(Warning::NeverOpens {
                    step: step.id.clone(),
                    title: step.title.clone(),
                    why: crate::explain::explain(state, plan, &step.id),
                });
            }
        }
    }
}

/// What settling says that no other record has said.
fn settled(step: &Step, ended: &str) -> Option<(EntryKind, String)> {
    let entry = match &step.kind {
        Kind::Effect { .. } => (EntryKind::Effect, String::new()),
        Kind::Compute { .. } => (EntryKind::Compute, String::new()),
        Kind::Collect { .. } => (EntryKind::Closed, String::new()),
        Kind::Gate { .. } => (EntryKind::Gate, format!("結果 {ended}")),
        Kind::WaitFor { .. } if ended == outcome::CLOSED => (EntryKind::Closed, String::new()),
        Kind::WaitFor { .. } => (EntryKind::Signal, String::new()),
        Kind::Carry { .. } => (EntryKind::Carried, String::new()),
        Kind::Cycle { .. } | Kind::End => (EntryKind::Ended, String::new()),
        Kind::Task { .. } | Kind::Approval { .. } | Kind::Reopen { .. } => return None,
    };
    Some(entry)
}

fn deadline(timer: &Timer) -> Option<(Key, NaiveDate)> {
    (timer.kind == TimerKind::Closes).then(|| (timer.key.clone(), timer.on))
}

fn reopens(plan: &Plan, key: &Key) -> bool {
    let step = plan.step(key.step.as_str());
    step.is_some_and(|step| matches!(step.kind, Kind::Reopen { .. }))
}

/// Dates that a clerk chose, and that steps use as they are.
pub(crate) fn closed_days(plan: &Plan, calendar: &Calendar, state: &State) -> Vec<Warning> {
    let mut seen = BTreeSet::new();
    let mut warnings = Vec::new();
    let rules = plan
        .steps
        .iter()
        .flat_map(|step| [&step.opens, &step.due, &step.closes])
        .flatten();
    for rule in rules {
        let DateRule {
            base: Base::Field(field),
            offsets,
        } = rule
        else {
            continue;
        };
        let Some(on) = resolve(state, plan, calendar, rule).filter(|_| offsets.is_empty()) else {
            continue;
        };
        if let Some(reason) = calendar.closed(on).filter(|_| seen.insert(field)) {
            let reason = reason.to_owned();
            warnings.push(Warning::ClosedDay {
                title: plan.describe(rule),
                on,
                reason,
            });
        }
    }
    warnings
}
