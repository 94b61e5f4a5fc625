//! The check of a plan: everything that would make it wait for ever, or ask for what does not exist.

mod graph;
mod limits;
mod names;
mod outcomes;
mod shape;
mod ties;

use std::collections::{BTreeMap, BTreeSet};

use authoring::Finding;

use crate::language::StepDraft;
use crate::plan::{MAX_STEPS, Step};
use crate::vocabulary::Vocabulary;

/// Outcomes that a hook gave on trial.
pub(crate) type Outcomes = BTreeMap<String, BTreeSet<String>>;

/// # Errors
/// All findings, sorted by line. The graph is looked at only when every name in it is right.
pub(crate) fn check(
    file: &str,
    drafts: Vec<StepDraft>,
    vocabulary: &Vocabulary,
    outcomes: &Outcomes,
    has_hook: impl Fn(&str) -> bool,
) -> Result<Vec<Step>, Vec<Finding>> {
    let mut report = Report {
        file,
        findings: Vec::new(),
    };
    if drafts.len() > MAX_STEPS {
        report.add(
            "cycle.too_many",
            None,
            format!("ステップが{}あります（上限{MAX_STEPS}）。", drafts.len()),
            "計画を分けるか、per でまとめてください。",
        );
    }
    let steps: Vec<Step> = drafts
        .into_iter()
        .map(|draft| shape::step(draft, &mut report))
        .collect();
    names::check(&steps, vocabulary, has_hook, &mut report);
    limits::check(&steps, &mut report);
    if report.findings.is_empty() {
        graph::check(&steps, &mut report);
        ties::check(&steps, &mut report);
    }
    if report.findings.is_empty() {
        outcomes::check(&steps, outcomes, &mut report);
    }
    report.findings.sort();
    if report.findings.is_empty() {
        Ok(steps)
    } else {
        Err(report.findings)
    }
}

pub(crate) struct Report<'a> {
    file: &'a str,
    findings: Vec<Finding>,
}

impl Report<'_> {
    fn add(
        &mut self,
        code: &'static str,
        line: Option<u32>,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.findings
            .push(Finding::new(code, self.file, line, what, todo));
    }

    /// `what` follows 「ステップ「…」: 」.
    fn step(
        &mut self,
        code: &'static str,
        step: &Step,
        what: impl AsRef<str>,
        todo: impl Into<String>,
    ) {
        self.add(
            code,
            step.line,
            format!("ステップ「{}」: {}。", step.id, what.as_ref()),
            todo,
        );
    }
}
