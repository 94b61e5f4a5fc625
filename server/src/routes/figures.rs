//! Where one number comes from.

use std::sync::Arc;

use axum::extract::State;
use engine::figure::FigureKey;
use engine::year::Refusal;
use minijinja::context;

use super::Path;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::figure;
use crate::view::frame::frame;

pub fn routes() -> Routes {
    Routes::new().get("/{slug}/figures/{key}", Access::Viewer, "数字の由来", show)
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, key)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let key: FigureKey = key.parse().map_err(|()| PageError::NotFound)?;
    let counted = signed.year.counted().await?;
    let sight = signed.access >= Access::Secretariat;
    let page = figure::page(&counted.pack, &counted.book, &key, None, sight);
    let page = page.ok_or_else(|| Refusal::Unknown("この数字".into()))?;
    let links = figure::links(&signed, &key).await?;
    pages::page(
        "desk/figure.html",
        context! { links, ..context! { ..page, ..frame(&app, &signed, "map") } },
    )
}
