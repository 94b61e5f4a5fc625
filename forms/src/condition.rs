//! A condition: an expression over the answers of one questionnaire, for whoever sorts records by them.

use std::sync::Arc;

use authoring::nearest;

use crate::answers::Answers;
use crate::expression::{Rule, View};
use crate::items::Items;
use crate::questionnaire::Questionnaire;

/// A condition compiled against a questionnaire.
#[derive(Debug, Clone)]
pub struct Condition {
    rule: Rule,
    items: Arc<Items>,
}

/// Why a text is no condition: the code of a finding, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub code: &'static str,
    pub what: String,
    pub todo: String,
}

impl Condition {
    /// # Errors
    /// `form.broken_expression` and `form.forbidden_call`, or `form.unknown_item` for every name that the
    /// questionnaire does not have.
    pub fn compile(
        text: &str,
        questionnaire: &Questionnaire,
    ) -> Result<Condition, Vec<Unreadable>> {
        let rule = Rule::compile(text).map_err(|fault| {
            vec![Unreadable {
                code: fault.code,
                what: fault.what,
                todo: fault.todo,
            }]
        })?;
        let items = &questionnaire.items;
        let unknown = rule.names().iter().filter(|name| !items.knows(name));
        let unreadable: Vec<Unreadable> = unknown
            .map(|name| Unreadable {
                code: "form.unknown_item",
                what: format!("式「{text}」にある「{name}」という設問はありません。"),
                todo: match nearest(name, items.names()) {
                    Some(near) => format!("「{near}」ではありませんか。"),
                    None => "調査票の設問のIDを書いてください。".to_owned(),
                },
            })
            .collect();
        if unreadable.is_empty() {
            Ok(Condition {
                rule,
                items: Arc::clone(items),
            })
        } else {
            Err(unreadable)
        }
    }

    /// Whether it holds for clean answers; one that cannot be evaluated because of a blank does not hold.
    pub fn holds(&self, answers: &Answers) -> bool {
        let view = View {
            items: &self.items,
            answers: &answers.0,
            outer: None,
            respondent: None,
        };
        self.rule.holds(|name| view.lookup(name))
    }
}
