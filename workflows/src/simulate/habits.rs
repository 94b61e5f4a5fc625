//! Invented people with simple habits.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

/// What is assumed of everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habits {
    /// Id given to the cycle when it starts.
    pub cycle: String,
    /// When it starts; absent: [`Plan::starts_on`](crate::Plan::starts_on).
    pub starts_on: Option<NaiveDate>,
    /// Role, and who holds it.
    pub holders: BTreeMap<String, Vec<String>>,
    /// A task without a due date is done so many business days after it is offered; one with, on that day.
    pub task_days: i32,
    /// Business days until an approval.
    pub approval_days: i32,
    /// Business days until a signal that has no due date.
    pub signal_days: i32,
    /// Business days that a child cycle takes of which nothing else is known.
    pub child_days: i32,
    /// Last day of the dry runs of child cycles, by the name of the cycle.
    pub child_ends: BTreeMap<String, NaiveDate>,
    /// How many are asked in a survey.
    pub asked: u32,
    /// Of a hundred of them.
    pub never_answer: u32,
    /// Steps that are sent back in their first round.
    pub sent_back_once: BTreeSet<String>,
    /// Items of the lists that only become known on the way.
    pub lists: BTreeMap<String, Vec<String>>,
}

impl Default for Habits {
    fn default() -> Habits {
        Habits {
            cycle: "dry-run".to_owned(),
            starts_on: None,
            holders: BTreeMap::new(),
            task_days: 3,
            approval_days: 1,
            signal_days: 10,
            child_days: 40,
            child_ends: BTreeMap::new(),
            asked: 100,
            never_answer: 8,
            sent_back_once: BTreeSet::new(),
            lists: BTreeMap::new(),
        }
    }
}

impl Habits {
    /// How many answer, rounded up.
    pub fn answered(&self) -> u32 {
        let share = u64::from(100_u32.saturating_sub(self.never_answer));
        let answered = (u64::from(self.asked) * share).div_ceil(100);
        u32::try_from(answered).unwrap_or(self.asked)
    }

    /// Somebody who holds the role and is none of `not`.
    pub(super) fn holder(&self, role: &str, not: &BTreeSet<String>) -> String {
        let holders = self.holders.get(role).into_iter().flatten();
        let found = holders.into_iter().find(|person| !not.contains(*person));
        found
            .cloned()
            .unwrap_or_else(|| format!("（{role}・未定）"))
    }
}
