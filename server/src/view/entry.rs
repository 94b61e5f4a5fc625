//! The form of an entry: what is chosen by name, what somebody else has changed in the meantime, a closed month.

use engine::Pack;
use engine::ledger::{Entry, Ledger, When};
use engine::year::{Round, Year};
use forms::{Answers, Examined};
use serde::Serialize;
use serde_json::{Map, Value};

use super::field::{Field, Opt};
use super::{answers, when};

/// What somebody else has changed since the form was opened.
#[derive(Debug, Serialize)]
pub struct Merged {
    pub by: Option<String>,
    pub at: Option<String>,
    pub items: Vec<Changed>,
}

/// An item that the other one changed.
#[derive(Debug, Serialize)]
pub struct Changed {
    pub title: String,
    pub before: String,
    pub now: String,
    /// What was typed here, where both changed it: it stays in the form.
    pub typed: Option<String>,
}

/// The form after somebody else was faster: what was typed here stays, everything else is what the other one made
/// of it.
pub fn merged(
    ledger: &Ledger,
    before: &Answers,
    now: &Round,
    typed: &Answers,
    examined: &Examined,
) -> (Answers, Merged) {
    let [was, is, kept, clean] = [before, &now.answers, typed, &examined.answers].map(object);
    let (mut form, mut items) = (kept, Vec::new());
    for item in ledger.form.items() {
        let id = item.id.as_str();
        let touched = clean.get(id) != was.get(id);
        if is.get(id) != was.get(id) {
            let said = |all: &Answers| answers::lines(item, all, id).join("、");
            items.push(Changed {
                title: item.title.clone(),
                before: said(before),
                now: said(&now.answers),
                typed: (touched && clean.get(id) != is.get(id)).then(|| said(typed)),
            });
        }
        if !touched {
            match is.get(id) {
                Some(value) => form.insert(id.to_owned(), value.clone()),
                None => form.remove(id),
            };
        }
    }
    let handed_in = now.handed_in.as_ref();
    let merged = Merged {
        by: handed_in.map(|(by, _)| by.clone()),
        at: handed_in.map(|(_, at)| when::moment(*at)),
        items,
    };
    let form = serde_json::from_value(Value::Object(form)).unwrap_or_else(|_| typed.clone());
    (form, merged)
}

/// Lets the staff choose a body or an indicator by its name where the form asks for an id as text.
pub fn by_name(pack: &Pack, ledger: &Ledger, field: &mut Field) {
    let asks = |item: &Option<String>| item.as_ref() == Some(&field.name) && field.kind == "text";
    let named: Vec<(&str, &str)> = if asks(&ledger.definition.body) {
        let bodies = pack.municipality.bodies.iter();
        bodies
            .map(|one| (one.id.as_str(), one.name.as_str()))
            .collect()
    } else if asks(&ledger.definition.indicator) {
        let indicators = pack.map.indicators.iter();
        indicators
            .map(|one| (one.id.as_str(), one.name.as_str()))
            .collect()
    } else {
        return;
    };
    // What was typed stays, also where it names nothing.
    let typed = Some(field.value.as_str()).filter(|typed| !typed.is_empty());
    let typed = typed.filter(|typed| named.iter().all(|(id, _)| id != typed));
    let options = named.into_iter().chain(typed.map(|typed| (typed, typed)));
    field.options = options
        .map(|(id, name)| Opt {
            code: id.to_owned(),
            title: name.to_owned(),
            chosen: id == field.value,
            exclusive: false,
        })
        .collect();
    (field.kind, field.help) = ("select", None);
}

/// The month of these answers, where it is closed.
pub fn closed_month(year: &Year, ledger: &Ledger, answers: &Answers) -> Option<When> {
    let entry = Entry {
        id: String::new(),
        answers: answers.clone(),
        line: None,
    };
    let month = ledger.when(&entry)?.month()?;
    let closed = year.closed(&ledger.id, &month);
    When::read_month(&month).filter(|_| closed)
}

fn object(answers: &Answers) -> Map<String, Value> {
    match serde_json::to_value(answers) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
