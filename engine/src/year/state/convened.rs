//! What is known of a meeting: which of its texts is the present one, and what was sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A meeting with its papers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Convened {
    /// The drafted 次第: a file.
    pub draft: Option<String>,
    /// The surveys that its papers report.
    pub reports: Vec<String>,
    /// The written papers: a file.
    pub handout: Option<String>,
    pub dispatched_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// When a person last changed the 次第 or a paper.
    #[serde(default)]
    pub edited_at: Option<DateTime<Utc>>,
    /// Versions that went out before the present one, the first one first.
    #[serde(default)]
    pub earlier: Vec<SentBefore>,
    /// When the present version went out, if it is not the first one.
    #[serde(default)]
    pub corrected_at: Option<DateTime<Utc>>,
    /// What is to be corrected next: a file.
    #[serde(default)]
    pub correction: Option<String>,
    /// Attendance and hours: a file.
    #[serde(default)]
    pub day: Option<String>,
    /// A file.
    #[serde(default)]
    pub minutes: Option<String>,
    #[serde(default)]
    pub minutes_finished_at: Option<DateTime<Utc>>,
    /// The meeting in which the minutes were approved.
    #[serde(default)]
    pub minutes_approved_in: Option<String>,
}

/// Papers that went out and were corrected later: files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentBefore {
    pub at: DateTime<Utc>,
    pub draft: Option<String>,
    pub handout: String,
}

impl Convened {
    pub(super) fn correct(
        &mut self,
        at: DateTime<Utc>,
        draft: String,
        before: String,
        handout: String,
    ) {
        self.earlier.push(SentBefore {
            at: self.corrected_at.or(self.dispatched_at).unwrap_or(at),
            draft: self.draft.replace(draft),
            handout: before,
        });
        self.handout = Some(handout);
        (self.corrected_at, self.correction) = (Some(at), None);
    }
}
