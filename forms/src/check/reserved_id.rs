//! An id that expressions cannot read, because it is a word of the expression language.

use authoring::{Finding, Source};
use rhai::Scope;

use super::places;
use crate::expression::ENGINE;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        let id = place.item.id.as_str();
        // What is no name at all is a finding of the shape.
        if !id.chars().all(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let mut scope = Scope::new();
        scope.push(id, 7_i64);
        let readable = ENGINE
            .eval_expression_with_scope::<i64>(&mut scope, id)
            .is_ok_and(|value| value == 7);
        if !readable || id == "respondent" {
            findings.push(source.finding(
                "form.reserved_id",
                &place.item.pointer,
                format!("「{id}」は式の中で別の意味を持つ言葉なので、設問のIDにできません。"),
                "別のIDにしてください。",
            ));
        }
    }
}
