//! The journal for whoever has to answer for it: search, check of the chain, file.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use engine::audit::{Entry, Filter, Kind};
use minijinja::context;
use minijinja::value::Value;

use super::{Form, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::when;

/// Records on a page.
const PAGE: usize = 50;
/// Records in a file.
const FILE: usize = 100_000;

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/audit", Access::Administrator, "記録を探す", show)
        .takes(&[
            ("who", "行った人の名前の一部"),
            ("kind", "種類"),
            ("from", "この日から"),
            ("until", "この日まで"),
            ("words", "内容の一部"),
            ("before", "この番号より前"),
        ])
        .get(
            "/{slug}/audit.csv",
            Access::Administrator,
            "探した記録を CSV で書き出す",
            csv,
        )
        .post(
            "/{slug}/audit/verify",
            Access::Administrator,
            "記録の連なりを検査する",
            verify,
        )
}

async fn show(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    page(&app, &signed, &query.unwrap_or_default(), None).await
}

async fn page(
    app: &App,
    signed: &SignedIn,
    query: &str,
    verified: Option<Value>,
) -> Result<Page, PageError> {
    let asked = Asked::of(query)?;
    let year = &signed.year;
    let found = year.look_back(&asked.filter, asked.before, PAGE).await?;
    let entries: Vec<Value> = found.entries.iter().map(line).collect();
    let kinds: Vec<Value> = Kind::ALL
        .into_iter()
        .map(|kind| {
            context! { id => kind.id(), label => kind.label(), chosen => asked.filter.kind == Some(kind) }
        })
        .collect();
    let search = asked.search();
    let next = found.before.map(|before| match search.as_str() {
        "" => format!("?before={before}"),
        search => format!("?{search}&before={before}"),
    });
    pages::page(
        "desk/audit.html",
        context! {
            entries, kinds, next, search,
            who => asked.filter.who.as_str(),
            words => asked.filter.words.as_str(),
            from => asked.filter.from.map(|day| day.to_string()),
            until => asked.filter.until.map(|day| day.to_string()),
            searched => !asked.filter.is_empty(),
            later => asked.before.is_some(),
            head => year.state(|state| state.head),
            verified,
            ..frame(app, signed, "settings")
        },
    )
}

/// Reads the whole journal and everything that stands beside it.
async fn verify(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Page, PageError> {
    let problems = signed.year.verify().await?;
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let verified = context! {
        at => when::moment(app.clock.now()),
        records => signed.year.state(|state| state.head),
        problems,
    };
    page(&app, &signed, own(&fields, "search"), Some(verified)).await
}

async fn csv(RawQuery(query): RawQuery, signed: SignedIn) -> Result<Response, PageError> {
    let asked = Asked::of(&query.unwrap_or_default())?;
    let found = signed
        .year
        .look_back(&asked.filter, asked.before, FILE)
        .await?;
    // Excel reads UTF-8 only with the mark at its beginning.
    let mut text = String::from("\u{feff}番号,日時,行った人,誰のために,種類,内容,ハッシュ\r\n");
    for entry in &found.entries {
        let local = entry.at.with_timezone(&engine::year::japan());
        let cells = [
            entry.number.to_string(),
            local.to_rfc3339_opts(SecondsFormat::Secs, true),
            entry.by.clone(),
            entry.on_behalf_of.clone().unwrap_or_default(),
            entry.kind.label().to_owned(),
            entry.what.clone(),
            entry.hash.clone(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    let name = format!("attachment; filename=\"audit-{}.csv\"", signed.year.slug());
    Ok((
        [
            (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (CONTENT_DISPOSITION, name),
        ],
        text,
    )
        .into_response())
}

/// A cell that a spreadsheet shows as the text that it is, also where it begins like a formula.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", cell.replace('"', "\"\""))
}

fn line(entry: &Entry) -> Value {
    context! {
        number => entry.number,
        at => when::moment(entry.at),
        by => match entry.by.as_str() { "meguri" => "めぐり（自動）", by => by },
        on_behalf_of => entry.on_behalf_of.as_deref(),
        kind => entry.kind.label(),
        what => entry.what.as_str(),
        hash => &entry.hash[..entry.hash.len().min(12)],
    }
}

/// What the address asks for.
struct Asked {
    filter: Filter,
    before: Option<u64>,
}

impl Asked {
    fn of(query: &str) -> Result<Asked, PageError> {
        let mut asked = Asked {
            filter: Filter::default(),
            before: None,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match (&*name, value) {
                (_, "") => {}
                ("who", who) => who.clone_into(&mut asked.filter.who),
                ("words", words) => words.clone_into(&mut asked.filter.words),
                ("kind", kind) => {
                    asked.filter.kind = Kind::ALL.into_iter().find(|one| one.id() == kind);
                }
                ("from", day) => asked.filter.from = Some(date(day)?),
                ("until", day) => asked.filter.until = Some(date(day)?),
                ("before", number) => asked.before = number.parse().ok(),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// The same as it stands in an address, without the page.
    fn search(&self) -> String {
        let filter = &self.filter;
        let mut search = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("who", &filter.who), ("words", &filter.words)] {
            if !value.is_empty() {
                search.append_pair(name, value);
            }
        }
        if let Some(kind) = filter.kind {
            search.append_pair("kind", kind.id());
        }
        for (name, day) in [("from", filter.from), ("until", filter.until)] {
            if let Some(day) = day {
                search.append_pair(name, &day.to_string());
            }
        }
        search.finish()
    }
}

fn date(text: &str) -> Result<chrono::NaiveDate, PageError> {
    text.parse().map_err(|_| {
        PageError::BadRequest("日付は、カレンダーから選ぶか 2026-04-01 の形で書いてください。")
    })
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_formula_stays_text() {
        assert_eq!(quoted("=cmd|'/c calc'!A0"), "\"'=cmd|'/c calc'!A0\"");
        assert_eq!(quoted("言った\"はい\""), "\"言った\"\"はい\"\"\"");
    }
}
