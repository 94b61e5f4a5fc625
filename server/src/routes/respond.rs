//! The respondent's pages: question pages, review, submission, copy. They work without JavaScript.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use engine::year::{Door, Receipt, Refusal, Source, Submission, Year};
use forms::{Answers, Examined, Questionnaire};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Deserialize;

use super::{Path, fields, own};
use crate::app::App;
use crate::error::{ApiError, PageError};
use crate::pages;
use crate::routes::in_turn::in_turn;
use crate::signed_in::session_token;
use crate::view::field::{self, Field, Said, Typed};
use crate::view::{answers, frame, when};

/// Says of a saved page whether its answers ask for questions that it does not show.
const QUESTIONS: HeaderName = HeaderName::from_static("x-questions");

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/{slug}/r/{link}", get(start))
        .route("/{slug}/r/{link}/{page}", get(show).post(turn))
        .route("/{slug}/r/{link}/{page}/save", post(save))
        .route("/{slug}/r/{link}/review", get(review))
        .route("/{slug}/r/{link}/submit", post(submit))
        .route("/{slug}/r/{link}/receipt", get(receipt))
        .route("/{slug}/api/r/{link}", post(submit_whole))
}

/// Who answers what: a respondent of a survey, or somebody who tries a questionnaire out.
struct Answering {
    year: Arc<Year>,
    survey: String,
    /// Nobody for a trial.
    respondent: Option<String>,
    /// The link's hash, which keeps two trials apart.
    hash: String,
    questionnaire: Arc<Questionnaire>,
    /// `/slug/r/link`
    here: String,
}

impl Answering {
    async fn open(app: &App, slug: &str, link: &str) -> Result<Answering, PageError> {
        let year = app.year(slug)?.clone();
        let token = link.parse().map_err(|_| Refusal::UnknownLink)?;
        let (survey, respondent) = match year.door(&token)? {
            Door::Survey { survey, respondent } => (survey, Some(respondent)),
            Door::Trial { survey } => (survey, None),
            _ => return Err(Refusal::UnknownLink.into()),
        };
        let questionnaire = match &respondent {
            Some(_) => year.published(&survey).await?,
            // A questionnaire can be tried out before it is published.
            None => match year.published(&survey).await {
                Err(Refusal::NotOpen) => Arc::new(
                    year.pack
                        .questionnaire(&survey)
                        .ok_or(PageError::NotFound)?
                        .clone(),
                ),
                other => other?,
            },
        };
        let here = format!("/{slug}/r/{link}");
        Ok(Answering {
            year,
            survey,
            respondent,
            hash: token.hash(),
            questionnaire,
            here,
        })
    }

    async fn draft(&self) -> Result<Answers, PageError> {
        let draft = match &self.respondent {
            Some(respondent) => self.year.draft(&self.survey, respondent).await?,
            None => self.year.trial(&self.survey, &self.hash).await?,
        };
        Ok(draft.answers)
    }

    async fn keep(&self, app: &App, answers: Answers) -> Result<(), PageError> {
        match &self.respondent {
            Some(respondent) => {
                self.year
                    .save_draft(&app.act(respondent), &self.survey, respondent, answers)
                    .await?
            }
            None => {
                self.year
                    .save_trial(&app.act("trial"), &self.survey, &self.hash, answers)
                    .await?
            }
        };
        Ok(())
    }

    /// Where somebody goes who has handed in; everybody else may answer while the survey is open.
    fn handed_in(&self) -> Result<Option<Response>, PageError> {
        if self.respondent.is_none() {
            return Ok(None);
        }
        if self.receipt().is_some() {
            return Ok(Some(
                Redirect::to(&format!("{}/receipt", self.here)).into_response(),
            ));
        }
        self.year.check_open(&self.survey)?;
        Ok(None)
    }

    /// The receipt, if this respondent has handed in.
    fn receipt(&self) -> Option<Receipt> {
        self.year.receipt(&self.survey, self.respondent.as_deref()?)
    }

    async fn frame(&self, app: &App) -> Result<Value, PageError> {
        let survey = self.year.pack.survey(&self.survey);
        let roster = self.year.roster(&self.survey);
        let respondent = self
            .respondent
            .as_deref()
            .and_then(|id| roster.as_ref()?.respondent(id));
        let closes = self.year.closes_on(&self.survey).await?;
        Ok(context! {
            municipality => self.year.pack.municipality.name.as_str(),
            here => self.here.as_str(),
            trial => self.respondent.is_none(),
            story => frame::story(app),
            survey => context! {
                name => survey.map(|survey| survey.name.as_str()),
                title => self.questionnaire.title(),
                description => self.questionnaire.description(),
                respondent => respondent.map(|respondent| respondent.name.as_str()),
                closes => closes.map(when::day).filter(|_| self.respondent.is_some()),
            },
        })
    }

    /// The page (from 1) on which the item of a path stands.
    fn page_of(&self, path: &str) -> usize {
        let root = field::root(path);
        let pages = self.questionnaire.pages();
        pages
            .iter()
            .position(|page| page.items.iter().any(|id| id.as_str() == root))
            .map_or(1, |index| index + 1)
    }

    fn issues(&self, examined: &Examined, severity: &str) -> Vec<Value> {
        let issues = examined
            .issues
            .iter()
            .map(|issue| (field::said(issue), self.page_of(&issue.item)));
        issues
            .filter(|(said, _)| said.severity == severity)
            .map(|(Said { message, field, .. }, page)| context! { message, field, page => format!("{page}?checked") })
            .collect()
    }

    /// The questions that these answers put on a page (from 1).
    fn questions(&self, number: usize, typed: &Typed<'_>) -> Vec<Field> {
        let page = number
            .checked_sub(1)
            .and_then(|index| self.questionnaire.pages().get(index));
        let items = page.into_iter().flat_map(|page| &page.items);
        items
            .filter_map(|id| typed.field(self.questionnaire.item(id.as_str())?))
            .collect()
    }

    async fn page(
        &self,
        app: &App,
        number: usize,
        answers: &Answers,
        why: Shown,
    ) -> Result<Html<String>, PageError> {
        let all = self.questionnaire.pages();
        let page = number
            .checked_sub(1)
            .and_then(|index| all.get(index))
            .ok_or(PageError::NotFound)?;
        let examined = self.questionnaire.examine(answers);
        let typed = Typed {
            answers,
            examined: &examined,
            strict: why == Shown::Checked,
        };
        let items: HashSet<&str> = page.items.iter().map(|id| id.as_str()).collect();
        let fields = self.questions(number, &typed);
        let titles = all
            .iter()
            .enumerate()
            .map(|(index, page)| context! { number => index + 1, title => page.title.as_str() });
        pages::page(
            "respond/page.html",
            context! {
                page => context! { number, title => page.title.as_str(), last => number == all.len() },
                pages => titles.collect::<Vec<_>>(),
                shown => field::inputs(&fields).join(" "),
                fields => Serde(fields),
                grown => why == Shown::Grown,
                wrong => Serde(typed.wrong(&items)),
                ..self.frame(app).await?
            },
        )
    }
}

/// Why a page is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// To be filled in.
    Plainly,
    /// To be put right: also what is missing is named.
    Checked,
    /// The answers brought up further questions.
    Grown,
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
    let to = match own(&fields, "_act").split_once(':') {
        Some(("add", item)) => {
            let repeats = |item: &forms::Item| matches!(item.kind, forms::Kind::Repeat { .. });
            if answering.questionnaire.item(item).is_some_and(repeats) {
                // The first row stands on the page before it is typed into.
                if answers.rows(item) == 0 {
                    answers.add_row(item);
                }
                answers.add_row(item);
            }
            let last = answers.rows(item).saturating_sub(1);
            format!("{here}/{number}#{}-{last}", field::id(item))
        }
        Some(("remove", path)) => {
            let (item, row) = path.rsplit_once('.').unwrap_or((path, ""));
            if let Ok(row) = row.parse() {
                answers.remove_row(item, row);
            }
            format!("{here}/{number}#{}", field::id(item))
        }
        _ => match own(&fields, "_act") {
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

/// Something typed on this page is wrong. What is only missing can still be filled in later.
fn wrong_here(answering: &Answering, page: usize, typed: &Typed<'_>) -> bool {
    let items = answering.questionnaire.pages().get(page);
    let items: HashSet<&str> = items
        .iter()
        .flat_map(|page| &page.items)
        .map(|id| id.as_str())
        .collect();
    !typed.wrong(&items).is_empty()
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

/// The first question that the answers of a page bring up on it.
fn grown(
    answering: &Answering,
    number: usize,
    typed: &Typed<'_>,
    fields: &[(String, String)],
) -> Option<String> {
    // A program that sends answers does not say what it showed; it knows the questions.
    let (_, before) = fields.iter().find(|(name, _)| name == "_shown")?;
    let before: HashSet<&str> = before.split(' ').collect();
    let now = answering.questions(number, typed);
    field::inputs(&now)
        .into_iter()
        .find(|name| !before.contains(name))
        .map(field::id)
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

async fn tried_out(
    app: &App,
    answering: &Answering,
    draft: &Answers,
) -> Result<Html<String>, PageError> {
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
