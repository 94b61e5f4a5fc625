//! Limits: how many items, and offsets that point the right way.

use std::collections::BTreeSet;

use super::Report;
use crate::plan::{MAX_ITEMS, Per, Step};
use crate::rule::Offset;

pub(super) fn check(steps: &[Step], report: &mut Report) {
    for step in steps {
        if step.id.as_str().trim().is_empty() || step.id.as_str().chars().count() > 64 {
            report.step(
                "cycle.bad_name",
                step,
                "名前が空か、64文字を超えています",
                "短い名前を付けてください。",
            );
        }
        if let Some(Per::Items(items)) = &step.per {
            let distinct: BTreeSet<&String> = items.iter().collect();
            if items.is_empty() || items.len() > MAX_ITEMS {
                report.step(
                    "cycle.too_many",
                    step,
                    format!("per の一覧が{}件です", items.len()),
                    format!("1件から{MAX_ITEMS}件までにしてください。"),
                );
            } else if distinct.len() < items.len() || distinct.contains(&String::new()) {
                report.step(
                    "cycle.duplicate_item",
                    step,
                    "per の一覧に同じ名前か空の名前があります",
                    "1つずつ違う名前にしてください。",
                );
            }
        }
        if let Some(Offset::Days(count) | Offset::BusinessDays(count)) = step.escalate
            && count < 1
        {
            report.step(
                "cycle.bad_limit",
                step,
                format!("escalate の日数 {count} は使えません"),
                "bdays(3) のように1以上にしてください。",
            );
        }
    }
}
