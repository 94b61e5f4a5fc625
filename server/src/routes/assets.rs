//! Style sheets and the script, out of the binary.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use super::Path;
use crate::app::App;
use crate::error::PageError;

const ASSETS: [(&str, &str, &str); 4] = [
    (
        "tokens.css",
        "text/css; charset=utf-8",
        include_str!("../../assets/tokens.css"),
    ),
    (
        "meguri.css",
        "text/css; charset=utf-8",
        include_str!("../../assets/meguri.css"),
    ),
    (
        "paper.css",
        "text/css; charset=utf-8",
        papers::html::STYLESHEET,
    ),
    (
        "autosave.js",
        "text/javascript; charset=utf-8",
        include_str!("../../assets/autosave.js"),
    ),
];

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/assets/{name}", get(asset))
        // Browsers ask for it unasked; there is none.
        .route(
            "/favicon.ico",
            get(|| async { axum::http::StatusCode::NO_CONTENT }),
        )
}

async fn asset(Path(name): Path<String>) -> Result<impl IntoResponse, PageError> {
    let (_, kind, text) = ASSETS
        .iter()
        .find(|(known, _, _)| *known == name)
        .ok_or(PageError::NotFound)?;
    Ok((
        [(CONTENT_TYPE, *kind), (CACHE_CONTROL, "max-age=300")],
        *text,
    ))
}
