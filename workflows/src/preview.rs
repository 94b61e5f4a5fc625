//! 計画の変更案: what adopting another plan would bring about, found by doing it on a copy of the state.

mod date;
mod dates;
mod sentences;

use std::collections::BTreeSet;

use chrono::NaiveDate;
pub use date::preview_date;
use dates::{Sides, values};
use serde::Serialize;

use crate::apply::apply;
use crate::calendar::Calendar;
use crate::command::{Actor, Adoption, At, Command};
use crate::decide::{decide, gone};
use crate::difference::{changed, lacking};
use crate::explain;
use crate::key::{Key, StepId};
use crate::outcome;
use crate::plan::{Plan, Step};
use crate::readiness::{Standing, standing};
use crate::record::{Event, Record};
use crate::refusal::Refusal;
use crate::simulate::{Warning, closed_days};
use crate::state::{Phase, State};
use crate::work::{Work, WorkKind, open_work};

/// Steps that are settled are history and not in here, apart from what they are named for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Hashes of the plans.
    pub from: String,
    pub to: String,
    pub fields: Vec<FieldChange>,
    /// Parameters other than dates.
    pub values: Vec<ValueChange>,
    pub moved: Vec<Moved>,
    pub added: Vec<Named>,
    /// Open or yet to come in the cycle, and not in the new plan.
    pub removed: Vec<Named>,
    pub changed: Vec<Named>,
    /// Roles that have something to do in what is moved, added, removed or changed.
    pub people: Vec<String>,
    /// Tasks that people get or lose at once.
    pub tasks: Vec<TaskChange>,
    /// What the product would do at once, mail among it, following the plan as far as it goes without anybody.
    pub effects: Vec<EffectAtOnce>,
    /// Open turns that the new plan does not have; each of them has to be cancelled, or the plan not adopted.
    pub choices: Vec<Choice>,
    /// The cycle would be at its end.
    pub ends: bool,
    /// What a clerk should look at again.
    pub findings: Vec<Warning>,
}

/// A date field whose date changes, or that keeps a date other than the new plan's because it was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    pub field: String,
    pub title: String,
    /// Absent: the field is new.
    pub from: Option<NaiveDate>,
    /// Absent: the field is gone.
    pub to: Option<NaiveDate>,
    /// The new plan's own date, where the moved one stays.
    pub outvoted: Option<NaiveDate>,
}

/// Values as a clerk reads them; absent where there is no such parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueChange {
    pub field: String,
    pub title: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    pub step: StepId,
    pub title: String,
    pub what: DateOf,
    /// Absent: there was no such date, or there is none any more.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOf {
    Opens,
    Due,
    Closes,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    pub step: StepId,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskChange {
    pub key: Key,
    pub title: String,
    pub role: String,
    /// Offered, or else taken away.
    pub offered: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EffectAtOnce {
    pub key: Key,
    pub title: String,
    pub name: String,
    pub args: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub key: Key,
    pub title: String,
    /// How it stands, in a sentence.
    pub standing: String,
}

/// What adopting `new` would bring about. Nothing is adopted.
///
/// # Errors
/// The refusal with which [`decide`] would answer, whatever is chosen for the open steps that go.
pub fn preview(
    state: &State,
    old: &Plan,
    new: &Plan,
    calendar: &Calendar,
    at: &At,
) -> Result<Preview, Refusal> {
    let choices = gone(state, new);
    let adoption = Adoption {
        plan: new.clone(),
        cancel: choices.clone(),
        by: Actor::new("", ""),
        reason: "（案）".to_owned(),
    };
    let command = Command::Adopt(Box::new(adoption));
    let records = decide(state, old, command, at, calendar)?;
    let mut after = state.clone();
    records.iter().for_each(|record| apply(&mut after, record));
    let sides = Sides {
        before: (state, old),
        after: (&after, new),
        calendar,
    };
    let moved = sides.moved();
    let live = |step: &&Step| !settled(state, old, step) && !settled(state, new, step);
    let added: Vec<&Step> = lacking(new, old).filter(live).collect();
    let removed: Vec<&Step> = lacking(old, new).filter(live).collect();
    let changed: Vec<&Step> = changed(old, new).filter(live).collect();
    Ok(Preview {
        from: old.hash.clone(),
        to: new.hash.clone(),
        fields: sides.fields(),
        values: values(old, new),
        people: people(old, new, &moved, [&added, &removed, &changed]),
        tasks: tasks(old, new, &records),
        effects: at_once(state, &after, new, calendar, at),
        choices: choices
            .into_iter()
            .filter_map(|key| {
                let step = old.step(key.step.as_str())?;
                Some(Choice {
                    title: old.title_with_item(&key),
                    standing: explain::one(state, old, step, &key.item),
                    key,
                })
            })
            .collect(),
        ends: after.phase == Phase::Completed,
        findings: findings(&moved, new, calendar, &after, at),
        added: named(&added),
        removed: named(&removed),
        changed: named(&changed),
        moved,
    })
}

fn settled(state: &State, plan: &Plan, step: &Step) -> bool {
    let standing = standing(state, plan, &step.id);
    matches!(standing, Standing::WentOn | Standing::Skipped)
}

fn named(steps: &[&Step]) -> Vec<Named> {
    let named = steps.iter().map(|step| Named {
        step: step.id.clone(),
        title: step.title.clone(),
    });
    named.collect()
}

fn people(old: &Plan, new: &Plan, moved: &[Moved], steps: [&Vec<&Step>; 3]) -> Vec<String> {
    let moved = moved.iter().map(|moved| &moved.step);
    let named = steps.into_iter().flatten().map(|step| &step.id);
    let steps = moved.chain(named);
    let both = steps.flat_map(|id| [old.step(id.as_str()), new.step(id.as_str())]);
    let roles: BTreeSet<&String> = both.flatten().flat_map(Step::roles).collect();
    roles.into_iter().cloned().collect()
}

fn tasks(old: &Plan, new: &Plan, records: &[Record]) -> Vec<TaskChange> {
    let change = |plan: &Plan, key: &Key, role: &String, offered| TaskChange {
        key: key.clone(),
        title: plan.title_with_item(key),
        role: role.clone(),
        offered,
    };
    let changes = records.iter().filter_map(|record| match &record.event {
        Event::TaskOffered { key, role } => Some(change(new, key, role, true)),
        Event::TaskWithdrawn { key, role } => Some(change(old, key, role, false)),
        _ => None,
    });
    changes.collect()
}

fn findings(
    moved: &[Moved],
    new: &Plan,
    calendar: &Calendar,
    after: &State,
    at: &At,
) -> Vec<Warning> {
    let past = moved.iter().filter_map(|moved| {
        let on = moved.to.filter(|on| *on < at.today)?;
        (moved.what != DateOf::Opens).then(|| Warning::Past {
            title: moved.title.clone(),
            on,
        })
    });
    past.chain(closed_days(new, calendar, after)).collect()
}

/// Goes on from the adopted state as if everything that the product does succeeded at once, and nobody else
/// did anything. What was to be done already is not due to the new plan.
fn at_once(
    before: &State,
    after: &State,
    plan: &Plan,
    calendar: &Calendar,
    at: &At,
) -> Vec<EffectAtOnce> {
    let mut state = after.clone();
    let mut effects = Vec::new();
    loop {
        let new = |work: &Work| work.kind != WorkKind::Gate && before.open(&work.key).is_none();
        let Some(work) = open_work(&state, plan).into_iter().find(new) else {
            return effects;
        };
        let settle = Command::Settle {
            key: work.key.clone(),
            outcome: outcome::DONE.to_owned(),
            input_hash: None,
        };
        let Ok(records) = decide(&state, plan, settle, at, calendar) else {
            return effects;
        };
        records.iter().for_each(|record| apply(&mut state, record));
        if work.kind == WorkKind::Effect {
            effects.push(EffectAtOnce {
                key: work.key,
                title: work.title,
                name: work.name,
                args: work.args,
            });
        }
    }
}
