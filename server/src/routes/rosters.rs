//! Rosters for the secretariat: who is in them, files to take away, one row added, mended or removed. The
//! roster is a file of the pack; every change is checked with the whole of it.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::municipality::RosterFormat;
use engine::roster::{Narrow, Roster, export, import};
use engine::year::{Refusal, Year};
use minijinja::context;
use minijinja::value::Value;

use super::letters::file;
use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{asked, roster};

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/rosters", Access::Secretariat, "名簿の一覧", list)
        .get(
            "/{slug}/rosters/{roster}",
            Access::Secretariat,
            "名簿",
            show,
        )
        .get(
            "/{slug}/rosters/{roster}/roster.csv",
            Access::Secretariat,
            "名簿（CSV）",
            as_csv,
        )
        .get(
            "/{slug}/rosters/{roster}/roster.xlsx",
            Access::Secretariat,
            "名簿（Excel）",
            as_workbook,
        )
        .get(
            "/{slug}/rosters/{roster}/template.xlsx",
            Access::Secretariat,
            "名簿のひな形（見出しだけのExcel）",
            template,
        )
        .get(
            "/{slug}/rosters/{roster}/row",
            Access::Secretariat,
            "名簿の1件（id があれば直す、なければ加える）",
            edit,
        )
        .post(
            "/{slug}/rosters/{roster}/row",
            Access::Secretariat,
            "名簿の1件を加える、または直す",
            save,
        )
        .takes(&[
            ("id", "直す対象者の管理番号。空なら加える"),
            ("c.列", "列ごとの値"),
        ])
        .post(
            "/{slug}/rosters/{roster}/remove",
            Access::Secretariat,
            "名簿から1件を除く",
            remove,
        )
        .takes(&[("id", "管理番号")])
}

pub type OfRoster = Path<(String, String)>;

async fn list(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let pack = &signed.year.pack;
    let rosters: Vec<Value> = pack
        .municipality
        .rosters
        .iter()
        .map(|format| {
            let surveys = pack
                .surveys
                .iter()
                .filter(|survey| survey.roster == format.id);
            let columns = format.columns.iter().map(|column| column.title.as_str());
            context! {
                id => format.id.as_str(),
                count => roster::count(pack.rosters.get(&format.id)),
                columns => columns.collect::<Vec<_>>().join("、"),
                surveys => surveys.map(|survey| survey.name.clone()).collect::<Vec<_>>(),
            }
        })
        .collect();
    pages::page(
        "desk/rosters.html",
        context! { rosters, ..frame(&app, &signed, "surveys") },
    )
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): OfRoster,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let (format, present) = of(&signed.year, &id)?;
    let query = query.unwrap_or_default();
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let narrow = Narrow {
        words: own(&fields, "q").to_owned(),
        ..Narrow::default()
    };
    let respondents = present.iter().flat_map(|roster| &roster.respondents);
    let found: Vec<_> = respondents.filter(|one| narrow.keeps(one, None)).collect();
    let pages = found.len().div_ceil(asked::PAGE).max(1);
    let page = own(&fields, "page")
        .parse()
        .unwrap_or(1_usize)
        .clamp(1, pages);
    let shown = found
        .iter()
        .skip((page - 1) * asked::PAGE)
        .take(asked::PAGE);
    let rows: Vec<Value> = shown.map(|one| roster::row(format, one)).collect();
    let columns: Vec<String> = format
        .columns
        .iter()
        .filter(|column| column.id != format.key && column.id != format.name_column)
        .map(|column| column.title.clone())
        .collect();
    let title = |id: &str| {
        let column = format.columns.iter().find(|column| column.id == id);
        column.map(|column| column.title.clone())
    };
    let address: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &narrow.words)
        .finish();
    pages::page(
        "desk/roster.html",
        context! {
            roster => id,
            several => roster::several(&signed.year.pack),
            key_title => title(&format.key),
            name_title => title(&format.name_column),
            columns,
            rows,
            count => roster::count(present),
            found => found.len(),
            words => narrow.words,
            address,
            page,
            pages,
            ..frame(&app, &signed, "surveys")
        },
    )
}

async fn as_csv(Path((_, id)): OfRoster, signed: SignedIn) -> Result<Response, PageError> {
    let (format, present) = of(&signed.year, &id)?;
    let text = export::csv(
        format,
        &present
            .cloned()
            .unwrap_or_else(|| Roster::new(&id, Vec::new())),
    );
    Ok(file(
        &format!("{id}.csv"),
        "text/csv; charset=utf-8",
        text.into_bytes(),
    ))
}

async fn as_workbook(Path((_, id)): OfRoster, signed: SignedIn) -> Result<Response, PageError> {
    let (format, present) = of(&signed.year, &id)?;
    let roster = present
        .cloned()
        .unwrap_or_else(|| Roster::new(&id, Vec::new()));
    workbook(&format!("{id}.xlsx"), format, &roster)
}

async fn template(Path((_, id)): OfRoster, signed: SignedIn) -> Result<Response, PageError> {
    let (format, _) = of(&signed.year, &id)?;
    workbook(
        &format!("{id}-template.xlsx"),
        format,
        &Roster::new(&id, Vec::new()),
    )
}

fn workbook(name: &str, format: &RosterFormat, roster: &Roster) -> Result<Response, PageError> {
    let bytes = papers::xlsx(&export::workbook(format, roster, "対象者名簿"));
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(name, kind, bytes.map_err(PageError::broken)?))
}

async fn edit(
    State(app): State<Arc<App>>,
    Path((_, id)): OfRoster,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let query = query.unwrap_or_default();
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    row_page(&app, &signed, &id, own(&fields, "id"), None, Vec::new())
}

/// The form of a row: as it is, or as it was typed with what is wrong.
fn row_page(
    app: &App,
    signed: &SignedIn,
    roster_id: &str,
    id: &str,
    typed: Option<&[(String, String)]>,
    wrong: Vec<String>,
) -> Result<Page, PageError> {
    let (format, present) = of(&signed.year, roster_id)?;
    let respondent = present.and_then(|roster| roster.respondent(id));
    if !id.is_empty() && respondent.is_none() {
        return Err(PageError::NotFound);
    }
    pages::page(
        "desk/roster_row.html",
        context! {
            roster => roster_id,
            several => roster::several(&signed.year.pack),
            id,
            name => respondent.map(|respondent| respondent.name.as_str()),
            fields => roster::fields(format, respondent, typed),
            wrong,
            ..frame(app, signed, "surveys")
        },
    )
}

async fn save(
    State(app): State<Arc<App>>,
    Path((slug, roster_id)): OfRoster,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let id = own(&fields, "id");
    let (format, present) = of(&signed.year, &roster_id)?;
    let again = |wrong: Vec<String>| {
        let page = row_page(&app, &signed, &roster_id, id, Some(&fields), wrong)?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    // A row that is typed is read as a row of a spreadsheet: the same rules, the same words.
    let cell = |column: &engine::municipality::Column| {
        import::Cell::text(own(&fields, &format!("c.{}", column.id)))
    };
    let row = match import::one(format, format.columns.iter().map(cell).collect()) {
        Ok(row) => row,
        Err(wrong) => return again(wrong),
    };
    let twin = row.id != id && present.is_some_and(|roster| roster.respondent(&row.id).is_some());
    if twin {
        return again(vec![format!(
            "管理番号「{}」は、すでに名簿にあります。番号を改めてください。",
            row.id
        )]);
    }
    let mut respondents = present.map_or_else(Vec::new, |roster| roster.respondents.clone());
    match respondents.iter_mut().find(|one| one.id == id) {
        Some(kept) => *kept = row,
        None => respondents.push(row),
    }
    match put(
        &app,
        &signed,
        &roster_id,
        Roster::new(&roster_id, respondents),
    )
    .await
    {
        Ok(()) => Ok(Redirect::to(&format!("/{slug}/rosters/{roster_id}")).into_response()),
        Err(PageError::Refused(Refusal::Findings(wrong))) => again(
            wrong
                .iter()
                .map(|finding| format!("{}{}", finding.what, finding.todo))
                .collect(),
        ),
        Err(error) => Err(error),
    }
}

async fn remove(
    State(app): State<Arc<App>>,
    Path((slug, roster_id)): OfRoster,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let id = own(&fields, "id");
    let (_, present) = of(&signed.year, &roster_id)?;
    let present = present.ok_or(PageError::NotFound)?;
    present.respondent(id).ok_or(PageError::NotFound)?;
    let others = present.respondents.iter().filter(|one| one.id != id);
    let roster = Roster::new(&roster_id, others.cloned().collect());
    put(&app, &signed, &roster_id, roster).await?;
    Ok(Redirect::to(&format!("/{slug}/rosters/{roster_id}")))
}

/// Makes this the roster: its file in the pack, checked with the whole pack.
pub async fn put(app: &App, signed: &SignedIn, id: &str, roster: Roster) -> Result<(), PageError> {
    let (format, _) = of(&signed.year, id)?;
    let text = export::file(format, &roster);
    let act = app.act(&signed.person);
    let changes = vec![(format.file.clone(), Some(text))];
    app.years.revise(&signed.year, &act, changes).await?;
    Ok(())
}

/// The format of a roster, and the roster as it is now.
pub fn of<'a>(
    year: &'a Year,
    id: &str,
) -> Result<(&'a RosterFormat, Option<&'a Roster>), PageError> {
    let format = year.pack.municipality.roster_format(id);
    let format = format.ok_or(PageError::NotFound)?;
    Ok((format, year.pack.rosters.get(id)))
}
