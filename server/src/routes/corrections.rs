//! 資料の訂正: what is to be corrected of papers that were sent, the 正誤表, and sending both.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::meeting::Content;
use engine::year::{Amend, Refusal};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::papers::{Wanted, file, sent};
use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::meeting::{self, Tab};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/meetings/{meeting}/corrections",
            Access::Secretariat,
            "資料の訂正と正誤表の画面",
            show,
        )
        .post(
            "/{slug}/meetings/{meeting}/corrections",
            Access::Secretariat,
            "資料を追加する、訂正を取りやめる、訂正を送る",
            change,
        )
        .takes(&[
            ("seen", "画面に出ていた訂正（seen）"),
            ("act", "add・undo・send"),
            ("title", "追加する資料の題名"),
            ("beside", "この資料に添える（資料の id）"),
            ("paper", "訂正を取りやめる資料の id"),
        ])
        .get(
            "/{slug}/meetings/{meeting}/corrections/{file}",
            Access::Secretariat,
            "これから送る正誤表（errata）",
            errata,
        )
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    page(&app, &signed, &id, None, false).await
}

async fn page(
    app: &App,
    signed: &SignedIn,
    id: &str,
    refused: Option<String>,
    overtaken: bool,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let head = meeting::head(year, id, Tab::Corrections, true).await;
    let head = head.ok_or(PageError::NotFound)?;
    if !sent(year, id) {
        return Err(Refusal::Cycle(
            "資料はまだ送られていません。送る前は、資料そのものを直してください。".into(),
        )
        .into());
    }
    let under = format!("/{}/meetings/{id}", year.slug());
    let correction = year.correction(id).await?.unwrap_or_default();
    let (errata, _) = year.errata(id).await?;
    let changed = |paper: &str| correction.changed.iter().any(|one| one.paper.id == paper);
    let handout = year.handout(id).await?;
    let papers = handout.papers.iter().map(|file| {
        let editable = !matches!(file.paper.content, Content::Agenda | Content::File { .. } | Content::Errata);
        context! { changed => changed(&file.paper.id), editable, ..meeting::paper(&file.paper, &under, false, 0) }
    });
    let papers: Vec<Value> = papers.collect();
    let added = correction
        .added
        .iter()
        .map(|one| meeting::paper(&one.paper, &under, true, 0));
    let mains: Vec<Value> = handout
        .papers
        .iter()
        .filter(|file| file.paper.number.as_deref().is_some_and(|number| number.starts_with("資料")))
        .map(|file| context! { code => file.paper.id.as_str(), label => format!("{}　{}", file.paper.number.as_deref().unwrap_or_default(), file.paper.title) })
        .collect();
    pages::page(
        "desk/corrections.html",
        context! {
            meeting => head,
            seen => year.correction_seen(id).unwrap_or_default(),
            papers,
            added => added.collect::<Vec<_>>(),
            mains,
            errata => Serde(errata),
            any => !correction.is_empty(),
            refused,
            overtaken,
            pdf => cfg!(feature = "pdf"),
            ..frame(app, signed, "meetings")
        },
    )
}

async fn change(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let act = app.act(&signed.person);
    let seen = Some(own(&fields, "seen")).filter(|seen| !seen.is_empty());
    let of = |name: &str| own(&fields, name).to_owned();
    let outcome = match own(&fields, "act") {
        "add" => {
            let beside = Some(of("beside")).filter(|id| !id.is_empty());
            let add = Amend::Add {
                title: of("title"),
                beside,
                markdown: of("text"),
            };
            year.amend(&act, &id, seen, add).await
        }
        "undo" => {
            year.amend(&act, &id, seen, Amend::Undo { paper: of("paper") })
                .await
        }
        "send" => {
            year.send_correction(&act, &id, seen.unwrap_or_default())
                .await
        }
        _ => {
            return Err(PageError::BadRequest(
                "画面を開き直して、もう一度行ってください。",
            ));
        }
    };
    match outcome {
        Ok(()) => {
            let to = match own(&fields, "act") {
                "send" => format!("/{slug}/meetings/{id}#papers"),
                _ => format!("/{slug}/meetings/{id}/corrections"),
            };
            Ok(Redirect::to(&to).into_response())
        }
        Err(Refusal::Overtaken) => {
            let page = page(&app, &signed, &id, None, true).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(Refusal::Cycle(why)) => {
            let page = page(&app, &signed, &id, Some(why), false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The 正誤表 as it would go out.
async fn errata(
    State(app): State<Arc<App>>,
    Path((slug, id, name)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let wanted = Wanted::of(&name);
    if wanted.paper != "errata" {
        return Err(PageError::NotFound);
    }
    let document = signed.year.errata_document(&id).await?;
    if let Some(format) = wanted.format {
        return file(&document, "errata", format);
    }
    let page = pages::page(
        "desk/paper.html",
        context! {
            body => ::papers::html::html(&document, |_| None),
            paper => context! { title => document.head.title.as_str() },
            here => format!("/{slug}/meetings/{id}/corrections/errata"),
            back => format!("/{slug}/meetings/{id}/corrections"),
            back_title => "資料の訂正へ",
            pdf => cfg!(feature = "pdf"),
            ..frame(&app, &signed, "meetings")
        },
    )?;
    Ok(page.into_response())
}
