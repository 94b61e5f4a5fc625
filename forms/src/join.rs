//! Joining questionnaires: one survey for several agenda items, so that an office is asked once.

use authoring::{Finding, Source};
use serde_json::{Map, Value, json};

use crate::questionnaire::Questionnaire;
use crate::read::read;

/// One questionnaire with the pages of all parts in their order. Shared option lists are renamed
/// `<id of the part>.<name>`. The result is a document like any other: its JSON can be stored and read again.
///
/// # Errors
/// `form.duplicate_id` for each item that an earlier part has too. Lines count in the joined document.
pub fn join(
    id: &str,
    version: u32,
    title: &str,
    parts: &[&Questionnaire],
) -> Result<Questionnaire, Vec<Finding>> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut pages = Vec::new();
    let mut lists = Map::new();
    let mut findings = Vec::new();
    let mut owners: Vec<(String, &Questionnaire)> = Vec::new();
    for part in parts {
        let mut document = part.json().clone();
        prefix_references(&mut document, part.id());
        for (name, list) in object(&mut document, "$defs") {
            lists.insert(format!("{}.{name}", part.id()), list);
        }
        for (item, schema) in object(&mut document, "properties") {
            if let Some((_, owner)) = owners.iter().find(|(id, _)| *id == item) {
                findings.push(Finding::new(
                    "form.duplicate_id",
                    part.id(),
                    None,
                    format!(
                        "設問 {item} は、先につないだ調査票「{}」にもあります。",
                        owner.title()
                    ),
                    "どちらかの調査票で設問のIDを変えてください。",
                ));
                continue;
            }
            owners.push((item.clone(), part));
            properties.insert(item, schema);
        }
        if let Some(Value::Array(names)) = document.get_mut("required").map(Value::take) {
            required.extend(names);
        }
        pages.extend(
            part.pages()
                .iter()
                .map(|page| json!({ "title": page.title, "items": page.items })),
        );
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut joined = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "x-id": id,
        "x-version": version,
        "x-pages": pages,
    });
    joined["$defs"] = Value::Object(lists);
    joined["type"] = json!("object");
    joined["properties"] = Value::Object(properties);
    joined["required"] = Value::Array(required);
    let text = serde_json::to_string_pretty(&joined).unwrap_or_default();
    read(&Source::json(format!("{id}.json"), &text).map_err(|finding| vec![finding])?)
}

fn object(document: &mut Value, name: &str) -> Map<String, Value> {
    match document.get_mut(name).map(Value::take) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// `#/$defs/hospitals` → `#/$defs/<part>.hospitals`, wherever a reference stands.
fn prefix_references(value: &mut Value, part: &str) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(reference) if name == "$ref" => {
                        if let Some(list) = reference.strip_prefix("#/$defs/") {
                            *reference = format!("#/$defs/{part}.{list}");
                        }
                    }
                    value => prefix_references(value, part),
                }
            }
        }
        Value::Array(list) => list
            .iter_mut()
            .for_each(|value| prefix_references(value, part)),
        _ => {}
    }
}
