//! One item with everything that can be set about it, as it is written in the document.

use forms::Questionnaire;
use forms::design::{Comparison, NewKind, Relevance, Spot};
use serde::Serialize;
use serde_json::{Map, Value};

use super::picker::{self, Group};
use super::{Wrong, at};

#[derive(Debug, Serialize)]
pub struct ItemView {
    pub path: String,
    /// The repeat in whose rows it stands.
    pub inside: Option<String>,
    pub title: String,
    pub title_en: String,
    pub help: String,
    pub kind: NewKind,
    pub kind_label: &'static str,
    /// Kinds into which it can be made.
    pub convertible: Vec<(NewKind, &'static str)>,
    pub required: bool,
    pub concept: String,
    pub series_break: String,
    pub unit: String,
    pub min: String,
    pub max: String,
    pub step: String,
    pub low: String,
    pub high: String,
    pub row_label: String,
    /// Kinds of files: name, label, whether they are taken.
    pub files: Vec<(&'static str, &'static str, bool)>,
    pub options: Vec<OptionView>,
    /// Titles of other items that share its list of options.
    pub shared_with: Vec<String>,
    /// Rows of a matrix.
    pub rows: Vec<(String, String)>,
    /// Items of the rows of a repeat: path, title, kind.
    pub inner: Vec<(String, String, &'static str)>,
    pub condition: ConditionView,
    pub checks: Vec<CheckView>,
    pub calculate: String,
    pub wrong: Vec<Wrong>,
}

#[derive(Debug, Serialize)]
pub struct OptionView {
    pub code: String,
    pub title: String,
    pub title_en: String,
    pub exclusive: bool,
    pub unknown: bool,
}

/// When the item is asked.
#[derive(Debug, Serialize)]
pub struct ConditionView {
    /// The expression; empty: always.
    pub rule: String,
    pub words: String,
    /// It can be shown in the picker.
    pub known: bool,
    pub any: bool,
    /// What the picker shows: those that are there, and one to be filled in.
    pub clauses: Vec<picker::Picked>,
    /// What can be chosen from.
    pub groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
pub struct CheckView {
    pub number: usize,
    pub rule: String,
    pub words: String,
    pub message: String,
}

/// The item at a path, or null.
pub fn schema<'a>(document: &'a Value, path: &str) -> &'a Value {
    match path.split_once('.') {
        Some((repeat, id)) => &document["properties"][repeat]["items"]["properties"][id],
        None => &document["properties"][path],
    }
}

/// The checks of an item, each with its rule and its message.
pub fn checks(schema: &Value) -> Vec<(String, String)> {
    let one = |check: &Value| {
        let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
        (text("rule"), text("message"))
    };
    match &schema["x-constraint"] {
        Value::Null => Vec::new(),
        Value::Array(checks) => checks.iter().map(one).collect(),
        check => vec![one(check)],
    }
}

/// Everything about the item at a path; nothing where there is none.
pub fn item(
    document: &Value,
    form: &Questionnaire,
    path: &str,
    wrongs: &[Wrong],
) -> Option<ItemView> {
    let own = schema(document, path);
    own.as_object()?;
    let (inside, id) = match path.split_once('.') {
        Some((repeat, id)) => (Some(repeat), id),
        None => (None, path),
    };
    let level = match inside {
        Some(repeat) => &document["properties"][repeat]["items"],
        None => document,
    };
    let text = |name: &str| own[name].as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| match value {
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let kind = NewKind::of(own);
    let counted = matches!(kind, NewKind::Multiple | NewKind::Repeat);
    let limit = |of_number: &str, of_list: &str| match (kind, counted) {
        (NewKind::File, _) if of_number == "maximum" => number(&own["x-file"]["megabytes"]),
        (NewKind::Text | NewKind::LongText, _) if of_number == "maximum" => {
            number(&own["maxLength"])
        }
        (_, true) => number(&own[of_list]),
        _ => number(&own[of_number]),
    };
    let required = level["required"].as_array().into_iter().flatten();
    let (list, options) = options(document, own, kind);
    let convertible = kind.convertible().iter().filter(|other| **other != kind);
    Some(ItemView {
        inside: inside.map(str::to_owned),
        title: text("title"),
        title_en: text("x-title-en"),
        help: text("description"),
        kind,
        kind_label: kind.label(),
        convertible: convertible.map(|kind| (*kind, kind.label())).collect(),
        required: required.filter_map(Value::as_str).any(|name| name == id),
        concept: text("x-concept"),
        series_break: text("x-break"),
        unit: text("x-unit"),
        min: limit("minimum", "minItems"),
        max: limit("maximum", "maxItems"),
        step: number(&own["multipleOf"]),
        low: number(&own["x-plausible"][0]),
        high: number(&own["x-plausible"][1]),
        row_label: text("x-repeat"),
        files: match kind {
            NewKind::File => files(&own["x-file"]["kinds"]),
            _ => Vec::new(),
        },
        options,
        shared_with: list.map_or_else(Vec::new, |list| sharing(document, &list, path)),
        rows: match kind {
            NewKind::Matrix => rows(own),
            _ => Vec::new(),
        },
        inner: match kind {
            NewKind::Repeat => inner(path, &own["items"]["properties"]),
            _ => Vec::new(),
        },
        condition: condition(document, form, path, inside, &text("x-relevant")),
        checks: checks(own)
            .into_iter()
            .zip(1..)
            .map(|((rule, message), number)| CheckView {
                words: compared(form, inside, &rule),
                number,
                rule,
                message,
            })
            .collect(),
        calculate: text("x-calculate"),
        wrong: at(wrongs, &Spot::Item(path.to_owned())),
        path: path.to_owned(),
    })
}

/// The options of an item, and the name of the shared list where it has one.
fn options(document: &Value, own: &Value, kind: NewKind) -> (Option<String>, Vec<OptionView>) {
    let holder = match kind {
        NewKind::Multiple => &own["items"],
        NewKind::Matrix => {
            let first = own["properties"].as_object();
            let first = first.and_then(|rows| rows.values().next());
            first.unwrap_or(&Value::Null)
        }
        NewKind::Single => own,
        _ => return (None, Vec::new()),
    };
    let name = holder["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix("#/$defs/"));
    let list = match name {
        Some(name) => &document["$defs"][name]["oneOf"],
        None => &holder["oneOf"],
    };
    let option = |option: &Value| OptionView {
        code: option["const"].as_str().unwrap_or_default().to_owned(),
        title: option["title"].as_str().unwrap_or_default().to_owned(),
        title_en: option["x-title-en"].as_str().unwrap_or_default().to_owned(),
        exclusive: option["x-exclusive"] == true,
        unknown: option["x-unknown"] == true,
    };
    let list = list.as_array().into_iter().flatten().map(option);
    (name.map(str::to_owned), list.collect())
}

/// The titles of the other items that name a list.
fn sharing(document: &Value, list: &str, path: &str) -> Vec<String> {
    let quoted = Value::from(format!("#/$defs/{list}")).to_string();
    let mut titles = Vec::new();
    let mut look = |other: String, item: &Value| {
        if other != path && item.to_string().contains(&quoted) {
            titles.push(item["title"].as_str().unwrap_or_default().to_owned());
        }
    };
    for (id, item) in entries(&document["properties"]) {
        let inner = &item["items"]["properties"];
        match inner.is_object() {
            true => entries(inner).for_each(|(name, item)| look(format!("{id}.{name}"), item)),
            false => look(id.clone(), item),
        }
    }
    titles
}

fn files(taken: &Value) -> Vec<(&'static str, &'static str, bool)> {
    let taken: Vec<&str> = taken
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let kinds = forms::FileKind::ALL.into_iter();
    kinds
        .map(|kind| (kind.name(), kind.label(), taken.contains(&kind.name())))
        .collect()
}

fn rows(own: &Value) -> Vec<(String, String)> {
    let row = |(id, row): (&String, &Value)| {
        (
            id.clone(),
            row["title"].as_str().unwrap_or_default().to_owned(),
        )
    };
    entries(&own["properties"]).map(row).collect()
}

fn inner(path: &str, items: &Value) -> Vec<(String, String, &'static str)> {
    let one = |(id, item): (&String, &Value)| {
        let title = item["title"].as_str().unwrap_or_default().to_owned();
        (format!("{path}.{id}"), title, NewKind::of(item).label())
    };
    entries(items).map(one).collect()
}

fn condition(
    document: &Value,
    form: &Questionnaire,
    path: &str,
    inside: Option<&str>,
    rule: &str,
) -> ConditionView {
    let read = Relevance::read(rule);
    let words = match &read {
        _ if rule.is_empty() => String::new(),
        Some(relevance) => relevance.in_words(form, inside),
        None => rule.to_owned(),
    };
    let groups = picker::groups(document, path);
    let clauses = read.as_ref().map_or(&[][..], |read| &read.clauses);
    let known = rule.is_empty()
        || (read.is_some() && clauses.iter().all(|clause| picker::has(&groups, clause)));
    ConditionView {
        rule: rule.to_owned(),
        words,
        any: read
            .as_ref()
            .is_some_and(|read| read.joined == forms::design::Joined::Any),
        clauses: picker::picked(if known { clauses } else { &[] }),
        known,
        groups,
    }
}

/// A check in words where it compares two items.
fn compared(form: &Questionnaire, inside: Option<&str>, rule: &str) -> String {
    let Some(comparison) = Comparison::read(rule) else {
        return rule.to_owned();
    };
    let title = |name: &str| {
        let inner = inside.and_then(|repeat| form.item_at(&format!("{repeat}.{name}")));
        let item = inner
            .filter(|item| item.id.as_str() == name)
            .or_else(|| form.item(name));
        item.map_or_else(|| name.to_owned(), |item| item.title.clone())
    };
    let (left, right) = (title(&comparison.left), title(&comparison.right));
    format!("「{left}」が「{right}」{}", comparison.is.label())
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
