//! Calculated items: recomputed from what is known, whatever was sent for them.

use serde_json::Value;

use super::{Around, Level, Report, item};
use crate::expression::{Rule, json};
use crate::item::Item;

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
    item::clean(item, &json(&result)?, &around, report)
}
