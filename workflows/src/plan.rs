//! A plan: the steps of a cycle as data. It is made once by a script and is what runs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::key::{Key, StepId, hex};
use crate::parameters::Parameters;
use crate::rule::{DateRule, Offset};

/// Limits of a plan (CYCLES §8).
pub const MAX_STEPS: usize = 500;
pub const MAX_ITEMS: usize = 2_000;
pub const MAX_ROUNDS: u32 = 20;
/// Characters of an item, of a title, and of an argument: they stand in records, which are small.
pub(crate) const LONGEST_ITEM: usize = 100;
pub(crate) const LONGEST_TITLE: usize = 100;
pub(crate) const LONGEST_ARGUMENT: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub title: String,
    pub fiscal_year: Option<i32>,
    /// The date fields at the time of planning; a running cycle moves its own copy.
    pub dates: BTreeMap<String, NaiveDate>,
    /// Titles of the date fields, for sentences.
    pub date_titles: BTreeMap<String, String>,
    /// SHA-256 of the script.
    pub script: String,
    /// What the script was given; gates are given the same, with the dates of the running cycle. Absent in
    /// plans made before version 2 of the records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Parameters>,
    pub steps: Vec<Step>,
    /// SHA-256 over all of the above: the identity to which a running cycle is pinned.
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub id: StepId,
    pub title: String,
    pub kind: Kind,
    pub after: Vec<StepId>,
    /// How many of `after` have to be done; absent: all of them have to be settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<usize>,
    /// Of a hundred items of `after` (they are `per` steps), so many have to be done; rounded up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<u32>,
    /// One of these has to hold; empty: no condition.
    pub when: Vec<When>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// Items may be added to the list of `per` until this step is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_until: Option<StepId>,
    /// Of everything that names this word only one turn is open at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<String>,
    /// What of these steps is not settled when this one opens is cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdraw: Vec<StepId>,
    /// Opens only as long as this step is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub while_open: Option<StepId>,
    /// Not before 09:00 of this date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<DateRule>,
    /// Until the end of this date; a remark when it passes, nothing stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DateRule>,
    /// Until the end of this date; then a collecting or waiting step is settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes: Option<DateRule>,
    /// Where a 差戻し leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sendback: Option<StepId>,
    /// How often a reopening step may reopen, or a 差戻し may happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// How long after the due date (or the opening) an undecided task is escalated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalate: Option<Offset>,
    /// Neither can it be cancelled nor the cycle given up while it is undecided.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unskippable: bool,
    /// 1-based line of the script.
    pub line: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// A person of one of these roles does something; several roles own it together.
    Task {
        #[serde(rename = "role", with = "one_or_many")]
        roles: Vec<String>,
    },
    /// These roles approve, in order; with `need`, in any order, and that many suffice.
    Approval {
        roles: Vec<String>,
        need: Option<usize>,
    },
    /// The product does something outside, once.
    Effect { name: String, args: Vec<String> },
    /// Answers come in until `closes`.
    Collect { name: String },
    /// A hook of the script chooses the way on.
    Gate { hook: String },
    /// The product computes something.
    Compute { name: String, args: Vec<String> },
    /// Something outside happens; `key` tells two signals of the same name apart, empty takes any.
    /// `fresh`: only what happens while the step is open counts.
    WaitFor {
        signal: String,
        key: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fresh: bool,
    },
    /// What is still open goes over to the next cycle.
    Carry { name: String },
    /// An earlier step is opened again, at most `max` times.
    Reopen { target: StepId },
    /// Another cycle runs, below this one.
    Cycle { name: String },
    /// The whole cycle ends at once.
    End,
}

/// The step was settled with this outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    pub step: StepId,
    pub outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Known when the plan is made.
    Items(Vec<String>),
    /// Becomes known on the way: `.per("meeting.decisions")`, see [`Command::SetList`](crate::Command).
    List(String),
}

impl Plan {
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id.as_str() == id)
    }

    /// The title of a step, or its id when the plan has no such step.
    pub fn title_of(&self, id: &StepId) -> String {
        self.step(id.as_str())
            .map_or_else(|| id.to_string(), |step| step.title.clone())
    }

    /// 「訪問［北部］（2回目）」.
    pub fn title_with_item(&self, key: &Key) -> String {
        let mut title = self.title_of(&key.step);
        if !key.item.is_empty() {
            title.push_str(&format!("［{}］", key.item));
        }
        if key.round > 1 {
            title.push_str(&format!("（{}回目）", key.round));
        }
        title
    }

    /// 「回答締切の7営業日前」.
    pub fn describe(&self, rule: &DateRule) -> String {
        let field = |id: &str| {
            self.date_titles
                .get(id)
                .cloned()
                .unwrap_or_else(|| id.to_owned())
        };
        rule.describe(&field, &|step| self.title_of(step))
    }

    /// The day on which the cycle begins: the date field `start`, or else the earliest date of all.
    pub fn starts_on(&self) -> Option<NaiveDate> {
        let start = self
            .dates
            .get("start")
            .or_else(|| self.dates.values().min());
        start.copied()
    }

    /// The steps that would be done again if `target` were reopened: itself and everything after it.
    pub fn downstream(&self, target: &StepId) -> Vec<StepId> {
        let mut reached = vec![target.clone()];
        let mut looked_at = 0;
        while let Some(from) = reached.get(looked_at).cloned() {
            looked_at += 1;
            for step in &self.steps {
                if step.predecessors().any(|before| *before == from) && !reached.contains(&step.id)
                {
                    reached.push(step.id.clone());
                }
            }
        }
        reached
    }

    /// The step with whose settling the list is closed, if it may grow on the way.
    pub(crate) fn grows_until(&self, list: &str) -> Option<&StepId> {
        let of_list = |step: &&Step| matches!(&step.per, Some(Per::List(name)) if name == list);
        self.steps
            .iter()
            .filter(of_list)
            .find_map(|step| step.open_until.as_ref())
    }

    pub(crate) fn seal(mut self) -> Plan {
        self.hash = String::new();
        let json = serde_json::to_vec(&self).expect("a plan has string keys only");
        self.hash = hex(&Sha256::digest(&json));
        self
    }
}

impl Step {
    /// The steps this one waits for, in any way.
    pub fn predecessors(&self) -> impl Iterator<Item = &StepId> {
        let when = self.when.iter().map(|when| &when.step);
        self.after.iter().chain(when).chain(self.while_open.iter())
    }

    /// Roles that have something to do in this step.
    pub fn roles(&self) -> &[String] {
        match &self.kind {
            Kind::Task { roles } | Kind::Approval { roles, .. } => roles,
            _ => &[],
        }
    }

    /// Rounds a 差戻し to or from this step may reach.
    pub fn sendback_limit(&self) -> u32 {
        self.max.unwrap_or(MAX_ROUNDS)
    }
}

/// One role is written as a text: the shape that plans had when a task had one role only.
mod one_or_many {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Roles {
        One(String),
        Many(Vec<String>),
    }

    pub fn serialize<S: Serializer>(roles: &Vec<String>, to: S) -> Result<S::Ok, S::Error> {
        match roles.as_slice() {
            [role] => role.serialize(to),
            _ => roles.serialize(to),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
        Ok(match Roles::deserialize(from)? {
            Roles::One(role) => vec![role],
            Roles::Many(roles) => roles,
        })
    }
}
