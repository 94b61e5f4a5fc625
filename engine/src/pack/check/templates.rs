//! Templates: they parse, use only names that exist, and belong to a paper or a letter.

use authoring::Finding;

use super::super::base::base;
use super::super::read::Parts;
use super::unknown;
use crate::agenda::OwnPaper;
use crate::letter::{self, Letter};
use crate::meeting::{check_template, template_files};

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let mut findings = unused(parts);
    for (name, text) in &parts.templates {
        let path = format!("templates/{name}");
        findings.extend(match name.starts_with("mail/") {
            true => letter::check_template(&path, text),
            false => check_template(&path, text),
        });
    }
    findings
}

fn unused(parts: &Parts) -> Vec<Finding> {
    // Without readable surveys and proposals, any name may be right.
    let (Some(surveys), Some(agenda)) = (&parts.surveys, &parts.agenda) else {
        return Vec::new();
    };
    let surveys = surveys
        .value
        .surveys
        .iter()
        .map(|survey| survey.id.as_str());
    let proposals = agenda
        .value
        .proposals
        .iter()
        .map(|proposal| proposal.id.as_str());
    let mut known = template_files(surveys, proposals);
    known.extend(Letter::FILES.map(str::to_owned));
    let of_papers: Vec<String> = parts.papers.iter().map(OwnPaper::template).collect();
    let used = |name: &&String| known.contains(name) || of_papers.contains(name) || shared(name);
    let names = parts.templates.keys().filter(|name| !used(name));
    names
        .map(|name| {
            let (_, todo) = unknown("ひな型", name, known.iter().map(String::as_str));
            let what = "この名のひな型を使う資料やメールはありません。";
            Finding::new(
                "pack.unused_template",
                format!("templates/{name}"),
                None,
                what,
                todo,
            )
        })
        .collect()
}

/// Whether the base has a template of this name: those stand in every pack.
fn shared(name: &str) -> bool {
    base().any(|(path, _)| path.strip_prefix("templates/") == Some(name))
}
