//! A calculated item that is also required: a respondent could not answer it.

use authoring::{Finding, Source};

use super::places;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        if place.item.is_calculated() && place.item.required {
            findings.push(source.finding(
                "form.calculated_required",
                &place.item.pointer,
                format!(
                    "設問 {} は計算で決まるのに、必須になっています。",
                    place.item.id
                ),
                "required から外すか、x-calculate を削除してください。",
            ));
        }
    }
}
