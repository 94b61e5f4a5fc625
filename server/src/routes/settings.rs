//! Settings of the municipality: a form for what is changed often, closed days, members of bodies.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use engine::settings::{Seat, Setting, days, set, set_closed, set_members};
use engine::year::{MovedDay, Refusal};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde_json::{Value as Json, json};

use super::pack_files;
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
            "/{slug}/settings",
            Access::Administrator,
            "自治体の設定",
            show,
        )
        .post(
            "/{slug}/settings",
            Access::Administrator,
            "自治体の設定を変える",
            change,
        )
        .takes(&[
            ("name", "自治体の名前"),
            ("contact", "回答者の問い合わせ先"),
            ("paper_footer", "資料の下に出る断り"),
            ("note", "架空・推定のものの断り"),
            ("decimals", "割合の小数の桁"),
            ("same_below", "この差（0.1ポイント）より小さければ同程度"),
            ("slightly_below", "この差（0.1ポイント）より小さければ若干"),
            ("body_digits", "文の数字（full か half）"),
            ("table_digits", "表の数字（full か half）"),
        ])
        .get(
            "/{slug}/settings/calendar",
            Access::Administrator,
            "閉庁日",
            show_calendar,
        )
        .post(
            "/{slug}/settings/calendar",
            Access::Administrator,
            "閉庁日を加える・外す。preview なら、動く予定を見るだけ",
            change_calendar,
        )
        .takes(&[
            ("day", "加える日"),
            ("days", "加える日の一覧（一行に一日）"),
            ("remove", "外す日"),
            ("_act", "preview か save"),
        ])
        .get(
            "/{slug}/settings/bodies/{body}",
            Access::Administrator,
            "会議体の委員",
            show_body,
        )
        .post(
            "/{slug}/settings/bodies/{body}",
            Access::Administrator,
            "会議体の委員を変える",
            change_body,
        )
        .takes(&[
            ("at", "一覧の中の位置（新しい人は空）"),
            ("org", "所属（空なら外す）"),
            ("member", "氏名"),
            ("role", "役"),
            ("from", "始まりの日"),
            ("to", "終わりの日"),
        ])
        .merge(pack_files::routes())
}

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    page(&app, &signed, None, &[])
}

/// What was wrong, with what was typed; or the settings as they are.
fn page(
    app: &App,
    signed: &SignedIn,
    wrong: Option<&Refusal>,
    typed: &[(String, String)],
) -> Result<Page, PageError> {
    let pack = &signed.year.pack;
    let (municipality, style) = (&pack.municipality, &pack.style);
    let or_typed = |name: &str, now: String| match wrong {
        Some(_) => own(typed, name).to_owned(),
        None => now,
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let layout = serde_json::to_value(&style.layout).map_err(PageError::broken)?;
    let digits = |of: &str| layout["digits"][of].as_str().unwrap_or("half").to_owned();
    let bodies = municipality.bodies.iter();
    let bodies: Vec<Value> = bodies
        .map(|body| context! { id => body.id.as_str(), name => body.name.as_str(), members => body.members.len(), ended => body.to.map(when::day) })
        .collect();
    let areas = municipality.areas.iter();
    let areas: Vec<Value> = areas
        .map(|area| context! { name => area.name.as_str(), level => area.level.as_str(), home => area.id == municipality.home_area, members => area.formed_of.len() })
        .collect();
    pages::page(
        "desk/settings.html",
        context! {
            name => or_typed("name", municipality.name.clone()),
            contact => or_typed("contact", text(&municipality.contact)),
            paper_footer => or_typed("paper_footer", text(&municipality.paper_footer)),
            note => or_typed("note", text(&municipality.note)),
            decimals => or_typed("decimals", style.percent.decimals.to_string()),
            same_below => or_typed("same_below", style.closeness.same_below.to_string()),
            slightly_below => or_typed("slightly_below", style.closeness.slightly_below.to_string()),
            body_digits => or_typed("body_digits", digits("body")),
            table_digits => or_typed("table_digits", digits("tables")),
            bodies, areas,
            wrong => wrong.map(sentences),
            ..frame(app, signed, "settings")
        },
    )
}

async fn change(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let act = app.act(&signed.person);
    let text = |path, name: &str| Setting {
        path,
        value: json!(own(&fields, name).trim()),
    };
    // A number that is none stays a text, and the check of the pack says what is wrong with it.
    let number = |path, name: &str| {
        let typed = own(&fields, name).trim();
        let value: Json = typed
            .parse::<i64>()
            .map_or_else(|_| json!(format!("{typed} ")), |number| json!(number));
        Setting { path, value }
    };
    let changed = async {
        let files = app.years.files(&signed.year).await?;
        let municipality = set(
            files.get("municipality.json").ok_or(PageError::NotFound)?,
            &[
                text("/name", "name"),
                text("/contact", "contact"),
                text("/paper_footer", "paper_footer"),
                text("/note", "note"),
            ],
        )?;
        let style = files.get("style.json");
        let style = style.or(engine::pack::base_text("style.json"));
        let style = set(
            style.ok_or(PageError::NotFound)?,
            &[
                number("/percent/decimals", "decimals"),
                number("/closeness/same_below", "same_below"),
                number("/closeness/slightly_below", "slightly_below"),
                text("/layout/digits/body", "body_digits"),
                text("/layout/digits/tables", "table_digits"),
            ],
        )?;
        let changes = vec![
            ("municipality.json".to_owned(), Some(municipality)),
            ("style.json".to_owned(), Some(style)),
        ];
        pack_files::revise(&app, &signed.year, &act, changes).await
    };
    match changed.await {
        Ok(()) => Ok(Redirect::to(&format!("/{}/settings", signed.year.slug())).into_response()),
        Err(PageError::Refused(wrong @ (Refusal::Findings(_) | Refusal::Cycle(_)))) => {
            let page = page(&app, &signed, Some(&wrong), &fields)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn show_calendar(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    calendar(&app, &signed, "", None, None)
}

fn calendar(
    app: &App,
    signed: &SignedIn,
    typed: &str,
    wrong: Option<&str>,
    shifted: Option<&[MovedDay]>,
) -> Result<Page, PageError> {
    let today = app.act("").today();
    let closed = &signed.year.pack.municipality.calendar.closed;
    let closed: Vec<Value> = closed
        .iter()
        .map(|day| context! { day => day.to_string(), words => when::day(*day), past => *day < today })
        .collect();
    let shifted = shifted.map(|shifted| {
        let shifted = shifted.iter();
        let rows = shifted.map(|one| {
            context! { cycle => one.cycle.as_str(), title => one.title.as_str(), from => when::day(one.from), to => when::day(one.to) }
        });
        rows.collect::<Vec<Value>>()
    });
    pages::page(
        "desk/calendar.html",
        context! { closed, typed, wrong, shifted, ..frame(app, signed, "settings") },
    )
}

async fn change_calendar(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let mut closed = signed.year.pack.municipality.calendar.closed.clone();
    if let Ok(gone) = own(&fields, "remove").parse::<NaiveDate>() {
        closed.retain(|day| *day != gone);
    }
    let typed = match own(&fields, "day") {
        "" => own(&fields, "days"),
        day => day,
    };
    match days(typed) {
        Ok(days) => closed.extend(days),
        Err(line) => {
            let wrong = format!(
                "{line}行目を日付として読めません。2026-08-14 か 2026/8/14 の形で、一行に一日ずつ書いてください。"
            );
            let page = calendar(&app, &signed, typed, Some(&wrong), None)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    }
    let act = app.act(&signed.person);
    if own(&fields, "_act") == "preview" {
        let shifted = signed.year.shifted(&act, &closed).await?;
        return Ok(calendar(&app, &signed, typed, None, Some(&shifted))?.into_response());
    }
    let files = app.years.files(&signed.year).await?;
    let text = files.get("municipality.json").ok_or(PageError::NotFound)?;
    let text = set_closed(text, closed)?;
    let changes = vec![("municipality.json".to_owned(), Some(text))];
    pack_files::revise(&app, &signed.year, &act, changes).await?;
    Ok(Redirect::to(&format!("/{}/settings/calendar", signed.year.slug())).into_response())
}

async fn show_body(
    State(app): State<Arc<App>>,
    Path((_, body)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let body = signed.year.pack.municipality.body(&body);
    let body = body.ok_or(PageError::NotFound)?;
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let seats = body.members.iter().enumerate().map(|(at, member)| Seat {
        at: Some(at),
        org: member.org.clone(),
        name: member.name.clone().unwrap_or_default(),
        role: member.role.clone().unwrap_or_default(),
        from: text(member.from),
        to: text(member.to),
    });
    body_page(&app, &signed, &body.id, seats.collect(), None)
}

fn body_page(
    app: &App,
    signed: &SignedIn,
    id: &str,
    mut seats: Vec<Seat>,
    wrong: Option<&Refusal>,
) -> Result<Page, PageError> {
    let body = signed.year.pack.municipality.body(id);
    let body = body.ok_or(PageError::NotFound)?;
    // Room for new ones; what is left empty is not kept.
    seats.extend([Seat::default(), Seat::default(), Seat::default()]);
    let seats: Vec<Value> = seats
        .iter()
        .map(|seat| {
            context! {
                at => seat.at.map(|at| at.to_string()).unwrap_or_default(),
                org => seat.org.as_str(), member => seat.name.as_str(), role => seat.role.as_str(),
                from => seat.from.as_str(), to => seat.to.as_str(),
            }
        })
        .collect();
    pages::page(
        "desk/body.html",
        context! {
            id, name => body.name.as_str(), seats,
            quorum => body.quorum.as_ref().map(|quorum| context! { over => quorum.more_than[0], of => quorum.more_than[1] }),
            wrong => wrong.map(sentences),
            ..frame(app, signed, "settings")
        },
    )
}

async fn change_body(
    State(app): State<Arc<App>>,
    Path((slug, body)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let seats = seats(&fields);
    let act = app.act(&signed.person);
    let changed = async {
        let files = app.years.files(&signed.year).await?;
        let text = files.get("municipality.json").ok_or(PageError::NotFound)?;
        let text = set_members(text, &body, &seats)?;
        let changes = vec![("municipality.json".to_owned(), Some(text))];
        pack_files::revise(&app, &signed.year, &act, changes).await
    };
    match changed.await {
        Ok(()) => Ok(Redirect::to(&format!("/{slug}/settings/bodies/{body}")).into_response()),
        Err(PageError::Refused(wrong @ Refusal::Findings(_))) => {
            let page = body_page(&app, &signed, &body, seats, Some(&wrong))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The rows of the form: each begins with its place.
fn seats(fields: &[(String, String)]) -> Vec<Seat> {
    let mut seats: Vec<Seat> = Vec::new();
    for (name, value) in fields {
        if name == "at" {
            seats.push(Seat {
                at: value.parse().ok(),
                ..Seat::default()
            });
        }
        let Some(seat) = seats.last_mut() else {
            continue;
        };
        let place = match name.as_str() {
            "org" => &mut seat.org,
            "member" => &mut seat.name,
            "role" => &mut seat.role,
            "from" => &mut seat.from,
            "to" => &mut seat.to,
            _ => continue,
        };
        value.clone_into(place);
    }
    seats
}

/// What is wrong, one sentence each.
pub fn sentences(refusal: &Refusal) -> Value {
    let lines: Vec<String> = match refusal {
        Refusal::Findings(findings) => findings
            .iter()
            .map(|finding| format!("{}{}", finding.what, finding.todo))
            .collect(),
        other => vec![other.to_string()],
    };
    Value::from(Serde(lines))
}
