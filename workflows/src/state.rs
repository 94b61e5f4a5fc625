//! The state of a cycle: the fold of its records.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::command::{Actor, At, Parent};
use crate::key::{Key, StepId};
use crate::record::How;
use crate::rule::DateRule;

/// Empty before the first record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub cycle: String,
    /// Hash of the plan to which the cycle is pinned: that of the start, or the one adopted last.
    pub plan: String,
    pub title: String,
    /// The step of another cycle below which this one runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    pub phase: Phase,
    /// Since when and why, while the phase is [`Phase::Suspended`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    pub fiscal_year: Option<i32>,
    pub dates: BTreeMap<String, NaiveDate>,
    pub lists: BTreeMap<String, Vec<String>>,
    /// Step, then item. What is not in here has never opened or been skipped.
    pub steps: BTreeMap<StepId, BTreeMap<String, Turn>>,
    /// Deadlines that were extended.
    pub closings: BTreeMap<StepId, DateRule>,
    /// In due order.
    pub timers: Vec<Timer>,
    /// Signals that nobody has waited for yet.
    pub inbox: Vec<Signal>,
    pub signals_seen: BTreeSet<String>,
    /// Gates that said it is not yet time; they are asked again as soon as anything moves.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub waiting_gates: BTreeSet<Key>,
    /// Turns that had a child cycle when an adopted plan took them away, and which cycle it is a turn of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<(Key, String)>,
    /// How many records were folded.
    pub records: u64,
    /// The latest instant of any record; a clock that jumps back does not go before it.
    pub latest: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    #[default]
    NotStarted,
    Running,
    Suspended,
    Completed,
    Terminated,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    pub since: At,
    pub reason: String,
    /// Signals that were in the inbox before; those that come later wait for the cycle to be resumed.
    pub before: usize,
}

/// A step for one item: its present round and the rounds before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// From 1.
    pub round: u32,
    pub status: Status,
    /// How often this step has reopened another.
    pub uses: u32,
    pub past: Vec<Past>,
}

/// A round that was done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    pub round: u32,
    /// Nothing when the round was withdrawn before it was settled.
    pub settled: Option<Settled>,
    /// What was decided in it.
    pub decisions: Vec<Decision>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    #[default]
    Waiting,
    Open(Open),
    Settled(Settled),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    pub since: At,
    /// Roles that may act now.
    pub offered: BTreeMap<String, Offer>,
    pub decisions: Vec<Decision>,
    pub attempts: u32,
    /// Not to be tried again before.
    pub retry_at: Option<DateTime<Utc>>,
    /// A person has to look at it.
    pub incident: Option<String>,
    pub overdue: bool,
    pub escalated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub since: At,
    /// The person who took it.
    pub claimed_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub role: String,
    pub by: Option<Actor>,
    pub outcome: String,
    pub comment: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    pub how: How,
    pub outcome: String,
    pub at: At,
    pub decisions: Vec<Decision>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    pub key: Key,
    pub kind: TimerKind,
    /// Kept beside the date, so that a moved deadline moves the timer.
    pub rule: DateRule,
    pub on: NaiveDate,
    pub fires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// 09:00 of the date.
    Opens,
    /// The end of the date.
    Due,
    /// The end of the date.
    Closes,
    /// 09:00 of the date.
    Escalates,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    pub name: String,
    pub key: String,
}

impl State {
    pub fn turn(&self, step: &StepId, item: &str) -> Option<&Turn> {
        self.steps.get(step)?.get(item)
    }

    /// The present turn of a key, if the key is of the present round.
    pub fn open(&self, key: &Key) -> Option<&Open> {
        let turn = self.turn(&key.step, &key.item)?;
        match &turn.status {
            Status::Open(open) if turn.round == key.round => Some(open),
            _ => None,
        }
    }

    /// The key of the present round: 1 for what has never opened.
    pub fn key(&self, step: &StepId, item: &str) -> Key {
        let round = self.turn(step, item).map_or(1, |turn| turn.round);
        Key {
            step: step.clone(),
            item: item.to_owned(),
            round,
        }
    }

    /// Every open turn, by step and item.
    pub fn open_keys(&self) -> Vec<Key> {
        let turns = self
            .steps
            .iter()
            .flat_map(|(step, items)| items.iter().map(move |(item, turn)| (step, item, turn)));
        let open = turns.filter(|(_, _, turn)| matches!(turn.status, Status::Open(_)));
        open.map(|(step, item, turn)| Key {
            step: step.clone(),
            item: item.clone(),
            round: turn.round,
        })
        .collect()
    }

    pub fn timer(&self, key: &Key, kind: TimerKind) -> Option<&Timer> {
        self.timers
            .iter()
            .find(|timer| timer.key == *key && timer.kind == kind)
    }
}

impl Default for Turn {
    fn default() -> Turn {
        Turn {
            round: 1,
            status: Status::Waiting,
            uses: 0,
            past: Vec::new(),
        }
    }
}
