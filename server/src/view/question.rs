//! Questions as they stand on a page. Most pages are opened before anything was typed on them, and a question that
//! nobody has touched looks the same for everybody: its HTML is made once.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::field::Field;
use crate::error::PageError;
use crate::pages;
use crate::wish::{Language, Wish};

/// Questions that are kept; beyond, all are made anew. One takes one or two kilobytes.
const MOST: usize = 4096;

type Made = HashMap<(Language, Field), Value>;

static UNTOUCHED: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);

/// The questions for the template of a page: a program gets what they are made of.
///
/// # Errors
/// The template fails, which is a defect of ours.
pub fn questions(fields: Vec<Field>) -> Result<Value, PageError> {
    let wish = Wish::current();
    if wish.json {
        return Ok(Serde(fields).into());
    }
    let shown = fields.into_iter().map(|field| {
        let (name, title) = (field.name.clone(), field.title.clone());
        Ok(context! { name, title, html => html(field, wish.language)? })
    });
    shown
        .collect::<Result<Vec<Value>, PageError>>()
        .map(Value::from)
}

fn html(field: Field, language: Language) -> Result<Value, PageError> {
    if !field.is_untouched() {
        return make(&field, language);
    }
    let known = |made: &mut Made, question: &(Language, Field)| made.get(question).cloned();
    let question = (language, field);
    if let Some(html) = with_made(|made| known(made, &question)) {
        return Ok(html);
    }
    let html = make(&question.1, language)?;
    with_made(|made| {
        if made.len() >= MOST {
            made.clear();
        }
        made.insert(question, html.clone());
    });
    Ok(html)
}

fn make(field: &Field, language: Language) -> Result<Value, PageError> {
    let html = pages::html(
        "respond/question.html",
        context! { field => Serde(field) },
        language,
    )?;
    Ok(Value::from_safe_string(html))
}

fn with_made<T>(look: impl FnOnce(&mut Made) -> T) -> T {
    look(&mut UNTOUCHED.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::field::Opt;

    fn field(name: &str, chosen: bool) -> Field {
        let option = Opt {
            code: "1".to_owned(),
            title: "ある".to_owned(),
            chosen,
            exclusive: false,
        };
        Field {
            id: format!("q-{name}"),
            name: name.to_owned(),
            title: "連携の様子".to_owned(),
            required: true,
            kind: "single",
            options: vec![option],
            ..Field::default()
        }
    }

    fn is_kept(name: &str) -> bool {
        with_made(|made| made.keys().any(|(_, field)| field.name == name))
    }

    #[test]
    fn only_what_nobody_has_touched_is_kept() {
        let of = |chosen| html(field("kept", chosen), Language::Japanese).expect("a question");
        let touched = of(true);
        assert!(!is_kept("kept"));
        assert!(
            touched.to_string().contains(r#"value="1" checked"#),
            "{touched}"
        );
        let untouched = of(false);
        assert!(is_kept("kept"));
        assert!(!untouched.to_string().contains("checked"), "{untouched}");
        assert_eq!(of(false), untouched);
        assert_eq!(of(true), touched);
    }

    #[test]
    fn each_language_has_its_own() {
        let of = |language| {
            html(field("spoken", false), language)
                .expect("a question")
                .to_string()
        };
        assert!(of(Language::Japanese).contains("必須"));
        assert!(!of(Language::English).contains("必須"));
    }
}
