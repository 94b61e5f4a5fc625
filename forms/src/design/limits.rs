//! Limits of answers: ranges of numbers, lengths of texts, how many options or rows.

use serde_json::{Number as Json, Value, json};
use unicode_normalization::UnicodeNormalization;

use super::edit::NewKind;
use super::level::{self, set};
use super::{Done, Refused, refused};
use crate::decimal::Decimal;
use crate::file::FileKind;

/// The limits of a number, as typed.
pub(super) struct Number<'a> {
    pub unit: &'a str,
    pub min: &'a str,
    pub max: &'a str,
    pub step: &'a str,
    pub low: &'a str,
    pub high: &'a str,
}

pub(super) fn number(document: &mut Value, path: &str, limits: &Number<'_>) -> Done {
    let item = level::item(document, path)?;
    let kind = NewKind::of(&Value::Object(item.clone()));
    if !matches!(kind, NewKind::Integer | NewKind::Decimal) {
        return refused(format!("設問 {path} は数の設問ではありません。"));
    }
    let whole = kind == NewKind::Integer;
    let min = typed(limits.min, "下限", whole)?;
    let max = typed(limits.max, "上限", whole)?;
    let step = typed(limits.step, "きざみ", whole)?;
    let low = typed(limits.low, "ふだんの下限", whole)?;
    let high = typed(limits.high, "ふだんの上限", whole)?;
    if step
        .as_ref()
        .is_some_and(|(step, _)| *step <= Decimal::from(0))
    {
        return refused("きざみは、0より大きい数で書いてください。");
    }
    if let (Some((low, _)), Some((high, _))) = (&min, &max)
        && low > high
    {
        return refused(format!(
            "下限 {low} が上限 {high} より大きくなっています。入れ替えてください。"
        ));
    }
    let plausible = match (low, high) {
        (None, None) => None,
        (Some((low, from)), Some((high, to))) if low <= high => Some(Value::Array(vec![from, to])),
        (Some(_), Some(_)) => {
            return refused("ふだんの範囲の下限が上限より大きくなっています。入れ替えてください。");
        }
        _ => return refused("ふだんの範囲は、下限と上限の両方を書いてください。"),
    };
    let unit = limits.unit.trim();
    set(item, "minimum", min.map(|(_, json)| json));
    set(item, "maximum", max.map(|(_, json)| json));
    set(
        item,
        "multipleOf",
        step.map(|(_, json)| json).filter(|_| !whole),
    );
    set(item, "x-unit", (!unit.is_empty()).then(|| unit.into()));
    set(item, "x-plausible", plausible);
    Ok(())
}

pub(super) fn length(document: &mut Value, path: &str, max: &str) -> Done {
    let item = level::item(document, path)?;
    let kind = NewKind::of(&Value::Object(item.clone()));
    if !matches!(kind, NewKind::Text | NewKind::LongText) {
        return refused(format!("設問 {path} は文の設問ではありません。"));
    }
    let max = counted(max, "字数", 1, 20_000)?;
    set(item, "maxLength", max.map(Value::from));
    Ok(())
}

pub(super) fn count(document: &mut Value, path: &str, min: &str, max: &str) -> Done {
    let item = level::item(document, path)?;
    let (what, most) = match NewKind::of(&Value::Object(item.clone())) {
        NewKind::Multiple => ("選ぶ数", 200),
        NewKind::Repeat => ("行の数", 500),
        _ => return refused(format!("設問 {path} に数の上限はありません。")),
    };
    let (min, max) = (counted(min, what, 0, most)?, counted(max, what, 1, most)?);
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return refused(format!(
            "{what}の下限 {min} が上限 {max} より大きくなっています。"
        ));
    }
    set(item, "minItems", min.map(Value::from));
    set(item, "maxItems", max.map(Value::from));
    Ok(())
}

pub(super) fn file(document: &mut Value, path: &str, kinds: &[String], megabytes: &str) -> Done {
    let item = level::item(document, path)?;
    if NewKind::of(&Value::Object(item.clone())) != NewKind::File {
        return refused(format!("設問 {path} はファイルの設問ではありません。"));
    }
    let known = |name: &String| FileKind::ALL.into_iter().any(|kind| kind.name() == name);
    if kinds.is_empty() || !kinds.iter().all(known) {
        return refused("付けられるファイルの種類を、少なくとも1つ選んでください。");
    }
    let mut file = json!({ "kinds": kinds });
    if let Some(megabytes) = counted(megabytes, "大きさの上限", 1, 10)? {
        file["megabytes"] = megabytes.into();
    }
    set(item, "x-file", Some(file));
    Ok(())
}

/// A number as typed, with the JSON that says the same; nothing for an empty text.
fn typed(text: &str, what: &str, whole: bool) -> Result<Option<(Decimal, Value)>, Refused> {
    let text: String = text.trim().nfkc().filter(|c| *c != ',').collect();
    let text = text.replace(['\u{2212}', '\u{2010}'], "-");
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        let kind = if whole { "整数" } else { "数" };
        Refused(format!(
            "{what}「{text}」は{kind}ではありません。{kind}で書いてください。"
        ))
    };
    let decimal: Decimal = text.parse().map_err(|_| wrong())?;
    let json: Json = match whole {
        true => text.parse::<i64>().map_err(|_| wrong())?.into(),
        false => serde_json::from_str(&decimal.to_string()).map_err(|_| wrong())?,
    };
    Ok(Some((decimal, Value::Number(json))))
}

fn counted(text: &str, what: &str, least: u64, most: u64) -> Result<Option<u64>, Refused> {
    let text: String = text.trim().nfkc().filter(|c| *c != ',').collect();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<u64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => refused(format!(
            "{what}「{text}」は使えません。{least}から{most}までの整数で書いてください。"
        )),
    }
}
