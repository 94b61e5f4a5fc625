//! Ids that become part of an address, of a file name or of a link to a figure.

use authoring::{Finding, Source};

use super::super::read::Parts;

/// Addresses of the product's own, which no municipality can have.
const TAKEN: [&str; 1] = ["assets"];

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let (source, municipality) = (&parts.municipality.source, &parts.municipality.value);
    let slug = municipality.slug.as_str();
    let mut findings = Vec::new();
    if !is_slug(slug) {
        findings.push(source.finding(
            "pack.bad_id",
            "/slug",
            format!("slug「{slug}」は、画面のアドレスに使えません。"),
            "半角の英小文字・数字・ハイフンで、40字までにしてください（assets は使えません）。",
        ));
    }
    findings.extend(wrong(
        source,
        "/areas",
        municipality.areas.iter().map(|a| &a.id),
    ));
    findings.extend(wrong(
        source,
        "/rosters",
        municipality.rosters.iter().map(|r| &r.id),
    ));
    if let Some(read) = &parts.surveys {
        findings.extend(wrong(
            &read.source,
            "/surveys",
            read.value.surveys.iter().map(|s| &s.id),
        ));
    }
    if let Some(read) = &parts.map {
        findings.extend(wrong(
            &read.source,
            "/indicators",
            read.value.indicators.iter().map(|i| &i.id),
        ));
    }
    if let Some(read) = &parts.agenda {
        findings.extend(wrong(
            &read.source,
            "/meetings",
            read.value.meetings.iter().map(|m| &m.id),
        ));
        findings.extend(wrong(
            &read.source,
            "/proposals",
            read.value.proposals.iter().map(|p| &p.id),
        ));
    }
    findings
}

fn wrong<'a>(source: &Source, list: &str, ids: impl Iterator<Item = &'a String>) -> Vec<Finding> {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ids.enumerate()
        .filter(|(_, id)| id.is_empty() || !id.chars().all(fine))
        .map(|(index, id)| {
            source.finding(
                "pack.bad_id",
                &format!("{list}/{index}/id"),
                format!("id「{id}」は使えません。アドレスやファイルの名になります。"),
                "半角の英数字・ハイフン・下線で書いてください。",
            )
        })
        .collect()
}

/// Lower-case letters, digits and hyphens, at most 40, and no address of the product's own.
pub fn is_slug(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=40).contains(&text.len())
        && text.chars().all(fine)
        && !text.starts_with('-')
        && !TAKEN.contains(&text)
}
