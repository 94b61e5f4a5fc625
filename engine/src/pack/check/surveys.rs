//! surveys.json: forms and rosters exist, the period runs forward.

use authoring::Finding;
use forms::{Item, Kind};

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
                let known = super::of_surveys(parts);
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
        let largest = parts
            .questionnaires
            .get(&survey.id)
            .map_or(0, |q| largest_response(q.items()));
        if largest > RESPONSE_BYTES {
            findings.push(source.finding(
                "pack.response_too_large",
                &at("forms"),
                format!("調査「{}」の回答は、すべての欄を上限まで書くと約{}KBになり、保存できる{}KBを超えます。", survey.id, largest / 1024, RESPONSE_BYTES / 1024),
                "長い記入の maxLength か、繰り返しの maxItems を小さくしてください。",
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
        if survey.anonymous && survey.correctable {
            findings.push(source.finding(
                "pack.anonymous_correctable",
                &at("correctable"),
                format!(
                    "調査「{}」は匿名なので、だれの回答かが分からず、提出した後に直せません。",
                    survey.id
                ),
                "correctable か anonymous のどちらかを外してください。",
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

/// What the store takes as one value, less room for the rest of the record.
const RESPONSE_BYTES: usize = 60 * 1024;

/// Bytes of a response in which everything is filled in to its limit: three for each character of a
/// text, a short code or number for everything else.
fn largest_response(items: &[Item]) -> usize {
    let one = |item: &Item| match &item.kind {
        Kind::Text { max, .. } => 3 * max,
        Kind::Multiple { options, .. } => 20 * options.len(),
        Kind::Matrix { rows, .. } => 40 * rows.len(),
        Kind::Repeat { items, max, .. } => max * largest_response(items),
        _ => 20,
    };
    items
        .iter()
        .map(|item| item.id.as_str().len() + 6 + one(item))
        .sum()
}

/// The file is there but could not be read; that is reported already.
fn broken(parts: &Parts, form: &str) -> bool {
    parts.broken_forms.iter().any(|name| name == form)
}
