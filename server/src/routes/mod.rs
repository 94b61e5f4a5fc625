//! Routes: one file a subject, each with the list of its addresses.

mod answering;
mod assets;
mod cycles;
mod entries;
mod handover;
mod in_turn;
mod ledgers;
mod meetings;
mod overview;
mod own_papers;
mod papers;
mod people;
mod respond;
mod schemas;
mod sign_in;
mod surveys;
mod timeline;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::extract::rejection::BytesRejection;
use axum::http::request::Parts;

use crate::app::App;
use crate::error::PageError;

pub fn all() -> Router<Arc<App>> {
    Router::new()
        .merge(assets::routes())
        .merge(schemas::routes())
        .merge(respond::routes())
        .merge(papers::routes())
        .merge(sign_in::routes())
        .merge(overview::routes())
        .merge(cycles::routes())
        .merge(surveys::routes())
        .merge(meetings::routes())
        .merge(ledgers::routes())
        .merge(entries::routes())
        .merge(own_papers::routes())
        .merge(people::routes())
        .merge(handover::routes())
        .merge(timeline::routes())
}

/// The parts of an address. One that has not the form of ours is a page that we do not have.
struct Path<T>(T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    axum::extract::Path<T>: FromRequestParts<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(path)| Path(path))
            .map_err(|_| PageError::NotFound)
    }
}

/// The fields of a form, in the order in which they were sent. Names may repeat.
fn fields(body: Result<Bytes, BytesRejection>) -> Result<Vec<(String, String)>, PageError> {
    let body = body.map_err(|_| PageError::TooLarge)?;
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}

/// The value of a field of ours; their names begin with `_`.
fn own<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields
        .iter()
        .find(|(field, _)| field == name)
        .map_or("", |(_, value)| value)
}
