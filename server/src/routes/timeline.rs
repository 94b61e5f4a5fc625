//! The timeline of a running cycle as a picture.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use engine::picture::{timeline, timeline_ahead};

use super::Path;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;

pub fn routes() -> Routes {
    Routes::new().get(
        "/{slug}/cycles/{cycle}/timeline.svg",
        Access::Viewer,
        "サイクルの予定の図",
        picture,
    )
}

async fn picture(
    State(app): State<Arc<App>>,
    Path((_, cycle)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<impl IntoResponse, PageError> {
    let strip = signed.year.strip(&app.act(&signed.person), &cycle).await?;
    // It changes with every act, and it is for those who are signed in.
    let headers = [
        (CONTENT_TYPE, "image/svg+xml; charset=utf-8"),
        (CACHE_CONTROL, "private, no-store"),
    ];
    let picture = match query.as_deref() {
        Some("from=today") => timeline_ahead(&strip),
        _ => timeline(&strip),
    };
    Ok((headers, picture))
}
