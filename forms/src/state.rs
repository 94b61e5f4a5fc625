//! Whether an item has an answer, and if not, why not: for whoever writes answers out one by one.

use serde_json::{Map, Value};

use crate::answers::Answers;
use crate::expression::View;
use crate::item::{Item, Kind};
use crate::questionnaire::Questionnaire;

/// An answer, or one of the blanks. (The fourth blank, not in this version, is known from the version.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Answered,
    /// わからない, said explicitly.
    DontKnow,
    /// 無回答: shown and left blank.
    NoAnswer,
    /// 非該当: not relevant to this respondent.
    NotShown,
}

impl Questionnaire {
    /// The state of an item outside repeats in clean answers. Of a matrix, that of one of its rows.
    pub fn state(&self, answers: &Answers, item: &Item, row: Option<&str>) -> State {
        let view = View {
            items: &self.items,
            answers: &answers.0,
            outer: None,
            respondent: None,
        };
        state(&view, item, row)
    }

    /// The states of the items inside a repeat, row by row, each in the order of the repeat's items.
    pub fn states_in_rows(&self, answers: &Answers, repeat: &str) -> Vec<Vec<State>> {
        let outer = View {
            items: &self.items,
            answers: &answers.0,
            outer: None,
            respondent: None,
        };
        let Some(items) = crate::tally::repeat(&self.items, repeat) else {
            return Vec::new();
        };
        let rows = crate::tally::rows(answers.0.get(repeat));
        let states = |cells: &Map<String, Value>| {
            let view = View {
                items,
                answers: cells,
                outer: Some(&outer),
                respondent: None,
            };
            items.iter().map(|item| state(&view, item, None)).collect()
        };
        rows.map(states).collect()
    }
}

fn state(view: &View<'_>, item: &Item, row: Option<&str>) -> State {
    let value = view.value(item);
    let value = match row {
        Some(row) => value
            .and_then(|value| value.get(row))
            .filter(|value| !value.is_null()),
        None => value,
    };
    let Some(value) = value else {
        return match view.is_shown(item) {
            true => State::NoAnswer,
            false => State::NotShown,
        };
    };
    let unknown = |value: &Value| {
        let option = value.as_str().and_then(|code| item.option(code));
        option.is_some_and(|option| option.unknown)
    };
    let dont_know = match (&item.kind, value) {
        (Kind::Multiple { .. }, Value::Array(codes)) => {
            !codes.is_empty() && codes.iter().all(unknown)
        }
        (_, value) => unknown(value),
    };
    match dont_know {
        true => State::DontKnow,
        false => State::Answered,
    }
}
