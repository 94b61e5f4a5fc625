//! An exclusive option where only one option can be chosen anyway.

use authoring::{Finding, Source};

use super::places;
use crate::item::Kind;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        let item = place.item;
        if !matches!(item.kind, Kind::Single { .. } | Kind::Matrix { .. }) {
            continue;
        }
        for option in item.options().iter().filter(|option| option.exclusive) {
            findings.push(source.finding(
                "form.exclusive_on_single",
                &item.pointer,
                format!("設問 {} は1つだけ選ぶ設問なので、選択肢「{}」の x-exclusive は意味がありません。", item.id, option.title),
                "x-exclusive を削除するか、複数選べる設問（type: array）にしてください。",
            ));
        }
    }
}
