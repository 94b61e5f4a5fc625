//! Rendering: the templates are in the binary, and every text in them is escaped.

use std::sync::LazyLock;

use axum::response::{Html, IntoResponse, Response};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};

use crate::error::PageError;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    minijinja_embed::load_templates!(&mut environment);
    environment
});

/// A page from a template. What several contexts have, the first of them decides.
///
/// # Errors
/// The template fails, which is a defect of ours.
pub fn page(template: &str, context: Value) -> Result<Html<String>, PageError> {
    let template = TEMPLATES
        .get_template(template)
        .map_err(PageError::broken)?;
    template
        .render(context)
        .map(Html)
        .map_err(PageError::broken)
}

/// A page that only says something.
pub fn message(title: &str, lines: &[String], reference: Option<&str>) -> Response {
    match page(
        "message.html",
        context! { title, lines => Serde(lines), reference },
    ) {
        Ok(page) => page.into_response(),
        // Without templates there is still the sentence.
        Err(_) => lines.join("\n").into_response(),
    }
}
