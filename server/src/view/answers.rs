//! Answers in words: for the review before submitting and for the copy afterwards.

use chrono::NaiveDate;
use forms::{Answers, Item, Kind, Questionnaire};
use serde::Serialize;

use super::field::{choice, size, title};
use super::when;

#[derive(Debug, Serialize)]
pub struct AnsweredPage {
    pub number: usize,
    pub title: String,
    pub answers: Vec<Answered>,
}

#[derive(Debug, Serialize)]
pub struct Answered {
    pub title: String,
    pub lines: Vec<String>,
}

/// The answers page by page; items that were not shown are left out, blanks say so.
pub fn pages(
    questionnaire: &Questionnaire,
    answers: &Answers,
    shown: impl Fn(&str) -> bool,
) -> Vec<AnsweredPage> {
    questionnaire
        .pages()
        .iter()
        .enumerate()
        .map(|(index, page)| AnsweredPage {
            number: index + 1,
            title: page.title.clone(),
            answers: page
                .items
                .iter()
                .filter(|id| shown(id.as_str()))
                .filter_map(|id| questionnaire.item(id.as_str()))
                .map(|item| Answered {
                    title: title(item).to_owned(),
                    lines: lines(item, answers, item.id.as_str()),
                })
                .collect(),
        })
        .collect()
}

/// The answer to an item in words; one line for each row.
pub fn lines(item: &Item, answers: &Answers, path: &str) -> Vec<String> {
    let lines = match &item.kind {
        Kind::Matrix { rows, options } => rows
            .iter()
            .filter_map(|row| {
                let code = answers.typed(&format!("{path}.{}", row.id)).pop()?;
                let chosen = options
                    .iter()
                    .find(|option| option.code == code)
                    .map_or(code.as_str(), choice);
                Some(format!("{}：{chosen}", row.title))
            })
            .collect(),
        Kind::Repeat { items, label, .. } => (0..answers.rows(path))
            .map(|row| row_line(items, label, answers, path, row))
            .collect(),
        Kind::File { .. } => {
            let file = answers.attached(path).into_iter();
            file.map(|file| format!("{}（{}）", file.name, size(file.bytes)))
                .collect()
        }
        _ => {
            let said: Vec<String> = answers
                .typed(path)
                .iter()
                .map(|code| spoken(item, code))
                .collect();
            if said.is_empty() {
                Vec::new()
            } else {
                said.join("、").lines().map(str::to_owned).collect()
            }
        }
    };
    if lines.is_empty() {
        vec!["（記入なし）".to_owned()]
    } else {
        lines
    }
}

fn row_line(items: &[Item], label: &str, answers: &Answers, path: &str, row: usize) -> String {
    let cells = items.iter().filter_map(|item| {
        let value = answers.typed(&format!("{path}.{row}.{}", item.id)).pop()?;
        Some(format!("{} {}", item.title, spoken(item, &value)))
    });
    format!(
        "{label}{}：{}",
        row + 1,
        cells.collect::<Vec<_>>().join("、")
    )
}

/// An option by its title, a number with its unit, a date as people here write it.
fn spoken(item: &Item, typed: &str) -> String {
    if let (Kind::Date, Ok(date)) = (&item.kind, typed.parse::<NaiveDate>()) {
        return when::japanese_day(date);
    }
    match item.option(typed) {
        Some(option) => choice(option).to_owned(),
        None => format!("{typed}{}", item.unit().unwrap_or_default()),
    }
}
