//! Meetings: the list, and one meeting with its 次第, its papers and the way to the dispatch. Whoever may not edit
//! reads what was sent.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::figure::FigureKey;
use engine::meeting::Content;
use engine::year::{Refusal, Year};
use minijinja::context;
use minijinja::value::Value;

use super::go_on::go_on;
use super::papers::{self, Wanted};
use super::{Form, Path};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::meeting::{self, Tab};
use crate::view::{figure, when};

/// The signal that a meeting was held.
const HELD: &str = "meeting.closed";

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/meetings", Access::Viewer, "会議の一覧", index)
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
            "/{slug}/meetings/{meeting}/versions/{version}/papers/{paper}",
            Access::Viewer,
            "送付した版の資料",
            version,
        )
        .get(
            "/{slug}/meetings/{meeting}/records/{paper}",
            Access::Viewer,
            "会議録（minutes）と出欠表（attendance）",
            record,
        )
        .get(
            "/{slug}/meetings/{meeting}/figures/{key}",
            Access::Viewer,
            "資料の数字の由来",
            show_figure,
        )
        .get(
            "/{slug}/meetings/{meeting}/files/{paper}",
            Access::Viewer,
            "資料に付けたファイル",
            file,
        )
        .post(
            "/{slug}/meetings/{meeting}/papers",
            Access::Secretariat,
            "資料を、いまの数値で書き直す（手で直した文は残る）",
            write,
        )
        .post(
            "/{slug}/meetings/{meeting}/held",
            Access::Secretariat,
            "会議を終えたことを知らせる",
            held,
        )
}

/// The meetings of a municipality in their order, with how far each has come.
pub async fn list(year: &Year) -> Vec<Value> {
    let mut list = Vec::new();
    for known in &year.pack.agenda.meetings {
        let draft = year.drafted(&known.id).await.ok();
        let (status, said) = meeting::status(year, &known.id);
        let on = draft.as_ref().and_then(|draft| draft.on);
        let planned = match on {
            Some(on) => Some(on),
            None => meeting::planned(year, known).await,
        };
        let day = planned.unwrap_or(chrono::NaiveDate::MAX);
        list.push(context! {
            id => known.id.as_str(),
            title => draft.as_ref().map_or_else(|| engine::meeting::called(&year.pack, known, day), meeting::of),
            on => planned.map(when::day),
            status => said,
            status_code => status,
        });
    }
    list
}

async fn index(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let meetings = list(&signed.year).await;
    pages::page(
        "desk/meetings.html",
        context! { meetings, ..frame(&app, &signed, "meetings") },
    )
}

/// Whether somebody may edit the meetings.
pub fn edits(signed: &SignedIn) -> bool {
    signed.access >= Access::Secretariat
}

/// Whether somebody may read the papers as they stand: those that were sent, all others only who edits them, records
/// for them, or is asked to approve them.
async fn may_read(app: &App, signed: &SignedIn, meeting: &str) -> Result<bool, PageError> {
    let year = &signed.year;
    if signed.access >= Access::Coordinator || papers::sent(year, meeting) {
        return Ok(true);
    }
    let today = app.act("").today();
    Ok(year
        .asked_to_approve(meeting, &signed.person, today)
        .await?)
}

async fn show(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let head = meeting::head(year, &id, Tab::Overview, edits(&signed)).await;
    let head = head.ok_or(PageError::NotFound)?;
    let reads = may_read(&app, &signed, &id).await?;
    let draft = year.drafted(&id).await.ok().filter(|_| reads);
    let under = format!("/{slug}/meetings/{id}");
    let outdated = match reads && edits(&signed) && !papers::sent(year, &id) {
        true => year.outdated(&id).await?,
        false => Vec::new(),
    };
    let mut listed = Vec::new();
    for file in year.handout(&id).await?.papers.iter().filter(|_| reads) {
        let written = year.written(&id, &file.paper.id).await?;
        let changed = outdated.iter().find(|(paper, _)| *paper == file.paper.id);
        let listing = meeting::paper(
            &file.paper,
            &under,
            written.edited,
            changed.map_or(0, |(_, count)| *count),
        );
        listed.push(context! { version => written.version, ..listing });
    }
    let mut earlier = Vec::new();
    for sent in year.versions(&id).await?.iter().rev().skip(1) {
        let papers = sent.handout.papers.iter().map(|file| {
            context! {
                href => format!("{under}/versions/{}/papers/{}", sent.version, file.paper.id),
                number => file.paper.number.as_deref(),
                title => file.paper.title.as_str(),
            }
        });
        earlier.push(context! { version => sent.version, at => when::moment(sent.at), papers => papers.collect::<Vec<_>>() });
    }
    let municipality = &year.pack.municipality;
    let today = app.act("").today();
    let holders = |role: &str| {
        municipality
            .role(role)
            .into_iter()
            .flat_map(|role| role.holders_on(today))
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    let way = meeting::way(&year.on_the_way(&id).await?, holders);
    let convened = year
        .state(|state| state.meetings.get(&id).cloned())
        .unwrap_or_default();
    pages::page(
        "desk/meeting.html",
        context! {
            meeting => head,
            edits => edits(&signed),
            reads,
            lines => draft.as_ref().map(meeting::lines).unwrap_or_default(),
            papers => listed,
            earlier,
            way,
            outdated => outdated.iter().map(|(_, count)| count).sum::<usize>(),
            dispatched_at => convened.dispatched_at.map(when::moment),
            corrected_at => convened.corrected_at.map(when::moment),
            minutes => convened.minutes_finished_at.map(when::moment),
            held => convened.closed_at.is_some(),
            pdf => cfg!(feature = "pdf"),
            ..frame(&app, &signed, "meetings")
        },
    )
}

async fn paper(
    State(app): State<Arc<App>>,
    Path((slug, meeting, file)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    if !may_read(&app, &signed, &meeting).await? {
        return Err(PageError::NotFound);
    }
    let wanted = Wanted::of(&file);
    let figures = |key: &FigureKey| format!("/{slug}/meetings/{meeting}/figures/{key}");
    let here = format!("/{slug}/meetings/{meeting}");
    papers::answer(
        &signed.year,
        &meeting,
        &wanted,
        &here,
        &figures,
        frame(&app, &signed, "meetings"),
    )
    .await
}

/// A paper as it went out before it was corrected.
async fn version(
    State(app): State<Arc<App>>,
    Path((slug, meeting, version, file)): Path<(String, String, usize, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let wanted = Wanted::of(&file);
    let versions = signed.year.versions(&meeting).await?;
    let sent = versions.iter().find(|sent| sent.version == version);
    let sent = sent.ok_or(PageError::NotFound)?;
    let document = signed.year.sent_document(sent, wanted.paper).await?;
    if let Some(format) = wanted.format {
        return papers::file(&document, &format!("{}-{version}", wanted.paper), format);
    }
    let here = format!(
        "/{slug}/meetings/{meeting}/versions/{version}/papers/{}",
        wanted.paper
    );
    let back = format!("/{slug}/meetings/{meeting}");
    let note = format!("{}に送付した版です。", when::moment(sent.at));
    let page = shown(
        &document,
        &here,
        &back,
        context! { note, ..frame(&app, &signed, "meetings") },
    )?;
    Ok(page.into_response())
}

/// A document as a page, its numbers without links.
fn shown(
    document: &::papers::Document,
    here: &str,
    back: &str,
    frame: Value,
) -> Result<Page, PageError> {
    pages::page(
        "desk/paper.html",
        context! {
            body => ::papers::html::html(document, |_| None),
            paper => context! { title => document.head.title.as_str() },
            here,
            back,
            back_title => "会議へ",
            pdf => cfg!(feature = "pdf"),
            ..frame
        },
    )
}

/// 会議録 for everybody once it is finished, 出欠表 for who keeps it.
async fn record(
    State(app): State<Arc<App>>,
    Path((slug, meeting, file)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let wanted = Wanted::of(&file);
    let finished = year.state(|state| {
        let convened = state.meetings.get(&meeting);
        convened.is_some_and(|convened| convened.minutes_finished_at.is_some())
    });
    if !(edits(&signed) || finished && wanted.paper == "minutes") {
        return Err(PageError::NotFound);
    }
    let document = year.record_document(&meeting, wanted.paper).await?;
    if let Some(format) = wanted.format {
        return papers::file(&document, wanted.paper, format);
    }
    let here = format!("/{slug}/meetings/{meeting}/records/{}", wanted.paper);
    let back = format!("/{slug}/meetings/{meeting}");
    Ok(shown(&document, &here, &back, frame(&app, &signed, "meetings"))?.into_response())
}

/// Where a number of a paper comes from, as it was when the paper was written.
async fn show_figure(
    State(app): State<Arc<App>>,
    Path((_, meeting, key)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    if !may_read(&app, &signed, &meeting).await? {
        return Err(PageError::NotFound);
    }
    let sight = signed.access >= Access::Secretariat;
    let page = papers::printed(&signed.year, &meeting, &key, sight).await?;
    let key: FigureKey = key.parse().map_err(|()| PageError::NotFound)?;
    let links = figure::links(&signed, &key).await?;
    pages::page(
        "desk/figure.html",
        context! { links, ..context! { ..page, ..frame(&app, &signed, "meetings") } },
    )
}

/// A file that was attached as a paper, as it was handed in.
async fn file(
    State(app): State<Arc<App>>,
    Path((_, meeting, paper)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    if !may_read(&app, &signed, &meeting).await? {
        return Err(PageError::NotFound);
    }
    attachment(&signed.year, &meeting, &paper).await
}

/// Answers with an attached file: always as a file to keep, never as a page of this server.
pub async fn attachment(year: &Year, meeting: &str, paper: &str) -> Result<Response, PageError> {
    let draft = year.drafted(meeting).await?;
    let known = draft.paper(paper).ok_or(PageError::NotFound)?;
    let Content::File { file, name } = &known.content else {
        return Err(PageError::NotFound);
    };
    let bytes = year.attachment(file).await?;
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{encoded}"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// Writes the papers with the figures of this moment.
async fn write(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    signed.year.write_papers_now(&act, &id).await?;
    Ok(Redirect::to(&format!("/{slug}/meetings/{id}#papers")))
}

/// Tells the cycles that wait for it that the meeting was held.
async fn held(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let year = &signed.year;
    if !papers::sent(year, &id) {
        return Err(Refusal::Cycle(
            "資料をまだ送っていない会議は、終えたことにできません。".into(),
        )
        .into());
    }
    let act = app.act(&signed.person);
    year.signal(&act, &year.turn_of(&id), HELD, &id).await?;
    go_on(&app, year, &act).await;
    Ok(Redirect::to(&format!("/{slug}/meetings/{id}/minutes")))
}
