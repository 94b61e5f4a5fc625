//! Two items that an expression could not tell apart. (The same name twice in one object is found while reading.)

use authoring::{Finding, Source};

use super::places;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        let id = place.item.id.as_str();
        if place.outer.is_some_and(|outer| outer.get(id).is_some()) {
            findings.push(source.finding(
                "form.duplicate_id",
                &place.item.pointer,
                format!("設問 {id} は、繰返しの外にも同じIDの設問があります。"),
                "どちらかのIDを変えてください。",
            ));
        }
        let attribute = [Some(place.level), place.outer].into_iter().flatten();
        for (at, name) in
            attribute.filter_map(|level| level.attribute(id).map(|(at, name)| (&level[at], name)))
        {
            findings.push(source.finding(
                "form.duplicate_id",
                &place.item.pointer,
                format!(
                    "設問 {id} のIDは、設問 {} の選択肢の属性「{name}」の名前と同じです。",
                    at.id
                ),
                "設問のIDか、属性の名前を変えてください。",
            ));
        }
    }
}
