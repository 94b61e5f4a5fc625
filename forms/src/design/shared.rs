//! Lists of options that several items share (`$defs`). All rows of a matrix share one.

use serde_json::{Map, Value, json};

use super::edit::NewKind;
use super::ids::Used;
use super::level;
use super::{Done, Refused, options, refused};

/// The list of options of an item, and under which names its codes are known to [`Used`].
pub(super) fn with_list<T>(
    document: &mut Value,
    path: &str,
    change: impl FnOnce(&mut Vec<Value>, &[&str]) -> Result<T, Refused>,
) -> Result<T, Refused> {
    gather(document, path)?;
    let item = Value::Object(level::item(document, path)?.clone());
    let holder = match NewKind::of(&item) {
        NewKind::Single => &item,
        NewKind::Multiple => &item["items"],
        NewKind::Matrix => first_row(&item),
        _ => return refused(format!("設問 {path} に選択肢はありません。")),
    };
    let Some(name) = reference(holder) else {
        let item = level::item(document, path)?;
        let list = match item.get_mut("items") {
            Some(items) => items.get_mut("oneOf"),
            None => item.get_mut("oneOf"),
        };
        let list = list.and_then(Value::as_array_mut);
        return match list {
            Some(list) => change(list, &[path]),
            None => refused(format!("設問 {path} に選択肢の一覧がありません。")),
        };
    };
    let list = document["$defs"]
        .get_mut(&name)
        .and_then(|list| list.get_mut("oneOf"))
        .and_then(Value::as_array_mut);
    match list {
        Some(list) => change(list, &[path, &format!("$defs/{name}")]),
        None => refused(format!("共通の選択肢「{name}」がありません。")),
    }
}

/// An own copy of a list that is shared.
pub(super) fn own(document: &mut Value, path: &str) -> Done {
    let list = with_list(document, path, |list, _| Ok(list.clone()))?;
    let item = level::item(document, path)?;
    match NewKind::of(&Value::Object(item.clone())) {
        NewKind::Matrix => {
            let name = level::split(path).1.to_owned();
            let name = match document["$defs"].get(&name) {
                Some(_) => free(document, &name),
                None => name,
            };
            keep(document, &name, Value::Array(list));
            point_rows(document, path, &name)?;
        }
        NewKind::Multiple => {
            item.insert("items".to_owned(), json!({ "oneOf": list }));
        }
        _ => {
            item.shift_remove("$ref");
            item.insert("oneOf".to_owned(), Value::Array(list));
        }
    }
    sweep(document);
    Ok(())
}

/// The options of another item. Codes that this item has ever used for something else are made anew.
pub(super) fn take(document: &mut Value, path: &str, from: &str, used: &Used) -> Done {
    if path == from {
        return refused("ほかの設問を選んでください。");
    }
    let taken = with_list(document, from, |list, _| Ok(list.clone()))?;
    own(document, path)?;
    let one =
        NewKind::of(&Value::Object(level::item(document, path)?.clone())) != NewKind::Multiple;
    with_list(document, path, |list, keys| {
        let before = std::mem::take(list);
        for mut option in taken {
            if let Some(option) = option.as_object_mut() {
                let code = option["const"].as_str().unwrap_or_default();
                if used.has_code(keys, code) && !same(&before, option) {
                    let fresh = options::fresh_code(used, keys, list);
                    option.insert("const".to_owned(), fresh.into());
                }
                if one {
                    option.shift_remove("x-exclusive");
                }
            }
            list.push(option);
        }
        Ok(())
    })
}

/// Keeps a list under a name.
pub(super) fn keep(document: &mut Value, name: &str, options: Value) {
    let map = document
        .as_object_mut()
        .expect("`apply` takes only documents that are objects");
    if !map.get("$defs").is_some_and(Value::is_object) {
        let before = map.keys().position(|key| key == "type");
        let at = before.unwrap_or(map.len());
        map.shift_insert(at, "$defs".to_owned(), Value::Object(Map::new()));
    }
    document["$defs"][name] = json!({ "oneOf": options });
}

/// Lists that nobody names any more go.
pub(super) fn sweep(document: &mut Value) {
    let text = document["properties"].to_string();
    let Some(lists) = document.get_mut("$defs").and_then(Value::as_object_mut) else {
        return;
    };
    lists.retain(|name, _| text.contains(&json!(format!("#/$defs/{name}")).to_string()));
    if lists.is_empty()
        && let Some(map) = document.as_object_mut()
    {
        map.shift_remove("$defs");
    }
}

/// The rows of a matrix that each have the list for themselves get one together.
fn gather(document: &mut Value, path: &str) -> Done {
    let item = Value::Object(level::item(document, path)?.clone());
    if NewKind::of(&item) != NewKind::Matrix || reference(first_row(&item)).is_some() {
        return Ok(());
    }
    let Some(list) = first_row(&item).get("oneOf").cloned() else {
        return Ok(());
    };
    let name = free(document, level::split(path).1);
    keep(document, &name, list);
    point_rows(document, path, &name)
}

fn point_rows(document: &mut Value, path: &str, name: &str) -> Done {
    let item = level::item(document, path)?;
    let rows = item.get_mut("properties").and_then(Value::as_object_mut);
    for row in rows.into_iter().flat_map(Map::values_mut) {
        if let Some(row) = row.as_object_mut() {
            row.shift_remove("oneOf");
            row.shift_remove("type");
            row.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
        }
    }
    Ok(())
}

fn free(document: &Value, name: &str) -> String {
    let taken = |name: &str| document["$defs"].get(name).is_some();
    if !taken(name) {
        return name.to_owned();
    }
    let mut numbered = (2..).map(|number: u32| format!("{name}_{number}"));
    numbered
        .find(|name| !taken(name))
        .expect("a document has no end of names")
}

fn first_row(item: &Value) -> &Value {
    let rows = item["properties"].as_object();
    rows.and_then(|rows| rows.values().next())
        .unwrap_or(&Value::Null)
}

fn reference(holder: &Value) -> Option<String> {
    let name = holder.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    Some(name.to_owned())
}

/// Whether the same code stood for the same words before.
fn same(before: &[Value], option: &Map<String, Value>) -> bool {
    before
        .iter()
        .any(|known| known["const"] == option["const"] && known["title"] == option["title"])
}
