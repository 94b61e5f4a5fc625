//! An open link: anybody who has it begins an answer of his own, and gets the address under which it goes on.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use engine::year::{Door, Refusal, Token};
use minijinja::context;

use super::answering::shown;
use super::{Path, fields};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::random;
use crate::signed_in::SignedIn;
use crate::view::frame::{frame, story};
use crate::view::inline::STYLE;
use crate::view::when;

pub fn routes() -> Routes {
    Routes::new()
        .open_post(
            "/{slug}/r/{link}/begin",
            "開かれたリンクから回答を始める",
            begin,
        )
        .post(
            "/{slug}/surveys/{survey}/open-link",
            Access::Secretariat,
            "開かれたリンクを出す",
            make,
        )
}

/// Makes an open link and shows it once, with its QR code.
async fn make(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Page, PageError> {
    signed.check(&fields(body)?)?;
    let year = &signed.year;
    let definition = year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let survey = definition.turn();
    if !year.terms(&survey).open_link {
        return Err(Refusal::Cycle(
            "この調査は、開かれたリンクで答えられることになっていません。surveys.json の open_link を true にして受付を始めた調査だけが出せます。".into(),
        )
        .into());
    }
    year.check_open(&survey)?;
    let token = random::token();
    let link = format!("{}/{slug}/r/{token}", app.address);
    let code = papers::qr::svg(&link).map_err(PageError::broken)?;
    let code = base64::engine::general_purpose::STANDARD.encode(code);
    let act = app.act(&signed.person);
    year.make_link(&act, token, Door::Open { survey }).await?;
    pages::page(
        "desk/open_link.html",
        context! {
            survey => context! { id, name => definition.name.as_str() },
            link,
            code => format!("data:image/svg+xml;base64,{code}"),
            ..frame(&app, &signed, "surveys")
        },
    )
}

/// Whether this is an open link.
pub fn leads(app: &App, slug: &str, link: &str) -> bool {
    survey(app, slug, link).is_some()
}

fn survey(app: &App, slug: &str, link: &str) -> Option<String> {
    let token: Token = link.parse().ok()?;
    match app.year(slug).ok()?.door(&token) {
        Ok(Door::Open { survey }) => Some(survey),
        _ => None,
    }
}

/// What is asked, by whom and until when, with the button that begins.
pub async fn show(app: &App, slug: &str, link: &str) -> Result<Response, PageError> {
    let year = app.year(slug)?;
    let survey = survey(app, slug, link).ok_or(Refusal::UnknownLink)?;
    let contact = || year.pack.municipality.contact();
    if let Err(refusal) = year.check_open(&survey) {
        return Err(PageError::NoEntry {
            refusal,
            contact: contact(),
        });
    }
    let questionnaire = year.published(&survey).await?;
    let terms = year.terms(&survey);
    let page = pages::page(
        "respond/begin.html",
        context! {
            municipality => year.pack.municipality.name.as_str(),
            contact => contact(),
            here => format!("/{slug}/r/{link}"),
            correctable => terms.correctable,
            style => &*STYLE,
            story => story(app),
            survey => context! {
                name => year.pack.survey(&survey).map(|survey| survey.name.as_str()),
                title => questionnaire.title(),
                description => questionnaire.description(),
                closes => year.closes_on(&survey).await?.map(when::day),
            },
        },
    )?;
    Ok(shown(StatusCode::OK, page))
}

/// Pressing twice begins two answers, of which one stays empty and counts for nothing.
async fn begin(
    State(app): State<Arc<App>>,
    Path((slug, link)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let year = app.year(&slug)?;
    let open: Token = link.parse().map_err(|_| Refusal::UnknownLink)?;
    let own = random::token();
    year.begin(&app.act("open link"), &open, &own).await?;
    Ok(Redirect::to(&format!("/{slug}/r/{own}/1")).into_response())
}
