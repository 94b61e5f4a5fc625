//! Papers: for members by their reading link, and the answer in each format for everybody.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::figure::{FigureBook, FigureKey};
use engine::meeting::Content;
use engine::year::{Door, Refusal, Year};
use minijinja::context;
use minijinja::value::Value;
use papers::Document;

use super::Path;
use crate::access::Routes;
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::view::{figure, frame, meeting};

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/{slug}/p/{link}", "委員に送られた会議の一覧", meetings)
        .open_get(
            "/{slug}/p/{link}/{meeting}/papers/{paper}",
            "委員に送られた資料",
            paper,
        )
        .open_get(
            "/{slug}/p/{link}/{meeting}/figures/{key}",
            "資料の数字の由来",
            show_figure,
        )
        .open_get(
            "/{slug}/p/{link}/{meeting}/files/{paper}",
            "委員に送られたファイル",
            attached,
        )
}

/// A paper in a format: `report.docx`, or `report` for the page.
pub struct Wanted<'a> {
    pub paper: &'a str,
    pub format: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    pub fn of(file: &'a str) -> Wanted<'a> {
        match file.rsplit_once('.') {
            Some((paper, format)) => Wanted {
                paper,
                format: Some(format),
            },
            None => Wanted {
                paper: file,
                format: None,
            },
        }
    }
}

/// The papers of a meeting as a list of links below `under`.
pub async fn listed(year: &Year, meeting: &str, under: &str) -> Result<Vec<Value>, PageError> {
    let papers = year
        .handout(meeting)
        .await?
        .papers
        .into_iter()
        .map(|file| file.paper);
    let listed = papers.map(|paper| {
        context! { href => format!("{under}/{}", paper.id), number => paper.number, title => paper.title }
    });
    Ok(listed.collect())
}

/// Answers with a paper. `here` is the meeting's page, `figures` where its numbers lead.
pub async fn answer(
    year: &Year,
    meeting: &str,
    wanted: &Wanted<'_>,
    here: &str,
    figures: &(dyn Fn(&FigureKey) -> String + Sync),
    frame: Value,
) -> Result<Response, PageError> {
    let document = year.document(meeting, wanted.paper).await?;
    let Some(format) = wanted.format else {
        let body = papers::html::html(&document, |id| id.parse().ok().map(|key| figures(&key)));
        let page = pages::page(
            "desk/paper.html",
            context! {
                body,
                paper => context! { title => document.head.title.as_str() },
                here => format!("{here}/papers/{}", wanted.paper),
                back => here,
                file => attached_to(year, meeting, wanted.paper, here).await?,
                pdf => cfg!(feature = "pdf"),
                ..frame
            },
        )?;
        return Ok(page.into_response());
    };
    file(&document, wanted.paper, format)
}

/// Where the file of a paper that is one is fetched.
async fn attached_to(
    year: &Year,
    meeting: &str,
    paper: &str,
    here: &str,
) -> Result<Option<String>, PageError> {
    let draft = year.drafted(meeting).await?;
    let content = draft.paper(paper).map(|paper| &paper.content);
    let is_file = matches!(content, Some(Content::File { .. }));
    Ok(is_file.then(|| format!("{here}/files/{paper}")))
}

async fn attached(
    State(app): State<Arc<App>>,
    Path((slug, link, meeting, paper)): Path<(String, String, String, String)>,
) -> Result<Response, PageError> {
    let year = &reader(&app, &slug, &link)?;
    match sent(year, &meeting) {
        true => super::meetings::attachment(year, &meeting, &paper).await,
        false => Err(PageError::NotFound),
    }
}

/// A document as a file in one of the formats.
pub fn file(document: &Document, name: &str, format: &str) -> Result<Response, PageError> {
    let (kind, bytes) = match format {
        "docx" => (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            papers::docx(document).map_err(PageError::broken)?,
        ),
        #[cfg(feature = "pdf")]
        "pdf" => (
            "application/pdf",
            papers::pdf(document).map_err(PageError::broken)?,
        ),
        _ => return Err(PageError::NotFound),
    };
    let disposition = format!("attachment; filename=\"{name}.{format}\"");
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

/// A member's reading link.
fn reader(app: &App, slug: &str, link: &str) -> Result<Arc<Year>, PageError> {
    let year = app.year(slug)?;
    match year.door(&link.parse().map_err(|_| Refusal::UnknownLink)?)? {
        Door::Papers => Ok(year),
        _ => Err(Refusal::UnknownLink.into()),
    }
}

/// Members see what has been sent out, and nothing earlier.
pub fn sent(year: &Year, meeting: &str) -> bool {
    year.state(|state| {
        state
            .meetings
            .get(meeting)
            .is_some_and(|convened| convened.dispatched_at.is_some())
    })
}

fn outer_frame(app: &App, year: &Year) -> Value {
    context! { municipality => year.pack.municipality.name.as_str(), slug => year.slug(), story => frame::story(app) }
}

async fn meetings(
    State(app): State<Arc<App>>,
    Path((slug, link)): Path<(String, String)>,
) -> Result<Page, PageError> {
    let year = &reader(&app, &slug, &link)?;
    let mut meetings = Vec::new();
    for meeting in &year.pack.agenda.meetings {
        if sent(year, &meeting.id) {
            let title = meeting::of(&year.drafted(&meeting.id).await?);
            let under = format!("/{slug}/p/{link}/{}/papers", meeting.id);
            let papers = listed(year, &meeting.id, &under).await?;
            meetings.push(context! { title, papers });
        }
    }
    pages::page(
        "desk/reading.html",
        context! { meetings, pdf => cfg!(feature = "pdf"), ..outer_frame(&app, year) },
    )
}

async fn paper(
    State(app): State<Arc<App>>,
    Path((slug, link, meeting, file)): Path<(String, String, String, String)>,
) -> Result<Response, PageError> {
    let year = &reader(&app, &slug, &link)?;
    if !sent(year, &meeting) {
        return Err(PageError::NotFound);
    }
    let figures = |key: &FigureKey| format!("/{slug}/p/{link}/{meeting}/figures/{key}");
    let wanted = Wanted::of(&file);
    if wanted.format.is_none() {
        // A member goes back to the list, not to the secretariat's page of the meeting.
        let here = format!("/{slug}/p/{link}/{meeting}");
        let frame = context! { back => format!("/{slug}/p/{link}"), ..outer_frame(&app, year) };
        return answer(year, &meeting, &wanted, &here, &figures, frame).await;
    }
    answer(year, &meeting, &wanted, "", &figures, Value::UNDEFINED).await
}

/// Where a number of a paper comes from, as it was when the paper was written, without the counts
/// of single respondents.
async fn show_figure(
    State(app): State<Arc<App>>,
    Path((slug, link, meeting, key)): Path<(String, String, String, String)>,
) -> Result<Page, PageError> {
    let year = &reader(&app, &slug, &link)?;
    if !sent(year, &meeting) {
        return Err(PageError::NotFound);
    }
    let page = printed(year, &meeting, &key, false).await?;
    pages::page(
        "desk/figure.html",
        context! { ..page, ..outer_frame(&app, year) },
    )
}

/// The page of a figure that a paper of the meeting prints.
pub async fn printed(
    year: &Year,
    meeting: &str,
    key: &str,
    with_respondents: bool,
) -> Result<Value, PageError> {
    let key: FigureKey = key.parse().map_err(|()| PageError::NotFound)?;
    let book = FigureBook::frozen(year.handout(meeting).await?.figures);
    let reported = year
        .pack
        .agenda
        .meeting(meeting)
        .map(|meeting| meeting.fiscal_year);
    figure::page(&year.pack, &book, &key, reported, with_respondents).ok_or(PageError::NotFound)
}
