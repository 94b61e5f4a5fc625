//! Handing in, the receipt, and correcting what was handed in.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use engine::year::{Receipt, Refusal, Source, Submission, Token};
use forms::Answers;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Deserialize;

use super::{Form, Path, own};
use crate::access::Routes;
use crate::app::App;
use crate::error::{ApiError, PageError};
use crate::pages::{self, Page};
use crate::random;
use crate::routes::answering::{Answering, shown};
use crate::routes::in_turn::in_turn;
use crate::signed_in::session_token;
use crate::view::{answers, copy, when};

pub fn routes() -> Routes {
    Routes::new()
        .open_post("/{slug}/r/{link}/submit", "回答を提出する", submit)
        .takes(&[("_seen", "確認の画面に出ていた下書きの版")])
        .open_get("/{slug}/r/{link}/receipt", "回答の控え", receipt)
        .open_get("/{slug}/r/{link}/receipt.pdf", "回答の控え（PDF）", as_pdf)
        .open_post(
            "/{slug}/r/{link}/correct",
            "提出した回答を直し始める",
            correct,
        )
        .open_post("/{slug}/r/{link}/uncorrect", "直すのをやめる", uncorrect)
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

pub(super) async fn submit(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let _turn = in_turn(&answering.hash).await;
    let draft = answering.draft().await?;
    let Some(respondent) = &answering.respondent else {
        return Ok(shown(
            StatusCode::OK,
            tried_out(&app, &answering, &draft.answers).await?,
        ));
    };
    let here = &answering.here;
    let to = |page: &str| Ok(Redirect::to(&format!("{here}/{page}")).into_response());
    // A second press, or a reload after the first: the response is in.
    if answering.receipt.is_some() && draft.corrects.is_none() {
        return to("receipt");
    }
    // What is handed in is what was looked at.
    let seen = own(&fields, "_seen");
    if !seen.is_empty() && seen != draft.round.to_string() {
        return to("review?changed");
    }
    let (act, survey) = (app.act(respondent), &answering.survey);
    if draft.corrects.is_some() {
        return match answering.year.correct(&act, survey, respondent).await {
            Ok(_) => to("receipt"),
            Err(Refusal::Issues(_)) => to("review"),
            Err(Refusal::Closed) => answering.closed(&app, &draft.answers).await,
            Err(other) => Err(other.into()),
        };
    }
    let typed = draft.answers.clone();
    let apart = answering.terms.anonymous.then(random::token);
    let submission = Submission {
        answers: draft.answers,
        source: Source::Web,
        apart,
    };
    let handed_in = answering.year.submit(&act, survey, respondent, submission);
    match handed_in.await {
        // Only this answer says where the response is; nothing that is stored does.
        Ok(Receipt { again: false, .. }) if moved(&answering, respondent) => {
            let own: Option<Token> = apart;
            let own = own.map_or_else(|| here.clone(), |own| format!("/{slug}/r/{own}"));
            Ok(Redirect::to(&format!("{own}/receipt")).into_response())
        }
        Ok(_) | Err(Refusal::AnsweredOtherwise { .. }) => to("receipt"),
        Err(Refusal::Issues(_)) => to("review"),
        Err(Refusal::Closed) => answering.closed(&app, &typed).await,
        Err(other) => Err(other.into()),
    }
}

/// The response now lies under another link than the one over which it was given.
fn moved(answering: &Answering, respondent: &str) -> bool {
    answering.terms.anonymous && !engine::survey::is_unnamed(respondent)
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
    let (Some(receipt), Some(respondent)) = (&answering.receipt, &answering.respondent) else {
        return Ok(Redirect::to(&format!("{}/1", answering.here)).into_response());
    };
    let response = answering
        .year
        .response(&answering.survey, respondent)
        .await?;
    let Some(response) = response else {
        return Ok(shown(StatusCode::OK, kept_apart(&app, &answering).await?));
    };
    let examined = answering.questionnaire.examine(&response.answers);
    let open = answering.year.check_open(&answering.survey).is_ok();
    let half_way = answering.draft().await?.corrects.is_some();
    let page = pages::page(
        "respond/receipt.html",
        context! {
            heading => if receipt.corrected > 0 { "直した回答を受け付けました" } else { "回答を受け付けました" },
            thanks => "ご協力ありがとうございました。回答は保存されています。この画面は印刷して控えにできます。",
            receipt => context! {
                at => (!answering.terms.anonymous).then(|| when::moment(receipt.at)),
                number => receipt.number(),
                corrected => receipt.corrected,
            },
            can_correct => open && answering.terms.correctable,
            half_way => open && half_way,
            pdf => cfg!(feature = "pdf"),
            pages => Serde(answers::pages(&answering.questionnaire, &examined.answers, |item| examined.is_shown(item))),
            ..answering.frame(&app).await?
        },
    )?;
    Ok(shown(StatusCode::OK, page))
}

/// Over the link of somebody who has answered an anonymous survey: that it was answered, and no more.
async fn kept_apart(app: &App, answering: &Answering) -> Result<Page, PageError> {
    pages::page(
        "respond/receipt.html",
        context! {
            heading => "回答済みです",
            thanks => "ご協力ありがとうございました。この調査は匿名なので、だれがどう答えたかは残していません。控えは、提出した直後の画面のアドレスからだけ見られます。",
            pages => Vec::<Value>::new(),
            ..answering.frame(app).await?
        },
    )
}

async fn as_pdf(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let (Some(receipt), Some(respondent)) = (&answering.receipt, &answering.respondent) else {
        return Err(PageError::NotFound);
    };
    let response = answering
        .year
        .response(&answering.survey, respondent)
        .await?;
    let response = response.ok_or(PageError::NotFound)?;
    let roster = answering.year.roster(&answering.survey).await;
    let named = roster
        .as_ref()
        .and_then(|roster| roster.respondent(respondent));
    let document = copy::document(&copy::Facts {
        pack: &answering.year.pack,
        survey: &answering.survey,
        name: named.map(|named| named.name.as_str()),
        receipt,
        anonymous: answering.terms.anonymous,
        questionnaire: &answering.questionnaire,
        answers: &response.answers,
    });
    // Laying a page out takes long enough to keep others waiting.
    let file =
        tokio::task::spawn_blocking(move || super::papers::file(&document, "receipt", "pdf"));
    file.await.map_err(PageError::broken)?
}

async fn correct(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let respondent = answering.respondent.as_deref().ok_or(PageError::NotFound)?;
    let _turn = in_turn(&answering.hash).await;
    answering
        .year
        .begin_correction(&app.act(respondent), &answering.survey, respondent)
        .await?;
    Ok(Redirect::to(&format!("{}/1", answering.here)).into_response())
}

async fn uncorrect(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let respondent = answering.respondent.as_deref().ok_or(PageError::NotFound)?;
    let _turn = in_turn(&answering.hash).await;
    answering
        .year
        .drop_correction(&app.act(respondent), &answering.survey, respondent)
        .await?;
    Ok(Redirect::to(&format!("{}/receipt", answering.here)).into_response())
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
    body: Result<Bytes, BytesRejection>,
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
        apart: answering.terms.anonymous.then(random::token),
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
