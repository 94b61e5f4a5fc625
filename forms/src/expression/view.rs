//! Clean answers as an expression reads them, without examining them again.

use std::collections::BTreeMap;

use rhai::Dynamic;
use serde_json::{Map, Value};

use super::dynamic;
use crate::item::Item;
use crate::items::Items;

/// Clean answers of one level, with the level around it and what the roster knows about the respondent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) items: &'a Items,
    pub(crate) answers: &'a Map<String, Value>,
    pub(crate) outer: Option<&'a View<'a>>,
    /// Read as `respondent.<column>`.
    pub(crate) respondent: Option<&'a BTreeMap<String, String>>,
}

impl<'a> View<'a> {
    pub(crate) fn lookup(&self, name: &str) -> Dynamic {
        if let Some(item) = self.items.get(name) {
            let value = self.value(item);
            return value.map_or(Dynamic::UNIT, |value| dynamic(item, value));
        }
        if let Some((at, attribute)) = self.items.attribute(name) {
            return self.attribute(&self.items[at], attribute);
        }
        if let Some(outer) = self.outer {
            return outer.lookup(name);
        }
        match self.respondent {
            Some(columns) if name == "respondent" => respondent(columns),
            _ => Dynamic::UNIT,
        }
    }

    pub(crate) fn value(&self, item: &Item) -> Option<&'a Value> {
        self.answers
            .get(item.id.as_str())
            .filter(|value| !value.is_null())
    }

    /// Whether an item of this level was shown to the respondent. An answer proves it: clean answers hold only
    /// relevant items.
    pub(crate) fn is_shown(&self, item: &Item) -> bool {
        match &item.relevant {
            Some(rule) => self.value(item).is_some() || rule.holds(|name| self.lookup(name)),
            None => true,
        }
    }

    fn attribute(&self, item: &Item, name: &str) -> Dynamic {
        let code = self.value(item).and_then(Value::as_str);
        let option = code.and_then(|code| item.option(code));
        let value = option.and_then(|option| option.attributes.iter().find(|(own, _)| own == name));
        value.map_or(Dynamic::UNIT, |(_, value)| value.clone().into())
    }
}

fn respondent(columns: &BTreeMap<String, String>) -> Dynamic {
    let columns = columns
        .iter()
        .map(|(name, value)| (name.as_str().into(), value.clone().into()));
    columns.collect::<rhai::Map>().into()
}
