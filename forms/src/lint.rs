//! What a reader may find hard to answer. Not wrong, and often intended: remarks for whoever designs.

use serde::Serialize;

use crate::item::{Item, Kind};
use crate::questionnaire::Questionnaire;

/// Something to think about at an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// `q1`, or `hospitals.q2`.
    pub item: String,
    pub what: String,
}

/// All remarks, in the order of asking.
pub fn lint(form: &Questionnaire) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for item in form.items() {
        remark(item, item.id.to_string(), &mut remarks);
        if let Kind::Repeat { items, .. } = &item.kind {
            for inner in items.iter() {
                remark(inner, format!("{}.{}", item.id, inner.id), &mut remarks);
            }
        }
    }
    remarks
}

fn remark(item: &Item, path: String, remarks: &mut Vec<Remark>) {
    if item.is_calculated() {
        return;
    }
    let checks = [
        two_questions,
        leading,
        one_of_several,
        no_other,
        no_middle,
        no_unit,
        vague,
    ];
    let found = checks.iter().filter_map(|check| check(item));
    remarks.extend(found.map(|what| Remark {
        item: path.clone(),
        what,
    }));
}

/// 「お住まい（居住地・事業所）」: two things are asked at once.
fn two_questions(item: &Item) -> Option<String> {
    if !matches!(
        item.kind,
        Kind::Single { .. } | Kind::Text { .. } | Kind::Integer { .. }
    ) {
        return None;
    }
    let joined = ["・", "及び", "および", "ならびに", "並びに"];
    let word = joined.iter().find(|word| {
        let parts: Vec<&str> = item.title.split(*word).collect();
        parts.len() == 2 && parts.iter().all(|part| part.chars().count() >= 2)
    })?;
    Some(format!(
        "「{word}」で二つのことを一度に尋ねていませんか。分けると、答えが読み取れます。"
    ))
}

fn leading(item: &Item) -> Option<String> {
    let words = [
        "べきだと",
        "べきと",
        "当然",
        "やはり",
        "もちろん",
        "重要だと思いますか",
        "必要だと思いますか",
    ];
    let word = words.iter().find(|word| item.title.contains(*word))?;
    Some(format!("「{word}」は、答えを誘う言い方に読めます。"))
}

/// Several hold, but one can be chosen.
fn one_of_several(item: &Item) -> Option<String> {
    let Kind::Single { .. } = &item.kind else {
        return None;
    };
    let text = format!("{}{}", item.title, item.help.as_deref().unwrap_or_default());
    let several = [
        "すべて",
        "全て",
        "いくつでも",
        "複数",
        "何で知",
        "何でお知り",
    ];
    let word = several.iter().find(|word| text.contains(*word))?;
    Some(format!(
        "「{word}」と尋ねていますが、一つしか選べません。いくつでも選べる設問にしますか。"
    ))
}

fn no_other(item: &Item) -> Option<String> {
    let Kind::Multiple { options, .. } = &item.kind else {
        return None;
    };
    let other = options.iter().any(|option| {
        ["その他", "ほか", "特にない"]
            .iter()
            .any(|word| option.title.contains(word))
    });
    (options.len() >= 4 && !other).then(|| "選択肢に「その他」がありません。".to_owned())
}

/// Two opposite ends and nothing between them.
fn no_middle(item: &Item) -> Option<String> {
    let options = item.options();
    let [one, other] = options else {
        return None;
    };
    let scales = [
        ("満足", "不満"),
        ("よい", "わるい"),
        ("良い", "悪い"),
        ("理解できた", "理解できなかった"),
        ("思う", "思わない"),
        ("役に立った", "役に立たなかった"),
        ("十分", "不十分"),
    ];
    let both = |low: &str, high: &str| {
        (one.title.contains(low) && other.title.contains(high))
            || (one.title.contains(high) && other.title.contains(low))
    };
    scales
        .iter()
        .any(|(low, high)| both(low, high))
        .then(|| "選択肢が両端の2つだけです。「どちらともいえない」は要りませんか。".to_owned())
}

fn no_unit(item: &Item) -> Option<String> {
    let number = matches!(item.kind, Kind::Integer { .. } | Kind::Decimal { .. });
    (number && item.unit().is_none())
        .then(|| "単位がありません。人か件かで、答えが変わります。".to_owned())
}

/// What counts as using it is left open.
fn vague(item: &Item) -> Option<String> {
    let words = ["活用", "対応", "適切", "十分"];
    let word = words.iter().find(|word| item.title.contains(*word))?;
    item.help
        .is_none()
        .then(|| format!("「{word}」にどこまでを含むか、補足に書くと答えがそろいます。"))
}

#[cfg(test)]
mod tests {
    use authoring::Source;

    use super::*;
    use crate::read::read;

    fn remarks(item: &str) -> Vec<String> {
        let text = format!(
            r#"{{ "title": "調査", "x-id": "a", "x-version": 1, "type": "object", "properties": {{ "q1": {item} }} }}"#
        );
        let form = read(&Source::json("a.json", &text).expect("JSON")).expect("valid");
        lint(&form).into_iter().map(|remark| remark.what).collect()
    }

    /// ある市 asked these three, and the answers could not be read.
    #[test]
    fn questions_that_were_hard_to_answer_are_found() {
        let found = remarks(r#"{ "title": "居住地・事業所", "type": "string" }"#);
        assert!(found[0].contains("二つのことを一度に"), "{found:?}");
        let found = remarks(
            r#"{ "title": "講演会を何でお知りになりましたか", "oneOf": [{ "const": "a", "title": "市報" }, { "const": "b", "title": "チラシ" }] }"#,
        );
        assert!(found[0].contains("一つしか選べません"), "{found:?}");
        let found = remarks(
            r#"{ "title": "内容", "oneOf": [{ "const": "a", "title": "理解できた" }, { "const": "b", "title": "理解できなかった" }] }"#,
        );
        assert!(found[0].contains("両端の2つだけ"), "{found:?}");
    }

    #[test]
    fn what_is_easy_to_answer_is_left_alone() {
        for item in [
            r#"{ "title": "退院した利用者", "type": "integer", "x-unit": "人" }"#,
            r#"{ "title": "ルールを使っていますか", "oneOf": [{ "const": "y", "title": "はい" }, { "const": "n", "title": "いいえ" }] }"#,
            r#"{ "title": "連絡の方法", "type": "array", "uniqueItems": true, "items": { "oneOf": [{ "const": "a", "title": "電話" }, { "const": "b", "title": "その他" }] } }"#,
            r#"{ "title": "ルールを活用していますか", "description": "一つでも使っていれば活用です。", "type": "string" }"#,
        ] {
            assert_eq!(remarks(item), Vec::<String>::new(), "{item}");
        }
    }
}
