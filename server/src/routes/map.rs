//! The 施策・指標マップ: as a picture, and as a list for whoever does not see it or has a narrow screen.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use engine::figure::FigureKey;
use minijinja::context;
use minijinja::value::Serde;

use super::own;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{figure, map as view};

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/map", Access::Viewer, "施策・指標マップ", show)
        .takes(&[("scene", "場面のid：その場面の箱だけ")])
}

async fn show(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let counted = signed.year.counted().await?;
    let pack = &counted.pack;
    let slug = signed.year.slug();
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let scene = pack
        .map
        .scenes
        .iter()
        .find(|scene| scene.id == own(&fields, "scene"));
    let href = |key: &FigureKey| format!("/{slug}/figures/{key}");
    let svg = engine::picture::map_of_scene(
        pack,
        &counted.book,
        Some(&href),
        scene.map(|scene| scene.id.as_str()),
    );
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
            ..context! { ..view::page(pack, &counted.book, slug, scene), ..frame(&app, &signed, "map") }
        },
    )
}
