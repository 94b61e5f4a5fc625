//! The API document and its viewer: made from the list of routes, rendered here, with nothing from another host.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::extract::State;
use minijinja::context;
use minijinja::value::Value;
use utoipa::openapi::OpenApi;

use super::Path;
use crate::access::{Listed, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::openapi::{area, document, names};
use crate::pages::{self, Page};

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/api", "APIの説明", overview)
        .open_get("/api/openapi.json", "APIの文書（OpenAPI 3.1）", openapi)
        .open_get("/api/{area}", "APIの一つの部分の説明", part)
}

static LIST: LazyLock<Vec<Listed>> = LazyLock::new(|| super::all().list().to_vec());

/// The parts of the addresses to which a token can be kept.
pub fn areas() -> Vec<String> {
    let mut areas: Vec<String> = LIST
        .iter()
        .filter(|route| route.access.is_some())
        .map(|route| area(route.path).to_owned())
        .collect();
    areas.sort();
    areas.dedup();
    areas
}

async fn openapi(State(app): State<Arc<App>>) -> Json<OpenApi> {
    Json(document(&LIST, &app.address))
}

async fn overview(State(app): State<Arc<App>>) -> Result<Page, PageError> {
    let mut parts: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for route in LIST.iter() {
        let line =
            context! { method => route.method.as_str(), path => route.path, what => route.what };
        parts.entry(area(route.path)).or_default().push(line);
    }
    let count: usize = parts.values().map(Vec::len).sum();
    let parts: Vec<Value> = parts
        .into_iter()
        .map(|(area, routes)| context! { area, routes })
        .collect();
    pages::page(
        "api/overview.html",
        context! { parts, count, address => app.address.as_str() },
    )
}

async fn part(State(app): State<Arc<App>>, Path(wanted): Path<String>) -> Result<Page, PageError> {
    let routes: Vec<Value> = LIST
        .iter()
        .filter(|route| area(route.path) == wanted)
        .map(described)
        .collect();
    if routes.is_empty() {
        return Err(PageError::NotFound);
    }
    pages::page(
        "api/part.html",
        context! { area => wanted, routes, address => app.address.as_str() },
    )
}

fn described(route: &Listed) -> Value {
    let takes: Vec<Value> = route
        .takes
        .iter()
        .map(|(name, what)| context! { name => *name, what => *what })
        .collect();
    let json: Vec<String> = route
        .takes
        .iter()
        .map(|(name, _)| format!("\"{name}\": \"…\""))
        .collect();
    context! {
        method => route.method.as_str(),
        path => route.path,
        what => route.what,
        access => route.access.map(|access| access.label()),
        names => names(route.path),
        multipart => route.takes.iter().any(|(name, _)| *name == "file"),
        example => format!("{{{}}}", json.join(", ")),
        takes,
    }
}
