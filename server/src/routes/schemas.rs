//! The JSON Schemas of a pack's files, for editors: no sign-in, and the same for every municipality.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use engine::schema;

use super::Path;
use crate::access::Routes;
use crate::app::App;
use crate::error::PageError;

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/assets/schema", "JSON Schema の一覧", all)
        .open_get(
            "/assets/schema/{file}",
            "パックのファイルの JSON Schema",
            one,
        )
}

/// The addresses of all of them.
async fn all(State(app): State<Arc<App>>) -> Json<Vec<String>> {
    let address = |name| format!("{}/assets/schema/{name}.schema.json", app.address);
    Json(schema::names().map(address).collect())
}

async fn one(Path(file): Path<String>) -> Result<impl IntoResponse, PageError> {
    let text = file
        .strip_suffix(".schema.json")
        .and_then(schema::published);
    let text = text.ok_or(PageError::NotFound)?;
    let headers = [
        (CONTENT_TYPE, "application/schema+json"),
        (CACHE_CONTROL, "max-age=300"),
    ];
    Ok((headers, text))
}
