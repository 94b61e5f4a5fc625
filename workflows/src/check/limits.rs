//! Limits: how many items, how long names are, and offsets that point the right way.

use std::collections::BTreeSet;

use super::Report;
use crate::plan::{Kind, LONGEST_ARGUMENT, LONGEST_ITEM, LONGEST_TITLE, MAX_ITEMS, Per, Step};
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
        if step.title.chars().count() > LONGEST_TITLE {
            report.step(
                "cycle.bad_name",
                step,
                format!("title が{LONGEST_TITLE}文字を超えています"),
                "短くしてください。",
            );
        }
        if let Kind::Effect { args, .. } | Kind::Compute { args, .. } = &step.kind
            && args
                .iter()
                .any(|arg| arg.chars().count() > LONGEST_ARGUMENT)
        {
            report.step(
                "cycle.bad_argument",
                step,
                format!("引数が{LONGEST_ARGUMENT}文字を超えています"),
                "長い文は資料のひな型に書いてください。",
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
            } else if items.iter().any(|item| item.chars().count() > LONGEST_ITEM) {
                report.step(
                    "cycle.bad_name",
                    step,
                    format!("per の一覧に{LONGEST_ITEM}文字を超える名前があります"),
                    "短い名前にしてください。",
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
