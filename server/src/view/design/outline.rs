//! The whole of a questionnaire: its pages, and a line for each item.

use forms::design::{NewKind, Relevance, Spot};
use forms::{Item, Kind, Questionnaire};
use serde::Serialize;
use serde_json::Value;

use super::{Wrong, at};

#[derive(Debug, Serialize)]
pub struct Outline {
    pub pages: Vec<OutlinePage>,
    /// What is wrong with no single page or item.
    pub wrong: Vec<Wrong>,
    /// How much is wrong in all.
    pub wrongs: usize,
    pub items: usize,
    /// It is divided into pages.
    pub divided: bool,
}

#[derive(Debug, Serialize)]
pub struct OutlinePage {
    pub number: usize,
    pub title: String,
    pub wrong: Vec<Wrong>,
    pub items: Vec<Row>,
}

/// An item in one line.
#[derive(Debug, Serialize)]
pub struct Row {
    pub path: String,
    /// In the order of asking, from 1; nothing inside a repeat.
    pub number: Option<usize>,
    pub title: String,
    pub kind: &'static str,
    pub required: bool,
    /// When it is asked, in words.
    pub relevant: Option<String>,
    pub calculated: bool,
    pub checks: usize,
    pub series_break: bool,
    pub wrong: Vec<Wrong>,
    /// The items of its rows.
    pub inner: Vec<Row>,
}

pub fn outline(document: &Value, form: &Questionnaire, wrongs: &[Wrong]) -> Outline {
    let mut number = 0;
    let mut pages = Vec::new();
    for (index, page) in form.pages().iter().enumerate() {
        let mut items = Vec::new();
        for id in &page.items {
            let Some(item) = form.item(id.as_str()) else {
                continue;
            };
            number += 1;
            items.push(row(document, form, item, None, Some(number), wrongs));
        }
        pages.push(OutlinePage {
            number: index + 1,
            title: page.title.clone(),
            wrong: at(wrongs, &Spot::Page(index + 1)),
            items,
        });
    }
    let rest = wrongs
        .iter()
        .filter(|wrong| matches!(wrong.spot, Spot::Whole | Spot::List(_)));
    Outline {
        pages,
        wrong: rest.cloned().collect(),
        wrongs: wrongs.len(),
        items: number,
        divided: document.get("x-pages").is_some(),
    }
}

fn row(
    document: &Value,
    form: &Questionnaire,
    item: &Item,
    inside: Option<&str>,
    number: Option<usize>,
    wrongs: &[Wrong],
) -> Row {
    let path = match inside {
        Some(repeat) => format!("{repeat}.{}", item.id),
        None => item.id.to_string(),
    };
    let schema = super::item::schema(document, &path);
    let rule = schema["x-relevant"].as_str();
    let relevant = rule.map(|rule| match Relevance::read(rule) {
        Some(relevance) => relevance.in_words(form, inside),
        None => rule.to_owned(),
    });
    let inner = match &item.kind {
        Kind::Repeat { items, .. } => {
            let id = item.id.as_str();
            let rows = items.iter();
            rows.map(|inner| row(document, form, inner, Some(id), None, wrongs))
                .collect()
        }
        _ => Vec::new(),
    };
    Row {
        number,
        title: item.title.clone(),
        kind: NewKind::of(schema).label(),
        required: item.required,
        relevant,
        calculated: item.is_calculated(),
        checks: super::item::checks(schema).len(),
        series_break: item.series_break.is_some(),
        wrong: at(wrongs, &Spot::Item(path.clone())),
        inner,
        path,
    }
}
