//! Routes: one file a subject, each with the list of its addresses.

mod account;
mod agenda;
mod answering;
mod api;
mod assets;
mod attachments;
mod audit;
mod backup;
mod corrections;
mod cycles;
mod dates;
mod design;
mod entries;
mod figures;
mod go_on;
mod handed_back;
mod handover;
mod home;
mod in_turn;
mod indicators;
mod keeping;
mod keyed;
mod late;
mod ledgers;
mod letters;
mod map;
mod meeting_files;
mod meetings;
mod minutes;
mod open_link;
mod own_papers;
mod pack_files;
mod paper_editor;
mod papers;
mod people;
mod respond;
mod respondents;
mod results;
mod roster_import;
mod rosters;
mod saving;
mod schemas;
mod settings;
pub mod sign_in;
mod submit;
mod survey_dates;
mod surveys;
mod tasks;
mod timeline;
mod tokens;
mod troubles;
mod webhooks;
mod workbooks;

pub use design::may_be_framed;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::access::Routes;
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;

/// Every route of the server.
pub fn all() -> Routes {
    Routes::new()
        .merge(assets::routes())
        .merge(schemas::routes())
        .merge(respond::routes())
        .merge(submit::routes())
        .merge(open_link::routes())
        .merge(attachments::routes())
        .merge(handed_back::routes())
        .merge(papers::routes())
        .merge(sign_in::routes())
        .merge(home::routes())
        .merge(tasks::routes())
        .merge(troubles::routes())
        .merge(dates::routes())
        .merge(keyed::routes())
        .merge(workbooks::routes())
        .merge(tokens::routes())
        .merge(webhooks::routes())
        .merge(api::routes())
        .merge(cycles::routes())
        .merge(surveys::routes())
        .merge(results::routes())
        .merge(map::routes())
        .merge(indicators::routes())
        .merge(figures::routes())
        .merge(survey_dates::routes())
        .merge(respondents::routes())
        .merge(letters::routes())
        .merge(rosters::routes())
        .merge(roster_import::routes())
        .merge(design::routes())
        .merge(meetings::routes())
        .merge(agenda::routes())
        .merge(paper_editor::routes())
        .merge(corrections::routes())
        .merge(minutes::routes())
        .merge(meeting_files::routes())
        .merge(ledgers::routes())
        .merge(entries::routes())
        .merge(own_papers::routes())
        .merge(people::routes())
        .merge(account::routes())
        .merge(settings::routes())
        .merge(audit::routes())
        .merge(backup::routes())
        .merge(keeping::routes())
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

/// The fields of a form, in the order in which they were sent. Names may repeat. A program may send a
/// flat JSON object instead; no form of a browser begins with a brace. Of somebody who is signed in they carry
/// the token of the session.
struct Form(Vec<(String, String)>);

impl FromRequest<Arc<App>> for Form {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, PageError> {
        let signed = request.extensions().get::<SignedIn>().cloned();
        let body = Bytes::from_request(request, app).await;
        let body = body.map_err(|_| PageError::TooLarge)?;
        let fields = match body.first() {
            Some(b'{') => of_json(&body)?,
            _ => form_urlencoded::parse(&body).into_owned().collect(),
        };
        if let Some(signed) = signed {
            signed.check(&fields)?;
        }
        Ok(Form(fields))
    }
}

/// Each member of the object is a field, each element of an array one of the same name.
fn of_json(body: &[u8]) -> Result<Vec<(String, String)>, PageError> {
    const FLAT: PageError = PageError::BadRequest(
        "JSON を読めません。{\"名前\": \"値\"} の形で、値は文字・数・真偽・それらの配列にしてください。",
    );
    let sent: Map<String, Value> = serde_json::from_slice(body).map_err(|_| FLAT)?;
    let mut fields = Vec::with_capacity(sent.len());
    for (name, value) in sent {
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(yes) => yes.to_string(),
                Value::Null => String::new(),
                Value::Array(_) | Value::Object(_) => return Err(FLAT),
            };
            fields.push((name.clone(), text));
        }
    }
    Ok(fields)
}

/// The value of a field of ours; their names begin with `_`.
fn own<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields
        .iter()
        .find(|(field, _)| field == name)
        .map_or("", |(_, value)| value)
}
