//! The respondent's pages: question pages, review, submission, copy. They work without JavaScript.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use engine::year::{Receipt, Refusal, Source, Submission};
use forms::Answers;
use minijinja::context;
use minijinja::value::Serde;
use serde::Deserialize;

use super::{Path, fields, own};
use crate::access::Routes;
use crate::app::App;
use crate::error::{ApiError, PageError};
use crate::pages::{self, Page};
use crate::routes::answering::{Answering, Shown, grown, wrong_here};
use crate::routes::in_turn::in_turn;
use crate::signed_in::session_token;
use crate::view::field::{self, Typed};
use crate::view::{answers, when};

/// Says of a saved page whether its answers ask for questions that it does not show.
const QUESTIONS: HeaderName = HeaderName::from_static("x-questions");

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/{slug}/r/{link}", "回答を始める", start)
        .open_get("/{slug}/r/{link}/{page}", "調査票のページ", show)
        .open_post(
            "/{slug}/r/{link}/{page}",
            "調査票のページを保存して移る",
            turn,
        )
        .open_post("/{slug}/r/{link}/{page}/save", "入力の途中を保存する", save)
        .open_get("/{slug}/r/{link}/review", "回答の確認", review)
        .open_post("/{slug}/r/{link}/submit", "回答を提出する", submit)
        .open_get("/{slug}/r/{link}/receipt", "回答の控え", receipt)
        .open_post(
            "/{slug}/api/r/{link}",
            "回答をまとめて提出する",
            submit_whole,
        )
        .takes(&[
            ("answers", "設問の id と答え"),
            ("source", "web・xlsx・paper（事務局だけ）"),
        ])
}

type Link = Path<(String, String)>;
type OnPage = Path<(String, String, usize)>;
type Body = Result<Bytes, BytesRejection>;

async fn start(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Redirect, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let to = if answering.receipt().is_some() {
        "receipt"
    } else {
        "1"
    };
    Ok(Redirect::to(&format!("{}/{to}", answering.here)))
}

async fn show(
    State(app): State<Arc<App>>,
    Path((slug, link, number)): OnPage,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    if let Some(elsewhere) = answering.handed_in()? {
        return Ok(elsewhere);
    }
    let why = match query.as_deref() {
        Some("checked") => Shown::Checked,
        Some("more") => Shown::Grown,
        _ => Shown::Plainly,
    };
    Ok(answering
        .page(&app, number, &answering.draft().await?, why)
        .await?
        .into_response())
}

/// Keeps a page and goes where the pressed button leads.
async fn turn(
    State(app): State<Arc<App>>,
    Path((slug, link, number)): OnPage,
    body: Body,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let fields = fields(body)?;
    let page = number.checked_sub(1).ok_or(PageError::NotFound)?;
    let _turn = in_turn(&answering.hash).await;
    let mut answers =
        answering
            .questionnaire
            .decode(Some(page), &fields, &answering.draft().await?);
    let here = &answering.here;
    let examined = answering.questionnaire.examine(&answers);
    let typed = Typed {
        answers: &answers,
        examined: &examined,
        strict: false,
    };
    let more = grown(&answering, number, &typed, &fields);
    let wrong = wrong_here(&answering, page, &typed);
    let rows = field::change_rows(&answering.questionnaire, &mut answers, own(&fields, "_act"));
    let to = match rows {
        Some(place) => format!("{here}/{number}#{place}"),
        None => match own(&fields, "_act") {
            "back" => format!("{here}/{}", number.saturating_sub(1).max(1)),
            _ if wrong => format!("{here}/{number}?checked"),
            _ => match more {
                Some(question) => format!("{here}/{number}?more#{question}"),
                None if number < answering.questionnaire.pages().len() => {
                    format!("{here}/{}", number + 1)
                }
                None => format!("{here}/review"),
            },
        },
    };
    answering.keep(&app, answers).await?;
    if own(&fields, "_act") == "save" {
        return Ok(pages::page(
            "respond/saved.html",
            context! { number, ..answering.frame(&app).await? },
        )?
        .into_response());
    }
    Ok(Redirect::to(&to).into_response())
}

/// Keeps a page while it is being filled in.
async fn save(
    State(app): State<Arc<App>>,
    Path((slug, link, number)): OnPage,
    body: Body,
) -> Result<Response, ApiError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let fields = fields(body)?;
    let page = number.checked_sub(1).ok_or(PageError::NotFound)?;
    let _turn = in_turn(&answering.hash).await;
    let answers = answering
        .questionnaire
        .decode(Some(page), &fields, &answering.draft().await?);
    let typed = Typed {
        answers: &answers,
        examined: &answering.questionnaire.examine(&answers),
        strict: false,
    };
    let more = grown(&answering, number, &typed, &fields).is_some();
    answering.keep(&app, answers).await?;
    Ok((
        StatusCode::NO_CONTENT,
        [(QUESTIONS, if more { "more" } else { "same" })],
    )
        .into_response())
}

async fn review(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    if let Some(elsewhere) = answering.handed_in()? {
        return Ok(elsewhere);
    }
    let draft = answering.draft().await?;
    let examined = answering.questionnaire.examine(&draft);
    let page = pages::page(
        "respond/review.html",
        context! {
            wrong => answering.issues(&examined, "error"),
            warnings => answering.issues(&examined, "warning"),
            pages => Serde(answers::pages(&answering.questionnaire, &draft, |item| examined.is_shown(item))),
            ..answering.frame(&app).await?
        },
    )?;
    Ok(page.into_response())
}

async fn submit(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let _turn = in_turn(&answering.hash).await;
    let draft = answering.draft().await?;
    let Some(respondent) = &answering.respondent else {
        return Ok(tried_out(&app, &answering, &draft).await?.into_response());
    };
    // A second press, or a reload after the first: the response is in.
    if answering.receipt().is_none() {
        let submission = Submission {
            answers: draft,
            source: Source::Web,
        };
        match answering
            .year
            .submit(
                &app.act(respondent),
                &answering.survey,
                respondent,
                submission,
            )
            .await
        {
            Ok(_) | Err(Refusal::AnsweredOtherwise { .. }) => {}
            Err(Refusal::Issues(_)) => {
                return Ok(Redirect::to(&format!("{}/review", answering.here)).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(Redirect::to(&format!("{}/receipt", answering.here)).into_response())
}

async fn tried_out(app: &App, answering: &Answering, draft: &Answers) -> Result<Page, PageError> {
    let examined = answering.questionnaire.examine(draft);
    pages::page(
        "respond/receipt.html",
        context! {
            heading => "見本の回答",
            thanks => if examined.has_errors() {
                "見本なので保存していません。直すところが残っているため、実際の調査では提出できません。"
            } else {
                "見本なので保存していません。実際の調査では、ここで回答の控えが表示されます。"
            },
            pages => Serde(answers::pages(&answering.questionnaire, draft, |item| examined.is_shown(item))),
            ..answering.frame(app).await?
        },
    )
}

async fn receipt(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let (Some(receipt), Some(respondent)) = (answering.receipt(), &answering.respondent) else {
        return Ok(Redirect::to(&format!("{}/1", answering.here)).into_response());
    };
    let response = answering
        .year
        .response(&answering.survey, respondent)
        .await?
        .ok_or(PageError::NotFound)?;
    let examined = answering.questionnaire.examine(&response.answers);
    let page = pages::page(
        "respond/receipt.html",
        context! {
            heading => "回答を受け付けました",
            thanks => "ご協力ありがとうございました。回答は保存されています。この画面は印刷して控えにできます。",
            receipt => context! { at => when::moment(receipt.at), number => receipt.digest[..12].to_owned() },
            pages => Serde(answers::pages(&answering.questionnaire, &examined.answers, |item| examined.is_shown(item))),
            ..answering.frame(&app).await?
        },
    )?;
    Ok(page.into_response())
}

/// A whole response at once.
#[derive(Deserialize)]
struct Whole {
    answers: Answers,
    #[serde(default)]
    source: Option<Source>,
}

async fn submit_whole(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Receipt>, ApiError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let body = body.map_err(|_| PageError::TooLarge)?;
    let whole: Whole = serde_json::from_slice(&body).map_err(|_| {
        PageError::BadRequest("JSON を読めません。{\"answers\": {…}} の形で送ってください。")
    })?;
    let respondent = answering.respondent.as_deref().ok_or(PageError::NotFound)?;
    // Only the secretariat can say that a response came on paper.
    let session = match session_token(&headers) {
        Some(token) => answering
            .year
            .session(app.clock.now(), &token)
            .await
            .map_err(PageError::from)?,
        None => None,
    };
    let submission = Submission {
        answers: whole.answers,
        source: session.as_ref().and(whole.source).unwrap_or(Source::Web),
    };
    let act = app.act(
        session
            .as_ref()
            .map_or(respondent, |session| &session.person),
    );
    let receipt = answering
        .year
        .submit(&act, &answering.survey, respondent, submission)
        .await;
    Ok(Json(receipt.map_err(PageError::from)?))
}
