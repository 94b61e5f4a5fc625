//! Adding, copying and removing items, and making one kind into another.

use serde_json::{Map, Value, json};

use super::edit::NewKind;
use super::ids::Used;
use super::level::{self, set_text, split, tidy, titled, unknown};
use super::{Done, order, refused, rules, shared, words};

/// An item that is to be added.
pub(super) struct Fresh<'a> {
    pub kind: NewKind,
    pub title: &'a str,
    pub options: &'a [String],
    pub rows: &'a [String],
}

pub(super) fn add(
    document: &mut Value,
    fresh: &Fresh<'_>,
    page: Option<usize>,
    after: Option<&str>,
    inside: Option<&str>,
    used: &Used,
) -> Done {
    let title = titled(fresh.title, "設問の文")?.to_owned();
    if inside.is_some() && fresh.kind == NewKind::Repeat {
        return refused("繰り返しの中に、もう一つの繰り返しは置けません。");
    }
    if inside.is_some() && fresh.kind == NewKind::File {
        return refused("ファイルは、繰り返しの中では付けられません。");
    }
    let id = used.next_item();
    let concept = words::new_concept(document, &id);
    let mut item = schema(fresh, &id);
    if fresh.kind == NewKind::Matrix {
        shared::keep(document, &id, choices(fresh.options));
    }
    let map = item
        .as_object_mut()
        .expect("`schema` makes an object for every kind");
    map.insert("title".to_owned(), title.into());
    if let Some(concept) = concept {
        map.insert("x-concept".to_owned(), concept.into());
    }
    let cells = match fresh.kind {
        NewKind::Repeat => map["items"]["properties"].as_object_mut(),
        _ => None,
    };
    for (id, cell) in cells.into_iter().flatten() {
        let concept = words::new_concept(document, id).unwrap_or_default();
        if let Some(cell) = cell.as_object_mut() {
            set_text(cell, "x-concept", &concept);
        }
    }
    tidy(map);
    let path = match inside {
        Some(repeat) => format!("{repeat}.{id}"),
        None => id.clone(),
    };
    level::properties(level::level(document, &path)?).insert(id.clone(), item);
    if inside.is_some() {
        // A new item of a row stands at its end, where it was put.
        return match after {
            Some(after) => behind(document, &path, after),
            None => Ok(()),
        };
    }
    match after {
        Some(after) => behind(document, &path, after),
        None => order::place(document, &path, page, None),
    }
}

/// The same once more. Its checks stay behind: they name the item from which it was copied.
pub(super) fn copy(document: &mut Value, path: &str, used: &Used) -> Done {
    let mut item = level::item(document, path)?.clone();
    let (repeat, original) = split(path);
    let id = used.next_item();
    let title = item["title"].as_str().unwrap_or_default();
    let title = format!("{title}（写し）");
    item.insert("title".to_owned(), title.into());
    item.shift_remove("x-constraint");
    let concept = words::new_concept(document, &id).unwrap_or_default();
    set_text(&mut item, "x-concept", &concept);
    let level = level::level(document, path)?;
    let required = is_required(level, original);
    level::properties(level).insert(id.clone(), Value::Object(item));
    let copied = match repeat {
        Some(repeat) => format!("{repeat}.{id}"),
        None => id,
    };
    behind(document, &copied, path)?;
    match required {
        true => words::required(document, &copied, true),
        false => Ok(()),
    }
}

pub(super) fn remove(document: &mut Value, path: &str) -> Done {
    level::item(document, path)?;
    let (repeat, id) = split(path);
    let level = level::level(document, path)?;
    if level::properties(level).len() == 1 {
        return refused(match repeat {
            Some(_) => "繰り返しの1行には、設問が少なくとも1つ必要です。",
            None => "調査票には、設問が少なくとも1つ必要です。",
        });
    }
    words::required(document, path, false)?;
    level::properties(level::level(document, path)?).shift_remove(id);
    if repeat.is_none() && document.get("x-pages").is_some() {
        let mut pages = order::by_page(document);
        for page in &mut pages {
            page.retain(|other| other != id);
        }
        order::write(document, &pages);
    }
    shared::sweep(document);
    Ok(())
}

pub(super) fn set_kind(document: &mut Value, path: &str, kind: NewKind) -> Done {
    let item = level::item(document, path)?;
    let now = NewKind::of(&Value::Object(item.clone()));
    if now == kind {
        return Ok(());
    }
    if !now.convertible().contains(&kind) {
        return refused(format!(
            "「{}」の設問を「{}」には変えられません。新しい設問を加えて、この設問を消してください。",
            now.label(),
            kind.label()
        ));
    }
    if kind.has_options() {
        rules::follow(document, path, kind == NewKind::Multiple)?;
    }
    let item = level::item(document, path)?;
    match kind {
        NewKind::Multiple => many(item),
        NewKind::Single => one(item),
        NewKind::Integer => whole(item),
        NewKind::Decimal => {
            item.insert("type".to_owned(), "number".into());
        }
        NewKind::LongText => {
            item.insert("x-long".to_owned(), true.into());
        }
        NewKind::Text => {
            item.shift_remove("x-long");
        }
        _ => {}
    }
    tidy(item);
    Ok(())
}

/// Puts an item behind another one of its level.
fn behind(document: &mut Value, path: &str, after: &str) -> Done {
    let (repeat, id) = split(path);
    let (other, after_id) = split(after);
    if repeat != other {
        return unknown(after);
    }
    if repeat.is_some() {
        let items = level::properties(level::level(document, path)?);
        if !items.contains_key(after_id) {
            return unknown(after);
        }
        let item = items.shift_remove(id).unwrap_or_default();
        level::insert_behind(items, Some(after_id), id, item);
        return Ok(());
    }
    let pages = order::by_page(document);
    let next = order::find(&pages, after_id).map(|(page, at)| (page, pages[page].get(at + 1)));
    match next {
        Some((_, Some(next))) => order::place(document, path, None, Some(next)),
        Some((page, None)) => order::place(document, path, Some(page + 1), None),
        None => unknown(after),
    }
}

fn is_required(level: &Value, id: &str) -> bool {
    let names = level["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).any(|name| name == id)
}

fn schema(fresh: &Fresh<'_>, id: &str) -> Value {
    match fresh.kind {
        NewKind::Single => json!({ "oneOf": choices(fresh.options) }),
        NewKind::Multiple => json!({
            "type": "array", "uniqueItems": true,
            "items": { "oneOf": choices(fresh.options) },
        }),
        NewKind::Matrix => {
            let titles = named(fresh.rows, "項目１");
            let rows = titles.iter().enumerate().map(|(at, title)| {
                let row = json!({ "title": title, "$ref": format!("#/$defs/{id}") });
                (format!("r{}", at + 1), row)
            });
            let rows: Map<String, Value> = rows.collect();
            json!({ "type": "object", "x-matrix": true, "additionalProperties": false, "properties": rows })
        }
        NewKind::Integer => json!({ "type": "integer", "minimum": 0 }),
        NewKind::Decimal => json!({ "type": "number", "minimum": 0, "multipleOf": 0.1 }),
        NewKind::Date => json!({ "type": "string", "format": "date" }),
        NewKind::Text => json!({ "type": "string", "maxLength": 100 }),
        NewKind::LongText => json!({ "type": "string", "maxLength": 1000, "x-long": true }),
        NewKind::File => json!({ "type": "object", "x-file": { "kinds": ["pdf", "jpeg", "png"] } }),
        NewKind::Repeat => {
            // The items of its rows are numbered after itself.
            let number: u64 = id.trim_start_matches('q').parse().unwrap_or(0);
            let titles = named(fresh.rows, "名称");
            let cells = titles.iter().zip(number + 1..).map(|(title, number)| {
                let cell = json!({ "title": title, "type": "string", "maxLength": 100 });
                (format!("q{number}"), cell)
            });
            let cells: Map<String, Value> = cells.collect();
            json!({
                "type": "array", "x-repeat": "行", "maxItems": 20,
                "items": { "type": "object", "additionalProperties": false, "properties": cells },
            })
        }
    }
}

fn choices(titles: &[String]) -> Value {
    let titles = match titles.iter().any(|title| !title.trim().is_empty()) {
        true => named(titles, ""),
        false => vec!["選択肢１".to_owned(), "選択肢２".to_owned()],
    };
    let options = titles.iter().enumerate();
    options
        .map(|(at, title)| json!({ "const": format!("a{}", at + 1), "title": title }))
        .collect()
}

/// Titles that say something, or the one to begin with.
fn named(titles: &[String], otherwise: &str) -> Vec<String> {
    let said = titles.iter().map(|title| title.trim());
    let said: Vec<String> = said
        .filter(|title| !title.is_empty())
        .map(str::to_owned)
        .collect();
    match said.is_empty() {
        true => vec![otherwise.to_owned()],
        false => said,
    }
}

fn many(item: &mut Map<String, Value>) {
    let mut items = Map::new();
    for name in ["oneOf", "$ref"] {
        if let Some(value) = item.shift_remove(name) {
            items.insert(name.to_owned(), value);
        }
    }
    item.insert("type".to_owned(), "array".into());
    item.insert("uniqueItems".to_owned(), true.into());
    item.insert("items".to_owned(), Value::Object(items));
}

fn one(item: &mut Map<String, Value>) {
    for name in ["type", "uniqueItems", "minItems", "maxItems"] {
        item.shift_remove(name);
    }
    let Some(Value::Object(items)) = item.shift_remove("items") else {
        return;
    };
    for (name, mut value) in items {
        // Nothing is excluded where only one can be chosen.
        for option in value.as_array_mut().into_iter().flatten() {
            if let Some(option) = option.as_object_mut() {
                option.shift_remove("x-exclusive");
            }
        }
        if name != "type" {
            item.insert(name, value);
        }
    }
}

/// Limits that no integer can be go.
fn whole(item: &mut Map<String, Value>) {
    item.insert("type".to_owned(), "integer".into());
    item.shift_remove("multipleOf");
    for name in ["minimum", "maximum"] {
        if item.get(name).is_some_and(|limit| limit.as_i64().is_none()) {
            item.shift_remove(name);
        }
    }
    let whole = |limits: &Value| {
        let limits = limits.as_array().into_iter().flatten();
        limits.clone().all(|limit| limit.as_i64().is_some())
    };
    if item.get("x-plausible").is_some_and(|limits| !whole(limits)) {
        item.shift_remove("x-plausible");
    }
}
