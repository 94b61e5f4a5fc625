//! Which version a document becomes, and the documents with which a design begins.

use serde_json::{Value, json};

/// The document with the version under which it can be published: above `published` where that version says
/// something else.
pub fn numbered(document: &Value, saved: Option<&Value>, published: u32) -> Value {
    let mut document = document.clone();
    let own = document["x-version"].as_u64().unwrap_or(1).max(1);
    let changed = saved.is_none_or(|saved| *saved != document);
    let version = match changed && own <= u64::from(published) {
        true => u64::from(published) + 1,
        false => own,
    };
    document["x-version"] = version.into();
    document
}

/// A questionnaire with one item, to begin with.
pub fn blank(id: &str, title: &str) -> Value {
    let mut document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "x-id": id,
        "x-version": 1,
        "type": "object",
        "properties": {},
    });
    document["properties"]["q1"] = json!({
        "title": "ご意見",
        "x-concept": format!("{id}.q1"),
        "type": "string",
        "maxLength": 1000,
        "x-long": true,
    });
    document
}

/// Another questionnaire under a new id. Ids of items and concepts stay, so its series go on; breaks that were marked
/// then are not marked again.
pub fn copied(from: &Value, id: &str, title: &str) -> Value {
    let mut document = from.clone();
    document["x-id"] = id.into();
    document["x-version"] = 1.into();
    document["title"] = title.into();
    without_breaks(&mut document["properties"]);
    document
}

fn without_breaks(items: &mut Value) {
    for item in items
        .as_object_mut()
        .into_iter()
        .flat_map(|items| items.values_mut())
    {
        if let Some(item) = item.as_object_mut() {
            item.shift_remove("x-break");
        }
        if item["items"]["properties"].is_object() {
            without_breaks(&mut item["items"]["properties"]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_rises_only_when_it_was_published_and_something_changed() {
        let form = |version: u64, title: &str| json!({ "x-version": version, "title": title });
        let version = |document: &Value, saved: &Value, published| {
            numbered(document, Some(saved), published)["x-version"].as_u64()
        };
        let before = form(2, "前");
        assert_eq!(version(&form(2, "後"), &before, 2), Some(3));
        assert_eq!(version(&form(2, "後"), &before, 1), Some(2));
        assert_eq!(version(&form(2, "前"), &before, 2), Some(2));
        // Whoever raised it by hand has raised it.
        assert_eq!(version(&form(5, "後"), &before, 2), Some(5));
        assert_eq!(numbered(&form(1, "新"), None, 3)["x-version"], 4);
    }

    #[test]
    fn a_copy_keeps_concepts_and_leaves_the_breaks_of_then() {
        let mut from = blank("a", "ある調査");
        from["x-version"] = 7.into();
        from["properties"]["q1"]["x-break"] = "言い換えたため".into();
        from["properties"]["q2"] =
            json!({ "title": "行", "items": { "properties": { "q3": { "x-break": "同じ" } } } });
        let copy = copied(&from, "b", "翌年の調査");
        assert_eq!(
            (&copy["x-id"], &copy["x-version"]),
            (&json!("b"), &json!(1))
        );
        assert_eq!(copy["properties"]["q1"]["x-concept"], "a.q1");
        assert!(!copy.to_string().contains("x-break"), "{copy}");
    }
}
