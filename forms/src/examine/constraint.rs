//! Constraints: evaluated last, when every value is known, and only with all their operands.

use rhai::{Dynamic, EvalAltResult, Map};

use super::{Filled, Level, Report};
use crate::item::{Constraint, Kind};
use crate::messages::{Complaint, row_name};

impl Level<'_> {
    /// Says which constraints are violated here and in the rows of this level.
    pub(super) fn constrain(&self, around: Option<(&Level<'_>, &str, &str)>, report: &mut Report) {
        let outer = around.map(|(outer, _, _)| outer);
        let prefix = around.map_or("", |(_, prefix, _)| prefix);
        let row = around.map(|(_, _, row)| row);
        for (item, filled) in self.items.iter().zip(&self.filled) {
            let Some(filled) = filled else {
                continue;
            };
            for constraint in &item.constraints {
                if self.is_violated(constraint, outer) {
                    let complaint = Complaint::Constraint {
                        row: row.map(str::to_owned),
                        message: &constraint.message,
                    };
                    report.say(format!("{prefix}{}", item.id), "", &complaint);
                }
            }
            if let (Filled::Rows(rows), Kind::Repeat { label, .. }) = (filled, &item.kind) {
                for (at, level) in rows {
                    let prefix = format!("{prefix}{}.{at}.", item.id);
                    level.constrain(Some((self, &prefix, &row_name(label, *at))), report);
                }
            }
        }
    }

    fn is_violated(&self, constraint: &Constraint, outer: Option<&Level<'_>>) -> bool {
        let rule = &constraint.rule;
        let absent = |name: &String| self.lookup(outer, name).is_unit();
        let absent_row = |(name, property): &(String, String)| {
            let matrix = self.lookup(outer, name).try_cast::<Map>();
            matrix.is_some_and(|rows| rows.get(property.as_str()).is_some_and(Dynamic::is_unit))
        };
        if rule.names().iter().any(absent) || rule.properties().iter().any(absent_row) {
            return false;
        }
        match rule.evaluate(|name| self.lookup(outer, name)) {
            Ok(result) => result.as_bool() == Ok(false),
            // Counts so large that their sum overflows are not within any base.
            Err(error) => matches!(*error, EvalAltResult::ErrorArithmetic(..)),
        }
    }
}
