//! Comparing two versions of a questionnaire: what changes, and what each change does to a series.
//!
//! | What | What it does to the series of the item |
//! |---|---|
//! | wording, help, limits, conditions, order | goes on |
//! | an option, a row or an item more | goes on; the new one begins |
//! | an option or a row less | mixed, unless a break is marked |
//! | another kind, other options, another concept | mixed, unless a break is marked |
//! | an item less | ends |
//! | a break marked anew (`x-break`) | a break is drawn |

mod carried;
mod difference;
mod item;

use crate::item::{Item, Kind};
use crate::questionnaire::Questionnaire;

pub use carried::Carried;
pub use difference::{Difference, Series, What};

/// Everything that is different in `new`, in the order of its items; what was removed comes last.
///
/// An item is the same when it has the same id, or else the same concept: a questionnaire that was written anew keeps
/// its series through its concepts.
pub fn compare(old: &Questionnaire, new: &Questionnaire) -> Vec<Difference> {
    let mut changes = Vec::new();
    head(old, new, &mut changes);
    level(old, new, None, old.items(), new.items(), &mut changes);
    changes
}

fn head(old: &Questionnaire, new: &Questionnaire, changes: &mut Vec<Difference>) {
    let mut say = |what| {
        changes.push(Difference {
            item: None,
            title: new.title().to_owned(),
            what,
            series: Series::Untouched,
        });
    };
    if old.title() != new.title() {
        say(What::Retitled {
            from: old.title().to_owned(),
            to: new.title().to_owned(),
        });
    }
    if old.description() != new.description() {
        say(What::Help);
    }
    let titles = |form: &Questionnaire| -> Vec<String> {
        form.pages().iter().map(|page| page.title.clone()).collect()
    };
    // A single page is called like the questionnaire, which is said already.
    let several = old.pages().len() > 1 || new.pages().len() > 1;
    if several && titles(old) != titles(new) {
        say(What::Pages {
            from: titles(old),
            to: titles(new),
        });
    }
}

fn level(
    old_form: &Questionnaire,
    new_form: &Questionnaire,
    inside: Option<&str>,
    old: &[Item],
    new: &[Item],
    changes: &mut Vec<Difference>,
) {
    let path = |item: &Item| match inside {
        Some(repeat) => format!("{repeat}.{}", item.id),
        None => item.id.to_string(),
    };
    let pairs = pairs(old, new);
    let mut last = None;
    for (at, item) in new.iter().enumerate() {
        let Some(before) = pairs[at] else {
            changes.push(Difference {
                item: Some(path(item)),
                title: item.title.clone(),
                what: What::Added,
                series: Series::Begins,
            });
            continue;
        };
        let moved = last.is_some_and(|last| before < last);
        last = Some(last.map_or(before, |last: usize| last.max(before)));
        let before = &old[before];
        let found = item::changes(old_form, new_form, inside, before, item, moved);
        changes.extend(found.into_iter().map(|(what, series)| Difference {
            item: Some(path(item)),
            title: item.title.clone(),
            what,
            series,
        }));
        if let (Kind::Repeat { items: old, .. }, Kind::Repeat { items: new, .. }) =
            (&before.kind, &item.kind)
        {
            level(
                old_form,
                new_form,
                Some(item.id.as_str()),
                old,
                new,
                changes,
            );
        }
    }
    for (at, item) in old.iter().enumerate() {
        if !pairs.contains(&Some(at)) {
            changes.push(Difference {
                item: Some(path(item)),
                title: item.title.clone(),
                what: What::Removed,
                series: Series::Ends,
            });
        }
    }
}

/// For each new item the old one that it goes on from.
fn pairs(old: &[Item], new: &[Item]) -> Vec<Option<usize>> {
    let by_id = |item: &Item| old.iter().position(|before| before.id == item.id);
    let mut pairs: Vec<Option<usize>> = new.iter().map(by_id).collect();
    for (at, item) in new.iter().enumerate() {
        if pairs[at].is_none() && item.concept.is_some() {
            let same = |before: &Item| before.concept == item.concept;
            pairs[at] = (0..old.len())
                .find(|before| same(&old[*before]) && !pairs.contains(&Some(*before)));
        }
    }
    pairs
}
