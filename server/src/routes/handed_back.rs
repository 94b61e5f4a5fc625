//! Results for those who were asked: their page, and the secretariat's, on which they are looked at and released.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use minijinja::context;
use minijinja::value::Serde;

use super::answering::{Answering, shown};
use super::{Form, Path};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;

pub fn routes() -> Routes {
    Routes::new()
        .open_get(
            "/{slug}/r/{link}/results",
            "調査の結果（回答者向け）",
            results,
        )
        .get(
            "/{slug}/surveys/{survey}/handed-back",
            Access::Secretariat,
            "回答者に返す結果",
            look,
        )
        .post(
            "/{slug}/surveys/{survey}/handed-back",
            Access::Secretariat,
            "結果を回答者に返す",
            release,
        )
}

async fn results(
    State(app): State<Arc<App>>,
    Path((slug, link)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    if !answering.year.is_handed_back(&answering.survey) {
        return Err(PageError::NotFound);
    }
    let results = answering.year.handed_back(&answering.survey).await?;
    let page = pages::page(
        "respond/results.html",
        context! { counted => Serde(results), ..answering.frame(&app).await? },
    )?;
    Ok(shown(StatusCode::OK, page))
}

async fn look(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let survey = year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let turn = survey.turn();
    let over = matches!(year.check_open(&turn), Err(engine::year::Refusal::Closed));
    let promised = year.terms(&turn).handed_back;
    let counted = match over && promised {
        true => Some(year.handed_back(&turn).await?),
        false => None,
    };
    pages::page(
        "desk/handed_back.html",
        context! {
            survey => context! { id, name => survey.name.as_str() },
            promised,
            over,
            shown => year.is_handed_back(&turn),
            counted => Serde(counted),
            ..frame(&app, &signed, "surveys")
        },
    )
}

async fn release(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let turn = signed
        .year
        .pack
        .survey(&id)
        .ok_or(PageError::NotFound)?
        .turn();
    let act = app.act(&signed.person);
    signed.year.release_results(&act, &turn).await?;
    Ok(Redirect::to(&format!("/{slug}/surveys/{id}/handed-back")))
}
