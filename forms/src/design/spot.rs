//! Where in a questionnaire a finding belongs: at an item, at a page, at a shared list, or at the whole.

use authoring::{Finding, Source};
use serde::Serialize;
use serde_json::Value;

/// The part of a questionnaire at which something is to be said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    Whole,
    /// From 1.
    Page(usize),
    /// A list of `$defs`.
    List(String),
    /// `q1`, or `hospitals.q2`.
    Item(String),
}

impl Spot {
    /// The part in which the line of a finding stands.
    pub fn of(source: &Source, finding: &Finding) -> Spot {
        let Some(line) = finding.line else {
            return Spot::Whole;
        };
        let mut found = (0, Spot::Whole);
        for (pointer, spot) in places(source.value()) {
            // Of two that begin before the line, the later one holds it.
            if let Some(begins) = source.line(&pointer)
                && begins <= line
                && begins >= found.0
            {
                found = (begins, spot);
            }
        }
        found.1
    }
}

/// All parts with their pointers, in the order of the document; an inner part after the one around it.
fn places(document: &Value) -> Vec<(String, Spot)> {
    let mut places = Vec::new();
    let step = |name: &str| name.replace('~', "~0").replace('/', "~1");
    for (name, value) in document.as_object().into_iter().flatten() {
        let pointer = format!("/{}", step(name));
        places.push((pointer.clone(), Spot::Whole));
        match (name.as_str(), value) {
            ("x-pages", Value::Array(pages)) => {
                let pages =
                    (0..pages.len()).map(|at| (format!("{pointer}/{at}"), Spot::Page(at + 1)));
                places.extend(pages);
            }
            ("$defs", Value::Object(lists)) => {
                let lists = lists.keys().map(|name| {
                    (
                        format!("{pointer}/{}", step(name)),
                        Spot::List(name.clone()),
                    )
                });
                places.extend(lists);
            }
            ("properties", Value::Object(items)) => {
                for (id, item) in items {
                    let pointer = format!("{pointer}/{}", step(id));
                    places.push((pointer.clone(), Spot::Item(id.clone())));
                    let Some(rows) = item["items"]["properties"].as_object() else {
                        continue;
                    };
                    for inner in rows.keys() {
                        places.push((
                            format!("{pointer}/items/properties/{}", step(inner)),
                            Spot::Item(format!("{id}.{inner}")),
                        ));
                    }
                }
            }
            _ => {}
        }
    }
    places
}
