//! An expression that reads an item which does not exist, or a row which its matrix does not have.

use authoring::{Finding, Source, nearest};

use super::{Place, places};
use crate::item::{Item, Kind};
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        for (annotation, rule) in place.item.rules() {
            let pointer = format!("{}/{annotation}", place.item.pointer);
            for name in rule
                .names()
                .iter()
                .filter(|name| place.resolve(name).is_none())
            {
                findings.push(source.finding(
                    "form.unknown_item",
                    &pointer,
                    format!(
                        "設問 {} の {annotation}「{}」にある「{name}」という設問はありません。",
                        place.item.id,
                        rule.text()
                    ),
                    way_out(&place, name),
                ));
            }
            for (name, property) in rule.properties() {
                let Some((item, None)) = place.resolve(name) else {
                    continue;
                };
                if let Some(todo) = missing_property(item, property) {
                    findings.push(source.finding(
                        "form.unknown_item",
                        &pointer,
                        format!(
                            "設問 {} の {annotation} にある「{name}.{property}」はありません。",
                            place.item.id
                        ),
                        todo,
                    ));
                }
            }
        }
    }
}

fn way_out(place: &Place<'_>, name: &str) -> String {
    let outer = place.outer.into_iter().flat_map(|items| items.names());
    match nearest(name, place.level.names().chain(outer)) {
        Some(near) => {
            format!("「{near}」ではありませんか。綴りを確かめるか、設問を追加してください。")
        }
        None => "綴りを確かめるか、設問を追加するか、式から外してください。".to_owned(),
    }
}

fn missing_property(item: &Item, property: &str) -> Option<String> {
    match &item.kind {
        Kind::Matrix { rows, .. } if rows.iter().any(|row| row.id == property) => None,
        Kind::Matrix { rows, .. } => {
            let rows: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            Some(format!("行は {} です。", rows.join("、")))
        }
        Kind::Repeat { .. } => Some(format!(
            "行の合計は sum({}, \"{property}\") と書きます。",
            item.id
        )),
        Kind::Single { .. } => Some(format!(
            "選択肢の属性は {}_{property} と書きます。",
            item.id
        )),
        _ => Some("ピリオドと後ろの名前を削除してください。".to_owned()),
    }
}
