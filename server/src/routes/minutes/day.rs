//! The day of a meeting: who came, when it began and ended.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::meeting::{Attended, Day, Presence};
use engine::year::Refusal;
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{Form, MORE_ROWS, MOST, Path, all, long, own, short};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::meeting::{self, Tab};

pub(super) async fn show_day(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let day = signed.year.meeting_day(&id).await?;
    let seen = signed.year.day_seen(&id);
    day_page(&app, &signed, &id, &day, seen, None).await
}

async fn day_page(
    app: &App,
    signed: &SignedIn,
    id: &str,
    day: &Day,
    seen: Option<String>,
    overtaken: Option<&Day>,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let head = meeting::head(year, id, Tab::Day, true).await;
    let head = head.ok_or(PageError::NotFound)?;
    let rows = day.attendance.iter().cloned();
    let rows = rows.chain(std::iter::repeat_n(Attended::default(), MORE_ROWS));
    let rows: Vec<Value> = rows
        .enumerate()
        .map(|(n, one)| {
            context! {
                n,
                org => one.org,
                name => one.name,
                role => one.role,
                presence => one.presence.map(Presence::code),
                proxy => one.proxy,
                blank => n >= day.attendance.len(),
            }
        })
        .collect();
    let turnout = year.turnout(id, day);
    let closed = year.state(|state| {
        state
            .meetings
            .get(id)
            .is_some_and(|one| one.closed_at.is_some())
    });
    pages::page(
        "desk/day.html",
        context! {
            meeting => head,
            seen => seen.unwrap_or_default(),
            rows,
            recorded => year.day_seen(id).is_some(),
            day => context! {
                observers => &day.observers,
                began => &day.began,
                ended => &day.ended,
                closed_because => &day.closed_because,
                open => day.closed_because.is_none(),
                staff => &day.staff,
            },
            presences => meeting::presences(),
            turnout => Serde(turnout),
            theirs => overtaken.map(|theirs| year.turnout(id, theirs).sentence),
            closed,
            pdf => cfg!(feature = "pdf"),
            ..frame(app, signed, "meetings")
        },
    )
}

pub(super) async fn record_day(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let day = day_of(&fields)?;
    let seen = Some(own(&fields, "seen")).filter(|seen| !seen.is_empty());
    let act = app.act(&signed.person);
    match year.record_day(&act, &id, seen, day.clone()).await {
        Ok(()) => Ok(Redirect::to(&format!("/{slug}/meetings/{id}/day")).into_response()),
        Err(Refusal::Overtaken) => {
            let theirs = year.meeting_day(&id).await?;
            let page =
                day_page(&app, &signed, &id, &day, year.day_seen(&id), Some(&theirs)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn day_of(fields: &[(String, String)]) -> Result<Day, PageError> {
    let (names, roles) = (all(fields, "name"), all(fields, "role"));
    let (presences, proxies) = (all(fields, "presence"), all(fields, "proxy"));
    let mut attendance = Vec::new();
    for (n, org) in all(fields, "org").into_iter().take(MOST).enumerate() {
        let at = |values: &[&str]| {
            values
                .get(n)
                .map_or(Ok(String::new()), |value| short(value))
        };
        let one = Attended {
            org: short(org)?,
            name: at(&names)?,
            role: at(&roles)?,
            presence: presences.get(n).and_then(|code| Presence::of(code)),
            proxy: at(&proxies)?,
        };
        if !(one.org.is_empty() && one.name.is_empty()) {
            attendance.push(one);
        }
    }
    let some =
        |name: &str| Some(own(fields, name).trim().to_owned()).filter(|value| !value.is_empty());
    let because = match own(fields, "open") {
        "yes" => None,
        _ => some("closed_because"),
    };
    let observers = ::papers::digits::Width::Half.set(own(fields, "observers").trim());
    let observers = match observers.as_str() {
        "" => None,
        number => Some(number.parse().map_err(|_| {
            PageError::BadRequest("傍聴者数は数字で書いてください。前の画面に戻って直せます。")
        })?),
    };
    Ok(Day {
        attendance,
        observers,
        began: some("began"),
        ended: some("ended"),
        closed_because: because,
        staff: long(own(fields, "staff"))?,
    })
}
