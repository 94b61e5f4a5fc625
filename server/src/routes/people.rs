//! People of the office: who holds which role, a sign-in link for each, a reading link for members.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::{get, post};
use engine::year::Door;
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{fields, own};
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::{pages, random};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/{slug}/people", get(show))
        .route("/{slug}/people/links", post(sign_in_link))
        .route("/{slug}/people/reading-link", post(reading_link))
}

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Html<String>, PageError> {
    let roles = signed.year.pack.municipality.roles.iter();
    let roles: Vec<Value> = roles
        .map(|role| context! { name => role.name.as_str(), holders => Serde(&role.holders) })
        .collect();
    pages::page(
        "desk/people.html",
        context! { roles, ..frame(&app, &signed, "people") },
    )
}

/// A one-time link for somebody who holds a role.
async fn sign_in_link(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Html<String>, PageError> {
    let fields = fields(body)?;
    signed.check(&fields)?;
    let person = own(&fields, "person").to_owned();
    let holds = |role: &engine::municipality::Role| role.holders.contains(&person);
    if !signed.year.pack.municipality.roles.iter().any(holds) {
        return Err(PageError::NotFound);
    }
    let token = random::token();
    let door = Door::SignIn {
        person: person.clone(),
    };
    signed
        .year
        .make_link(&app.act(&signed.person), token, door)
        .await?;
    let link = format!("{}/{slug}/sign-in/{token}", app.address);
    let what = "このリンクは一度だけ使えます。ご本人にお渡しください。この画面でだけ表示されます。";
    shown(
        &app,
        &signed,
        &format!("{person} のサインイン用リンク"),
        what,
        &link,
    )
}

/// A link for the members of the committee: the papers that were sent out.
async fn reading_link(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Html<String>, PageError> {
    signed.check(&fields(body)?)?;
    let token = random::token();
    signed
        .year
        .make_link(&app.act(&signed.person), token, Door::Papers)
        .await?;
    let link = format!("{}/{slug}/p/{token}", app.address);
    let what =
        "このリンクを知っている人は、送付済みの次第と資料を読めます。この画面でだけ表示されます。";
    shown(&app, &signed, "委員が資料を読むリンク", what, &link)
}

fn shown(
    app: &App,
    signed: &SignedIn,
    title: &str,
    what: &str,
    link: &str,
) -> Result<Html<String>, PageError> {
    pages::page(
        "desk/given_link.html",
        context! { title, what, link, ..frame(app, signed, "people") },
    )
}
