//! The JSON of a questionnaire: the truth, which can be edited by hand.

use std::sync::Arc;

use authoring::Source;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use minijinja::value::Serde;

use super::{Opened, refused, step, to};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::routes::{Form, Path, own};
use crate::signed_in::SignedIn;
use crate::view::design::{Wrong, wrongs};
use crate::view::frame::frame;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &signed.year, &form).await?;
    let text = forms::design::print(opened.document());
    let saved = query.as_deref() == Some("saved");
    let page = page(&app, &signed, &opened, &text, &opened.wrongs(), None, saved)?;
    Ok(page.into_response())
}

fn page(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
    text: &str,
    wrongs: &[Wrong],
    said: Option<&str>,
    saved: bool,
) -> Result<Page, PageError> {
    pages::page(
        "desk/design/json.html",
        context! {
            form => opened.head(&signed.year),
            text,
            lines => text.lines().count(),
            wrong => Serde(wrongs),
            said,
            saved,
            ..frame(app, signed, "design")
        },
    )
}

/// Takes the text for the questionnaire. What can be read is taken, with what is still wrong named by its line; what
/// is no JSON stays in the field.
pub(super) async fn take(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &signed.year, &form).await?;
    let text = own(&fields, "text").replace("\r\n", "\n");
    let path = engine::design::path(&form);
    let source = match Source::json(path, &text) {
        Ok(source) => source,
        Err(finding) => {
            let wrong = Wrong {
                spot: forms::design::Spot::Whole,
                code: finding.code,
                line: finding.line,
                what: finding.what,
                todo: finding.todo,
            };
            let said =
                "JSON として読めないため、取り込みませんでした。入力はこの画面に残っています。";
            let page = page(&app, &signed, &opened, &text, &[wrong], Some(said), false)?;
            return Ok(refused(page));
        }
    };
    let (_, findings) = forms::sketch(&source);
    let said = match source.value() {
        value if !value["properties"].is_object() => Some(
            "調査票の形ではないため、取り込みませんでした。入力はこの画面に残っています。"
                .to_owned(),
        ),
        value if value["x-id"] != form.as_str() => Some(format!(
            "x-id は「{form}」のままにしてください。別の調査票にするときは「写して作る」を使います。"
        )),
        _ => None,
    };
    if let Some(said) = said {
        let wrongs = wrongs(&source, &findings);
        let page = page(&app, &signed, &opened, &text, &wrongs, Some(&said), false)?;
        return Ok(refused(page));
    }
    let seen = own(&fields, "_seen").parse().unwrap_or(0);
    let what = "JSON を直す";
    step(&app, &signed, &opened, source.value(), what, Some(seen)).await?;
    Ok(to(&format!("{}/json?saved", opened.here(&signed.year))))
}
