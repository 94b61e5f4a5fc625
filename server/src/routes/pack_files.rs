//! The files of the pack as they are: to be looked at, edited, taken back to an earlier text, taken away.

use std::io::{Cursor, Write};
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::Files;
use engine::pack::{base_text, is_path};
use engine::people::still_administered;
use engine::year::{Act, PackRevision, Refusal, Year};
use minijinja::context;
use minijinja::value::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::when;

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/settings/files",
            Access::Administrator,
            "設定ファイルの一覧",
            list,
        )
        .get(
            "/{slug}/settings/file",
            Access::Administrator,
            "設定ファイルの中身",
            show,
        )
        .takes(&[("path", "ファイルの名")])
        .post(
            "/{slug}/settings/file",
            Access::Administrator,
            "設定ファイルを直す",
            save,
        )
        .takes(&[("path", "ファイルの名"), ("text", "中身")])
        .get(
            "/{slug}/settings/history",
            Access::Administrator,
            "設定ファイルの変更の履歴",
            history,
        )
        .get(
            "/{slug}/settings/history/{number}",
            Access::Administrator,
            "変更したときの設定ファイルの中身",
            show_revision,
        )
        .post(
            "/{slug}/settings/history/{number}/restore",
            Access::Administrator,
            "設定ファイルをその時の中身に戻す",
            restore,
        )
        .get(
            "/{slug}/settings/pack.zip",
            Access::Administrator,
            "設定ファイルをまとめて受け取る",
            archive,
        )
}

/// Changes the pack, unless nobody could administer it afterwards.
///
/// # Errors
/// As for `Years::revise`.
pub async fn revise(
    app: &App,
    year: &Arc<Year>,
    act: &Act,
    changes: Vec<(String, Option<String>)>,
) -> Result<(), PageError> {
    let files = app.years.files(year).await?;
    for (path, text) in &changes {
        if let (Some(before), Some(after)) = (files.get(path), text)
            && path == "municipality.json"
        {
            still_administered(before, after, act.today())?;
        }
    }
    app.years.revise(year, act, changes).await?;
    Ok(())
}

async fn list(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let files = app.years.files(&signed.year).await?;
    let revised = signed.year.state(|state| state.revised.clone());
    let own = files.0.iter().map(|(path, text)| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        context! {
            path => path.as_str(), folder, name,
            address => address(signed.year.slug(), path),
            lines => text.lines().count(),
            revised => revised.contains_key(path),
        }
    });
    let own: Vec<Value> = own.collect();
    pages::page(
        "desk/files.html",
        context! { files => own, ..frame(&app, &signed, "settings") },
    )
}

async fn show(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let query = query.unwrap_or_default();
    let saved = query.split('&').any(|part| part == "saved");
    let mut query = form_urlencoded::parse(query.as_bytes());
    let path = query.find(|(name, _)| name == "path");
    let path = path.map_or_else(String::new, |(_, path)| path.into_owned());
    if !is_path(&path) {
        return Err(PageError::NotFound);
    }
    let files = app.years.files(&signed.year).await?;
    let text = text_of(&files, &path);
    let state = match &text {
        None => FileState::New,
        Some(_) if saved => FileState::Saved,
        Some(_) => FileState::Known,
    };
    page(&app, &signed, &path, text.unwrap_or_default(), state, None)
}

/// What a page says of a file before its text.
#[derive(Clone, Copy, PartialEq)]
enum FileState {
    New,
    Known,
    /// Just now.
    Saved,
}

fn page(
    app: &App,
    signed: &SignedIn,
    path: &str,
    text: &str,
    state: FileState,
    wrong: Option<&Refusal>,
) -> Result<Page, PageError> {
    let findings: Vec<Value> = match wrong {
        None => Vec::new(),
        Some(Refusal::Findings(findings)) => findings
            .iter()
            .map(|finding| {
                let here = finding.file == path;
                context! {
                    file => (!here).then_some(finding.file.as_str()),
                    line => finding.line, what => finding.what.as_str(), todo => finding.todo.as_str(),
                    code => finding.code, here,
                }
            })
            .collect(),
        Some(other) => vec![context! { what => other.to_string(), todo => "" }],
    };
    pages::page(
        "desk/file.html",
        context! {
            path, text, findings,
            known => state != FileState::New,
            saved => state == FileState::Saved,
            rows => text.lines().count().clamp(12, 40),
            ..frame(app, signed, "settings")
        },
    )
}

async fn save(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let path = own(&fields, "path").trim();
    if !is_path(path) {
        return Err(PageError::BadRequest(
            "この名前のファイルは置けません。forms/chosa.json のように、パックの中の名前にしてください。",
        ));
    }
    // A browser sends the ends of lines as CRLF.
    let text = own(&fields, "text").replace("\r\n", "\n");
    let act = app.act(&signed.person);
    let changes = vec![(path.to_owned(), Some(text.clone()))];
    match revise(&app, &signed.year, &act, changes).await {
        Ok(()) => {
            let saved = format!("{}&saved", address(signed.year.slug(), path));
            Ok(Redirect::to(&saved).into_response())
        }
        Err(PageError::Refused(
            wrong @ (Refusal::Findings(_) | Refusal::Cycle(_) | Refusal::Overtaken),
        )) => {
            let page = page(&app, &signed, path, &text, FileState::Known, Some(&wrong))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn history(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let history = signed.year.pack_history().await?;
    let rows: Vec<Value> = history
        .iter()
        .map(|one| row(signed.year.slug(), one))
        .collect();
    pages::page(
        "desk/history.html",
        context! { rows, ..frame(&app, &signed, "settings") },
    )
}

async fn show_revision(
    State(app): State<Arc<App>>,
    Path((slug, number)): Path<(String, u64)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let revision = revision(&signed, number).await?;
    let text = match &revision.file {
        Some(file) => Some(signed.year.revision(file).await?),
        None => None,
    };
    let files = app.years.files(&signed.year).await?;
    let now = files.get(&revision.path) == text.as_deref();
    let rows = text
        .as_ref()
        .map_or(0, |text| text.lines().count())
        .clamp(4, 40);
    pages::page(
        "desk/revision.html",
        context! { revision => row(&slug, &revision), text, now, rows, ..frame(&app, &signed, "settings") },
    )
}

async fn restore(
    State(app): State<Arc<App>>,
    Path((slug, number)): Path<(String, u64)>,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let revision = revision(&signed, number).await?;
    let text = match &revision.file {
        Some(file) => Some(signed.year.revision(file).await?),
        None => None,
    };
    let act = app.act(&signed.person);
    let changes = vec![(revision.path, text)];
    revise(&app, &signed.year, &act, changes).await?;
    Ok(Redirect::to(&format!("/{slug}/settings/history")))
}

/// All files of the pack as they are now, as a folder to take away.
async fn archive(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Response, PageError> {
    let files = app.years.files(&signed.year).await?;
    let slug = signed.year.slug();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in &files.0 {
        let name = format!("{slug}/{path}");
        zip.start_file(name, SimpleFileOptions::default())
            .map_err(PageError::broken)?;
        zip.write_all(text.as_bytes()).map_err(PageError::broken)?;
    }
    let bytes = zip.finish().map_err(PageError::broken)?.into_inner();
    let name = format!("attachment; filename=\"{slug}.zip\"");
    Ok((
        [
            (CONTENT_TYPE, "application/zip".to_owned()),
            (CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}

async fn revision(signed: &SignedIn, number: u64) -> Result<PackRevision, PageError> {
    let history = signed.year.pack_history().await?.into_iter();
    let mut history = history.filter(|one| one.number == number);
    history.next().ok_or(PageError::NotFound)
}

fn row(slug: &str, revision: &PackRevision) -> Value {
    context! {
        number => revision.number,
        at => when::moment(revision.at),
        by => revision.by.as_str(),
        path => revision.path.as_str(),
        address => address(slug, &revision.path),
        removed => revision.file.is_none(),
    }
}

/// The pack's own text, or the base's under it.
fn text_of<'a>(files: &'a Files, path: &str) -> Option<&'a str> {
    files.get(path).or_else(|| base_text(path))
}

fn address(slug: &str, path: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("path", path)
        .finish();
    format!("/{slug}/settings/file?{query}")
}
