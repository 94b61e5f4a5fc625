//! The options of an item.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::edit::{Direction, Mark, NewKind};
use super::ids::Used;
use super::level::{self, set_text, titled};
use super::shared::with_list;
use super::{Done, Refused, refused, rules};

/// Options of one item; a questionnaire with more cannot be answered.
const MOST: usize = 200;

pub(super) fn add(document: &mut Value, path: &str, title: &str, used: &Used) -> Done {
    let title = titled(title, "選択肢の文")?;
    with_list(document, path, |list, keys| {
        if list.len() >= MOST {
            return refused(format!("選択肢は{MOST}個までです。"));
        }
        if list.iter().any(|option| option["title"] == title) {
            return refused(format!("選択肢「{title}」は、もうあります。"));
        }
        let code = fresh_code(used, keys, list);
        list.push(json!({ "const": code, "title": title }));
        Ok(())
    })
}

pub(super) fn set(
    document: &mut Value,
    path: &str,
    code: &str,
    title: &str,
    title_en: &str,
    mark: Mark,
) -> Done {
    let title = titled(title, "選択肢の文")?;
    let item = Value::Object(level::item(document, path)?.clone());
    let excludes = matches!(mark, Mark::Exclusive | Mark::ExclusiveUnknown);
    if excludes && NewKind::of(&item) != NewKind::Multiple {
        return refused(
            "「ほかと一緒に選べない」は、いくつでも選ぶ設問の選択肢にだけ付けられます。一つ選ぶ設問では要りません。",
        );
    }
    with_list(document, path, |list, _| {
        let at = position(list, code)?;
        let Some(option) = list[at].as_object_mut() else {
            return refused(format!("選択肢 {code} の形が崩れています。"));
        };
        let unknown = matches!(mark, Mark::Unknown | Mark::ExclusiveUnknown);
        set_text(option, "title", title);
        set_text(option, "x-title-en", title_en.trim());
        set_flag(option, "x-exclusive", excludes);
        set_flag(option, "x-unknown", unknown);
        Ok(())
    })
}

pub(super) fn shift(document: &mut Value, path: &str, code: &str, direction: Direction) -> Done {
    with_list(document, path, |list, _| {
        let at = position(list, code)?;
        let to = match direction {
            Direction::Up => at.checked_sub(1),
            Direction::Down => Some(at + 1).filter(|to| *to < list.len()),
        };
        match to {
            Some(to) => list.swap(at, to),
            None => return refused("この選択肢は、もう端にあります。"),
        }
        Ok(())
    })
}

pub(super) fn remove(document: &mut Value, path: &str, code: &str) -> Done {
    if let Some(title) = rules::reader_of_option(document, path, code) {
        return refused(format!(
            "設問「{title}」の条件か計算が、この選択肢を使っています。先にそちらを直してください。"
        ));
    }
    with_list(document, path, |list, _| {
        let at = position(list, code)?;
        if list.len() == 1 {
            return refused("選択肢は少なくとも1つ必要です。");
        }
        list.remove(at);
        Ok(())
    })
}

/// A code that no version has used here.
pub(super) fn fresh_code(used: &Used, keys: &[&str], list: &[Value]) -> String {
    let here = list.iter().filter_map(|option| option["const"].as_str());
    let here: BTreeSet<String> = here.map(str::to_owned).collect();
    used.next_code(keys, &here)
}

fn set_flag(option: &mut serde_json::Map<String, Value>, name: &str, on: bool) {
    level::set(option, name, on.then_some(Value::Bool(true)));
}

fn position(list: &[Value], code: &str) -> Result<usize, Refused> {
    match list.iter().position(|option| option["const"] == code) {
        Some(at) => Ok(at),
        None => refused(format!(
            "選択肢 {code} はありません。画面を開き直してください。"
        )),
    }
}
