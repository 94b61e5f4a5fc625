//! The dry run: the same `decide` and `apply`, a virtual clock, and people with habits.
//!
//! From an empty state it shows a whole year; from the state of a running cycle, the rest of it.

mod habits;
mod next_act;
mod report;
mod so_far;
mod timeline;

pub use habits::Habits;
pub use next_act::{Act, Deed, next_act};
pub use so_far::so_far;
pub(crate) use timeline::closed_days;
pub use timeline::{Entry, EntryKind, Timeline, Warning};

use chrono::NaiveDate;

use crate::apply::apply;
use crate::calendar::Calendar;
use crate::command::Command;
use crate::decide::decide;
use crate::explain::explain;
use crate::outcome;
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::script::Script;
use crate::state::State;
use crate::vocabulary::gate_facts;
use crate::work::{Work, WorkKind};

/// A year has a few hundred acts; a plan of the greatest size with its rounds stays below this.
const MAX_ACTS: usize = 100_000;

/// Runs the cycle from `state` until it ends, or nobody can do anything any more.
pub fn simulate(
    script: &Script,
    parameters: &Parameters,
    plan: &Plan,
    habits: &Habits,
    calendar: &Calendar,
    mut state: State,
) -> Timeline {
    let mut timeline = Timeline::new(plan, habits, calendar, &state);
    let play = Play {
        script,
        parameters,
        plan,
        habits,
        calendar,
    };
    for _ in 0..MAX_ACTS {
        match play.next(&mut state, NaiveDate::MAX) {
            None => break,
            Some(Ok(records)) => records.iter().for_each(|record| timeline.add(plan, record)),
            Some(Err(refusal)) => {
                timeline.refused(refusal.to_string());
                break;
            }
        }
    }
    for gate in &state.waiting_gates {
        timeline.refused(explain(&state, plan, &gate.step));
    }
    timeline.finish(plan, &state);
    timeline
}

/// The state of a cycle at the end of a day if everybody keeps to their habits, and the records that led there.
pub fn played(
    script: &Script,
    parameters: &Parameters,
    plan: &Plan,
    habits: &Habits,
    calendar: &Calendar,
    until: NaiveDate,
) -> (State, Vec<Record>) {
    let (mut state, mut all) = (State::default(), Vec::new());
    let play = Play {
        script,
        parameters,
        plan,
        habits,
        calendar,
    };
    for _ in 0..MAX_ACTS {
        match play.next(&mut state, until) {
            Some(Ok(records)) => all.extend(records),
            Some(Err(_)) | None => break,
        }
    }
    (state, all)
}

/// What a dry run is played with.
struct Play<'a> {
    script: &'a Script,
    parameters: &'a Parameters,
    plan: &'a Plan,
    habits: &'a Habits,
    calendar: &'a Calendar,
}

impl Play<'_> {
    /// The next act that falls on or before a day; nothing when there is none.
    fn next(&self, state: &mut State, until: NaiveDate) -> Option<Result<Vec<Record>, Refusal>> {
        let act = next_act(state, self.plan, self.habits, self.calendar)?;
        if act.at.today > until {
            return None;
        }
        let command = match act.deed {
            Deed::Command(command) => command,
            Deed::Work(work) => done(self.script, self.parameters, self.habits, work),
        };
        let decided = decide(state, self.plan, command, &act.at, self.calendar);
        if let Ok(records) = &decided {
            records.iter().for_each(|record| apply(state, record));
        }
        Some(decided)
    }
}

/// Work that succeeds at once; a gate is really asked.
fn done(script: &Script, parameters: &Parameters, habits: &Habits, work: Work) -> Command {
    let key = work.key;
    let outcome = match work.kind {
        WorkKind::Effect | WorkKind::Compute | WorkKind::Carry => Ok(outcome::DONE.to_owned()),
        WorkKind::Gate => {
            let facts = gate_facts(habits.asked.into(), habits.answered().into(), key.round);
            script.gate(&work.name, &facts, parameters)
        }
    };
    match outcome {
        Ok(outcome) => Command::Settle {
            key,
            outcome,
            input_hash: None,
        },
        Err(error) => Command::Fail {
            key,
            message: error.to_string(),
        },
    }
}
