//! The words a script may use for what lies outside the cycle.

use serde_json::{Map, Value};

/// Given by the caller: the municipality's roles and what the product can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    pub roles: Vec<String>,
    pub effects: Vec<String>,
    pub computes: Vec<String>,
    pub signals: Vec<String>,
    /// Ids of the municipality's cycles, for `.cycle("…")`.
    pub cycles: Vec<String>,
}

/// What a gate can ask of `s`: `s.asked`, `s.answered` (counts of respondents) and `s.round` (from 1).
pub fn gate_facts(asked: u64, answered: u64, round: u32) -> Map<String, Value> {
    let facts = [
        ("asked", asked),
        ("answered", answered),
        ("round", u64::from(round)),
    ];
    let facts = facts.map(|(name, value)| (name.to_owned(), Value::from(value)));
    facts.into_iter().collect()
}
