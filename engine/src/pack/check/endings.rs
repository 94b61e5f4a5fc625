//! municipality.json: a body that has ended says why, and who goes on with what it left.

use authoring::{Finding, Source};

use super::super::read::Parts;
use crate::body::{Body, Ended};
use crate::municipality::Municipality;

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let (source, municipality) = (&parts.municipality.source, &parts.municipality.value);
    let bodies = municipality.bodies.iter().enumerate();
    bodies
        .flat_map(|(index, body)| match (&body.ended, body.to) {
            (None, None) => Vec::new(),
            (ended, to) => {
                let ending = Ending {
                    source,
                    municipality,
                    body,
                    at: format!("/bodies/{index}"),
                };
                let undated = to.is_none().then(|| ending.undated());
                let mut findings: Vec<Finding> = undated.into_iter().collect();
                findings.extend(ending.without_reason(ended.as_ref()));
                findings.extend(ending.without_heir(ended.as_ref()));
                findings
            }
        })
        .collect()
}

struct Ending<'a> {
    source: &'a Source,
    municipality: &'a Municipality,
    body: &'a Body,
    at: String,
}

impl Ending<'_> {
    fn undated(&self) -> Finding {
        self.source.finding(
            "pack.ended_without_date",
            &format!("{}/ended", self.at),
            format!("会議体「{}」は終わったとありますが、終わった日がありません。", self.body.name),
            "to に最後の日を書いてください（年度しか分からなければ3月31日とし、note にその旨を書く）。",
        )
    }

    fn without_reason(&self, ended: Option<&Ended>) -> Option<Finding> {
        let reason = ended.and_then(|ended| ended.reason.as_deref());
        if reason.is_some_and(|reason| !reason.trim().is_empty()) {
            return None;
        }
        Some(self.source.finding(
            "pack.ended_without_reason",
            &format!("{}/to", self.at),
            format!("会議体「{}」を終えた理由がありません。", self.body.name),
            "ended に reason（終えた理由）を書いてください。",
        ))
    }

    fn without_heir(&self, ended: Option<&Ended>) -> Vec<Finding> {
        let name = &self.body.name;
        let finding = |at: &str, what: String| {
            let todo = "ended の left に、残る課題（what）とその後も続く会議体（to）を書いてください。残る課題がなければ \"left\": [] と書きます。";
            self.source.finding(
                "pack.ended_without_heir",
                &format!("{}{at}", self.at),
                what,
                todo,
            )
        };
        let Some(left) = ended.and_then(|ended| ended.left.as_ref()) else {
            return vec![finding(
                "/to",
                format!("会議体「{name}」の残る課題を、どこが引き継ぐかがありません。"),
            )];
        };
        let heirless = left.iter().enumerate().filter_map(|(index, left)| {
            let at = format!("/ended/left/{index}");
            let what = &left.what;
            let Some(heir) = &left.to else {
                let said = format!("会議体「{name}」の残る課題「{what}」に、引継先がありません。");
                return Some(finding(&at, said));
            };
            // An heir that is not there is reported by check::bodies.
            let heir = self.municipality.body(heir)?;
            let (end, heir_end) = (self.body.to?, heir.to);
            let gone = heir.id == self.body.id || heir_end.is_some_and(|to| to <= end);
            gone.then(|| {
                let said = format!(
                    "残る課題「{what}」の引継先「{}」も、{end}までに終わっています。",
                    heir.name
                );
                finding(&format!("{at}/to"), said)
            })
        });
        heirless.collect()
    }
}
