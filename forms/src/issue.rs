//! An issue: what a respondent is asked to look at again.

use serde::Serialize;

/// One thing to look at again. A part of the result, not a failure: an unfinished answer is normal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// The path of the answer, for instance `hospitals.2.coordinated`; rows count from 0.
    pub item: String,
    /// Stable and dotted, `answer.…`; explained in `docs/errors.md`.
    pub code: &'static str,
    pub severity: Severity,
    /// One or two polite Japanese sentences that name the item and the row.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The response is not accepted like this.
    Error,
    /// Accepted, but worth a second look.
    Warning,
}
