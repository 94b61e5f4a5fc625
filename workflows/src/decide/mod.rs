//! Deciding: a command against a state gives records, or a refusal. Pure and total; one file a command.
//!
//! A command may settle a step; then every step that may open or will never open is asked, until nothing
//! changes any more ([`advance`]). So one command gives one batch, which is stored as one.

mod adopt;
mod advance;
mod cancel;
mod dates;
mod end;
mod lists;
mod lookup;
mod offers;
mod open;
mod people;
mod pieces;
mod proposal;
mod pull_back;
mod reopen;
mod shell;
mod signal;
mod start;
mod suspend;
mod texts;
mod timers;

use std::borrow::Cow;

use chrono::NaiveDate;

pub(crate) use adopt::gone;
pub(crate) use proposal::proposers;

use crate::apply::apply;
use crate::calendar::Calendar;
use crate::command::{Actor, At, Command};
use crate::plan::Plan;
use crate::record::{Event, RECORD_VERSION, Record};
use crate::refusal::Refusal;
use crate::rule::{DateRule, Dates};
use crate::state::{Phase, State};

/// What a command brings about; empty when it had already been done.
///
/// # Errors
/// A [`Refusal`] with a Japanese sentence; the state is then as before.
pub fn decide(
    state: &State,
    plan: &Plan,
    command: Command,
    at: &At,
    calendar: &Calendar,
) -> Result<Vec<Record>, Refusal> {
    let started = matches!(command, Command::Start { .. });
    match state.phase {
        Phase::NotStarted if !started => return Err(Refusal::NotStarted),
        Phase::NotStarted => {}
        _ if started => return Err(Refusal::AlreadyStarted),
        Phase::Running => {}
        Phase::Suspended if matches!(command, Command::Tick) => return Ok(Vec::new()),
        Phase::Suspended => suspend::while_suspended(state, &command)?,
        // Late timers and late signals of an ended cycle are nobody's mistake.
        Phase::Completed | Phase::Terminated
            if matches!(command, Command::Tick | Command::Signal { .. }) =>
        {
            return Ok(Vec::new());
        }
        Phase::Completed | Phase::Terminated => return Err(Refusal::Ended),
    }
    if !started && state.plan != plan.hash {
        return Err(Refusal::OtherPlan);
    }
    texts::short_enough(&command)?;
    let latest = state.latest.map_or(*at, At::new);
    let mut batch = Batch {
        state: Cow::Borrowed(state),
        plan,
        calendar,
        // A clock that jumps back must not undo the order of the records.
        at: latest.max(*at),
        by: None,
        records: Vec::new(),
    };
    match command {
        Command::Start { cycle, by, parent } => start::start(&mut batch, cycle, by, parent),
        Command::Tick => timers::tick(&mut batch),
        Command::Claim { key, by } => people::claim(&mut batch, &key, by)?,
        Command::Release { key, by } => people::release(&mut batch, &key, by)?,
        Command::Complete {
            key,
            by,
            outcome,
            comment,
        } => {
            people::complete(&mut batch, &key, by, outcome, comment)?;
        }
        Command::PullBack { key, by } => pull_back::pull_back(&mut batch, &key, by)?,
        Command::Cancel { key, by, reason } => cancel::cancel(&mut batch, &key, by, reason)?,
        Command::Settle {
            key,
            outcome,
            input_hash,
        } => shell::settle(&mut batch, &key, outcome, input_hash)?,
        Command::Fail { key, message } => shell::fail(&mut batch, &key, message)?,
        Command::Retry { key, by } => shell::retry(&mut batch, &key, by)?,
        Command::Signal { name, key, dedup } => signal::signal(&mut batch, name, key, dedup),
        Command::MoveDate {
            field,
            to,
            by,
            reason,
        } => dates::move_date(&mut batch, field, to, by, reason)?,
        Command::SetList { list, items } => lists::set_list(&mut batch, list, items)?,
        Command::AddItem { list, item, by } => lists::add_item(&mut batch, list, item, by)?,
        Command::Suspend { by, reason } => suspend::suspend(&mut batch, by, reason)?,
        Command::Resume { by, reason } => suspend::resume(&mut batch, by, reason)?,
        Command::Adopt(adoption) if adoption.plan.hash == plan.hash => {}
        Command::Adopt(adoption) => {
            let on_the_new_plan = Batch {
                plan: &adoption.plan,
                ..batch
            };
            return adopt::adopt(on_the_new_plan, plan, &adoption);
        }
        Command::Terminate { by, reason } => end::terminate(&mut batch, by, reason)?,
    }
    Ok(batch.records)
}

/// The state as it will be, and the records that make it so. It is copied when the first record is made.
struct Batch<'a> {
    state: Cow<'a, State>,
    plan: &'a Plan,
    calendar: &'a Calendar,
    at: At,
    by: Option<Actor>,
    records: Vec<Record>,
}

impl Batch<'_> {
    fn record(&mut self, event: Event) {
        let record = Record {
            version: RECORD_VERSION,
            at: self.at,
            by: self.by.clone(),
            event,
        };
        apply(self.state.to_mut(), &record);
        self.records.push(record);
    }

    fn date(&self, rule: &DateRule) -> Option<NaiveDate> {
        resolve(&self.state, self.plan, self.calendar, rule)
    }
}

/// The date of a rule in a running cycle (or, before its start, in its plan).
pub(crate) fn resolve(
    state: &State,
    plan: &Plan,
    calendar: &Calendar,
    rule: &DateRule,
) -> Option<NaiveDate> {
    let closing = |id: &crate::StepId| {
        let extended = state.closings.get(id).cloned();
        extended.or_else(|| plan.step(id.as_str())?.closes.clone())
    };
    let dates = Dates {
        fields: if state.dates.is_empty() {
            &plan.dates
        } else {
            &state.dates
        },
        fiscal_year: plan.fiscal_year.or(state.fiscal_year),
        closing: &closing,
    };
    rule.resolve(&dates, calendar)
}
