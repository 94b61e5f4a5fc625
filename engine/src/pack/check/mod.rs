//! What a pack must mean once its files have the right shape. One question a file.

mod agenda;
pub(super) mod areas;
mod bodies;
mod cycles;
mod endings;
mod history;
mod ids;
mod ledgers;
mod map;
mod municipality;
mod series;
mod surveys;
mod templates;
mod versions;

use authoring::{Finding, Source, nearest};

use super::read::Parts;
pub use ids::is_slug;

pub(super) fn all(parts: &Parts) -> Vec<Finding> {
    [
        municipality::check,
        bodies::check,
        endings::check,
        areas::check,
        ids::check,
        cycles::check,
        surveys::check,
        map::check,
        versions::check,
        series::check,
        history::check,
        ledgers::check,
        agenda::check,
        templates::check,
    ]
    .iter()
    .flat_map(|check| check(parts))
    .collect()
}

/// A reference to something that is not there, with the nearest thing that is.
fn dangling<'a>(
    source: &Source,
    pointer: &str,
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Finding {
    let (said, todo) = unknown(what, name, known);
    source.finding("pack.unknown_reference", pointer, said, todo)
}

/// What is said about an unknown name, and the way out.
fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> (String, String) {
    let known: Vec<&str> = known.into_iter().collect();
    let todo = match (nearest(name, known.iter().copied()), known.as_slice()) {
        (_, []) => format!("{what}を先に定義してください。"),
        (Some(near), [_]) => format!("「{near}」ではありませんか。"),
        (Some(near), _) => format!(
            "「{near}」ではありませんか。使えるのは {} です。",
            known.join("、")
        ),
        (None, [only]) => format!("使えるのは「{only}」です。"),
        (None, _) => format!("{} のどれかにしてください。", known.join("、")),
    };
    (format!("{what}「{name}」はありません。"), todo)
}

/// The forms that a survey can ask: not those of the base, which belong to its ledgers.
fn of_surveys(parts: &Parts) -> impl Iterator<Item = &str> {
    let names = parts.forms.keys().map(String::as_str);
    names.filter(|name| {
        let file = format!("forms/{name}.json");
        !super::base::base().any(|(path, _)| path == file)
    })
}

/// Ids that stand twice in a list.
fn duplicates<'a>(
    source: &Source,
    list: &str,
    what: &str,
    ids: impl IntoIterator<Item = &'a str>,
) -> Vec<Finding> {
    let mut seen = std::collections::BTreeSet::new();
    let mut findings = Vec::new();
    for (index, id) in ids.into_iter().enumerate() {
        if !seen.insert(id) {
            findings.push(source.finding(
                "pack.duplicate_id",
                &format!("{list}/{index}/id"),
                format!("{what}の id「{id}」が2回あります。"),
                "どちらかの id を改めてください。",
            ));
        }
    }
    findings
}
