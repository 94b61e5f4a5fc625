//! What moving one date would bring about, found by moving it on a copy of the state.

use chrono::NaiveDate;

use super::dates::Sides;
use super::{Preview, at_once, findings, people, tasks};
use crate::apply::apply;
use crate::calendar::Calendar;
use crate::command::{Actor, At, Command};
use crate::decide::decide;
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::state::{Phase, State};

/// What moving a date field would bring about: every date that hangs on it, tasks that come or go, and what
/// the product would do at once. Nothing is moved.
///
/// # Errors
/// The refusal with which [`decide`] would answer.
pub fn preview_date(
    state: &State,
    plan: &Plan,
    field: &str,
    to: NaiveDate,
    calendar: &Calendar,
    at: &At,
) -> Result<Preview, Refusal> {
    let command = Command::MoveDate {
        field: field.to_owned(),
        to,
        by: Actor::new("", ""),
        reason: "（案）".to_owned(),
    };
    let records = decide(state, plan, command, at, calendar)?;
    let mut after = state.clone();
    records.iter().for_each(|record| apply(&mut after, record));
    let sides = Sides {
        before: (state, plan),
        after: (&after, plan),
        calendar,
    };
    let moved = sides.moved();
    let fields = sides.fields().into_iter();
    Ok(Preview {
        from: plan.hash.clone(),
        to: plan.hash.clone(),
        // That a moved date is not the plan's own is no news here.
        fields: fields
            .filter(|change| change.from != change.to)
            .map(|mut change| {
                change.outvoted = None;
                change
            })
            .collect(),
        values: Vec::new(),
        people: people(plan, plan, &moved, [&Vec::new(), &Vec::new(), &Vec::new()]),
        tasks: tasks(plan, plan, &records),
        effects: at_once(state, &after, plan, calendar, at),
        choices: Vec::new(),
        ends: state.phase != Phase::Completed && after.phase == Phase::Completed,
        findings: findings(&moved, plan, calendar, &after, at),
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
        moved,
    })
}
