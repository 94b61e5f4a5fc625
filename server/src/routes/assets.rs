//! Style sheets and the script, out of the binary.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::Path;
use crate::access::Routes;
use crate::error::PageError;

const ASSETS: [(&str, &str, &str); 5] = [
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
        "results.css",
        "text/css; charset=utf-8",
        include_str!("../../assets/results.css"),
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

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/assets/{name}", "スタイルシート・スクリプト", asset)
        // Browsers ask for it unasked; there is none.
        .open_get("/favicon.ico", "アイコン（ありません）", || async {
            axum::http::StatusCode::NO_CONTENT
        })
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
