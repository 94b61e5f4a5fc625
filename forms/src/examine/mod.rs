//! Examining answers: normalise, decide relevance, drop what is not relevant, calculate, validate.
//!
//! | Step | What happens |
//! |---|---|
//! | order | items are visited after the items that decide about them, so one pass is the fixpoint |
//! | relevance | a rule that does not hold, or cannot be evaluated because of a blank, hides the item |
//! | normalisation | NFKC on numbers, dates and codes; texts keep their characters |
//! | calculation | recomputed, whatever was sent |
//! | validation | a value that is wrong in itself is reported and is absent for everything after it |
//! | constraints | last; not evaluated while an operand is absent |

mod calculated;
mod choice;
mod constraint;
mod date;
mod file;
mod item;
mod level;
mod number;
mod text;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::answers::Answers;
use crate::issue::{Issue, Severity};
use crate::questionnaire::Questionnaire;

pub use date::day;
pub(crate) use level::{Around, Filled, Level};

/// The outcome of examining a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Examined {
    /// Clean: relevant items only, normalised, calculated, in the order of the questionnaire, without rows
    /// that hold nothing. Values that are wrong in themselves are left out.
    pub answers: Answers,
    /// Paths of the items that are shown: `pillars`, `hospitals.0.discharged` (rows as in the draft).
    pub shown: BTreeSet<String>,
    /// In the order of the questionnaire.
    pub issues: Vec<Issue>,
}

impl Examined {
    pub fn has_errors(&self) -> bool {
        self.issues
            .iter()
            .any(|issue| issue.severity == Severity::Error)
    }

    pub fn is_shown(&self, path: &str) -> bool {
        self.shown.contains(path)
    }
}

impl Questionnaire {
    /// Examines a draft. Examining the clean answers again gives the same clean answers.
    pub fn examine(&self, answers: &Answers) -> Examined {
        let mut report = Report::default();
        let level = Level::fill(&self.items, &answers.0, Around::top(), &mut report);
        level.constrain(None, &mut report);
        report.unknown_items(&self.items, &answers.0, "", None);
        report.sort(&self.items);
        Examined {
            answers: Answers(level.into_map()),
            shown: report.shown,
            issues: report.issues,
        }
    }
}

/// What is collected on the way.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) shown: BTreeSet<String>,
    pub(crate) issues: Vec<Issue>,
}

/// Unknown items that are named one by one; hostile input can hold a million.
const NAMED_UNKNOWN_ITEMS: usize = 20;

impl Report {
    pub(crate) fn say(
        &mut self,
        path: String,
        name: &str,
        complaint: &crate::messages::Complaint<'_>,
    ) {
        self.issues.push(Issue {
            item: path,
            code: complaint.code(),
            severity: complaint.severity(),
            message: complaint.japanese(name),
        });
    }

    fn unknown_items(
        &mut self,
        items: &crate::items::Items,
        raw: &Map<String, Value>,
        prefix: &str,
        row: Option<&str>,
    ) {
        use crate::messages::{Complaint, name_in_row};
        let mut count = 0_usize;
        for id in raw.keys().filter(|id| items.get(id).is_none()) {
            count += 1;
            if count <= NAMED_UNKNOWN_ITEMS {
                let kept: String = id.chars().take(60).collect();
                let name = row.map_or_else(|| kept.clone(), |row| name_in_row(row, &kept));
                self.say(format!("{prefix}{kept}"), &name, &Complaint::UnknownItem);
            }
        }
        if count > NAMED_UNKNOWN_ITEMS {
            let more = count - NAMED_UNKNOWN_ITEMS;
            self.say(
                prefix.trim_end_matches('.').to_owned(),
                "",
                &Complaint::MoreUnknownItems { count: more },
            );
        }
    }

    /// Items were visited in the order of their dependencies; people read them in the order of asking.
    fn sort(&mut self, items: &crate::items::Items) {
        use crate::item::Kind;
        self.issues.sort_by_cached_key(|issue| {
            let mut steps = issue.item.split('.');
            let item = steps.next().unwrap_or_default();
            let at = items.position(item).unwrap_or(usize::MAX);
            let row = steps.next().and_then(|row| row.parse::<usize>().ok());
            let inner = match (items.get(item).map(|item| &item.kind), steps.next()) {
                (Some(Kind::Repeat { items, .. }), Some(id)) => items.position(id),
                _ => None,
            };
            (at, row, inner)
        });
    }
}
