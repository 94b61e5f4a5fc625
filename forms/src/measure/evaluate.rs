//! Evaluating a measure: one pass over the responses or the roster.

use std::collections::BTreeMap;

use rhai::Dynamic;
use serde_json::{Map, Value};

use super::{Measure, Of};
use crate::expression::View;
use crate::item::{Item, Kind};
use crate::items::Items;
use crate::tally::{Row, rows};

type Roster = BTreeMap<String, String>;

/// The rows of one group, before `having`.
#[derive(Default)]
struct Group {
    rows: u64,
    /// By position of the item.
    sums: BTreeMap<usize, i128>,
}

impl Measure {
    /// The number. A sum with `minus` does not go below 0.
    ///
    /// A row for which `where` cannot be evaluated (a blank in an arithmetic expression, a column that the roster
    /// does not have) is not counted.
    pub fn evaluate(&self, rows: &[Row<'_>], roster: &[Roster]) -> u64 {
        if self.by.is_some() && self.sum.is_empty() {
            return self.groups(rows, roster).len() as u64;
        }
        if self.by.is_some() {
            return self
                .groups(rows, roster)
                .into_iter()
                .fold(0, |sum, (_, n)| sum.saturating_add(n));
        }
        let mut total = 0_i128;
        self.each(rows, roster, &mut |view, _| total += self.amount(view));
        clamp(total)
    }

    /// With `by`: the groups that are counted, each with its label and its sum (its rows when nothing is summed), in
    /// the order of the options, or sorted. Without `by`: nothing.
    pub fn groups(&self, rows: &[Row<'_>], roster: &[Roster]) -> Vec<(String, u64)> {
        let (Some(by), Some(own)) = (&self.by, self.own_items()) else {
            return Vec::new();
        };
        let Some(item) = own.get(by) else {
            return Vec::new();
        };
        let mut groups: BTreeMap<(usize, String), Group> = BTreeMap::new();
        self.each(rows, roster, &mut |view, _| {
            let Some(key) = view.value(item).map(text) else {
                return;
            };
            let place = item.options().iter().position(|option| option.code == key);
            let group = groups
                .entry((place.unwrap_or(usize::MAX), key))
                .or_default();
            group.rows += 1;
            for (at, item) in own.iter().enumerate() {
                if let Kind::Integer { .. } = item.kind {
                    let value = view.value(item).and_then(Value::as_i64).unwrap_or(0);
                    *group.sums.entry(at).or_default() += i128::from(value);
                }
            }
        });
        let counted = groups
            .into_iter()
            .filter(|((_, key), group)| self.has(own, item, key, group));
        counted
            .map(|((_, key), group)| (label(item, &key), self.group_amount(own, &group)))
            .collect()
    }

    /// The number divided by another item (`hospital`, `office_kind`) or by a column of the roster
    /// (`respondent.kind`): label and part, in the order of the options, or sorted; what has no value there is under
    /// 「無回答」. Nothing when there is no such item. Parts of a measure with `minus` may be cut at 0.
    pub fn breakdown(
        &self,
        rows: &[Row<'_>],
        roster: &[Roster],
        by: &str,
    ) -> Option<Vec<(String, u64)>> {
        let own = self.own_items();
        let inner = own.and_then(|own| own.get(by));
        let outer = matches!(self.of, Of::Rows(_))
            .then(|| self.items.get(by))
            .flatten();
        let column = by.strip_prefix("respondent.");
        if inner.or(outer).is_none() && column.is_none() {
            return None;
        }
        let mut parts: BTreeMap<(usize, String), i128> = BTreeMap::new();
        self.each(rows, roster, &mut |view, respondent| {
            let key = match (inner, outer, column) {
                (Some(item), _, _) => view.value(item).map(text),
                (None, Some(item), _) => view.outer.and_then(|outer| outer.value(item)).map(text),
                (None, None, Some(column)) => respondent.get(column).cloned(),
                (None, None, None) => None,
            };
            let key = key.unwrap_or_default();
            let options = inner.or(outer).map_or(&[][..], Item::options);
            let place = options.iter().position(|option| option.code == key);
            let place = if key.is_empty() {
                usize::MAX
            } else {
                place.unwrap_or(usize::MAX - 1)
            };
            *parts.entry((place, key)).or_default() += self.amount(view);
        });
        let named = |((_, key), amount): ((usize, String), i128)| {
            let name = match inner.or(outer) {
                _ if key.is_empty() => "無回答".to_owned(),
                Some(item) => label(item, &key),
                None => key,
            };
            (name, clamp(amount))
        };
        Some(parts.into_iter().map(named).collect())
    }

    /// Calls `found` for every response, row or entry of the roster for which `where` holds.
    fn each(
        &self,
        rows_in: &[Row<'_>],
        roster: &[Roster],
        found: &mut dyn FnMut(&View<'_>, &Roster),
    ) {
        let holds = |view: &View<'_>| {
            self.condition
                .as_ref()
                .is_none_or(|rule| rule.holds(|name| view.lookup(name)))
        };
        let (nothing, no_items) = (Map::new(), Items::default());
        if self.of == Of::Roster {
            for respondent in roster {
                let view = View {
                    items: &no_items,
                    answers: &nothing,
                    outer: None,
                    respondent: Some(respondent),
                };
                if holds(&view) {
                    found(&view, respondent);
                }
            }
            return;
        }
        for row in rows_in {
            let whole = View {
                items: &self.items,
                answers: &row.answers.0,
                outer: None,
                respondent: Some(row.respondent),
            };
            let Of::Rows(id) = &self.of else {
                if holds(&whole) {
                    found(&whole, row.respondent);
                }
                continue;
            };
            let Some(own) = self.own_items() else {
                continue;
            };
            for cells in rows(row.answers.0.get(id)) {
                let view = View {
                    items: own,
                    answers: cells,
                    outer: Some(&whole),
                    respondent: None,
                };
                if holds(&view) {
                    found(&view, row.respondent);
                }
            }
        }
    }

    /// What one unit adds: 1, or its sum.
    fn amount(&self, view: &View<'_>) -> i128 {
        if self.sum.is_empty() {
            return 1;
        }
        let add = |ids: &[String]| -> i128 {
            let value = |id: &String| view.answers.get(id).and_then(Value::as_i64);
            ids.iter().filter_map(value).map(i128::from).sum()
        };
        add(&self.sum) - add(&self.minus)
    }

    fn group_amount(&self, own: &Items, group: &Group) -> u64 {
        if self.sum.is_empty() {
            return group.rows;
        }
        let add = |ids: &[String]| -> i128 {
            let sum = |id: &String| own.position(id).and_then(|at| group.sums.get(&at));
            ids.iter().filter_map(sum).sum()
        };
        clamp(add(&self.sum) - add(&self.minus))
    }

    fn has(&self, own: &Items, by: &Item, key: &str, group: &Group) -> bool {
        let Some(rule) = &self.having else {
            return true;
        };
        rule.holds(|name| {
            if name == by.id.as_str() {
                return key.to_owned().into();
            }
            if let Some(at) = own.position(name) {
                let sum = group.sums.get(&at).copied().unwrap_or(0);
                return i64::try_from(sum).map_or(Dynamic::UNIT, Dynamic::from);
            }
            let attribute = own.attribute(name).map(|(_, attribute)| attribute);
            let option = by.option(key);
            let found = option.and_then(|option| {
                option
                    .attributes
                    .iter()
                    .find(|(own, _)| Some(own.as_str()) == attribute)
            });
            found.map_or(Dynamic::UNIT, |(_, value)| value.clone().into())
        })
    }
}

fn clamp(total: i128) -> u64 {
    u64::try_from(total.max(0)).unwrap_or(u64::MAX)
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn label(item: &Item, key: &str) -> String {
    item.option(key)
        .map_or_else(|| key.to_owned(), |option| option.title.clone())
}
