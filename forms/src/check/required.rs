//! A name under `required` that is no item.

use authoring::{Finding, Source, nearest};
use serde_json::Value;

use crate::item::Kind;
use crate::items::Items;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    level(source, &questionnaire.items, "", findings);
    for item in questionnaire.items.iter() {
        if let Kind::Repeat { items, .. } = &item.kind {
            level(source, items, &format!("{}/items", item.pointer), findings);
        }
    }
}

fn level(source: &Source, items: &Items, pointer: &str, findings: &mut Vec<Finding>) {
    let pointer = format!("{pointer}/required");
    let names = source.value().pointer(&pointer).and_then(Value::as_array);
    for (at, name) in names.into_iter().flatten().enumerate() {
        let Some(name) = name.as_str().filter(|name| items.get(name).is_none()) else {
            continue;
        };
        findings.push(source.finding(
            "form.required_unknown_item",
            &format!("{pointer}/{at}"),
            format!("required にある「{name}」という設問はありません。"),
            match nearest(name, items.iter().map(|item| item.id.as_str())) {
                Some(near) => format!("「{near}」ではありませんか。"),
                None => "設問を追加するか、required から外してください。".to_owned(),
            },
        ));
    }
}
