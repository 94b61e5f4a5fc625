//! Files of respondents: attached to an answer, looked at by whoever sent them, fetched by the secretariat. What was
//! attached is only ever handed on as a download of a fixed kind; nothing here opens it.

use std::sync::Arc;

use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use engine::survey::is_unnamed;
use engine::year::{Drafting, Refusal};
use forms::{File, Kind};
use minijinja::context;
use minijinja::value::Value;

use super::Path;
use super::answering::{Answering, Shown, shown};
use super::in_turn::in_turn;
use super::saving::take_in;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::field;
use crate::view::frame::frame;

/// Bytes of a request with a file: the largest that an item can take, and the page around it.
const LARGEST_REQUEST: usize = 11 << 20;

pub fn routes() -> Routes {
    Routes::new()
        .open_post(
            "/{slug}/r/{link}/{page}/files",
            "ファイルを付ける・外す",
            attach,
        )
        .takes(&[
            ("_attach", "設問の id"),
            ("_detach", "ファイルを外す設問の id"),
            ("_file:（設問の id）", "ファイル（multipart/form-data）"),
        ])
        .open_get("/{slug}/r/{link}/files/{item}", "付けたファイル", own_file)
        .get(
            "/{slug}/surveys/{survey}/files",
            Access::Secretariat,
            "回答に付いたファイルの一覧",
            listed,
        )
        .get(
            "/{slug}/surveys/{survey}/files/{respondent}/{item}",
            Access::Secretariat,
            "回答に付いたファイル",
            file_of,
        )
}

/// Keeps the page and the file that was chosen on it.
async fn attach(
    State(app): State<Arc<App>>,
    Path((slug, link, number)): Path<(String, String, usize)>,
    mut request: Request,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    DefaultBodyLimit::max(LARGEST_REQUEST).apply(&mut request);
    let sent = Sent::read(request, &app).await?;
    let _turn = in_turn(&answering.hash).await;
    // The rest of the page is kept whatever becomes of the file.
    let saved = take_in(&app, &answering, number, &sent.fields).await?;
    if let Ok(()) | Err(Refusal::NotOpen) = answering.year.check_open(&answering.survey) {
    } else if answering.respondent.is_some() {
        return answering.closed(&app, &saved.draft.answers).await;
    }
    let wanted = |name: &str| super::own(&sent.fields, name).to_owned();
    let (item, taken) = match (wanted("_attach"), wanted("_detach")) {
        (item, _) if !item.is_empty() => {
            let asked = answering
                .questionnaire
                .item(&item)
                .ok_or(PageError::NotFound)?;
            let file = sent.files.iter().find(|(name, ..)| *name == item);
            // Nothing was chosen: the button was pressed too early.
            let Some((_, name, content)) = file.filter(|(_, name, _)| !name.is_empty()) else {
                let place = field::id(&item);
                let to = format!("{}/{number}?unsent#{place}", answering.here);
                return Ok(Redirect::to(&to).into_response());
            };
            if let Err(issue) = asked.accepts(name, content) {
                let page = answering
                    .page(&app, number, &saved.draft, &Shown::Refused(issue))
                    .await?;
                return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, page));
            }
            let (act, survey) = (app.act(answering.by()), &answering.survey);
            let year = &answering.year;
            let file = year
                .attach(&act, survey, answering.whose(), name, content)
                .await?;
            (item, Some(file))
        }
        (_, item) => (item, None),
    };
    put(&app, &answering, &item, taken).await?;
    let to = format!("{}/{number}#{}", answering.here, field::id(&item));
    Ok(Redirect::to(&to).into_response())
}

/// Puts a file into the draft, or takes the one that is there out of it.
async fn put(
    app: &App,
    answering: &Answering,
    item: &str,
    file: Option<File>,
) -> Result<(), PageError> {
    let is_file = |item: &forms::Item| matches!(item.kind, Kind::File { .. });
    if !answering.questionnaire.item(item).is_some_and(is_file) {
        return Ok(());
    }
    let (act, survey) = (app.act(answering.by()), &answering.survey);
    let revise = |draft: &engine::year::Draft| {
        let mut answers = draft.answers.clone();
        answers.attach(item, file.clone());
        engine::year::Revision {
            answers,
            ..Default::default()
        }
    };
    let year = &answering.year;
    year.revise_draft(&act, survey, answering.whose(), revise)
        .await?;
    Ok(())
}

/// The file as it lies in the draft or the response of this link.
async fn own_file(
    State(app): State<Arc<App>>,
    Path((slug, link, item)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let answering = Answering::open(&app, &slug, &link).await?;
    let mut answers = answering.draft().await?.answers;
    if answers.attached(&item).is_none()
        && let Some(respondent) = &answering.respondent
        && let Some(response) = answering
            .year
            .response(&answering.survey, respondent)
            .await?
    {
        answers = response.answers;
    }
    let file = answers.attached(&item).ok_or(PageError::NotFound)?;
    let content = answering
        .year
        .attached(&answering.survey, answering.whose(), &file)
        .await?;
    Ok(download(&file, content))
}

async fn listed(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let survey = year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let turn = survey.turn();
    let form = year.published(&turn).await?;
    let roster = year.roster(&turn).await;
    let is_file = |item: &&forms::Item| matches!(item.kind, Kind::File { .. });
    let items: Vec<&forms::Item> = form.items().iter().filter(is_file).collect();
    let mut rows: Vec<Value> = Vec::new();
    for (respondent, answers) in year.answers(&turn).await? {
        let named = roster
            .as_ref()
            .and_then(|roster| roster.respondent(&respondent));
        let name = named.map(|named| named.name.as_str());
        for item in &items {
            if let Some(file) = answers.attached(item.id.as_str()) {
                rows.push(context! {
                    name,
                    item => item.title.as_str(),
                    file => file.name.as_str(),
                    size => field::size(file.bytes),
                    href => format!("/{slug}/surveys/{id}/files/{respondent}/{}", item.id),
                });
            }
        }
    }
    pages::page(
        "desk/attachments.html",
        context! { survey => context! { id, name => survey.name.as_str() }, rows, asks => !items.is_empty(), ..frame(&app, &signed, "surveys") },
    )
}

async fn file_of(
    Path((_, id, respondent, item)): Path<(String, String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let turn = year.pack.survey(&id).ok_or(PageError::NotFound)?.turn();
    // Of an anonymous survey only what lies apart from the respondents has files.
    if year.terms(&turn).anonymous && !is_unnamed(&respondent) {
        return Err(PageError::NotFound);
    }
    let response = year.response(&turn, &respondent).await?;
    let response = response.ok_or(PageError::NotFound)?;
    let file = response
        .answers
        .attached(&item)
        .ok_or(PageError::NotFound)?;
    let content = year
        .attached(&turn, Drafting::Respondent(&respondent), &file)
        .await?;
    Ok(download(&file, content))
}

/// A download of no kind, under its own name.
fn download(file: &File, content: Vec<u8>) -> Response {
    let mut name = String::new();
    for byte in file.name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                name.push(char::from(byte));
            }
            other => name.push_str(&format!("%{other:02X}")),
        }
    }
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    let disposition = HeaderValue::from_str(&disposition).expect("percent-encoded is ASCII");
    let kind = HeaderValue::from_static("application/octet-stream");
    let headers = [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)];
    (headers, content).into_response()
}

/// A page with files as a browser sends it.
struct Sent {
    fields: Vec<(String, String)>,
    /// Item, name and content.
    files: Vec<(String, String, Vec<u8>)>,
}

impl Sent {
    async fn read(request: Request, app: &Arc<App>) -> Result<Sent, PageError> {
        const NO_FORM: PageError = PageError::BadRequest(
            "ファイルを読めません。画面を開き直して、もう一度付けてください。",
        );
        let multipart = Multipart::from_request(request, app).await;
        let mut multipart = multipart.map_err(|_| NO_FORM)?;
        let mut sent = Sent {
            fields: Vec::new(),
            files: Vec::new(),
        };
        let too_large = |error: axum::extract::multipart::MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLargeFile,
            _ => NO_FORM,
        };
        while let Some(part) = multipart.next_field().await.map_err(too_large)? {
            let name = part.name().unwrap_or_default().to_owned();
            match name.strip_prefix("_file:").map(str::to_owned) {
                Some(item) => {
                    let called = part.file_name().unwrap_or_default();
                    let called = match called.is_empty() {
                        true => String::new(),
                        false => File::plain_name(called),
                    };
                    let content = part.bytes().await.map_err(too_large)?;
                    sent.files.push((item, called, content.to_vec()));
                }
                None => sent
                    .fields
                    .push((name, part.text().await.map_err(too_large)?)),
            }
        }
        Ok(sent)
    }
}
