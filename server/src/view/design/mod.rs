//! A questionnaire under design as its pages show it.

pub mod changes;
pub mod item;
pub mod outline;
pub mod picker;

use authoring::{Finding, Source};
use forms::design::Spot;
use serde::Serialize;

/// What is still wrong, at the part that it concerns.
#[derive(Debug, Clone, Serialize)]
pub struct Wrong {
    #[serde(skip)]
    pub spot: Spot,
    pub code: &'static str,
    pub line: Option<u32>,
    pub what: String,
    pub todo: String,
}

/// Everything that is still wrong, each at its part.
pub fn wrongs(source: &Source, findings: &[Finding]) -> Vec<Wrong> {
    let wrong = |finding: &Finding| Wrong {
        spot: Spot::of(source, finding),
        code: finding.code,
        line: finding.line,
        what: finding.what.clone(),
        todo: finding.todo.clone(),
    };
    findings.iter().map(wrong).collect()
}

/// Those at one part.
pub fn at(wrongs: &[Wrong], spot: &Spot) -> Vec<Wrong> {
    let here = wrongs.iter().filter(|wrong| wrong.spot == *spot);
    here.cloned().collect()
}
