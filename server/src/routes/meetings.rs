//! Meetings for the secretariat: the drafted 次第, its papers, and why a line is there.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use engine::figure::FigureKey;
use engine::year::Year;
use minijinja::context;
use minijinja::value::Value;

use super::Path;
use super::papers::{self, Wanted};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{figure, when};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/meetings/{meeting}",
            Access::Viewer,
            "会議と資料",
            show,
        )
        .get(
            "/{slug}/meetings/{meeting}/papers/{paper}",
            Access::Viewer,
            "会議の資料",
            paper,
        )
        .get(
            "/{slug}/meetings/{meeting}/figures/{key}",
            Access::Viewer,
            "資料の数字の由来",
            show_figure,
        )
}

/// The meetings of a municipality in their order, with how far each has come.
pub async fn list(year: &Year) -> Vec<Value> {
    let convened = year.state(|state| state.meetings.clone());
    let mut list = Vec::new();
    for meeting in &year.pack.agenda.meetings {
        let state = convened.get(&meeting.id);
        let draft = year.drafted(&meeting.id).await.ok();
        let body = year
            .pack
            .municipality
            .body(&meeting.body)
            .map_or("", |body| body.name.as_str());
        let status = match state {
            Some(state) if state.closed_at.is_some() => "終了",
            Some(state) if state.dispatched_at.is_some() => "資料送付済み",
            Some(state) if state.handout.is_some() => "資料案あり",
            Some(state) if state.draft.is_some() => "次第案あり",
            _ => "準備前",
        };
        list.push(context! {
            id => meeting.id.as_str(),
            title => draft.as_ref().map_or_else(|| format!("第{}回{body}", meeting.ordinal), |draft| draft.title.trim_end_matches("　次第").to_owned()),
            on => draft.and_then(|draft| draft.on).map(when::day),
            status,
        });
    }
    list
}

async fn show(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let known = list(year).await.into_iter().find(|meeting| {
        meeting
            .get_attr("id")
            .is_ok_and(|known| known.as_str() == Some(&id))
    });
    let known = known.ok_or(PageError::NotFound)?;
    let draft = year.drafted(&id).await.ok();
    let papers = papers::listed(year, &id, &format!("/{slug}/meetings/{id}/papers")).await?;
    let reasons: Vec<Value> = draft
        .iter()
        .flat_map(|draft| &draft.lines)
        .filter_map(|line| {
            Some(context! { title => line.title.as_str(), reason => line.reason.as_deref()? })
        })
        .collect();
    let meeting = context! {
        when => draft.as_ref().map(|draft| draft.when.join("")),
        place => draft.as_ref().map(|draft| draft.place.clone()),
        ..known
    };
    pages::page(
        "desk/meeting.html",
        context! { meeting, papers, reasons, pdf => cfg!(feature = "pdf"), ..frame(&app, &signed, "") },
    )
}

async fn paper(
    State(app): State<Arc<App>>,
    Path((slug, meeting, file)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let wanted = Wanted::of(&file);
    let figures = |key: &FigureKey| format!("/{slug}/meetings/{meeting}/figures/{key}");
    let here = format!("/{slug}/meetings/{meeting}");
    papers::answer(
        &signed.year,
        &meeting,
        &wanted,
        &here,
        &figures,
        frame(&app, &signed, ""),
    )
    .await
}

/// Where a number of a paper comes from, as it was when the paper was written.
async fn show_figure(
    State(app): State<Arc<App>>,
    Path((_, meeting, key)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let sight = signed.access >= Access::Secretariat;
    let page = papers::printed(&signed.year, &meeting, &key, sight).await?;
    let key: FigureKey = key.parse().map_err(|()| PageError::NotFound)?;
    let links = figure::links(&signed.year, &key).await?;
    pages::page(
        "desk/figure.html",
        context! { links, ..context! { ..page, ..frame(&app, &signed, "") } },
    )
}
