//! What happens next, and when: the driver of the dry run and of the demonstration.
//!
//! It looks only at the state, so after a crash it goes on from where the records end.

use chrono::{DateTime, NaiveDate, Utc};

use super::habits::Habits;
use crate::calendar::{Calendar, minute_of, opening};
use crate::children::children;
use crate::command::{Actor, At, Command};
use crate::decide::proposers;
use crate::items::items;
use crate::outcome;
use crate::plan::{Kind, Per, Plan};
use crate::readiness::{Readiness, readiness};
use crate::state::{Phase, State, Status, TimerKind};
use crate::work::{Task, Work, open_tasks, open_work};

/// Minutes after midnight in Japan at which people act.
const APPROVALS_AT: u32 = 15 * 60;
const TASKS_AT: u32 = 16 * 60;
const SIGNALS_AT: u32 = 17 * 60;

/// The next thing that happens. An instant after the present one means: wait until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub at: At,
    pub deed: Deed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// To be given to [`decide`](crate::decide) as it is.
    Command(Command),
    /// To be done, and then reported with `Settle` or `Fail`.
    Work(Work),
}

/// Nothing when the cycle has ended or rests, or nobody can do anything (an incident, a signal that nobody sends).
/// The habits never fail at anything.
pub fn next_act(state: &State, plan: &Plan, habits: &Habits, calendar: &Calendar) -> Option<Act> {
    match state.phase {
        Phase::NotStarted => return start(plan, habits),
        Phase::Suspended | Phase::Completed | Phase::Terminated => return None,
        Phase::Running => {}
    }
    let now = state.latest.unwrap_or(DateTime::UNIX_EPOCH);
    let mut acts: Vec<(DateTime<Utc>, Deed)> = Vec::new();
    let mut asked_again = Vec::new();
    for work in open_work(state, plan) {
        let at = work.not_before.unwrap_or(now);
        if at <= now {
            // Nothing is earlier than now.
            return Some(Act {
                at: At::new(now),
                deed: Deed::Work(work),
            });
        }
        // The facts of a dry run do not change by waiting: such a gate alone does not keep it going.
        let of = match state.waiting_gates.contains(&work.key) {
            true => &mut asked_again,
            false => &mut acts,
        };
        of.push((at, Deed::Work(work)));
    }
    if let Some(command) = list(state, plan, habits) {
        acts.push((now, Deed::Command(command)));
    }
    for task in open_tasks(state, plan) {
        acts.push(decision(state, plan, habits, calendar, &task));
    }
    acts.extend(signals(state, plan, habits, calendar));
    acts.extend(ends_of_children(state, plan, habits, calendar));
    if let Some(timer) = state.timers.first() {
        acts.push((timer.fires_at, Deed::Command(Command::Tick)));
    }
    if !acts.is_empty() {
        acts.append(&mut asked_again);
    }
    // Of several at the same instant the first: the order of the plan.
    let (at, deed) = acts
        .into_iter()
        .map(|(at, deed)| (at.max(now), deed))
        .min_by_key(|(at, _)| *at)?;
    Some(Act {
        at: At::new(at),
        deed,
    })
}

fn start(plan: &Plan, habits: &Habits) -> Option<Act> {
    let on = habits.starts_on.or(plan.starts_on())?;
    let by = Actor::new("meguri", "システム");
    let command = Command::Start {
        cycle: habits.cycle.clone(),
        by,
        parent: None,
    };
    Some(Act {
        at: At::new(opening(on)),
        deed: Deed::Command(command),
    })
}

fn decision(
    state: &State,
    plan: &Plan,
    habits: &Habits,
    calendar: &Calendar,
    task: &Task,
) -> (DateTime<Utc>, Deed) {
    let since = task.since.today;
    let (on, minute) = match task.due.filter(|_| !task.approval) {
        Some(due) => (due.max(since), TASKS_AT),
        None if task.approval => (
            calendar.business_days(since, habits.approval_days.max(1)),
            APPROVALS_AT,
        ),
        None => (
            calendar.business_days(since, habits.task_days.max(1)),
            TASKS_AT,
        ),
    };
    let not = plan
        .step(task.key.step.as_str())
        .map(|step| proposers(state, plan, step, &task.key.item))
        .unwrap_or_default();
    let by = Actor::new(
        task.claimed_by
            .clone()
            .unwrap_or_else(|| habits.holder(&task.role, &not)),
        &task.role,
    );
    let back = task.sendback.is_some()
        && task.key.round == 1
        && habits.sent_back_once.contains(task.key.step.as_str());
    let (chosen, comment) = match back {
        true => (outcome::SENDBACK, Some("（仮）見直してください".to_owned())),
        false => (
            task.outcomes.first().copied().unwrap_or(outcome::DONE),
            None,
        ),
    };
    let key = task.key.clone();
    let command = Command::Complete {
        key,
        by,
        outcome: chosen.to_owned(),
        comment,
    };
    (minute_of(on, minute), Deed::Command(command))
}

fn signals<'a>(
    state: &'a State,
    plan: &'a Plan,
    habits: &'a Habits,
    calendar: &'a Calendar,
) -> impl Iterator<Item = (DateTime<Utc>, Deed)> + 'a {
    plan.steps.iter().flat_map(move |step| {
        let turns = state.steps.get(&step.id).into_iter().flatten();
        turns.filter_map(move |(item, turn)| {
            let (
                Kind::WaitFor {
                    signal,
                    key: wanted,
                    ..
                },
                Status::Open(open),
            ) = (&step.kind, &turn.status)
            else {
                return None;
            };
            let key = state.key(&step.id, item);
            let due: Option<NaiveDate> = state.timer(&key, TimerKind::Due).map(|timer| timer.on);
            let on = match due {
                Some(due) => due.max(open.since.today),
                None => calendar.business_days(open.since.today, habits.signal_days.max(1)),
            };
            let dedup = Some(key.effect_id(&state.cycle));
            let command = Command::Signal {
                name: signal.clone(),
                key: wanted.clone(),
                dedup,
            };
            Some((minute_of(on, SIGNALS_AT), Deed::Command(command)))
        })
    })
}

/// A child ends on the last day of its own dry run, if there is one.
fn ends_of_children(
    state: &State,
    plan: &Plan,
    habits: &Habits,
    calendar: &Calendar,
) -> impl Iterator<Item = (DateTime<Utc>, Deed)> {
    let wanted = children(state, plan)
        .into_iter()
        .filter(|child| child.wanted);
    wanted.filter_map(|child| {
        let since = state.open(&child.key)?.since.today;
        let on = match habits.child_ends.get(&child.name) {
            Some(on) => (*on).max(since),
            None => calendar.business_days(since, habits.child_days.max(1)),
        };
        let settle = Command::Settle {
            key: child.key,
            outcome: outcome::DONE.to_owned(),
            input_hash: None,
        };
        Some((minute_of(on, SIGNALS_AT), Deed::Command(settle)))
    })
}

/// A list that a step is ready for, but that nobody has given yet.
fn list(state: &State, plan: &Plan, habits: &Habits) -> Option<Command> {
    plan.steps.iter().find_map(|step| {
        let Some(Per::List(list)) = &step.per else {
            return None;
        };
        let wanted = items(state, plan, step).is_none()
            && readiness(state, plan, step, "") == Readiness::Ready;
        let items = habits
            .lists
            .get(list)
            .cloned()
            .unwrap_or_else(|| vec!["（仮）".to_owned()]);
        wanted.then(|| Command::SetList {
            list: list.clone(),
            items,
        })
    })
}
