//! Signing in by a one-time link, and out again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use engine::year::{Door, Refusal};
use minijinja::context;

use super::{Path, fields};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::random;
use crate::signed_in::{SignedIn, cookie};
use crate::view::frame;

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/{slug}/sign-in/{link}", "サインインの画面", show)
        .open_post(
            "/{slug}/sign-in/{link}",
            "一度だけのリンクでサインインする",
            enter,
        )
        .post(
            "/{slug}/sign-out",
            Access::Viewer,
            "サインアウトする",
            leave,
        )
}

/// The link is used by a button, not by opening it: mail programs open links to look at them.
async fn show(
    State(app): State<Arc<App>>,
    Path((slug, link)): Path<(String, String)>,
) -> Result<Page, PageError> {
    let year = app.year(&slug)?;
    let Door::SignIn { person } = year.door(&link.parse().map_err(|_| Refusal::UnknownLink)?)?
    else {
        return Err(Refusal::UnknownLink.into());
    };
    pages::page(
        "desk/sign_in.html",
        context! { municipality => year.pack.municipality.name.as_str(), person, story => frame::story(&app) },
    )
}

async fn enter(
    State(app): State<Arc<App>>,
    Path((slug, link)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let year = app.year(&slug)?;
    let link = link.parse().map_err(|_| Refusal::UnknownLink)?;
    let session = random::token();
    year.sign_in(&app.act("sign-in"), &link, session).await?;
    let cookie = [(SET_COOKIE, cookie(&slug, Some(&session), &app.address))];
    Ok((cookie, Redirect::to(&format!("/{slug}"))).into_response())
}

async fn leave(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, PageError> {
    signed.check(&fields(body)?)?;
    signed
        .year
        .sign_out(&app.act(&signed.person), &signed.token)
        .await?;
    let message = pages::message(
        "サインアウトしました",
        &["この画面は閉じてかまいません。".to_owned()],
        None,
    );
    Ok(([(SET_COOKIE, cookie(&slug, None, &app.address))], message).into_response())
}
