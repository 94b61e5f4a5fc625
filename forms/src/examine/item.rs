//! One answer: sent to the rule of its kind, and asked for when it is missing.

use serde_json::Value;

use super::{Around, Filled, Report, choice, date, file, number, text};
use crate::item::{Item, Kind};
use crate::messages::{Complaint, name_in_matrix};

/// The clean value; nothing when it is blank or wrong.
pub(super) fn clean(
    item: &Item,
    raw: &Value,
    around: &Around<'_, '_>,
    report: &mut Report,
) -> Option<Value> {
    let outcome = match &item.kind {
        Kind::Single { options } => choice::single(options, raw),
        Kind::Multiple { options, min, max } => choice::multiple(options, *min, *max, raw),
        Kind::Matrix { .. } => return choice::matrix(item, raw, around, report),
        Kind::Integer { .. } => number::integer(&item.kind, raw),
        Kind::Decimal { .. } => number::decimal(&item.kind, raw),
        Kind::Date => date::date(raw),
        Kind::Text { max, .. } => text::text(*max, raw),
        Kind::File { kinds, megabytes } => file::file(kinds, *megabytes, raw),
        // Rows are filled by their level.
        Kind::Repeat { .. } => Ok(Clean::blank()),
    };
    match outcome {
        Ok(clean) => {
            if let Some(warning) = clean.warning {
                report.say(around.path(item), &around.name(item), &warning);
            }
            clean.value
        }
        Err(complaint) => {
            report.say(around.path(item), &around.name(item), &complaint);
            None
        }
    }
}

/// A value that is right in itself, perhaps with something to look at again.
#[derive(Debug)]
pub(super) struct Clean<'a> {
    pub(super) value: Option<Value>,
    pub(super) warning: Option<Complaint<'a>>,
}

impl Clean<'_> {
    pub(super) fn blank() -> Self {
        Clean {
            value: None,
            warning: None,
        }
    }

    pub(super) fn value(value: impl Into<Value>) -> Self {
        Clean {
            value: Some(value.into()),
            warning: None,
        }
    }
}

pub(super) type Outcome<'a> = Result<Clean<'a>, Complaint<'a>>;

/// Says what is missing of a required item.
pub(super) fn require(
    item: &Item,
    filled: Option<&Filled<'_>>,
    around: &Around<'_, '_>,
    report: &mut Report,
) {
    match (&item.kind, filled) {
        (Kind::Matrix { rows, .. }, filled) => {
            for row in rows {
                let answered = match filled {
                    Some(Filled::Value(value)) => value.get(&row.id).is_some(),
                    _ => false,
                };
                if !answered {
                    let path = format!("{}.{}", around.path(item), row.id);
                    let name = name_in_matrix(&around.name(item), &row.title);
                    report.say(path, &name, &Complaint::RequiredChoice);
                }
            }
        }
        (_, Some(_)) => {}
        (Kind::Single { .. } | Kind::Multiple { .. }, None) => {
            report.say(
                around.path(item),
                &around.name(item),
                &Complaint::RequiredChoice,
            );
        }
        (_, None) => report.say(around.path(item), &around.name(item), &Complaint::Required),
    }
}
