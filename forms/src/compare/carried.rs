//! What a new version would make of answers that were given to an earlier one.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::Answers;
use crate::issue::Severity;
use crate::item::Kind;
use crate::questionnaire::Questionnaire;

/// Counts of responses, by the path of an item without rows (`q1`, `hospitals.q2`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    pub responses: u64,
    /// Would not be accepted as they are: they have at least one wrong answer or miss a required one.
    pub refused: u64,
    /// Responses that hold an answer to the item.
    pub held: BTreeMap<String, u64>,
    /// Responses whose answer to the item would be wrong now.
    pub wrong: BTreeMap<String, u64>,
    /// Responses in which the item would be asked, is required and has no answer.
    pub missing: BTreeMap<String, u64>,
}

impl Carried {
    /// Looks at one response as the new version would.
    pub fn add(&mut self, new: &Questionnaire, answers: &Answers) {
        self.responses += 1;
        for path in held(answers) {
            *self.held.entry(path).or_default() += 1;
        }
        let examined = new.examine(answers);
        let (mut wrong, mut missing) = (BTreeSet::new(), BTreeSet::new());
        for issue in &examined.issues {
            // What the new version does not ask stays with the old one.
            if issue.severity != Severity::Error || issue.code == "answer.unknown_item" {
                continue;
            }
            let path = without_rows(new, &issue.item);
            match issue.code {
                "answer.required" => missing.insert(path),
                _ => wrong.insert(path),
            };
        }
        self.refused += u64::from(!wrong.is_empty() || !missing.is_empty());
        for path in wrong {
            *self.wrong.entry(path).or_default() += 1;
        }
        for path in missing {
            *self.missing.entry(path).or_default() += 1;
        }
    }
}

/// The items that are answered, those of rows once.
fn held(answers: &Answers) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    for item in answers.items().filter(|item| !answers.is_blank(item)) {
        held.insert(item.to_owned());
        for row in 0..answers.rows(item) {
            let row = answers.row(item, row).unwrap_or_default();
            let cells = row.items().filter(|cell| !row.is_blank(cell));
            held.extend(cells.map(|cell| format!("{item}.{cell}")));
        }
    }
    held
}

/// `hospitals.2.discharged` → `hospitals.discharged`; `stages.quake` → `stages`.
fn without_rows(form: &Questionnaire, path: &str) -> String {
    let mut steps = path.split('.');
    let item = steps.next().unwrap_or_default();
    let repeats = form
        .item(item)
        .is_some_and(|item| matches!(item.kind, Kind::Repeat { .. }));
    match (repeats, steps.nth(1)) {
        (true, Some(inner)) => format!("{item}.{inner}"),
        _ => item.to_owned(),
    }
}
