//! Options that cannot be found: a reference to nothing, or an item of which nobody can say what it asks.

use authoring::{Finding, Source, nearest};
use serde_json::Value;

use super::places;
use crate::document::option_list;
use crate::item::Kind;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        let item = place.item;
        let pointers = match &item.kind {
            Kind::Single { .. } => vec![item.pointer.clone()],
            Kind::Multiple { .. } => vec![format!("{}/items", item.pointer)],
            Kind::Matrix { rows, .. } => rows
                .iter()
                .map(|row| format!("{}/properties/{}", item.pointer, row.id))
                .collect(),
            _ => continue,
        };
        for pointer in pointers {
            let schema = source.value().pointer(&pointer).unwrap_or(&Value::Null);
            if option_list(source, schema, &pointer).is_some() {
                continue;
            }
            findings.push(match schema.get("$ref").and_then(Value::as_str) {
                Some(reference) => source.finding(
                    "form.unknown_reference",
                    &format!("{pointer}/$ref"),
                    format!(
                        "設問 {} の $ref「{reference}」が指す選択肢の一覧はありません。",
                        item.id
                    ),
                    way_out(source, reference),
                ),
                None => source.finding(
                    "form.no_options",
                    &pointer,
                    format!(
                        "設問 {} に選択肢がなく、何を答える設問か決められません。",
                        item.id
                    ),
                    "oneOf か $ref で選択肢を書くか、type を直してください。",
                ),
            });
        }
    }
}

fn way_out(source: &Source, reference: &str) -> String {
    let shared = source.value().get("$defs").and_then(Value::as_object);
    let names = shared.into_iter().flat_map(|defs| defs.keys());
    let name = reference.rsplit('/').next().unwrap_or(reference);
    match nearest(name, names.map(String::as_str)) {
        Some(near) => format!("「#/$defs/{near}」ではありませんか。"),
        None => "$defs に一覧を追加するか、$ref を直してください。".to_owned(),
    }
}
