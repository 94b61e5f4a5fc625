//! Rendering: the templates are in the binary, and every text in them is escaped. The same context is the
//! page for a browser and the JSON for a program.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};

use crate::english;
use crate::error::PageError;
use crate::view::inline::STYLE;
use crate::wish::{Language, Wish};

static JAPANESE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = empty();
    minijinja_embed::load_templates!(&mut environment);
    environment.add_global("language", "ja");
    environment
});

static ENGLISH: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = empty();
    for (name, template) in JAPANESE.templates() {
        let translated = english::template(name, template.source());
        let added = environment.add_template_owned(name.to_owned(), translated);
        added.expect("what is translated has the form of a template: a test renders each");
    }
    environment.set_formatter(english::format);
    environment.add_filter("label", english::label);
    environment.add_global("language", "en");
    environment
});

fn empty() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    environment.add_global("inline_style", STYLE.clone());
    environment.add_filter("label", Value::clone);
    environment
}

/// What a handler answers with: HTML in the reader's language, or what the page shows as JSON.
pub enum Page {
    Html(String),
    Json(Vec<u8>),
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        match self {
            Page::Html(text) => Html(text).into_response(),
            Page::Json(bytes) => ([(CONTENT_TYPE, "application/json")], bytes).into_response(),
        }
    }
}

/// A page from a template. What several contexts have, the first of them decides.
///
/// # Errors
/// The template fails, which is a defect of ours.
pub fn page(template: &str, context: Value) -> Result<Page, PageError> {
    let wish = Wish::current();
    if wish.json {
        let bytes = serde_json::to_vec(&context).map_err(PageError::broken)?;
        return Ok(Page::Json(bytes));
    }
    // What was typed would be lost with the page that answers a form.
    let context = context! { other_language => wish.reading, ..context };
    html(template, context, wish.language).map(Page::Html)
}

/// The HTML of a page, whatever was asked for: a part of another answer.
///
/// # Errors
/// As for [`page`].
pub fn html(template: &str, context: Value, language: Language) -> Result<String, PageError> {
    let environment = match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    };
    let template = environment
        .get_template(template)
        .map_err(PageError::broken)?;
    template.render(context).map_err(PageError::broken)
}

/// A page that only says something. `more`: `contact`, whom to ask; `reference`, what to quote then.
pub fn message(title: &str, lines: &[String], more: Value) -> Response {
    match page(
        "message.html",
        context! { title, lines => Serde(lines), ..more },
    ) {
        Ok(page) => page.into_response(),
        // Without templates there is still the sentence.
        Err(_) => lines.join("\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_an_english_one() {
        let missing: Vec<String> = JAPANESE
            .templates()
            .flat_map(|(name, template)| {
                let missing = english::missing(name, template.source());
                missing
                    .into_iter()
                    .map(move |unit| format!("{name}: {unit}"))
            })
            .collect();
        assert!(
            missing.is_empty(),
            "not in server/locales/en:\n{}",
            missing.join("\n")
        );
        assert_eq!(ENGLISH.templates().count(), JAPANESE.templates().count());
    }
}
