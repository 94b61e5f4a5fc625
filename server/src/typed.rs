//! A form that is refused loses nothing: what was typed is shown back, to be copied. A right that ended, a session
//! that ran out, a page that is older than the session: none of it is a reason to throw a text away.

use axum::body::to_bytes;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use minijinja::context;
use minijinja::value::Value;

use crate::app::{App, LARGEST_REQUEST};
use crate::error::PageError;
use crate::pages;
use crate::routes::{self, sign_in};
use crate::view::frame;
use crate::wish::Wish;

/// Names of fields that are not shown: secrets, and what no person has typed.
fn is_shown(name: &str) -> bool {
    let secret = [
        "password", "again", "current", "code", "secret", "half", "token",
    ];
    !name.starts_with('_') && !secret.contains(&name)
}

/// Answers a request that is refused before any handler has seen it. Somebody who is not signed in gets the form for
/// signing in, which leads on to where they wanted to go.
pub async fn refused(app: &App, error: PageError, request: Request) -> Response {
    if Wish::current().json {
        return error.into_response();
    }
    let uri = request.uri().clone();
    let slug = uri.path().split('/').nth(1).unwrap_or_default().to_owned();
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if let (PageError::SignInNeeded, true, Ok(year)) = (&error, reading, app.year(&slug)) {
        let next = uri.path_and_query().map_or("", |path| path.as_str());
        return match sign_in::form(app, &year, next, "", None) {
            Ok(page) => (error.status(), page).into_response(),
            Err(error) => error.into_response(),
        };
    }
    let path = request.extensions().get::<MatchedPath>().cloned();
    let typed = match reading {
        true => Vec::new(),
        false => typed(request).await,
    };
    shown_back(app, &slug, error, path.as_ref(), &typed)
}

/// The page of a refusal, with what was typed, under the names that the list of routes has for the fields.
pub fn shown_back(
    app: &App,
    slug: &str,
    error: PageError,
    path: Option<&MatchedPath>,
    typed: &[(String, String)],
) -> Response {
    let routes = routes::all();
    let taken = routes
        .list()
        .iter()
        .filter(|route| path.is_some_and(|path| path.as_str() == route.path));
    let taken: Vec<&(&str, &str)> = taken.flat_map(|route| route.takes).collect();
    let label = |name: &str| {
        let known = taken.iter().find(|(taken, _)| *taken == name);
        known.map_or_else(|| name.to_owned(), |(_, means)| (*means).to_owned())
    };
    let fields = typed.iter();
    let fields: Vec<Value> = fields
        .filter(|(name, value)| is_shown(name) && !value.trim().is_empty())
        .map(|(name, value)| context! { label => label(name), value, rows => value.lines().count().clamp(1, 12) })
        .collect();
    let (title, lines) = error.words();
    let sign_in = matches!(error, PageError::SignInNeeded).then(|| format!("/{slug}/sign-in"));
    let context = context! { title, lines, fields, sign_in, story => frame::story(app) };
    match pages::page("refused.html", context) {
        Ok(page) => (error.status(), page).into_response(),
        Err(_) => error.into_response(),
    }
}

async fn typed(request: Request) -> Vec<(String, String)> {
    if !is_form(&request) {
        return Vec::new();
    }
    match to_bytes(request.into_body(), LARGEST_REQUEST).await {
        Ok(body) => form_urlencoded::parse(&body).into_owned().collect(),
        // More than a page takes: there is nothing to be shown back.
        Err(_) => Vec::new(),
    }
}

/// Whether the body is a form as a browser sends it.
pub fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}
