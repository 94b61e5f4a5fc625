//! The words a script may use for what lies outside the cycle.

/// Given by the caller: the municipality's roles and what the product can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    pub roles: Vec<String>,
    pub effects: Vec<String>,
    pub computes: Vec<String>,
    pub signals: Vec<String>,
}

/// What a gate can ask of `s`: those asked, those who answered (both counts), and the round from 1.
pub const GATE_FACTS: [&str; 3] = ["asked", "answered", "round"];
