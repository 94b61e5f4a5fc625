//! An indicator: what it is, its years, the areas beside it, its target, and where it is printed.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use engine::figure::trend;
use minijinja::context;

use super::{Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::results::{NARROW, WIDE};
use crate::view::{figure, indicator as view};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/indicators/{indicator}",
            Access::Viewer,
            "指標",
            show,
        )
        .get(
            "/{slug}/indicators/{indicator}/{file}",
            Access::Viewer,
            "指標の推移のグラフ（trend.svg、trend.png）",
            chart,
        )
        .takes(&[("narrow", "1：電話の幅で描く")])
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let counted = signed.year.counted().await?;
    let indicator = counted.pack.indicator(&id).ok_or(PageError::NotFound)?;
    let uses = figure::uses(&signed, &id).await?;
    let slug = signed.year.slug();
    pages::page(
        "desk/indicator.html",
        context! {
            ..context! { ..view::page(&counted.pack, &counted.book, indicator, slug, &uses), ..frame(&app, &signed, "map") }
        },
    )
}

async fn chart(
    Path((_, id, file)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let counted = signed.year.counted().await?;
    let pack = &counted.pack;
    let chart =
        trend(pack, &counted.book, &id, &pack.municipality.home_area).ok_or(PageError::NotFound)?;
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let width = if own(&fields, "narrow") == "1" {
        NARROW
    } else {
        WIDE
    };
    match file.as_str() {
        "trend.svg" => Ok((
            [(CONTENT_TYPE, "image/svg+xml")],
            papers::drawn(&chart, width).svg,
        )
            .into_response()),
        "trend.png" => {
            let bytes = papers::png(&chart).map_err(PageError::broken)?;
            Ok(([(CONTENT_TYPE, "image/png")], bytes).into_response())
        }
        _ => Err(PageError::NotFound),
    }
}
