//! The map, and where a number comes from.

use std::sync::Arc;

use axum::extract::State;
use engine::figure::FigureKey;
use engine::year::{Act, Refusal, Year};
use minijinja::context;
use minijinja::value::Serde;

use super::Path;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::figure;
use crate::view::frame::frame;

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/map", Access::Viewer, "施策・指標マップ", map)
        .get(
            "/{slug}/figures/{key}",
            Access::Viewer,
            "数字の由来",
            show_figure,
        )
}

/// Does what the plans ask for after somebody has acted. What the person did is stored already, so a
/// failure here is for the log and for the next turn, not for the person.
pub async fn go_on(app: &App, year: &Year, act: &Act) {
    if let Err(refusal) = year.work(act).await {
        tracing::error!(municipality = year.slug(), "{refusal}");
    }
    app.wake_post();
}

async fn map(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let counted = signed.year.counted().await?;
    let pack = &counted.pack;
    let slug = signed.year.slug();
    let href = |key: &FigureKey| format!("/{slug}/figures/{key}");
    let svg = engine::picture::map(pack, &counted.book, Some(&href));
    let areas: Vec<&str> = pack
        .municipality
        .areas
        .iter()
        .map(|area| area.name.as_str())
        .collect();
    let indicators = figure::rows(pack, &counted.book, pack.map.indicators.iter(), &href);
    let guessed = pack.map.nodes.iter().any(|node| node.note.is_some());
    pages::page(
        "desk/map.html",
        context! {
            plan => pack.map.title(),
            version => pack.map.version,
            note => guessed.then_some("（矢印は推定）"),
            svg,
            areas => Serde(areas),
            indicators => Serde(indicators),
            ..frame(&app, &signed, "map")
        },
    )
}

async fn show_figure(
    State(app): State<Arc<App>>,
    Path((_, key)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let key: FigureKey = key.parse().map_err(|()| PageError::NotFound)?;
    let counted = signed.year.counted().await?;
    let page = figure::page(&counted.pack, &counted.book, &key, None, true);
    let page = page.ok_or_else(|| Refusal::Unknown("この数字".into()))?;
    pages::page(
        "desk/figure.html",
        context! { ..page, ..frame(&app, &signed, "") },
    )
}
