//! One level of answers (the questionnaire, or one row of a repeat) while it is being filled.

use rhai::Dynamic;
use serde_json::{Map, Value};

use super::{Report, calculated, item};
use crate::expression::dynamic;
use crate::item::{Item, Kind};
use crate::items::Items;
use crate::messages::{Complaint, name_in_row, row_name};

/// The clean answers of one level so far, by position of the item.
#[derive(Debug)]
pub(crate) struct Level<'a> {
    pub(crate) items: &'a Items,
    pub(crate) filled: Vec<Option<Filled<'a>>>,
}

#[derive(Debug)]
pub(crate) enum Filled<'a> {
    Value(Value),
    /// Rows that hold something, with their position in the draft.
    Rows(Vec<(usize, Level<'a>)>),
}

/// Where a level stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a, 'b> {
    /// `hospitals.2.`, or empty at the top.
    pub(crate) prefix: &'b str,
    /// 病院3, inside a repeat.
    pub(crate) row: Option<&'b str>,
    /// The level around the repeat.
    pub(crate) outer: Option<&'b Level<'a>>,
}

impl Around<'_, '_> {
    pub(crate) fn top() -> Around<'static, 'static> {
        Around {
            prefix: "",
            row: None,
            outer: None,
        }
    }

    pub(crate) fn path(&self, item: &Item) -> String {
        format!("{}{}", self.prefix, item.id)
    }

    pub(crate) fn name(&self, item: &Item) -> String {
        match self.row {
            Some(row) => name_in_row(row, &item.title),
            None => item.title.clone(),
        }
    }
}

impl<'a> Level<'a> {
    pub(crate) fn fill(
        items: &'a Items,
        raw: &Map<String, Value>,
        around: Around<'a, '_>,
        report: &mut Report,
    ) -> Level<'a> {
        let mut level = Level {
            items,
            filled: items.iter().map(|_| None).collect(),
        };
        for at in items.order() {
            let item = &items[*at];
            let relevant = item.relevant.as_ref();
            if !relevant.is_none_or(|rule| rule.holds(|name| level.lookup(around.outer, name))) {
                continue;
            }
            let path = around.path(item);
            let issues_before = report.issues.len();
            let raw = raw.get(item.id.as_str()).filter(|value| !value.is_null());
            let filled = match (&item.calculate, &item.kind, raw) {
                (Some(rule), _, _) => {
                    calculated::value(item, rule, &level, around, report).map(Filled::Value)
                }
                (None, Kind::Repeat { .. }, raw) => level.rows(item, raw, &path, report),
                (None, _, Some(raw)) => item::clean(item, raw, &around, report).map(Filled::Value),
                (None, _, None) => None,
            };
            let silent = report.issues.len() == issues_before;
            if item.required && silent {
                item::require(item, filled.as_ref(), &around, report);
            }
            report.shown.insert(path);
            level.filled[*at] = filled;
        }
        level
    }

    fn rows(
        &self,
        item: &'a Item,
        raw: Option<&Value>,
        path: &str,
        report: &mut Report,
    ) -> Option<Filled<'a>> {
        let Kind::Repeat {
            label,
            items,
            min,
            max,
        } = &item.kind
        else {
            return None;
        };
        let raw = match raw {
            Some(Value::Array(rows)) => rows.as_slice(),
            Some(_) => {
                report.say(path.to_owned(), &item.title, &Complaint::WrongType);
                return None;
            }
            None => &[],
        };
        let mut filled = Vec::new();
        let mut count = 0;
        for (at, raw) in raw.iter().enumerate() {
            let cells = match raw {
                Value::Object(cells) => cells,
                Value::Null => continue,
                _ => {
                    let name = name_in_row(&row_name(label, at), &item.title);
                    report.say(format!("{path}.{at}"), &name, &Complaint::WrongType);
                    continue;
                }
            };
            let given = holds_something(items, cells);
            count += usize::from(given);
            if count > *max {
                continue;
            }
            let (prefix, row) = (format!("{path}.{at}."), row_name(label, at));
            let around = Around {
                prefix: &prefix,
                row: Some(&row),
                outer: Some(self),
            };
            // An empty row asks its questions but is not held against anyone.
            let issues_before = report.issues.len();
            let level = Level::fill(items, cells, around, report);
            report.unknown_items(items, cells, &prefix, Some(&row));
            if !given {
                report.issues.truncate(issues_before);
            } else if level.holds_answers() {
                filled.push((at, level));
            }
        }
        if count > *max {
            let complaint = Complaint::TooManyRows {
                count,
                max: *max,
                label,
            };
            report.say(path.to_owned(), &item.title, &complaint);
        }
        if count < *min && (item.required || count > 0) {
            let complaint = Complaint::TooFewRows {
                count,
                min: *min,
                label,
            };
            report.say(path.to_owned(), &item.title, &complaint);
        }
        (!filled.is_empty()).then_some(Filled::Rows(filled))
    }

    /// Answers that were given, not only computed.
    fn holds_answers(&self) -> bool {
        let mut items = self.items.iter().zip(&self.filled);
        items.any(|(item, filled)| filled.is_some() && !item.is_calculated())
    }

    /// The value of a name in an expression of this level.
    pub(crate) fn lookup(&self, outer: Option<&Level<'_>>, name: &str) -> Dynamic {
        if let Some(at) = self.items.position(name) {
            return self.dynamic(at);
        }
        if let Some((at, attribute)) = self.items.attribute(name) {
            return self.attribute(at, attribute);
        }
        outer.map_or(Dynamic::UNIT, |outer| outer.lookup(None, name))
    }

    fn dynamic(&self, at: usize) -> Dynamic {
        match &self.filled[at] {
            Some(Filled::Value(value)) => dynamic(&self.items[at], value),
            Some(Filled::Rows(rows)) => {
                let rows: rhai::Array = rows.iter().map(|(_, row)| row.as_map()).collect();
                rows.into()
            }
            None => Dynamic::UNIT,
        }
    }

    fn as_map(&self) -> Dynamic {
        let cells = self.items.iter().enumerate();
        let cells: rhai::Map = cells
            .map(|(at, item)| (item.id.as_str().into(), self.dynamic(at)))
            .collect();
        cells.into()
    }

    fn attribute(&self, at: usize, name: &str) -> Dynamic {
        let Some(Filled::Value(Value::String(code))) = &self.filled[at] else {
            return Dynamic::UNIT;
        };
        let option = self.items[at].option(code);
        let value = option.and_then(|option| option.attributes.iter().find(|(own, _)| own == name));
        value.map_or(Dynamic::UNIT, |(_, value)| value.clone().into())
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        let mut map = Map::new();
        for (item, filled) in self.items.iter().zip(self.filled) {
            let value = match filled {
                Some(Filled::Value(value)) => value,
                Some(Filled::Rows(rows)) => {
                    let rows = rows
                        .into_iter()
                        .map(|(_, row)| Value::Object(row.into_map()));
                    Value::Array(rows.collect())
                }
                None => continue,
            };
            map.insert(item.id.to_string(), value);
        }
        map
    }
}

/// Whether a row of a draft holds anything that somebody gave.
fn holds_something(items: &Items, cells: &Map<String, Value>) -> bool {
    cells.iter().any(|(id, value)| {
        let given = match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(map) => !map.is_empty(),
            _ => true,
        };
        given && !items.get(id).is_some_and(Item::is_calculated)
    })
}
