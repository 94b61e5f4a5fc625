//! An open link: anybody who has it begins an answer of his own, and gets the address under which it goes on.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::year::{Door, Refusal, Token};
use minijinja::context;

use super::Path;
use super::answering::{no_entry, shown};
use crate::access::Routes;
use crate::app::App;
use crate::error::PageError;
use crate::pages;
use crate::random;
use crate::view::frame::story;
use crate::view::when;

pub fn routes() -> Routes {
    Routes::new().open_post(
        "/{slug}/r/{link}/begin",
        "開かれたリンクから回答を始める",
        begin,
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
    year.check_open(&survey)
        .map_err(|refusal| no_entry(&year, refusal))?;
    let questionnaire = year.published(&survey).await?;
    let terms = year.terms(&survey);
    let page = pages::page(
        "respond/begin.html",
        context! {
            municipality => year.pack.municipality.name.as_str(),
            contact => year.pack.municipality.contact(),
            here => format!("/{slug}/r/{link}"),
            correctable => terms.correctable,
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
