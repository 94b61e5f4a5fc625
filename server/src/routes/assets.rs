//! Style sheets, scripts and fonts, out of the binary.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use include_dir::{Dir, include_dir};

use super::Path;
use crate::access::Routes;
use crate::error::PageError;

/// What of the folder is given out, by its ending: kind, and how long it is kept. A font does not change under
/// its name.
const KINDS: [(&str, &str, &str); 3] = [
    (".css", "text/css; charset=utf-8", "max-age=300"),
    (".js", "text/javascript; charset=utf-8", "max-age=300"),
    (".woff2", "font/woff2", "max-age=31536000, immutable"),
];

static ASSETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets");

pub fn routes() -> Routes {
    Routes::new()
        .open_get(
            "/assets/{name}",
            "スタイルシート・スクリプト・フォント",
            asset,
        )
        // Browsers ask for it unasked; there is none.
        .open_get("/favicon.ico", "アイコン（ありません）", || async {
            axum::http::StatusCode::NO_CONTENT
        })
}

async fn asset(Path(name): Path<String>) -> Result<impl IntoResponse, PageError> {
    let kind = KINDS.iter().find(|(ending, ..)| name.ends_with(ending));
    let (_, kind, kept) = *kind.ok_or(PageError::NotFound)?;
    let bytes = found(&name).ok_or(PageError::NotFound)?;
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, kept)], bytes))
}

fn found(name: &str) -> Option<&'static [u8]> {
    // The look of papers belongs to their writer.
    if name == "paper.css" {
        return Some(papers::html::STYLESHEET.as_bytes());
    }
    let font = || ASSETS.get_file(format!("fonts/{name}"));
    ASSETS
        .get_file(name)
        .or_else(font)
        .map(|file| file.contents())
}
