//! The items of one level (the questionnaire, or the rows of a repeat), in asking order and in evaluation order.

use std::collections::HashMap;
use std::ops::Deref;

use crate::item::{Item, Kind};

/// A slice of items that also finds them by id and knows in which order their rules are evaluated.
#[derive(Debug, Clone, Default)]
pub struct Items {
    items: Vec<Item>,
    index: HashMap<String, usize>,
    /// `<item>_<attribute>` → the item and the name of the attribute.
    attributes: HashMap<String, (usize, String)>,
    order: Vec<usize>,
    cycles: Vec<Vec<usize>>,
}

impl Items {
    pub(crate) fn new(items: Vec<Item>) -> Items {
        let mut index = HashMap::new();
        let mut attributes = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            index.entry(item.id.to_string()).or_insert(at);
            for name in item.attributes() {
                attributes
                    .entry(format!("{}_{name}", item.id))
                    .or_insert((at, name.to_owned()));
            }
        }
        let mut built = Items {
            items,
            index,
            attributes,
            order: Vec::new(),
            cycles: Vec::new(),
        };
        let (order, cycles) = built.sorted();
        built.order = order;
        built.cycles = cycles;
        built
    }

    pub fn get(&self, id: &str) -> Option<&Item> {
        self.index.get(id).map(|at| &self.items[*at])
    }

    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<(usize, &str)> {
        self.attributes
            .get(name)
            .map(|(at, attribute)| (*at, attribute.as_str()))
    }

    /// Every name that an expression of this level may use, without those of an outer level.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.index
            .keys()
            .chain(self.attributes.keys())
            .map(String::as_str)
    }

    /// Each item after the items that its relevance and its calculation depend on.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Items that depend on themselves, as paths; a questionnaire that was read has none.
    pub(crate) fn cycles(&self) -> &[Vec<usize>] {
        &self.cycles
    }

    /// The items of this level that decide whether item `at` is shown and which value it has.
    fn dependencies(&self, at: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut add = |names: &[String]| {
            for name in names {
                let target = self
                    .position(name)
                    .or_else(|| self.attribute(name).map(|(at, _)| at));
                found.extend(target);
            }
        };
        let item = &self.items[at];
        for rule in item.relevant.iter().chain(&item.calculate) {
            add(rule.names());
        }
        if let Kind::Repeat { items, .. } = &item.kind {
            for inner in items.iter() {
                for rule in inner.relevant.iter().chain(&inner.calculate) {
                    let outer: Vec<String> = rule
                        .names()
                        .iter()
                        .filter(|name| !items.knows(name))
                        .cloned()
                        .collect();
                    add(&outer);
                }
            }
        }
        found
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.index.contains_key(name) || self.attributes.contains_key(name)
    }

    /// Depth first, so that a cycle is met as a path that returns to itself.
    fn sorted(&self) -> (Vec<usize>, Vec<Vec<usize>>) {
        let mut visit = Visit {
            items: self,
            state: vec![State::New; self.items.len()],
            path: Vec::new(),
            order: Vec::new(),
            cycles: Vec::new(),
        };
        for at in 0..self.items.len() {
            visit.item(at);
        }
        (visit.order, visit.cycles)
    }
}

impl Deref for Items {
    type Target = [Item];

    fn deref(&self) -> &[Item] {
        &self.items
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

struct Visit<'a> {
    items: &'a Items,
    state: Vec<State>,
    path: Vec<usize>,
    order: Vec<usize>,
    cycles: Vec<Vec<usize>>,
}

impl Visit<'_> {
    fn item(&mut self, at: usize) {
        match self.state[at] {
            State::Done => return,
            State::Open => {
                let from = self.path.iter().position(|on| *on == at).unwrap_or(0);
                self.cycles.push(self.path[from..].to_vec());
                return;
            }
            State::New => {}
        }
        self.state[at] = State::Open;
        self.path.push(at);
        for next in self.items.dependencies(at) {
            self.item(next);
        }
        self.path.pop();
        self.state[at] = State::Done;
        self.order.push(at);
    }
}
