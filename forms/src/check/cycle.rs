//! Items whose relevance or calculation depends on themselves through others: nobody could ever decide them.

use authoring::{Finding, Source};

use crate::item::Kind;
use crate::items::Items;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    level(source, &questionnaire.items, findings);
    for item in questionnaire.items.iter() {
        if let Kind::Repeat { items, .. } = &item.kind {
            level(source, items, findings);
        }
    }
}

fn level(source: &Source, items: &Items, findings: &mut Vec<Finding>) {
    for cycle in items.cycles() {
        let mut path: Vec<&str> = cycle.iter().map(|at| items[*at].id.as_str()).collect();
        path.push(path[0]);
        findings.push(source.finding(
            "form.cycle",
            &items[cycle[0]].pointer,
            format!("設問の表示条件や計算が、めぐりめぐって自分自身に依存しています（{}）。", path.join(" → ")),
            "この輪の中のどれか1つの x-relevant か x-calculate を、前の設問だけで決まるように直してください。",
        ));
    }
}
