//! Reading a questionnaire: its shape, then its meaning, all findings at once.

use std::sync::LazyLock;

use authoring::{Finding, Source};
use jsonschema::Validator;
use serde_json::Value;

use crate::check;
use crate::document;
use crate::questionnaire::Questionnaire;

/// The published JSON Schema of questionnaires.
pub const SCHEMA: &str = include_str!("../schema/questionnaire.schema.json");

static SHAPE: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the published schema is JSON");
    jsonschema::validator_for(&schema).expect("the published schema is a JSON Schema")
});

/// Reads one questionnaire.
///
/// # Errors
/// Every finding of shape (`pack.shape`, `pack.duplicate_key`) and of meaning (`form.…`), sorted by line.
pub fn read(source: &Source) -> Result<Questionnaire, Vec<Finding>> {
    let (questionnaire, findings) = sketch(source);
    if findings.is_empty() {
        Ok(questionnaire)
    } else {
        Err(findings)
    }
}

/// A questionnaire that is being designed, as far as it can be understood, with everything that is still wrong.
pub fn sketch(source: &Source) -> (Questionnaire, Vec<Finding>) {
    let mut findings = source.shape(&SHAPE);
    let (questionnaire, mut broken) = document::questionnaire(source);
    findings.append(&mut broken);
    findings.append(&mut check::all(source, &questionnaire));
    findings.sort();
    findings.dedup();
    (questionnaire, findings)
}
