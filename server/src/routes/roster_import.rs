//! Taking a roster over from a spreadsheet: choose the file, look at what would become of every row, confirm.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, RawQuery, Request, State};
use axum::response::Redirect;
use engine::municipality::RosterFormat;
use engine::roster::import::{self, Choices, Columns, Gone, Table};
use engine::roster::{Roster, export};
use engine::year::Refusal;
use minijinja::context;
use minijinja::value::Value;

use super::rosters::{OfRoster, of, put};
use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::roster;

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/rosters/{roster}/import",
            Access::Secretariat,
            "名簿の取り込み：ファイルを選ぶ、取り込みの前に確かめる",
            show,
        )
        .post(
            "/{slug}/rosters/{roster}/import",
            Access::Secretariat,
            "名簿のファイルを預ける（まだ取り込まない）",
            upload,
        )
        .takes(&[(
            "file",
            "Excel（.xlsx）か CSV のファイル（multipart/form-data）",
        )])
        .post(
            "/{slug}/rosters/{roster}/import/confirm",
            Access::Secretariat,
            "預けたファイルを名簿に取り込む",
            confirm,
        )
        .takes(&[
            ("sheet", "シートの名"),
            (
                "at.列",
                "名簿の列に当てるファイルの列（0から。空なら使わない）",
            ),
            ("zeros", "1: 先頭の0を補う"),
            (
                "gone",
                "keep（残す） drop（名簿から除く）：ファイルにない対象者",
            ),
            ("leave", "1: 直すところのある行を除いて取り込む"),
            ("seen", "確かめたときの名簿の印"),
        ])
        .post(
            "/{slug}/rosters/{roster}/import/drop",
            Access::Secretariat,
            "預けたファイルを捨てる",
            forget,
        )
}

/// Beside the file: the token of the form and the frame of the parts.
const ROOM: usize = 64 << 10;

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): OfRoster,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let query = query.unwrap_or_default();
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    page(&app, &signed, &id, &fields, Vec::new()).await
}

/// The page with the file that is kept, if one is.
async fn page(
    app: &App,
    signed: &SignedIn,
    id: &str,
    fields: &[(String, String)],
    refused: Vec<String>,
) -> Result<Page, PageError> {
    let (format, present) = of(&signed.year, id)?;
    let kept = signed.year.upload(&signed.person, &purpose(id)).await?;
    let (mut review, mut unreadable) = (None, None);
    let mut name = None;
    if let Some((file, bytes)) = kept {
        match reviewed(format, present, &file, &bytes, fields) {
            Ok(made) => review = Some(made),
            Err(finding) => {
                unreadable = Some(context! {
                    code => finding.code, line => finding.line, what => finding.what, todo => finding.todo,
                });
            }
        }
        name = Some(file);
    }
    pages::page(
        "desk/roster_import.html",
        context! {
            roster => id,
            several => roster::several(&signed.year.pack),
            count => roster::count(present),
            columns => format.columns.iter().map(|column| column.title.clone()).collect::<Vec<_>>(),
            file => name,
            megabytes => import::LARGEST_FILE >> 20,
            review,
            unreadable,
            refused,
            seen => seen(format, present),
            ..frame(app, signed, "surveys")
        },
    )
}

/// What the page shows of a file that can be read.
fn reviewed(
    format: &RosterFormat,
    present: Option<&Roster>,
    name: &str,
    bytes: &[u8],
    fields: &[(String, String)],
) -> Result<Value, authoring::Finding> {
    let table = import::read(name, bytes, sheet(fields))?;
    let choices = choices(&table, format, fields);
    let preview = import::preview(&table, format, &choices, present);
    let headings = choices.columns.headings_of(&table);
    let mapping: Vec<Value> = format
        .columns
        .iter()
        .zip(&choices.columns.of)
        .map(|(column, at)| {
            let options: Vec<Value> = headings
                .iter()
                .enumerate()
                .map(|(place, heading)| context! { place, heading, chosen => *at == Some(place) })
                .collect();
            context! {
                name => format!("at.{}", column.id),
                title => column.title.as_str(),
                at,
                options,
            }
        })
        .collect();
    let found = |column: &str| {
        let place = format.columns.iter().position(|one| one.id == column);
        place.is_some_and(|place| choices.columns.of[place].is_some())
    };
    Ok(context! {
        sheets => table.sheets,
        sheet => table.sheet,
        headings_line => choices.columns.headings,
        mapping,
        zeros => choices.restore_zeros,
        ready => found(&format.key) && found(&format.name_column),
        preview => roster::preview(&preview, format),
    })
}

async fn upload(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfRoster,
    signed: SignedIn,
    mut request: Request,
) -> Result<Redirect, PageError> {
    of(&signed.year, &id)?;
    DefaultBodyLimit::max(import::LARGEST_FILE + ROOM).apply(&mut request);
    let (fields, files) = parts(request).await?;
    signed.check(&fields)?;
    let (name, bytes) = files
        .into_iter()
        .find(|(_, bytes)| !bytes.is_empty())
        .ok_or(PageError::BadRequest("ファイルを選んでください。"))?;
    let act = app.act(&signed.person);
    let kept = signed
        .year
        .keep_upload(&act, &purpose(&id), &name, &bytes)
        .await;
    kept.map_err(|refusal| match refusal {
        Refusal::TooLarge => TOO_LARGE,
        other => other.into(),
    })?;
    Ok(Redirect::to(&format!("/{slug}/rosters/{id}/import")))
}

const TOO_LARGE: PageError = PageError::BadRequest(
    "ファイルが 4 MB を超えています。名簿の表だけを新しいファイルに写して、その小さいファイルを選んでください。",
);

type Fields = Vec<(String, String)>;
type Files = Vec<(String, Vec<u8>)>;

/// The fields of a form that brings files, and its files by name.
async fn parts(request: Request) -> Result<(Fields, Files), PageError> {
    const BROKEN: PageError =
        PageError::BadRequest("ファイルが途中で切れました。もう一度選んで送ってください。");
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| BROKEN)?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    loop {
        let part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(TOO_LARGE);
            }
            Err(_) => return Err(BROKEN),
        };
        let field = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes = match part.bytes().await {
            Ok(bytes) => bytes,
            Err(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(TOO_LARGE);
            }
            Err(_) => return Err(BROKEN),
        };
        match file {
            Some(name) => files.push((short(&name), bytes.to_vec())),
            None => fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok((fields, files))
}

/// The last part of a name, as it is shown.
fn short(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let plain = last.chars().filter(|c| !c.is_control());
    plain.take(100).collect()
}

async fn confirm(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfRoster,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<axum::response::Response, PageError> {
    use axum::response::IntoResponse;
    let (format, present) = of(&signed.year, &id)?;
    let kept = signed.year.upload(&signed.person, &purpose(&id)).await?;
    let (name, bytes) = kept.ok_or(PageError::BadRequest(
        "預けたファイルがありません。もう一度ファイルを選んでください。",
    ))?;
    let again = async |why: Vec<String>| {
        let page = page(&app, &signed, &id, &fields, why).await?;
        Ok((axum::http::StatusCode::CONFLICT, page).into_response())
    };
    if own(&fields, "seen") != seen(format, present) {
        return again(vec![
            "確かめているあいだに、名簿がほかの人によって変わりました。下の内容をもう一度確かめてください。".to_owned(),
        ])
        .await;
    }
    let table = import::read(&name, &bytes, sheet(&fields))
        .map_err(|finding| Refusal::NotEntered(vec![finding]))?;
    let preview = import::preview(&table, format, &choices(&table, format, &fields), present);
    let [new, changed, _, wrong] = preview.counts();
    if wrong > 0 && own(&fields, "leave") != "1" {
        return again(vec![format!(
            "直すところのある行が{wrong}行あります。ファイルを直すか、「直すところのある行を除いて取り込む」を選んでください。"
        )])
        .await;
    }
    let gone = match own(&fields, "gone") {
        "drop" => Gone::Drop,
        _ => Gone::Keep,
    };
    let dropped = gone == Gone::Drop && !preview.gone.is_empty();
    if new + changed == 0 && !dropped {
        return again(vec![
            "名簿に変わるところがないため、取り込みませんでした。".to_owned(),
        ])
        .await;
    }
    let roster = import::take_over(&preview, present, &id, gone);
    match put(&app, &signed, &id, roster).await {
        Ok(()) => {}
        Err(PageError::Refused(Refusal::Findings(wrong))) => {
            let lines = wrong.iter().map(ToString::to_string);
            return again(lines.collect()).await;
        }
        Err(error) => return Err(error),
    }
    let act = app.act(&signed.person);
    signed.year.drop_upload(&act, &purpose(&id)).await?;
    Ok(Redirect::to(&format!("/{slug}/rosters/{id}")).into_response())
}

async fn forget(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfRoster,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    signed.year.drop_upload(&act, &purpose(&id)).await?;
    Ok(Redirect::to(&format!("/{slug}/rosters/{id}/import")))
}

/// What a file is kept for.
fn purpose(roster: &str) -> String {
    format!("roster-{roster}")
}

fn sheet(fields: &[(String, String)]) -> Option<&str> {
    Some(own(fields, "sheet")).filter(|sheet| !sheet.is_empty())
}

/// What was chosen on the page; before anything was, what the headings say.
fn choices(table: &Table, format: &RosterFormat, fields: &[(String, String)]) -> Choices {
    let guess = import::guess(table, format);
    let chosen = fields.iter().any(|(name, _)| name.starts_with("at."));
    let of = |column: &engine::municipality::Column| {
        let place = own(fields, &format!("at.{}", column.id)).parse().ok();
        place.filter(|place| *place < import::MOST_COLUMNS)
    };
    let columns = match chosen {
        true => Columns {
            of: format.columns.iter().map(of).collect(),
            ..guess
        },
        false => guess,
    };
    Choices {
        columns,
        restore_zeros: own(fields, "zeros") == "1",
    }
}

/// Changes whenever the roster does.
fn seen(format: &RosterFormat, present: Option<&Roster>) -> String {
    use sha2::{Digest, Sha256};
    let text = present.map(|roster| export::file(format, roster));
    let digest = Sha256::digest(text.unwrap_or_default());
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
