//! What a questionnaire and its items are called, whether an answer is needed, and to which series they belong.

use serde_json::{Map, Value};

use super::level::{self, set_text, titled};
use super::{Done, refused};

pub(super) fn head(document: &mut Value, title: &str, description: &str) -> Done {
    let title = titled(title, "調査票の題名")?;
    let map = document
        .as_object_mut()
        .expect("`apply` takes only documents that are objects");
    map.insert("title".to_owned(), title.into());
    let description = description.trim();
    if description.is_empty() {
        map.shift_remove("description");
    } else if map.contains_key("description") {
        map.insert("description".to_owned(), description.into());
    } else {
        level::insert_behind(map, Some("title"), "description", description.into());
    }
    Ok(())
}

pub(super) fn item(
    document: &mut Value,
    path: &str,
    title: &str,
    help: &str,
    title_en: &str,
) -> Done {
    let title = titled(title, "設問の文")?;
    let item = level::item(document, path)?;
    set_text(item, "title", title);
    set_text(item, "description", help.trim());
    set_text(item, "x-title-en", title_en.trim());
    Ok(())
}

/// What one row of a repeat is.
pub(super) fn row_label(document: &mut Value, path: &str, label: &str) -> Done {
    let label = titled(label, "1行の呼び名")?;
    let item = level::item(document, path)?;
    if !item.contains_key("x-repeat") {
        return refused(format!("設問 {path} は繰り返しではありません。"));
    }
    set_text(item, "x-repeat", label);
    Ok(())
}

pub(super) fn required(document: &mut Value, path: &str, required: bool) -> Done {
    if level::item(document, path)?.contains_key("x-calculate") && required {
        return refused("計算する設問は、回答者が入力しないので必須にできません。");
    }
    let id = level::split(path).1;
    let level = level::level(document, path)?;
    let level = level
        .as_object_mut()
        .expect("a level has properties, so it is an object");
    let names = level
        .entry("required")
        .or_insert_with(|| Value::Array(Vec::new()));
    let Some(names) = names.as_array_mut() else {
        return refused("required が一覧ではありません。「JSON」の画面で直してください。");
    };
    names.retain(|name| name.as_str() != Some(id));
    if required {
        names.push(id.into());
    } else if names.is_empty() {
        level.shift_remove("required");
    }
    Ok(())
}

pub(super) fn concept(document: &mut Value, path: &str, concept: &str) -> Done {
    let concept = concept.trim();
    if !concept.is_empty() && !is_concept(concept) {
        return refused(
            "系列の名は、半角の英小文字と数字を「.」か「-」でつないで書いてください（例：discharge.rule-used）。",
        );
    }
    if let Some(other) = holder(document, path, concept) {
        return refused(format!(
            "系列の名「{concept}」は、設問「{other}」が使っています。一つの調査票では一つの設問だけが使えます。"
        ));
    }
    set_text(level::item(document, path)?, "x-concept", concept);
    Ok(())
}

pub(super) fn series_break(document: &mut Value, path: &str, reason: &str) -> Done {
    set_text(level::item(document, path)?, "x-break", reason.trim());
    Ok(())
}

/// The concept of a new item: `discharge-rule.q7`.
pub(super) fn new_concept(document: &Value, id: &str) -> Option<String> {
    let form = document["x-id"].as_str()?;
    let concept = format!("{form}.{id}");
    is_concept(&concept).then_some(concept)
}

fn is_concept(text: &str) -> bool {
    text.split(['.', '-']).all(|part| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

/// The title of another item that has this concept.
fn holder(document: &Value, path: &str, concept: &str) -> Option<String> {
    let (repeat, id) = level::split(path);
    let title = |item: &Value| item["title"].as_str().unwrap_or_default().to_owned();
    let has = |item: &Value| !concept.is_empty() && item["x-concept"].as_str() == Some(concept);
    let items = document["properties"].as_object()?;
    for (outer, item) in items {
        if has(item) && (repeat.is_some() || outer != id) {
            return Some(title(item));
        }
        let inner = item["items"]["properties"].as_object();
        let mut inner = inner.into_iter().flat_map(Map::iter);
        let other = |(name, item): &(&String, &Value)| {
            has(item) && !(repeat == Some(outer.as_str()) && name.as_str() == id)
        };
        if let Some((_, item)) = inner.find(other) {
            return Some(title(item));
        }
    }
    None
}
