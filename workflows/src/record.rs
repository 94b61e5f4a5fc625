//! Records: what happened, in order. The state is a fold over them and nothing else.

use chrono::NaiveDate;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

use crate::command::{Actor, At, Parent};
use crate::difference::Difference;
use crate::key::Key;
use crate::rule::DateRule;
use crate::state::{Timer, TimerKind};

/// Version of the shape of a record that this release writes. It reads all earlier ones.
///
/// 2: lists and cascades in several records, gates that wait, children, suspension, adopted plans.
pub const RECORD_VERSION: u16 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    #[serde(deserialize_with = "known")]
    pub version: u16,
    pub at: At,
    /// Absent: the product itself (a timer, an effect).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    #[serde(flatten)]
    pub event: Event,
}

/// A record of a later release must not be folded as if it were understood.
fn known<'de, D: Deserializer<'de>>(version: D) -> Result<u16, D::Error> {
    let version = u16::deserialize(version)?;
    if (1..=RECORD_VERSION).contains(&version) {
        return Ok(version);
    }
    Err(D::Error::custom(format!(
        "サイクルの記録の版 {version} は読めません（この版のめぐりが読めるのは {RECORD_VERSION} までです）。新しいめぐりで開いてください。"
    )))
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    CycleStarted {
        cycle: String,
        plan: String,
        title: String,
        fiscal_year: Option<i32>,
        dates: BTreeMap<String, NaiveDate>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Parent>,
    },
    /// More dates of the cycle than `CycleStarted` can hold.
    DatesGiven {
        dates: BTreeMap<String, NaiveDate>,
    },
    /// What it changes in the running cycle follows in records of its own.
    PlanAdopted {
        from: String,
        to: String,
        title: String,
        fiscal_year: Option<i32>,
        diff: Difference,
        reason: String,
    },
    CycleSuspended {
        reason: String,
    },
    CycleResumed {
        reason: String,
    },
    CycleCompleted,
    CycleTerminated {
        reason: String,
    },
    CarriedOver {
        key: Key,
        name: String,
    },
    DateMoved {
        field: String,
        from: NaiveDate,
        to: NaiveDate,
        reason: String,
    },
    /// An adopted plan has a date field that the plan before it did not have.
    DateAdded {
        field: String,
        on: NaiveDate,
    },
    DateRemoved {
        field: String,
    },
    ListSet {
        list: String,
        items: Vec<String>,
    },
    /// More items: of a list that may grow, or that one record cannot hold.
    ListGrown {
        list: String,
        items: Vec<String>,
    },

    StepOpened {
        key: Key,
    },
    StepSettled {
        key: Key,
        how: How,
        outcome: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        because: Option<String>,
    },
    /// `cascade`: every turn that begins anew, with its new round. `by_step`: the reopening step, if it was one.
    StepReopened {
        target: Key,
        cascade: Vec<Key>,
        reason: String,
        by_step: Option<Key>,
        closes: Option<DateRule>,
    },
    /// More turns of the cascade than `StepReopened` can hold.
    TurnsReopened {
        cascade: Vec<Key>,
    },
    /// An adopted plan took an open turn away: it does not have it any more, or has other work there. Should
    /// it come to be done, the next round opens.
    StepWithdrawn {
        key: Key,
        /// Which cycle a child that was begun is a turn of: it is to be given up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        child: Option<String>,
    },
    Decided {
        key: Key,
        hook: String,
        input_hash: Option<String>,
        outcome: String,
    },
    /// The gate said that it is not yet time.
    GateWaits {
        key: Key,
        hook: String,
        input_hash: Option<String>,
        /// When it is asked again if nothing moves before.
        ask_at: chrono::DateTime<chrono::Utc>,
    },

    TimerSet {
        timer: Timer,
    },
    TimerFired {
        key: Key,
        kind: TimerKind,
        late_seconds: i64,
    },
    TimerMoved {
        timer: Timer,
        from: NaiveDate,
    },
    TimerCancelled {
        key: Key,
        kind: TimerKind,
    },

    TaskOffered {
        key: Key,
        role: String,
    },
    TaskClaimed {
        key: Key,
        role: String,
    },
    TaskReleased {
        key: Key,
        role: String,
    },
    TaskDecided {
        key: Key,
        role: String,
        outcome: String,
        comment: Option<String>,
    },
    /// The due date passed and the step is still open.
    StepOverdue {
        key: Key,
    },
    TaskEscalated {
        key: Key,
    },
    /// Reopening an earlier step or an adopted plan took the task away.
    TaskWithdrawn {
        key: Key,
        role: String,
    },

    SignalReceived {
        name: String,
        key: String,
        dedup: Option<String>,
    },
    SignalUsed {
        name: String,
        key: String,
        used_by: Key,
    },

    /// `id` is the same for every attempt: the receiver's idempotency key.
    EffectRequested {
        key: Key,
        name: String,
        args: Vec<String>,
        id: String,
    },
    EffectSucceeded {
        key: Key,
        input_hash: Option<String>,
    },
    EffectFailed {
        key: Key,
        attempt: u32,
        retry_at: chrono::DateTime<chrono::Utc>,
        message: String,
    },
    IncidentRaised {
        key: Key,
        message: String,
    },
    IncidentResolved {
        key: Key,
    },
}

/// How a turn of a step ended. All three let the steps after it go on; only what follows nothing but
/// skipped steps is skipped too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Done,
    /// Its condition did not come true.
    Skipped,
    /// A person ended it.
    Cancelled,
}
