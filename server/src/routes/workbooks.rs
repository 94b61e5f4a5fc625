//! The questionnaire as a workbook for one office, and reading one that came back.

use std::sync::Arc;

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::keyed::{NotOurs, read_workbook};
use engine::year::{Refusal, Return, Source};

use super::Path;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;
use crate::view::when;

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/workbooks/{workbook}",
            Access::Coordinator,
            "一つの事業所に渡すExcelの調査票",
            give,
        )
        .post(
            "/{slug}/surveys/{survey}/workbooks",
            Access::Coordinator,
            "返ってきたExcelの調査票を読み取る",
            take,
        )
        .takes(&[("file", "ファイル（multipart/form-data）")])
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn give(
    Path((_, survey, workbook)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let respondent = workbook.strip_suffix(".xlsx").ok_or(PageError::NotFound)?;
    let year = &signed.year;
    let definition = year.pack.survey(&survey).ok_or(PageError::NotFound)?;
    let turn = definition.turn();
    let roster = year.roster(&turn).await.ok_or(PageError::NotFound)?;
    let one = roster.respondent(respondent).ok_or(PageError::NotFound)?;
    let form = year.published(&turn).await?;
    let closes = year.closes_on(&turn).await?.map(when::japanese_day);
    // What the office has saved on the web is its own; on its sheet it begins anew.
    let known = forms::Answers::new();
    let sheet = engine::keyed::workbook(&form, definition, one, closes.as_deref(), &known);
    let bytes = papers::form_xlsx(&sheet).map_err(PageError::broken)?;
    let name = format!("attachment; filename=\"{survey}-{respondent}.xlsx\"");
    let headers = [(CONTENT_TYPE, XLSX.to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// Reads a workbook into what this person is keying in, and shows it there before it counts.
async fn take(
    State(app): State<Arc<App>>,
    Path((slug, survey)): Path<(String, String)>,
    signed: SignedIn,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Redirect, PageError> {
    let parts = parts.map_err(|_| PageError::ForeignForm)?;
    let (fields, file) = received(parts).await?;
    signed.check(&fields)?;
    if file.is_empty() {
        return Err(PageError::BadRequest("ファイルを選んでください。"));
    }
    let year = &signed.year;
    let definition = year.pack.survey(&survey).ok_or(PageError::NotFound)?;
    let turn = definition.turn();
    year.check_open(&turn)?;
    let returned = read_workbook(&file).map_err(not_ours)?;
    if returned.survey != turn {
        let other = year
            .pack
            .survey(&returned.survey)
            .map(|one| one.name.as_str());
        let other = other.unwrap_or("別の調査");
        return Err(Refusal::Cycle(format!(
            "これは{other}のファイルです。その調査の画面で読み取ってください。"
        ))
        .into());
    }
    let roster = year.roster(&turn).await.ok_or(PageError::NotFound)?;
    if roster.respondent(&returned.respondent).is_none() {
        return Err(Refusal::Cycle(format!(
            "管理番号「{}」は、この調査の名簿にありません。名簿を確かめてください。",
            returned.respondent
        ))
        .into());
    }
    let form = year.published(&turn).await?;
    let read = returned.read(&form);
    let mut note = String::new();
    if returned.version != form.version() {
        note = format!("第{}版のファイルで返ってきたもの。", returned.version);
    }
    for one in &read.misread {
        let title = form.item_at(&one.path).map_or("", |item| &item.title);
        note.push_str(&format!("{title}：「{}」と書かれていた。", one.typed));
    }
    let entry = Return {
        answers: read.answers,
        source: Source::Xlsx,
        received_on: app.act("").today(),
        note: note.chars().take(500).collect(),
    };
    let act = app.act(&signed.person);
    year.keep_keying(&act, &turn, &returned.respondent, &entry)
        .await?;
    Ok(Redirect::to(&format!(
        "/{slug}/surveys/{survey}/keyed/{}",
        returned.respondent
    )))
}

type Fields = Vec<(String, String)>;

/// The fields of a form with a file, and the file.
async fn received(mut parts: Multipart) -> Result<(Fields, Vec<u8>), PageError> {
    let (mut fields, mut file) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(unreadable)?;
        match name.as_str() {
            "file" => file = bytes.to_vec(),
            _ => fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok((fields, file))
}

fn unreadable(error: MultipartError) -> PageError {
    match error.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        _ => PageError::BadRequest("ファイルを選び直して、もう一度送ってください。"),
    }
}

fn not_ours(why: NotOurs) -> PageError {
    Refusal::Cycle(why.to_string()).into()
}
