//! Identity: which step, for which item, in which round.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The id of a step inside its plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(String);

impl StepId {
    pub fn new(id: impl Into<String>) -> StepId {
        StepId(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for StepId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One turn of one step. A 差戻し opens the next round and never overwrites the one before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    pub step: StepId,
    /// The item of a `per` step; empty for a step that is there once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// From 1.
    pub round: u32,
}

impl Key {
    pub fn new(step: impl Into<String>, item: impl Into<String>, round: u32) -> Key {
        Key {
            step: StepId::new(step),
            item: item.into(),
            round,
        }
    }

    /// The same for every attempt of this turn and different for every other: what makes an effect
    /// that is tried again an effect that is done once. 64 hexadecimal digits.
    pub fn effect_id(&self, cycle: &str) -> String {
        let text = serde_json::json!([cycle, self.step, self.item, self.round]).to_string();
        hex(&Sha256::digest(text.as_bytes()))
    }

    /// The id of the cycle that this turn starts below `cycle`: short, and fit to be a name in a store whatever
    /// the items are called.
    pub fn child_id(&self, cycle: &str) -> String {
        format!("{cycle}.{}", &self.effect_id(cycle)[..12])
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.step)?;
        if !self.item.is_empty() {
            write!(f, "[{}]", self.item)?;
        }
        if self.round > 1 {
            write!(f, "#{}", self.round)?;
        }
        Ok(())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
