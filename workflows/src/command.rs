//! Commands: what may be asked of a running cycle, and when it is asked.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::key::Key;
use crate::plan::Plan;

/// The clock enters here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct At {
    pub instant: DateTime<Utc>,
    /// The date in Japan at that instant.
    pub today: NaiveDate,
}

impl At {
    pub fn new(instant: DateTime<Utc>) -> At {
        At {
            instant,
            today: calendar::date_at(instant),
        }
    }
}

/// Who acts. Whether the person holds the role is the caller's question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Id of the person.
    pub person: String,
    pub role: String,
    /// 代決: the person for whom this one decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
}

impl Actor {
    pub fn new(person: impl Into<String>, role: impl Into<String>) -> Actor {
        Actor {
            person: person.into(),
            role: role.into(),
            on_behalf_of: None,
        }
    }

    /// The person, and the one for whom this one decides.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.person.as_str()).chain(self.on_behalf_of.as_deref())
    }
}

/// The step that started this cycle as its child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Id of the cycle above.
    pub cycle: String,
    /// Its step, item and round.
    pub key: Key,
    /// What that step names: which cycle of the municipality this one is a turn of.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// `cycle`: an id that no other cycle of the municipality has; effect ids are made from it.
    Start {
        cycle: String,
        by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Parent>,
    },
    /// Time has passed: every timer that is due fires, in due order.
    Tick,
    /// A person takes a task, so that nobody else does it at the same time.
    Claim { key: Key, by: Actor },
    /// The person gives it back.
    Release { key: Key, by: Actor },
    /// A task ends (`done`), an approval is given (`approved`), or either is sent back (`sendback`, with a comment).
    Complete {
        key: Key,
        by: Actor,
        outcome: String,
        comment: Option<String>,
    },
    /// Who finished a task takes it back, as long as nobody has taken up or decided what follows (引戻し).
    PullBack { key: Key, by: Actor },
    /// The shell reports on an effect, a computation, a gate, a carry, a child cycle, or closes a
    /// collection early.
    Settle {
        key: Key,
        outcome: String,
        input_hash: Option<String>,
    },
    /// The shell could not do it; it is tried again later, and after the last attempt a person is asked.
    Fail { key: Key, message: String },
    /// A person answers an incident: try again.
    Retry { key: Key, by: Actor },
    /// A person ends a step that will not be done; what follows goes on. Without an item, a `per` step ends
    /// with all its items.
    Cancel { key: Key, by: Actor, reason: String },
    /// Something outside happened. The same `dedup` twice is one signal.
    Signal {
        name: String,
        key: String,
        dedup: Option<String>,
    },
    /// A date field moves, and every rule that hangs on it.
    MoveDate {
        field: String,
        to: NaiveDate,
        by: Actor,
        reason: String,
    },
    /// The items of a `.per("…")` list are known. Once.
    SetList { list: String, items: Vec<String> },
    /// One more item of a list that may grow.
    AddItem {
        list: String,
        item: String,
        by: Actor,
    },
    /// The cycle rests: no timer fires, nobody decides, nothing is begun, until it is resumed.
    Suspend { by: Actor, reason: String },
    /// It goes on; what fell due in the meantime fires in due order.
    Resume { by: Actor, reason: String },
    /// The cycle goes on by another plan. See [`Adoption`].
    Adopt(Box<Adoption>),
    /// The cycle is given up.
    Terminate { by: Actor, reason: String },
}

/// Another plan for a running cycle; adopting the plan before it again takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    pub plan: Plan,
    /// Open turns that the plan no longer has, and that shall end without having been done. All of
    /// them have to be named: [`preview`](crate::preview()) lists them.
    pub cancel: Vec<Key>,
    pub by: Actor,
    pub reason: String,
}
