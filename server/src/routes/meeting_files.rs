//! Files that are attached to a meeting as papers.

use std::sync::Arc;

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use engine::meeting::{Content, Edit, NewPaper};
use engine::year::LARGEST_ATTACHMENT;

use super::agenda::rank;
use super::{Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;

/// Bytes of the form around the file.
const AROUND: usize = 64 << 10;

const NO_FORM: PageError =
    PageError::BadRequest("ファイルを読めません。画面を開き直して、もう一度付けてください。");

pub fn routes() -> Routes {
    Routes::new()
        .post(
            "/{slug}/meetings/{meeting}/files",
            Access::Secretariat,
            "会議にファイルを付ける",
            attach,
        )
        .takes(&[
            ("file", "ファイル（multipart/form-data、16 MB まで）"),
            ("seen", "画面に出ていた次第（agenda の seen）"),
            ("title", "題名"),
            ("line", "付ける行の id"),
            ("rank", "main・annex・reference・table"),
        ])
}

async fn attach(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    mut request: Request,
) -> Result<Redirect, PageError> {
    DefaultBodyLimit::max(LARGEST_ATTACHMENT + AROUND).apply(&mut request);
    let (fields, file) = read(request, &app).await?;
    signed.check(&fields)?;
    let (name, bytes) = file.ok_or(NO_FORM)?;
    if bytes.is_empty() {
        return Err(PageError::BadRequest(
            "ファイルが空です。中身のあるファイルを選んでください。",
        ));
    }
    let title = match own(&fields, "title").trim() {
        "" => name.clone(),
        title => title.to_owned(),
    };
    let act = app.act(&signed.person);
    let year = &signed.year;
    let file = year.keep_attachment(&act, &name, &bytes).await?;
    let paper = NewPaper {
        title,
        content: Content::File { file, name },
        rank: rank(own(&fields, "rank")).ok_or(NO_FORM)?,
    };
    let line = Some(own(&fields, "line").to_owned()).filter(|line| !line.is_empty());
    let attach = Edit::Attach { paper, line };
    year.edit_agenda(&act, &id, own(&fields, "seen"), attach)
        .await?;
    Ok(Redirect::to(&format!("/{slug}/meetings/{id}/agenda")))
}

type Sent = (Vec<(String, String)>, Option<(String, Vec<u8>)>);

async fn read(request: Request, app: &Arc<App>) -> Result<Sent, PageError> {
    let too_large = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            PageError::BadRequest("ファイルが大きすぎます。16 MB までのファイルにしてください。")
        }
        _ => NO_FORM,
    };
    let multipart = Multipart::from_request(request, app).await;
    let mut multipart = multipart.map_err(|_| NO_FORM)?;
    let (mut fields, mut file) = (Vec::new(), None);
    while let Some(part) = multipart.next_field().await.map_err(too_large)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            let called = plain(part.file_name().unwrap_or_default());
            let bytes = part.bytes().await.map_err(too_large)?;
            file = Some((called, bytes.to_vec()));
        } else {
            fields.push((name, part.text().await.map_err(too_large)?));
        }
    }
    Ok((fields, file))
}

/// The name of a file without the folders of whoever sends it.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control()).take(150).collect();
    match kept.trim() {
        "" | "." | ".." => "ファイル".to_owned(),
        kept => kept.to_owned(),
    }
}
