//! The ledgers of a municipality and the entries of one of them, by fiscal year and month; closing a month.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::ledger::{Book, Filter, Ledger, When};
use engine::year::Refusal;
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::routes::go_on::go_on;
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::ledger::{card, has_months, href, months, row, years};

/// Entries on one page.
const AT_ONCE: usize = 100;

/// Fiscal years that can be asked for.
const YEARS: std::ops::Range<i32> = 1868..2200;

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/ledgers", Access::Viewer, "台帳の一覧", list)
        .get("/{slug}/ledgers/{ledger}", Access::Viewer, "台帳", show)
        .post(
            "/{slug}/ledgers/{ledger}",
            Access::Coordinator,
            "台帳の月を締める",
            close,
        )
}

/// Who is signed in may see the single entries of a ledger; where small numbers are hidden, only the secretariat.
pub fn may_see_entries(signed: &SignedIn, ledger: &Ledger) -> bool {
    ledger.definition.hide_below.is_none() || signed.access >= Access::Secretariat
}

/// A ledger whose entries this person may see.
pub fn opened<'a>(signed: &'a SignedIn, id: &str) -> Result<&'a Ledger, PageError> {
    let pack = &signed.year.pack;
    let ledger = pack.ledgers.get(id).ok_or(PageError::NotFound)?;
    match may_see_entries(signed, ledger) {
        true => Ok(ledger),
        false => {
            let role = pack.municipality.roles.first();
            let role = role.map_or("事務局", |role| &role.name);
            Err(PageError::SingleEntries(role.to_owned()))
        }
    }
}

async fn list(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let year = &signed.year;
    let this_year = workflows::calendar::fiscal_year(app.act("").today());
    let book = year.ledgers().await?;
    let kept = year.kept_ledgers();
    let unused = year.pack.ledgers.values();
    let unused = unused.filter(|one| kept.iter().all(|ledger| ledger.id != one.id));
    let card = |one: &Ledger| card(year, &book, one, this_year, may_see_entries(&signed, one));
    let empty: Vec<Value> = unused.map(card).collect();
    let ledgers: Vec<Value> = kept.iter().map(|one| card(one)).collect();
    pages::page(
        "desk/ledgers.html",
        context! { ledgers, empty, ..frame(&app, &signed, "ledgers") },
    )
}

/// What of a ledger is wanted.
#[derive(Default)]
struct Wanted {
    /// `None`: entries without a date.
    year: Option<i32>,
    month: Option<String>,
    /// From 1.
    page: usize,
}

impl Wanted {
    /// Without a word about it: the newest fiscal year with entries that has begun.
    fn of(query: &str, book: &Book, ledger: &Ledger, this_year: i32) -> Result<Wanted, PageError> {
        let asked: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let page = match own(&asked, "page") {
            "" => 1,
            page => page.parse().map_err(|_| PageError::NotFound)?,
        };
        let month = Some(own(&asked, "month")).filter(|month| !month.is_empty());
        let year = match (month, own(&asked, "year")) {
            (Some(month), _) => Some(
                When::read_month(month)
                    .ok_or(PageError::NotFound)?
                    .fiscal_year(),
            ),
            (None, "none") => None,
            (None, "") => {
                let has = |year: &i32| !book.select(ledger, &Filter::year(*year)).is_empty();
                let known = years(book, ledger, this_year).into_iter();
                let known = known.filter(|year| *year <= this_year).find(has);
                Some(known.unwrap_or(this_year))
            }
            (None, year) => {
                let year = year.parse().ok().filter(|year| YEARS.contains(year));
                Some(year.ok_or(PageError::NotFound)?)
            }
        };
        Ok(Wanted {
            year,
            month: month.map(str::to_owned),
            page,
        })
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let ledger = opened(&signed, &id)?;
    let book = signed.year.ledgers().await?;
    let today = app.act("").today();
    let this_year = workflows::calendar::fiscal_year(today);
    let wanted = Wanted::of(&query.unwrap_or_default(), &book, ledger, this_year)?;
    page(&app, &signed, ledger, &wanted, Value::UNDEFINED).await
}

/// The entries; `refused` says why a month was not closed.
async fn page(
    app: &App,
    signed: &SignedIn,
    ledger: &Ledger,
    wanted: &Wanted,
    refused: Value,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let slug = year.slug();
    let book = year.ledgers().await?;
    let today = app.act("").today();
    let this_year = workflows::calendar::fiscal_year(today);
    let dated = !ledger.definition.when.is_empty();
    let filter = Filter {
        year: wanted.year.filter(|_| dated),
        month: wanted.month.clone(),
        ..Filter::default()
    };
    let mut entries = book.select(ledger, &filter);
    if dated && wanted.year.is_none() {
        entries.retain(|entry| ledger.when(entry).is_none());
    }
    entries.reverse();
    let again = entries.iter().filter(|entry| ledger.again(entry).is_some());
    let (again, all) = (again.count(), entries.len());
    let skipped = wanted.page.saturating_sub(1).saturating_mul(AT_ONCE);
    let shown = entries.iter().skip(skipped).take(AT_ONCE);
    let rows: Vec<Value> = shown.map(|entry| row(slug, &book, ledger, entry)).collect();
    if rows.is_empty() && wanted.page != 1 {
        return Err(PageError::NotFound);
    }
    let here = href(slug, &ledger.id, None);
    let chosen = match (&wanted.month, wanted.year) {
        (Some(month), _) => format!("month={month}"),
        (None, Some(year)) => format!("year={year}"),
        (None, None) => "year=none".to_owned(),
    };
    let other_page = |page: usize| format!("{here}?{chosen}&page={page}");
    let undated = book.entries(&ledger.id).iter();
    let undated = undated.filter(|entry| ledger.when(entry).is_none()).count();
    let known = years(&book, ledger, this_year).into_iter().map(Some);
    let known = known.chain((undated > 0).then_some(None)).map(|year| {
        context! {
            title => year.map_or_else(|| "日付なし".to_owned(), |year| When::Year(year).japanese()),
            href => format!("{here}?year={}", year.map_or_else(|| "none".to_owned(), |year| year.to_string())),
            here => year == wanted.year,
        }
    });
    let known: Vec<Value> = known.filter(|_| dated).collect();
    let month = wanted.month.as_deref().filter(|_| has_months(ledger));
    let month = month.and_then(|month| Some((month, When::read_month(month)?)));
    let month = month.map(|(month, when)| {
        context! {
            month,
            title => when.japanese(),
            closed => year.closed(&ledger.id, month),
            begun => when.first_day() <= today,
            open => book.without_state(ledger, month).len(),
        }
    });
    let state = ledger.definition.state.as_ref();
    pages::page(
        "desk/ledger.html",
        context! {
            ledger => context! {
                name => ledger.name(),
                description => ledger.form.description(),
                unit => ledger.definition.unit.as_str(),
                state => ledger.state_item().map(|item| item.title.as_str()),
                must => state.is_some_and(|state| state.must_before_close),
            },
            here => here.as_str(),
            title => wanted.year.filter(|_| dated).map(|year| When::Year(year).japanese()),
            years => known,
            months => match wanted.year.filter(|_| has_months(ledger)) {
                Some(of) => months(year, &book, ledger, of, wanted.month.as_deref()),
                None => Vec::new(),
            },
            month,
            rows,
            all,
            again,
            newer => (wanted.page > 1).then(|| other_page(wanted.page - 1)),
            older => (skipped + AT_ONCE < all).then(|| other_page(wanted.page + 1)),
            refused,
            ..frame(app, signed, "ledgers")
        },
    )
}

/// Closes a month. A refusal names the entries that keep it open.
async fn close(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let ledger = opened(&signed, &id)?;
    let month = own(&fields, "month");
    let when = When::read_month(month).filter(|_| has_months(ledger));
    let when = when.ok_or(PageError::BadRequest(
        "画面を開き直して、月を選んでください。",
    ))?;
    let act = app.act(&signed.person);
    if when.first_day() > act.today() {
        return Err(PageError::BadRequest(
            "まだ始まっていない月は閉じられません。",
        ));
    }
    match signed.year.close_month(&act, &ledger.id, month).await {
        Ok(()) => {
            go_on(&app, &signed.year, &act).await;
            let here = href(&slug, &ledger.id, None);
            Ok(Redirect::to(&format!("{here}?month={month}")).into_response())
        }
        Err(Refusal::Cycle(why)) => {
            let book = signed.year.ledgers().await?;
            let open = book.without_state(ledger, month).into_iter();
            let open: Vec<Value> = open.map(|entry| row(&slug, &book, ledger, entry)).collect();
            let wanted = Wanted {
                year: Some(when.fiscal_year()),
                month: Some(month.to_owned()),
                page: 1,
            };
            let refused = context! { why, month => when.japanese(), open => Serde(open) };
            let page = page(&app, &signed, ledger, &wanted, refused).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
