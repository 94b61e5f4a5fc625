//! Dates and other parameters before and after.

use std::collections::BTreeSet;

use super::{DateOf, FieldChange, Moved, ValueChange, settled};
use crate::calendar::Calendar;
use crate::decide::resolve;
use crate::parameters::{Field, FieldValue, Parameters};
use crate::plan::Plan;
use crate::rule::DateRule;
use crate::state::State;

pub(super) struct Sides<'a> {
    pub before: (&'a State, &'a Plan),
    pub after: (&'a State, &'a Plan),
    pub calendar: &'a Calendar,
}

impl Sides<'_> {
    pub fn fields(&self) -> Vec<FieldChange> {
        let ((before, old), (after, new)) = (self.before, self.after);
        let fields: BTreeSet<&String> = before.dates.keys().chain(after.dates.keys()).collect();
        let changes = fields.into_iter().map(|field| {
            let (from, to) = (before.dates.get(field), after.dates.get(field));
            let title = new.date_titles.get(field).or(old.date_titles.get(field));
            FieldChange {
                field: field.clone(),
                title: title.unwrap_or(field).clone(),
                from: from.copied(),
                to: to.copied(),
                outvoted: new.dates.get(field).filter(|on| Some(*on) != to).copied(),
            }
        });
        changes
            .filter(|change| change.from != change.to || change.outvoted.is_some())
            .collect()
    }

    /// Dates of steps that are not settled, in the order of the new plan, then of what only the old one has.
    pub fn moved(&self) -> Vec<Moved> {
        let ((before, old), (after, new)) = (self.before, self.after);
        let both = new
            .steps
            .iter()
            .filter_map(|step| Some((old.step(step.id.as_str())?, step)));
        let both = both.filter(|(_, step)| !settled(after, new, step));
        let mut moved = Vec::new();
        for (was, is) in both {
            let extended = |state: &State| state.closings.get(&is.id).cloned();
            let dates = [
                (DateOf::Opens, was.opens.clone(), is.opens.clone()),
                (DateOf::Due, was.due.clone(), is.due.clone()),
                (
                    DateOf::Closes,
                    extended(before).or(was.closes.clone()),
                    extended(after).or(is.closes.clone()),
                ),
            ];
            for (what, was, rule) in dates {
                let on = |state, plan, rule: Option<DateRule>| {
                    rule.and_then(|rule| resolve(state, plan, self.calendar, &rule))
                };
                let (from, to) = (on(before, old, was), on(after, new, rule));
                if from != to {
                    let (step, title) = (is.id.clone(), is.title.clone());
                    moved.push(Moved {
                        step,
                        title,
                        what,
                        from,
                        to,
                    });
                }
            }
        }
        moved
    }
}

/// Nothing where the old plan was made without keeping its parameters.
pub(super) fn values(old: &Plan, new: &Plan) -> Vec<ValueChange> {
    let (Some(old), Some(new)) = (&old.parameters, &new.parameters) else {
        return Vec::new();
    };
    let undated = |parameters: &Parameters| -> Vec<Field> {
        let fields = parameters.fields().iter();
        let undated = fields.filter(|field| !matches!(field.value, FieldValue::Date(_)));
        undated.cloned().collect()
    };
    let (was, is) = (undated(old), undated(new));
    let gone = was.iter().filter(|field| new.field(&field.id).is_none());
    let changes = is.iter().chain(gone).map(|field| {
        let words = |fields: &[Field]| {
            let found = fields.iter().find(|other| other.id == field.id);
            found.map(Field::in_words)
        };
        ValueChange {
            field: field.id.clone(),
            title: field.title.clone(),
            from: words(&was),
            to: words(&is),
        }
    });
    changes.filter(|change| change.from != change.to).collect()
}
