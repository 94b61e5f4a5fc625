//! Two entries of one return, value by value.

use forms::{Answers, Item, Questionnaire};
use unicode_normalization::UnicodeNormalization;

use super::leaves;
use super::numbers::{self, Read};

/// A value that two people have read differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub path: String,
    pub title: String,
    /// In words: 「2 未活用」; empty where nothing was typed.
    pub first: String,
    pub second: String,
}

/// What counts in place of two different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    First,
    Second,
    /// Typed again, as on the dense form.
    Typed(String),
}

/// Where two entries differ. Full and half width and the spaces around make no difference.
pub fn compare(form: &Questionnaire, first: &Answers, second: &Answers) -> Vec<Difference> {
    let rows = |path: &str| first.rows(path).max(second.rows(path));
    let mut found = Vec::new();
    for leaf in leaves(form, &rows) {
        if plain(first, &leaf.path) != plain(second, &leaf.path) {
            found.push(Difference {
                first: in_words(leaf.item, first, &leaf.path),
                second: in_words(leaf.item, second, &leaf.path),
                path: leaf.path,
                title: leaf.title,
            });
        }
    }
    found
}

/// The answers after every difference was decided; what was not decided stays as it was typed first.
pub fn merged(
    form: &Questionnaire,
    first: &Answers,
    second: &Answers,
    choices: &[(String, Choice)],
) -> Read {
    let (mut taken, mut typed) = (Vec::new(), Vec::new());
    for (path, choice) in choices {
        match choice {
            Choice::First => {}
            Choice::Second => {
                let values = second.typed(path);
                // Nothing typed takes the first value away.
                taken.push((path.clone(), String::new()));
                taken.extend(values.into_iter().map(|value| (path.clone(), value)));
            }
            Choice::Typed(text) => typed.push((path.clone(), text.clone())),
        }
    }
    let onto = form.decode(None, &taken, first);
    numbers::read(form, &typed, &onto)
}

fn plain(answers: &Answers, path: &str) -> Vec<String> {
    let mut values: Vec<String> = answers
        .typed(path)
        .iter()
        .map(|value| value.nfkc().collect::<String>().trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect();
    values.sort();
    values
}

fn in_words(item: &Item, answers: &Answers, path: &str) -> String {
    let words = answers.typed(path).into_iter().map(|code| {
        let place = item.options().iter().position(|option| option.code == code);
        match place {
            Some(place) => format!("{} {}", place + 1, item.options()[place].title),
            None => format!("{code}{}", item.unit().unwrap_or_default()),
        }
    });
    words.collect::<Vec<_>>().join("、")
}
