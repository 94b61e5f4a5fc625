//! The checks of meaning: what a well-shaped questionnaire can still get wrong. One check a file; all of them run.

mod calculated_required;
mod cycle;
mod duplicate_id;
mod duplicate_option;
mod exclusive;
mod matrix;
mod options;
mod pages;
mod range;
mod required;
mod reserved_id;
mod trial;
mod unknown_item;

use authoring::{Finding, Source};

use crate::item::{Item, Kind};
use crate::items::Items;
use crate::questionnaire::Questionnaire;

pub(crate) fn all(source: &Source, questionnaire: &Questionnaire) -> Vec<Finding> {
    let checks = [
        calculated_required::check,
        cycle::check,
        duplicate_id::check,
        duplicate_option::check,
        exclusive::check,
        matrix::check,
        options::check,
        pages::check,
        range::check,
        required::check,
        reserved_id::check,
        trial::check,
        unknown_item::check,
    ];
    let mut findings = Vec::new();
    for check in checks {
        check(source, questionnaire, &mut findings);
    }
    findings
}

/// An item with the level it stands in.
struct Place<'a> {
    item: &'a Item,
    level: &'a Items,
    /// The items around the repeat, when `item` is inside one.
    outer: Option<&'a Items>,
}

impl<'a> Place<'a> {
    /// The item that a name means from here, the attribute when it means one.
    fn resolve(&self, name: &str) -> Option<(&'a Item, Option<&'a str>)> {
        [Some(self.level), self.outer]
            .into_iter()
            .flatten()
            .find_map(|level| {
                if let Some(item) = level.get(name) {
                    return Some((item, None));
                }
                let (at, attribute) = level.attribute(name)?;
                Some((&level[at], Some(attribute)))
            })
    }
}

/// Every item, those inside repeats after their repeat.
fn places(questionnaire: &Questionnaire) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    let outer = &questionnaire.items;
    for item in outer.iter() {
        places.push(Place {
            item,
            level: outer,
            outer: None,
        });
        if let Kind::Repeat { items, .. } = &item.kind {
            places.extend(items.iter().map(|item| Place {
                item,
                level: items,
                outer: Some(outer),
            }));
        }
    }
    places
}
