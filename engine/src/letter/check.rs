//! Checking letters before anybody gets one: each is read, and each is written once for every survey.

use authoring::Finding;
use chrono::NaiveDate;

use super::{Facts, Letter, VARIABLES, environment};
use crate::pack::Pack;

/// A link as it could be sent.
const SAMPLE: &str = "https://meguri.example.jp/r/0123456789abcdef0123456789abcdef";

/// Reads a template of a pack without writing anything: syntax, and names that do not exist.
pub fn check_template(path: &str, text: &str) -> Vec<Finding> {
    crate::template::check(&environment(), path, text, &VARIABLES, &[])
}

/// Writes every letter of every survey to somebody who does not exist.
pub fn rehearse(pack: &Pack) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Letter::ALL
        .into_iter()
        .flat_map(|letter| pack.surveys.iter().map(move |survey| (letter, survey)))
        .flat_map(|(letter, survey)| {
            let facts = Facts {
                survey,
                respondent: "見本の事業所",
                closes: NaiveDate::from_ymd_opt(survey.survey_year, 12, 25),
                link: SAMPLE,
            };
            written(pack, letter, &facts)
        })
        .collect();
    findings.sort();
    findings.dedup();
    findings
}

fn written(pack: &Pack, letter: Letter, facts: &Facts<'_>) -> Vec<Finding> {
    let text = match letter.write(pack, facts) {
        Ok(text) => text,
        Err(findings) => return findings,
    };
    let (name, _) = letter.template(pack);
    let mut findings = Vec::new();
    if text.subject.is_empty() {
        findings.push(Finding::new(
            "letter.no_subject",
            name.as_str(),
            Some(1),
            "1行目に件名がありません。",
            "1行目に件名を、3行目から本文を書いてください。",
        ));
    }
    if !text.body.contains(facts.link) {
        findings.push(Finding::new(
            "letter.no_link",
            name,
            None,
            "本文に回答のリンクがありません。",
            "本文に {{ link }} を書いてください。",
        ));
    }
    findings
}
