//! The respondent's pages: questions, page by page, and the review. They work without JavaScript.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::year::Refusal;
use minijinja::context;
use minijinja::value::Serde;
use serde_json::json;

use super::{Form, Path, own};
use crate::access::Routes;
use crate::app::App;
use crate::error::{ApiError, PageError};
use crate::pages;
use crate::routes::answering::{Answering, Shown, Way, no_entry, shown};
use crate::routes::in_turn::in_turn;
use crate::routes::saving::{Saved, take_in};
use crate::view::answers;

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/{slug}/r/{link}", "回答を始める", start)
        .open_get("/{slug}/r/{link}/{page}", "調査票のページ", show)
        .open_post(
            "/{slug}/r/{link}/{page}",
            "調査票のページを保存して移る",
            turn,
        )
        .takes(&TAKES)
        .open_post("/{slug}/r/{link}/{page}/save", "入力の途中を保存する", save)
        .takes(&TAKES)
        .open_get("/{slug}/r/{link}/review", "回答の確認", review)
}

const TAKES: [(&str, &str); 4] = [
    (
        "（設問の名）",
        "答え。繰り返しは「設問.行.設問」、表は「設問.行」",
    ),
    ("_act", "next・back・save・add:設問・remove:設問.行"),
    ("_base", "画面を出したときの版（画面の隠し欄の値）"),
    ("_shown", "画面に出ていた欄の名"),
];

type Link = Path<(String, String)>;
type OnPage = Path<(String, String, usize)>;

async fn start(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Response, PageError> {
    let answering = match Answering::open(&app, &slug, &link).await {
        // An open link leads to the page on which one begins.
        Err(PageError::NoEntry {
            refusal: Refusal::UnknownLink,
            ..
        }) if super::open_link::leads(&app, &slug, &link) => {
            return super::open_link::show(&app, &slug, &link).await;
        }
        other => other?,
    };
    let to = match answering.way().await? {
        Way::Fill(_) => "1",
        Way::Receipt => "receipt",
        Way::Closed(draft) => return answering.closed(&app, &draft.answers).await,
    };
    Ok(Redirect::to(&format!("{}/{to}", answering.here)).into_response())
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((slug, link, number)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let pages = 1..=answering.questionnaire.pages().len();
    let number = number.parse().ok().filter(|number| pages.contains(number));
    let number = number.ok_or_else(|| no_entry(&answering.year, Refusal::UnknownLink))?;
    let draft = match answering.filling(&app).await? {
        Ok(draft) => draft,
        Err(instead) => return Ok(instead),
    };
    let why = match query.as_deref().unwrap_or_default() {
        "checked" => Shown::Checked,
        "more" => Shown::Grown,
        "unsent" => Shown::Unsent,
        query => match query.strip_prefix("elsewhere=") {
            Some(ids) => Shown::Elsewhere(ids.split('.').map(str::to_owned).collect()),
            None => Shown::Plainly,
        },
    };
    let page = answering.page(&app, number, &draft, &why).await?;
    Ok(shown(StatusCode::OK, page))
}

/// Keeps a page and goes where the pressed button leads.
pub(super) async fn turn(
    State(app): State<Arc<App>>,
    Path((slug, link, number)): OnPage,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let _turn = in_turn(&answering.hash).await;
    let saved = match take_in(&app, &answering, number, &fields).await {
        Err(PageError::Refused(Refusal::AnsweredOtherwise { .. })) => {
            return answering.handed_in(&app, number, &fields).await;
        }
        other => other?,
    };
    if answering.respondent.is_some()
        && let Err(Refusal::Closed) = answering.year.check_open(&answering.survey)
    {
        return answering.closed(&app, &saved.draft.answers).await;
    }
    if own(&fields, "_act") == "save" {
        let page = pages::page(
            "respond/saved.html",
            context! { number, ..answering.frame(&app).await? },
        )?;
        return Ok(shown(StatusCode::OK, page));
    }
    let to = leads_to(&answering, number, &fields, &saved);
    Ok(Redirect::to(&format!("{}/{to}", answering.here)).into_response())
}

/// The page to go to after one was taken in, with why it is shown.
fn leads_to(
    answering: &Answering,
    number: usize,
    fields: &[(String, String)],
    saved: &Saved,
) -> String {
    if let Some(place) = &saved.place {
        return format!("{number}#{place}");
    }
    // Where both devices have answered, somebody has to choose before going on.
    if let Some(item) = saved.both.first() {
        let all = [saved.both.as_slice(), &saved.elsewhere].concat().join(".");
        return format!("{number}?elsewhere={all}#{}", crate::view::field::id(item));
    }
    let told = match saved.elsewhere.as_slice() {
        [] => String::new(),
        ids => format!("?elsewhere={}", ids.join(".")),
    };
    let unsent = fields
        .iter()
        .find_map(|(name, value)| name.strip_prefix("_file:").filter(|_| !value.is_empty()));
    match own(fields, "_act") {
        "back" => format!("{}{told}", number.saturating_sub(1).max(1)),
        _ if saved.wrong => format!("{number}?checked"),
        _ => match (&saved.more, unsent) {
            (Some(question), _) => format!("{number}?more#{question}"),
            (None, Some(item)) => format!("{number}?unsent#{}", crate::view::field::id(item)),
            (None, None) if number < answering.questionnaire.pages().len() => {
                format!("{}{told}", number + 1)
            }
            (None, None) => format!("review{told}"),
        },
    }
}

/// Keeps a page while it is being filled in.
pub(super) async fn save(
    State(app): State<Arc<App>>,
    Path((slug, link, number)): OnPage,
    sent: Result<Form, PageError>,
) -> Result<Response, ApiError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    // The script asks for what is wrong as JSON.
    let Form(fields) = sent?;
    let _turn = in_turn(&answering.hash).await;
    let saved = take_in(&app, &answering, number, &fields).await?;
    let titles = |ids: &[String]| -> Vec<serde_json::Value> {
        let items = ids.iter().filter_map(|id| answering.questionnaire.item(id));
        items
            .map(|item| json!({ "name": item.id.as_str(), "title": item.title }))
            .collect()
    };
    let closed = answering.respondent.is_some()
        && matches!(
            answering.year.check_open(&answering.survey),
            Err(Refusal::Closed)
        );
    Ok(Json(json!({
        "base": saved.base(),
        "more": saved.more.is_some(),
        "elsewhere": titles(&saved.elsewhere),
        "both": titles(&saved.both),
        "closed": closed,
    }))
    .into_response())
}

pub(super) async fn review(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let draft = match answering.filling(&app).await? {
        Ok(draft) => draft,
        Err(instead) => return Ok(instead),
    };
    let query = query.unwrap_or_default();
    let elsewhere: Vec<String> = match query.strip_prefix("elsewhere=") {
        Some(ids) => ids.split('.').map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let mut displaced: Vec<String> = draft.displaced.iter().map(|it| it.item.clone()).collect();
    displaced.dedup();
    let examined = answering.questionnaire.examine(&draft.answers);
    let page = pages::page(
        "respond/review.html",
        context! {
            wrong => answering.issues(&examined, "error"),
            warnings => answering.issues(&examined, "warning"),
            elsewhere => answering.named(&elsewhere),
            displaced => answering.named(&displaced),
            changed => query == "changed",
            seen => draft.round,
            pages => Serde(answers::pages(&answering.questionnaire, &draft.answers, |item| examined.is_shown(item))),
            ..answering.frame(&app).await?
        },
    )?;
    Ok(shown(StatusCode::OK, page))
}
