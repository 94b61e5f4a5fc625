//! agenda.json: meetings of known bodies, dates from known parameters, surveys that exist.

use authoring::Finding;
use workflows::FieldValue;

use super::super::read::Parts;
use super::{dangling, duplicates};

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let Some(agenda) = &parts.agenda else {
        return Vec::new();
    };
    let (source, agenda) = (&agenda.source, &agenda.value);
    let meetings: Vec<&str> = agenda
        .meetings
        .iter()
        .map(|meeting| meeting.id.as_str())
        .collect();
    let bodies: Vec<&str> = parts
        .municipality
        .value
        .bodies
        .iter()
        .map(|body| body.id.as_str())
        .collect();
    let mut findings = duplicates(source, "/meetings", "会議", meetings.iter().copied());
    findings.extend(duplicates(
        source,
        "/proposals",
        "協議事項",
        agenda.proposals.iter().map(|p| p.id.as_str()),
    ));

    for (index, meeting) in agenda.meetings.iter().enumerate() {
        let at = |field: &str| format!("/meetings/{index}/{field}");
        if !bodies.contains(&meeting.body.as_str()) {
            findings.push(dangling(
                source,
                &at("body"),
                "会議体",
                &meeting.body,
                bodies.iter().copied(),
            ));
        }
        let fields = [
            ("on", Some(&meeting.on)),
            ("time", meeting.time.as_ref()),
            ("place", meeting.place.as_ref()),
        ];
        for (field, name) in fields {
            let Some(name) = name else { continue };
            let fits = |value: &FieldValue| match field {
                "on" => matches!(value, FieldValue::Date(_)),
                "time" => matches!(value, FieldValue::Time(_)),
                _ => matches!(value, FieldValue::Text(_)),
            };
            let parameters = parts
                .cycles
                .iter()
                .flat_map(|cycle| cycle.parameters.fields());
            let parameters: Vec<&str> = parameters
                .filter(|field| fits(&field.value))
                .map(|field| field.id.as_str())
                .collect();
            // Without a readable cycle there is nothing to compare with.
            if !parts.cycles.is_empty() && !parameters.contains(&name.as_str()) {
                findings.push(dangling(
                    source,
                    &at(field),
                    "サイクルの項目",
                    name,
                    parameters.iter().copied(),
                ));
            }
        }
        for (position, reference) in meeting.references.iter().enumerate() {
            let known =
                || std::iter::once("plan").chain(parts.papers.iter().map(|p| p.id.as_str()));
            if !known().any(|id| id == reference) {
                findings.push(dangling(
                    source,
                    &at(&format!("references/{position}")),
                    "参考資料",
                    reference,
                    known(),
                ));
            }
        }
    }
    findings.extend(proposals(parts, &meetings));
    findings.extend(papers(parts, source));
    findings
}

/// A paper of its own has a template, here or in the base.
fn papers(parts: &Parts, source: &authoring::Source) -> Vec<Finding> {
    let own = parts.agenda.iter().flat_map(|read| &read.value.papers);
    let ids = own.clone().map(|paper| paper.id.as_str());
    let mut findings = duplicates(source, "/papers", "資料", ids);
    for (index, paper) in own.enumerate() {
        let template = paper.template();
        if !parts.templates.contains_key(&template) {
            let known = parts.templates.keys().map(String::as_str);
            let at = format!("/papers/{index}");
            findings.push(dangling(source, &at, "ひな型", &template, known));
        }
    }
    findings
}

fn proposals(parts: &Parts, meetings: &[&str]) -> Vec<Finding> {
    let Some(agenda) = &parts.agenda else {
        return Vec::new();
    };
    let (source, surveys) = (
        &agenda.source,
        parts.surveys.iter().flat_map(|s| &s.value.surveys),
    );
    let surveys: Vec<&str> = surveys.map(|survey| survey.id.as_str()).collect();
    let mut findings = Vec::new();
    for (index, proposal) in agenda.value.proposals.iter().enumerate() {
        if !meetings.contains(&proposal.meeting.as_str()) {
            findings.push(dangling(
                source,
                &format!("/proposals/{index}/meeting"),
                "会議",
                &proposal.meeting,
                meetings.iter().copied(),
            ));
        }
        for (position, part) in proposal.parts.iter().enumerate() {
            let Some(request) = &part.survey else {
                continue;
            };
            let at = format!("/proposals/{index}/parts/{position}/survey");
            if parts.surveys.is_some() && !surveys.contains(&request.survey()) {
                findings.push(dangling(
                    source,
                    &at,
                    "調査",
                    request.survey(),
                    surveys.iter().copied(),
                ));
            }
            let known = parts.forms.contains_key(request.form())
                || parts.broken_forms.iter().any(|f| f == request.form());
            if !known {
                findings.push(dangling(
                    source,
                    &at,
                    "調査票",
                    request.form(),
                    super::of_surveys(parts),
                ));
            }
        }
    }
    findings
}
