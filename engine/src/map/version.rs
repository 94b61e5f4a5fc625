//! Versions of the map: what became of each box and indicator since the version before.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Map;

/// The correspondence with the version before (maps/<version>.json). An id that both have and that is
/// not listed goes on as it was.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Since {
    pub version: u32,
    pub changes: Vec<Change>,
}

/// What became of one box or indicator.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Change {
    /// Its id in the version before; none for what is new.
    #[serde(default)]
    pub from: Option<String>,
    /// Its id in this version; none for what was abolished.
    #[serde(default)]
    pub to: Option<String>,
    pub kind: ChangeKind,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Continued,
    Redefined,
    Merged,
    Split,
    Abolished,
    New,
}

/// A change in the words of both versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub kind: ChangeKind,
    /// Titles of the box or indicator.
    pub from: Option<String>,
    pub to: Option<String>,
    pub note: Option<String>,
}

impl ChangeKind {
    pub fn label(self) -> &'static str {
        match self {
            ChangeKind::Continued => "継続",
            ChangeKind::Redefined => "定義変更",
            ChangeKind::Merged => "統合",
            ChangeKind::Split => "分割",
            ChangeKind::Abolished => "廃止",
            ChangeKind::New => "新設",
        }
    }

    /// Whether a change of this kind comes from something, and leads to something.
    pub fn ends(self) -> (bool, bool) {
        match self {
            ChangeKind::Abolished => (true, false),
            ChangeKind::New => (false, true),
            _ => (true, true),
        }
    }
}

impl Map {
    /// Ids of the boxes and then of the indicators, in the order of the file.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let nodes = self.nodes.iter().map(|node| node.id.as_str());
        nodes.chain(self.indicators.iter().map(|one| one.id.as_str()))
    }

    /// The title of a box, or the name of an indicator.
    pub fn title_of(&self, id: &str) -> Option<&str> {
        let node = self.nodes.iter().find(|node| node.id == id);
        let title = node.map(|node| node.title.as_str());
        title.or_else(|| self.indicator(id).map(|one| one.name.as_str()))
    }

    /// Every change since the version before, the unlisted continuations too, by kind.
    pub fn changed(&self, before: &Map) -> Vec<Changed> {
        let changes = self.since.iter().flat_map(|since| &since.changes);
        let listed: BTreeSet<&str> = changes
            .clone()
            .flat_map(|change| [&change.from, &change.to])
            .flatten()
            .map(String::as_str)
            .collect();
        let continued = self
            .ids()
            .filter(|id| !listed.contains(id) && before.title_of(id).is_some());
        let title = |map: &Map, id: &str| map.title_of(id).unwrap_or(id).to_owned();
        let mut changed: Vec<Changed> = continued
            .map(|id| Changed {
                kind: ChangeKind::Continued,
                from: Some(title(before, id)),
                to: Some(title(self, id)),
                note: None,
            })
            .collect();
        changed.extend(changes.map(|change| Changed {
            kind: change.kind,
            from: change.from.as_deref().map(|id| title(before, id)),
            to: change.to.as_deref().map(|id| title(self, id)),
            note: change.note.clone(),
        }));
        changed.sort_by_key(|change| change.kind);
        changed
    }
}
