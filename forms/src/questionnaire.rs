//! A questionnaire (調査票): one published version, checked and compiled.

use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::item::{Item, ItemId, Kind};
use crate::items::Items;

/// A questionnaire that passed all checks. Immutable: a change is a new version.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) pages: Vec<Page>,
    pub(crate) items: Arc<Items>,
    pub(crate) document: Value,
}

/// A page of the web form. Every item stands on exactly one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub title: String,
    pub items: Vec<ItemId>,
}

impl Questionnaire {
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn version(&self) -> u32 {
        self.version
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// In asking order; one page with the title of the questionnaire when none are defined.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// All items outside repeats, in the order of the document.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.get(id)
    }

    /// The item that a path names: `rule_used`, `hospitals.2.discharged` or `hospitals.discharged`,
    /// and for a row of a matrix `stages.quake` the matrix.
    pub fn item_at(&self, path: &str) -> Option<&Item> {
        let mut steps = path.split('.');
        let item = self.items.get(steps.next()?)?;
        let Kind::Repeat { items, .. } = &item.kind else {
            return Some(item);
        };
        match steps.find(|step| step.parse::<usize>().is_err()) {
            Some(inner) => items.get(inner),
            None => Some(item),
        }
    }

    /// The document as it was written: a JSON Schema of the answers.
    pub fn json(&self) -> &Value {
        &self.document
    }

    /// SHA-256 of the document as compact JSON, in hexadecimal. The order of the properties is part of it,
    /// because it is the order of asking.
    pub fn digest(&self) -> String {
        let bytes = Sha256::digest(self.document.to_string());
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
