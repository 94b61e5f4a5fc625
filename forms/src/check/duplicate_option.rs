//! Two options with the same code: their answers could not be told apart.

use std::collections::HashSet;

use authoring::{Finding, Source};
use serde_json::Value;

use super::places;
use crate::document::option_list;
use crate::item::Kind;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        let item = place.item;
        let inner = match &item.kind {
            Kind::Single { .. } => vec![item.pointer.clone()],
            Kind::Multiple { .. } => vec![format!("{}/items", item.pointer)],
            Kind::Matrix { rows, .. } => rows
                .iter()
                .map(|row| format!("{}/properties/{}", item.pointer, row.id))
                .collect(),
            _ => continue,
        };
        for pointer in inner {
            let Some(schema) = source.value().pointer(&pointer) else {
                continue;
            };
            let Some((list, pointer)) = option_list(source, schema, &pointer) else {
                continue;
            };
            let mut seen = HashSet::new();
            for (at, option) in list.iter().enumerate() {
                let Some(code) = option.get("const").and_then(Value::as_str) else {
                    continue;
                };
                if !seen.insert(code) {
                    findings.push(source.finding(
                        "form.duplicate_option",
                        &format!("{pointer}/{at}"),
                        format!("選択肢「{code}」が2回あります。"),
                        "どちらかを削除するか、const を変えてください。",
                    ));
                }
            }
        }
    }
}
