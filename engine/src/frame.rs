//! frame.json: what the programme gives to all: layers and scenes of a map, the eight items and their
//! place in Plan, Do, Check and Act.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::map::Named;

/// The frame that stands in the base. A municipality that counts otherwise has a file of its own.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Frame {
    pub layers: Vec<Named>,
    /// Tags, never a tree: one thing can belong to several.
    pub scenes: Vec<Named>,
    pub phases: Vec<Phase>,
    /// 事業項目 (ア)–(ク), in this order.
    pub programme: Vec<ProgrammeItem>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Phase {
    pub id: String,
    pub title: String,
}

/// One of the items that the programme consists of.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ProgrammeItem {
    /// ア, without brackets.
    pub mark: String,
    pub title: String,
    /// Id of the phase to which it belongs now.
    pub phase: String,
}

impl Frame {
    pub fn item(&self, mark: &str) -> Option<&ProgrammeItem> {
        self.programme.iter().find(|item| item.mark == mark)
    }
}
