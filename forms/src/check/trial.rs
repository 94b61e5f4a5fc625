//! A trial of every expression on invented answers: what does not fit together by its types is found before any
//! respondent meets it.

use authoring::{Finding, Source, sandbox};
use rhai::{Dynamic, EvalAltResult as Run};
use serde_json::{Value, json};

use super::{Place, places};
use crate::decimal::Decimal;
use crate::expression::{Rule, dynamic};
use crate::item::{Item, Kind};
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        for (annotation, rule) in place.item.rules() {
            // Unknown names are the subject of another check.
            if rule
                .names()
                .iter()
                .any(|name| place.resolve(name).is_none())
            {
                continue;
            }
            if let Some(what) = misfit(&place, annotation, rule) {
                findings.push(source.finding(
                    "form.expression_type",
                    &format!("{}/{annotation}", place.item.pointer),
                    format!(
                        "設問 {} の {annotation}「{}」: {what}。",
                        place.item.id,
                        rule.text()
                    ),
                    "設問の種類に合うように式を直してください。",
                ));
            }
        }
    }
}

fn misfit(place: &Place<'_>, annotation: &str, rule: &Rule) -> Option<String> {
    let sample = |name: &str| match place.resolve(name) {
        Some((item, None)) => dynamic(item, &answer(item)),
        Some((item, Some(attribute))) => attribute_of(item, attribute),
        None => Dynamic::UNIT,
    };
    match rule.evaluate(sample) {
        Err(error) => is_about_types(&error).then(|| sandbox::complaint(&error)),
        Ok(result) if annotation == "x-calculate" => wrong_result(place.item, &result),
        Ok(result) if result.is_bool() => None,
        Ok(_) => Some("成り立つか成り立たないか（true / false）になる式ではありません".to_owned()),
    }
}

/// An overflow or a division by zero may come from the invented answers and says nothing about the expression.
fn is_about_types(error: &Run) -> bool {
    let of_another_check = matches!(error, Run::ErrorPropertyNotFound(..));
    let by_chance = matches!(
        error,
        Run::ErrorArithmetic(..) | Run::ErrorArrayBounds(..) | Run::ErrorStringBounds(..)
    );
    !of_another_check && !by_chance
}

fn wrong_result(item: &Item, result: &Dynamic) -> Option<String> {
    let fits = match &item.kind {
        Kind::Integer { .. } => result.is_int(),
        Kind::Decimal { .. } => result.is_int() || result.is::<Decimal>(),
        Kind::Text { .. } | Kind::Single { .. } | Kind::Date => result.is_string(),
        _ => false,
    };
    if fits {
        return None;
    }
    Some(if result.is_float() {
        "結果が近似の小数になります。decimal(\"0.5\") のように書くと正確に計算します".to_owned()
    } else {
        "計算の結果が設問の種類に合いません".to_owned()
    })
}

fn attribute_of(item: &Item, name: &str) -> Dynamic {
    let attributes = item.options().iter().flat_map(|option| &option.attributes);
    attributes
        .filter(|(own, _)| own == name)
        .map(|(_, value)| value.clone().into())
        .next()
        .unwrap_or(Dynamic::UNIT)
}

fn answer(item: &Item) -> Value {
    let code = item
        .options()
        .first()
        .map_or("", |option| option.code.as_str());
    match &item.kind {
        Kind::Single { .. } => json!(code),
        Kind::Multiple { .. } => json!([code]),
        Kind::Matrix { rows, .. } => rows
            .iter()
            .map(|row| (row.id.clone(), json!(code)))
            .collect(),
        Kind::Integer { .. } => json!(1),
        Kind::Decimal { .. } => json!(1.5),
        Kind::Date => json!("2024-06-05"),
        Kind::Text { .. } => json!("あ"),
        Kind::File { .. } => json!({ "name": "あ.pdf", "bytes": 1, "file": "0".repeat(64) }),
        Kind::Repeat { items, .. } => {
            let row: Value = items
                .iter()
                .map(|item| (item.id.to_string(), answer(item)))
                .collect();
            json!([row])
        }
    }
}
