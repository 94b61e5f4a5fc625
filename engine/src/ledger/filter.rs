//! Which entries: of a fiscal year or month, for which a condition holds, with certain answers.

use authoring::nearest;
use forms::{Answers, Condition, Item, Kind, Questionnaire};

use super::{Entry, Ledger};

/// An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub year: Option<i32>,
    /// `2016-04`
    pub month: Option<String>,
    pub condition: Option<Condition>,
    /// Item and code, number or text; of a multiple item, one of its codes.
    pub items: Vec<(String, String)>,
}

/// What cannot be asked of a form, in Japanese with the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(pub String);

impl Filter {
    pub fn year(year: i32) -> Filter {
        Filter {
            year: Some(year),
            ..Filter::default()
        }
    }

    /// Adds a condition.
    ///
    /// # Errors
    /// The expression cannot be read, or names an item that the form does not have.
    pub fn with_condition(mut self, form: &Questionnaire, text: &str) -> Result<Filter, Unfit> {
        let condition = Condition::compile(text, form).map_err(|wrong| {
            let said: Vec<String> = wrong
                .iter()
                .map(|one| format!("{}{}", one.what, one.todo))
                .collect();
            Unfit(said.join(""))
        })?;
        self.condition = Some(condition);
        Ok(self)
    }

    /// Adds an answer that must be there.
    ///
    /// # Errors
    /// The form has no such item, or the item no such option.
    pub fn with_item(
        mut self,
        form: &Questionnaire,
        id: &str,
        value: &str,
    ) -> Result<Filter, Unfit> {
        let item = item(form, id)?;
        let codes = || item.options().iter().map(|option| option.code.as_str());
        if !item.options().is_empty() && item.option(value).is_none() {
            let near = nearest(value, codes()).map_or_else(
                || {
                    format!(
                        "使えるのは {} です。",
                        codes().collect::<Vec<_>>().join("、")
                    )
                },
                |near| format!("「{near}」ではありませんか。"),
            );
            return Err(Unfit(format!(
                "設問「{id}」に選択肢「{value}」はありません。{near}"
            )));
        }
        self.items.push((id.to_owned(), value.to_owned()));
        Ok(self)
    }

    pub fn fits(&self, ledger: &Ledger, entry: &Entry) -> bool {
        let when = ledger.when(entry);
        let year = self
            .year
            .is_none_or(|year| when.is_some_and(|when| when.fiscal_year() == year));
        let in_month =
            |month: &String| when.is_some_and(|when| when.month().as_ref() == Some(month));
        year && self.month.as_ref().is_none_or(in_month) && self.holds(&entry.answers)
    }

    /// What is asked of the answers alone.
    pub fn holds(&self, answers: &Answers) -> bool {
        let has = |item: &str, value: &String| answers.typed(item).contains(value);
        self.items.iter().all(|(item, value)| has(item, value))
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.holds(answers))
    }
}

/// An item of a form.
///
/// # Errors
/// There is none; says which is near.
pub(super) fn item<'a>(form: &'a Questionnaire, id: &str) -> Result<&'a Item, Unfit> {
    let known = || form.items().iter().map(|item| item.id.as_str());
    form.item(id).ok_or_else(|| {
        let way_out = nearest(id, known()).map_or_else(
            || {
                format!(
                    "使えるのは {} です。",
                    known().collect::<Vec<_>>().join("、")
                )
            },
            |near| format!("「{near}」ではありませんか。"),
        );
        Unfit(format!(
            "「{}」に設問「{id}」はありません。{way_out}",
            form.title()
        ))
    })
}

/// An integer item of a form.
///
/// # Errors
/// There is none, or it is no number.
pub(super) fn integer<'a>(form: &'a Questionnaire, id: &str) -> Result<&'a Item, Unfit> {
    let item = item(form, id)?;
    match item.kind {
        Kind::Integer { .. } => Ok(item),
        _ => Err(Unfit(format!(
            "設問「{id}」は整数の設問ではないので、足せません。"
        ))),
    }
}
