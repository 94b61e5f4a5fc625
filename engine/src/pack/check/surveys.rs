//! surveys.json: forms and rosters exist, the period runs forward.

use authoring::Finding;

use super::super::read::{Parts, forms_of};
use super::{dangling, duplicates};

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let Some(surveys) = &parts.surveys else {
        return Vec::new();
    };
    let source = &surveys.source;
    let list = &surveys.value.surveys;
    let mut findings = duplicates(
        source,
        "/surveys",
        "調査",
        list.iter().map(|survey| survey.id.as_str()),
    );
    let rosters: Vec<&str> = parts
        .municipality
        .value
        .rosters
        .iter()
        .map(|r| r.id.as_str())
        .collect();
    for (index, survey) in list.iter().enumerate() {
        let at = |field: &str| format!("/surveys/{index}/{field}");
        for (position, form) in survey.forms.iter().enumerate() {
            if !parts.forms.contains_key(form) && !broken(parts, form) {
                let known = parts.forms.keys().map(String::as_str);
                findings.push(dangling(
                    source,
                    &at(&format!("forms/{position}")),
                    "調査票",
                    form,
                    known,
                ));
            }
        }
        if forms_of(survey, parts.agenda.as_ref().map(|agenda| &agenda.value)).is_empty() {
            findings.push(source.finding(
                "pack.empty_survey",
                &at("forms"),
                format!("調査「{}」に調査票がありません。", survey.id),
                "forms に forms/ のファイル名を書いてください。",
            ));
        }
        if !rosters.contains(&survey.roster.as_str()) {
            findings.push(dangling(
                source,
                &at("roster"),
                "名簿",
                &survey.roster,
                rosters.iter().copied(),
            ));
        }
        if survey
            .period
            .as_ref()
            .is_some_and(|period| period.to < period.from)
        {
            findings.push(source.finding(
                "pack.period_backwards",
                &at("period"),
                format!(
                    "調査「{}」の対象期間が終わりから始まっています。",
                    survey.id
                ),
                "from を to より前の日にしてください。",
            ));
        }
    }
    findings
}

/// The file is there but could not be read; that is reported already.
fn broken(parts: &Parts, form: &str) -> bool {
    parts.broken_forms.iter().any(|name| name == form)
}
