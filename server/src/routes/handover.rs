//! The 引継書 of a role, as a page and as a file.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::year::Refusal;
use minijinja::context;

use super::Path;
use super::papers::{Wanted, file};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages;
use crate::signed_in::SignedIn;
use crate::view::frame::frame;

pub fn routes() -> Routes {
    Routes::new().get(
        "/{slug}/people/{role}/{file}",
        Access::Viewer,
        "役割の引継書",
        show,
    )
}

async fn show(
    State(app): State<Arc<App>>,
    Path((slug, role, name)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let wanted = Wanted::of(&name);
    if wanted.paper != "handover" || signed.year.pack.municipality.role(&role).is_none() {
        return Err(PageError::NotFound);
    }
    let act = app.act(&signed.person);
    let handover = signed.year.handover(&act, &role).await?;
    let document = handover.document(&signed.year.pack);
    let document = document.map_err(Refusal::Findings)?;
    if let Some(format) = wanted.format {
        return file(&document, "handover", format);
    }
    let page = pages::page(
        "desk/paper.html",
        context! {
            body => papers::html::html(&document, |_| None),
            paper => context! { title => document.head.title.as_str() },
            here => format!("/{slug}/people/{role}/handover"),
            back => format!("/{slug}/people"),
            back_title => "担当者へ",
            pdf => cfg!(feature = "pdf"),
            ..frame(&app, &signed, "people")
        },
    )?;
    Ok(page.into_response())
}
