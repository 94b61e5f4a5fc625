//! A form that is refused loses nothing: what was typed is shown back, to be copied. A right that ended, a session
//! that ran out, a page that is older than the session: none of it is a reason to throw a text away.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{MatchedPath, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use engine::year::Year;
use minijinja::context;
use minijinja::value::Value;

use crate::app::{App, LARGEST_REQUEST};
use crate::error::PageError;
use crate::pages;
use crate::routes::{self, sign_in};
use crate::view::{field, frame};
use crate::wish::Wish;

/// Fields that no person has typed.
const OF_THE_PAGE: [&str; 9] = [
    "_csrf", "_act", "_seen", "_shown", "_base", "_once", "_on", "_attach", "_detach",
];
const SECRETS: [&str; 7] = [
    "password", "again", "current", "code", "secret", "half", "token",
];
/// In the list of fields: the answers to a questionnaire, each under the name of its question.
const QUESTIONS: &str = "設問のid";
/// Characters of a line on a phone.
const LINE: usize = 20;

/// A form that is refused: where it was sent, and the fields that the list of routes has for it.
struct Sent {
    year: Option<Arc<Year>>,
    survey: String,
    taken: Vec<(&'static str, &'static str)>,
}

impl Sent {
    fn to(app: &App, uri: &Uri, route: Option<&MatchedPath>) -> Sent {
        let mut steps = uri.path().split('/').skip(1);
        let year = steps.next().and_then(|slug| app.year(slug).ok());
        let survey = steps.skip_while(|step| *step != "surveys").nth(1);
        let routes = routes::all();
        let here = routes
            .list()
            .iter()
            .filter(|listed| route.is_some_and(|route| route.as_str() == listed.path));
        Sent {
            year,
            survey: survey.unwrap_or_default().to_owned(),
            taken: here.flat_map(|listed| listed.takes).copied().collect(),
        }
    }

    /// Secrets are never shown; an answer to a question that is called like one is.
    fn is_shown(&self, name: &str) -> bool {
        let asks = self
            .taken
            .iter()
            .any(|(taken, _)| taken.contains(QUESTIONS));
        !OF_THE_PAGE.contains(&name) && (asks || !SECRETS.contains(&name))
    }

    /// What the field is called on its page: a column of a roster, a question, or what the list says.
    fn label(&self, name: &str) -> String {
        let pack = self.year.as_ref().map(|year| &year.pack);
        if let (Some(id), Some(pack)) = (name.strip_prefix("c."), pack) {
            let formats = pack.municipality.rosters.iter();
            let mut columns = formats.flat_map(|format| &format.columns);
            if let Some(column) = columns.find(|column| column.id == id) {
                return column.title.clone();
            }
        }
        if let Some((_, means)) = self.taken.iter().find(|(taken, _)| *taken == name) {
            return (*means).to_owned();
        }
        let form = pack.and_then(|pack| pack.questionnaire(&self.survey));
        let path = name.split_once(':').map_or(name, |(_, path)| path);
        let item = form.and_then(|form| form.item(field::root(path)));
        item.map_or(name, field::title).to_owned()
    }
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
    let route = request.extensions().get::<MatchedPath>().cloned();
    let typed = match reading {
        true => Vec::new(),
        false => typed(request).await,
    };
    shown_back(app, error, &uri, route.as_ref(), &typed)
}

/// The page of a refusal, with what was typed, under the names that the list of routes has for the fields.
pub fn shown_back(
    app: &App,
    error: PageError,
    uri: &Uri,
    route: Option<&MatchedPath>,
    typed: &[(String, String)],
) -> Response {
    let sent = Sent::to(app, uri, route);
    let fields = typed.iter();
    let fields: Vec<Value> = fields
        .filter(|(name, value)| sent.is_shown(name) && !value.trim().is_empty())
        .map(|(name, value)| context! { label => sent.label(name), value, rows => rows(value) })
        .collect();
    let (title, lines) = error.words();
    let slug = sent.year.as_ref().map_or("", |year| year.slug());
    let sign_in = matches!(error, PageError::SignInNeeded).then(|| format!("/{slug}/sign-in"));
    let contact = sent
        .year
        .as_ref()
        .map(|year| year.pack.municipality.contact());
    let context = context! { title, lines, fields, sign_in, contact, story => frame::story(app) };
    match pages::page("refused.html", context) {
        Ok(page) => (error.status(), page).into_response(),
        Err(_) => error.into_response(),
    }
}

/// Lines that a text takes on a phone, as far as they are shown without scrolling.
fn rows(text: &str) -> usize {
    let lines = text.lines();
    let rows: usize = lines
        .map(|line| line.chars().count().div_ceil(LINE).max(1))
        .sum();
    rows.clamp(1, 12)
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
