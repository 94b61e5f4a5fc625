//! Papers by themselves, without a meeting: those of the pack and of the base, as they are now.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use engine::figure::FigureKey;
use engine::ledger::When;
use engine::meeting::Content;
use engine::year::Refusal;
use minijinja::context;
use minijinja::value::Value;

use super::papers::{Wanted, file};
use super::{Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/papers", Access::Viewer, "資料の一覧", list)
        .get("/{slug}/papers/{file}", Access::Viewer, "資料", show)
}

async fn list(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let slug = signed.year.slug();
    let papers = signed.year.pack.papers.iter();
    let papers: Vec<Value> = papers
        .map(|paper| context! { href => format!("/{slug}/papers/{}", paper.id), title => paper.title.as_str(), number => None::<&str> })
        .collect();
    pages::page(
        "desk/papers.html",
        context! { papers, pdf => cfg!(feature = "pdf"), ..frame(&app, &signed, "papers") },
    )
}

async fn show(
    State(app): State<Arc<App>>,
    Path((slug, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let wanted = Wanted::of(&name);
    let query = query.unwrap_or_default();
    let asked: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let asked = match own(&asked, "year") {
        "" => None,
        year => {
            let year: i32 = year.parse().map_err(|_| PageError::NotFound)?;
            Some(year).filter(|year| (1868..2200).contains(year))
        }
    };
    let year = &signed.year;
    let act = app.act(&signed.person);
    let (draft, written) = year.alone(&act, wanted.paper, asked).await?;
    let document = written.document(&draft).map_err(Refusal::Findings)?;
    if let Some(format) = wanted.format {
        return file(&document, wanted.paper, format);
    }
    let about = match &written.paper.content {
        Content::Own { year, .. } => *year,
        _ => None,
    };
    let years = year.years_of(wanted.paper).await?;
    let years = years.iter().filter(|_| years.len() > 1);
    let years: Vec<Value> = years
        .map(|year| context! { year, title => When::Year(*year).japanese(), here => about == Some(*year) })
        .collect();
    let figures = |id: &str| {
        let key: FigureKey = id.parse().ok()?;
        Some(format!("/{slug}/figures/{key}"))
    };
    let page = pages::page(
        "desk/paper.html",
        context! {
            body => papers::html::html(&document, figures),
            paper => context! { title => document.head.title.as_str() },
            here => format!("/{slug}/papers/{}", wanted.paper),
            query => asked.map_or_else(String::new, |year| format!("?year={year}")),
            years,
            back => format!("/{slug}/papers"),
            back_title => "資料一覧へ",
            pdf => cfg!(feature = "pdf"),
            ..frame(&app, &signed, "papers")
        },
    )?;
    Ok(page.into_response())
}
