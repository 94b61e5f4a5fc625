//! Designing: a questionnaire is built by steps on its JSON. Each step is a pure function from document to document.
//!
//! A document under way may be unfinished: what is still wrong with it, [`read`](crate::read) says; [`sketch`](crate::sketch)
//! understands as much as there is. A step is refused only when it would mean nothing. Ids of items, codes of options
//! and ids of rows are made here (`q1`, `a1`, `r1`), stay as they are however a title is reworded, and are never used
//! a second time ([`Used`]): a stored answer names them.

mod condition;
mod edit;
mod ids;
mod items;
mod level;
mod limits;
mod options;
mod order;
mod pages;
mod print;
mod rows;
mod rules;
mod shared;
mod spot;
mod words;

use serde_json::Value;

pub use condition::{Clause, Comparison, Joined, Relation, Relevance};
pub use edit::{Direction, Edit, Mark, NewKind};
pub use ids::Used;
pub use print::print;
pub use spot::Spot;

/// Why a step was not taken. The sentence is for the person who clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

type Done = Result<(), Refused>;

fn refused<T>(sentence: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(sentence.into()))
}

/// The document after a step.
///
/// # Errors
/// The step names something that is not there, or gives something that cannot be (an empty title, a limit that is
/// no number). The document is then as it was.
pub fn apply(document: &Value, edit: &Edit, used: &Used) -> Result<Value, Refused> {
    let mut document = document.clone();
    if !document.is_object() || !document["properties"].is_object() {
        return refused(
            "この調査票の JSON は形が崩れていて、画面からは直せません。「JSON」の画面で直してください。",
        );
    }
    let mut used = used.clone();
    used.note(&document);
    carry_out(&mut document, edit, &used)?;
    Ok(document)
}

fn carry_out(document: &mut Value, edit: &Edit, used: &Used) -> Done {
    match edit {
        Edit::SetHead { title, description } => words::head(document, title, description),
        Edit::AddPage { title } => pages::add(document, title),
        Edit::RenamePage { page, title } => pages::rename(document, *page, title),
        Edit::ShiftPage { page, direction } => pages::shift(document, *page, *direction),
        Edit::RemovePage { page } => pages::remove(document, *page),
        Edit::AddItem {
            kind,
            title,
            page,
            after,
            inside,
            options,
            rows,
        } => {
            let fresh = items::Fresh {
                kind: *kind,
                title,
                options,
                rows,
            };
            items::add(
                document,
                &fresh,
                *page,
                after.as_deref(),
                inside.as_deref(),
                used,
            )
        }
        Edit::CopyItem { item } => items::copy(document, item, used),
        Edit::ShiftItem { item, direction } => order::shift(document, item, *direction),
        Edit::MoveItem { item, page, before } => {
            order::place(document, item, *page, before.as_deref())
        }
        Edit::RemoveItem { item } => items::remove(document, item),
        Edit::SetKind { item, kind } => items::set_kind(document, item, *kind),
        Edit::SetWords {
            item,
            title,
            help,
            title_en,
        } => words::item(document, item, title, help, title_en),
        Edit::SetRequired { item, required } => words::required(document, item, *required),
        Edit::SetConcept { item, concept } => words::concept(document, item, concept),
        Edit::SetBreak { item, reason } => words::series_break(document, item, reason),
        Edit::SetNumber {
            item,
            unit,
            min,
            max,
            step,
            low,
            high,
        } => {
            let limits = limits::Number {
                unit,
                min,
                max,
                step,
                low,
                high,
            };
            limits::number(document, item, &limits)
        }
        Edit::SetLength { item, max } => limits::length(document, item, max),
        Edit::SetCount { item, min, max } => limits::count(document, item, min, max),
        Edit::SetRowLabel { item, label } => words::row_label(document, item, label),
        Edit::SetFile {
            item,
            kinds,
            megabytes,
        } => limits::file(document, item, kinds, megabytes),
        Edit::AddOption { item, title } => options::add(document, item, title, used),
        Edit::SetOption {
            item,
            code,
            title,
            title_en,
            mark,
        } => options::set(document, item, code, title, title_en, *mark),
        Edit::ShiftOption {
            item,
            code,
            direction,
        } => options::shift(document, item, code, *direction),
        Edit::RemoveOption { item, code } => options::remove(document, item, code),
        Edit::OwnOptions { item } => shared::own(document, item),
        Edit::TakeOptions { item, from } => shared::take(document, item, from, used),
        Edit::AddRow { item, title } => rows::add(document, item, title, used),
        Edit::RenameRow { item, row, title } => rows::rename(document, item, row, title),
        Edit::ShiftRow {
            item,
            row,
            direction,
        } => rows::shift(document, item, row, *direction),
        Edit::RemoveRow { item, row } => rows::remove(document, item, row),
        Edit::SetRelevant { item, rule } => rules::relevant(document, item, rule),
        Edit::SetCalculate { item, rule } => rules::calculate(document, item, rule),
        Edit::AddCheck {
            item,
            rule,
            message,
        } => rules::add_check(document, item, rule, message),
        Edit::RemoveCheck { item, number } => rules::remove_check(document, item, *number),
    }
}
