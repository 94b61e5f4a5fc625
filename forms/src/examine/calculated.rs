//! Calculated items: recomputed from what is known, whatever was sent for them.

use serde_json::Value;

use super::{Around, Level, Report, item};
use crate::expression::{Rule, json};
use crate::item::Item;
use crate::messages::Complaint;

/// The result, checked like a typed answer. Nothing when an operand is blank or the result is no value of the kind.
pub(super) fn value<'a>(
    item: &Item,
    rule: &Rule,
    level: &Level<'a>,
    around: Around<'a, '_>,
    report: &mut Report,
) -> Option<Value> {
    let result = rule
        .evaluate(|name| level.lookup(around.outer, name))
        .ok()?;
    let result = json(&result)?;
    let before = report.issues.len();
    let value = item::clean(item, &result, &around, report);
    if value.is_none() && report.issues.len() > before {
        // Nobody typed this number: the respondent can only look at what it was made of.
        report.issues.truncate(before);
        let typed = result
            .as_str()
            .map_or_else(|| result.to_string(), str::to_owned);
        let complaint = Complaint::Calculated { value: &typed };
        report.say(around.path(item), &around.name(item), &complaint);
    }
    value
}
