//! A matrix whose rows offer different options: it could not be drawn as one table.

use authoring::{Finding, Source};
use serde_json::Value;

use super::places;
use crate::document::option_list;
use crate::item::Kind;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        let Kind::Matrix { rows, .. } = &place.item.kind else {
            continue;
        };
        let options = |id: &str| {
            let pointer = format!("{}/properties/{id}", place.item.pointer);
            let schema = source.value().pointer(&pointer).unwrap_or(&Value::Null);
            option_list(source, schema, &pointer).map(|(list, _)| list)
        };
        let first = rows.first().and_then(|row| options(&row.id));
        for row in rows.iter().skip(1) {
            let own = options(&row.id);
            if own.is_some() && first.is_some() && own != first {
                findings.push(source.finding(
                    "form.matrix_options",
                    &format!("{}/properties/{}", place.item.pointer, row.id),
                    format!(
                        "表形式の設問 {} の行 {} は、最初の行と選択肢が違います。",
                        place.item.id, row.id
                    ),
                    "$defs に選択肢をまとめ、すべての行から $ref で指してください。",
                ));
            }
        }
    }
}
