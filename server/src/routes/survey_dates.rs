//! Opening, extending and closing a survey: what it would bring about, and doing it.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Redirect;
use chrono::NaiveDate;
use engine::year::{Moving, Phase, Shifted};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::go_on::go_on;
use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{survey, when};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/dates",
            Access::Secretariat,
            "開始・締切を動かす前の確認",
            preview,
        )
        .post(
            "/{slug}/surveys/{survey}/dates",
            Access::Secretariat,
            "開始・締切の日を動かす",
            move_day,
        )
        .takes(&[
            ("moving", "opening（開始）か closing（締切）"),
            ("to", "新しい日（2026-12-25 の形）"),
            ("reason", "理由"),
        ])
        .post(
            "/{slug}/surveys/{survey}/close",
            Access::Secretariat,
            "いま締め切る",
            close,
        )
        .post(
            "/{slug}/surveys/{survey}/open",
            Access::Secretariat,
            "いま受付を始める、またはもう一度始める",
            open,
        )
}

type OfSurvey = Path<(String, String)>;

/// What the page asks: move a date to a day, close now, or open now.
async fn preview(
    State(app): State<Arc<App>>,
    Path((_, id)): OfSurvey,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, &id).await?;
    let query = query.unwrap_or_default();
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let moving = own(&fields, "moving");
    let collecting = year.collecting(&id).await?;
    let collects = collecting.is_some_and(|collecting| collecting.phase == Phase::Open);
    let (mut shift, mut refused) = (None, None);
    if let Some(moving) = moving_of(moving) {
        let made = match day(&fields) {
            Ok(to) => {
                let act = app.act(&signed.person);
                year.try_moving(&act, &id, moving, to)
                    .await
                    .map_err(|refusal| refusal.to_string())
            }
            Err(_) => {
                Err("日付を、カレンダーから選ぶか 2026-12-25 の形で書いてください。".to_owned())
            }
        };
        match made {
            Ok(made) => {
                shift = Some(context! {
                    from => made.from.map(when::day),
                    to => when::day(made.to),
                    to_iso => made.to.to_string(),
                    field => made.field_title,
                    same => made.from == Some(made.to),
                    moved => made.moved.iter().map(shifted).collect::<Vec<_>>(),
                });
            }
            Err(why) => refused = Some(why),
        }
    }
    pages::page(
        "desk/survey_dates.html",
        context! {
            survey => Serde(card),
            base => id,
            moving,
            to => own(&fields, "to"),
            shift,
            refused,
            collects,
            ..frame(&app, &signed, "surveys")
        },
    )
}

fn shifted(shifted: &Shifted) -> Value {
    context! {
        title => shifted.title.as_str(),
        from => shifted.from.map(when::day),
        to => shifted.to.map(when::day),
    }
}

async fn move_day(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let moving = moving_of(own(&fields, "moving"));
    let moving = moving.ok_or(PageError::BadRequest("画面を開き直してください。"))?;
    let act = app.act(&signed.person);
    let by = signed.year.secretariat(act.today(), &signed.person)?;
    let reason = own(&fields, "reason").to_owned();
    let to = day(&fields)?;
    signed
        .year
        .move_day(&act, &id, moving, to, by, reason)
        .await?;
    go_on(&app, &signed.year, &act).await;
    Ok(Redirect::to(&format!("/{slug}/surveys/{id}")))
}

async fn close(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    signed.year.close_now(&act, &id).await?;
    go_on(&app, &signed.year, &act).await;
    Ok(Redirect::to(&format!("/{slug}/surveys/{id}")))
}

async fn open(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    signed.year.open_now(&act, &id).await?;
    go_on(&app, &signed.year, &act).await;
    Ok(Redirect::to(&format!("/{slug}/surveys/{id}")))
}

fn moving_of(word: &str) -> Option<Moving> {
    match word {
        "opening" => Some(Moving::Opening),
        "closing" => Some(Moving::Closing),
        _ => None,
    }
}

fn day(fields: &[(String, String)]) -> Result<NaiveDate, PageError> {
    own(fields, "to").trim().parse().map_err(|_| {
        PageError::BadRequest("日付を、カレンダーから選ぶか 2026-12-25 の形で書いてください。")
    })
}
