//! Style sheets, scripts and fonts, out of the binary.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::Path;
use crate::access::Routes;
use crate::error::PageError;

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const FONT: &str = "font/woff2";

/// Name, kind and bytes.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("tokens.css", CSS, include_bytes!("../../assets/tokens.css")),
    ("meguri.css", CSS, include_bytes!("../../assets/meguri.css")),
    ("fonts.css", CSS, include_bytes!("../../assets/fonts.css")),
    ("paper.css", CSS, papers::html::STYLESHEET.as_bytes()),
    ("autosave.js", SCRIPT, include_bytes!("../../assets/autosave.js")),
    (
        "distribute.css",
        CSS,
        include_bytes!("../../assets/distribute.css"),
    ),
    (
        "distribute.js",
        SCRIPT,
        include_bytes!("../../assets/distribute.js"),
    ),
    (
        "BIZUDPGothic-Regular.woff2",
        FONT,
        include_bytes!("../../assets/fonts/BIZUDPGothic-Regular.woff2"),
    ),
    (
        "BIZUDPGothic-Bold.woff2",
        FONT,
        include_bytes!("../../assets/fonts/BIZUDPGothic-Bold.woff2"),
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
    let asset = ASSETS.iter().find(|(known, ..)| *known == name);
    let (_, kind, bytes) = *asset.ok_or(PageError::NotFound)?;
    // A font does not change under its name.
    let kept = match kind {
        FONT => "max-age=31536000, immutable",
        _ => "max-age=300",
    };
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, kept)], bytes))
}
