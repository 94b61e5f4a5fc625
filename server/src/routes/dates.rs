//! Moving a date of a running cycle, with everything that moves with it shown before; adding to a list that grows.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Redirect;
use chrono::NaiveDate;
use minijinja::context;
use minijinja::value::Value;
use serde::Deserialize;

use super::tasks::back;
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
            "/{slug}/cycles/{cycle}/dates",
            Access::Secretariat,
            "日付と、動かしたときに変わること",
            show,
        )
        .post(
            "/{slug}/cycles/{cycle}/dates",
            Access::Secretariat,
            "日付を動かす",
            move_date,
        )
        .takes(&[
            ("field", "日付の名"),
            ("to", "新しい日（2026-12-25）"),
            ("reason", "理由"),
        ])
        .post(
            "/{slug}/cycles/{cycle}/items",
            Access::Secretariat,
            "一覧に足す",
            add_item,
        )
        .takes(&[("list", "一覧の名"), ("item", "足すもの")])
}

/// A date to try.
#[derive(Deserialize)]
struct Tried {
    #[serde(default)]
    field: String,
    #[serde(default)]
    to: String,
}

type OfCycle = Path<(String, String)>;

async fn show(
    State(app): State<Arc<App>>,
    Path((_, cycle)): OfCycle,
    Query(tried): Query<Tried>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    year.secretariat(app.act("").today(), &signed.person)?;
    let dates = year.dates(&cycle).await?;
    let chosen = dates.iter().find(|date| date.id == tried.field);
    let to: Option<NaiveDate> = tried.to.parse().ok();
    let (mut preview, mut refused) = (None, None);
    if let Some(date) = chosen {
        match to {
            None => {
                refused = Some(
                    "新しい日付を、カレンダーから選ぶか 2026-12-25 の形で書いてください。"
                        .to_owned(),
                )
            }
            Some(to) => match year
                .preview_date(&app.act(&signed.person), &cycle, &date.id, to)
                .await
            {
                Ok(made) => preview = Some(made),
                Err(engine::year::Refusal::Cycle(why)) => refused = Some(why),
                Err(other) => return Err(other.into()),
            },
        }
    }
    let parts = preview.as_ref().map(|preview| {
        let parts = preview.parts().into_iter();
        parts
            .map(|(title, lines)| context! { title, lines })
            .collect::<Vec<Value>>()
    });
    let title = year.state(|state| state.cycles.get(&cycle).map(|one| one.title.clone()));
    let dates: Vec<Value> = dates
        .iter()
        .map(|date| {
            context! {
                id => date.id.as_str(),
                title => date.title.as_str(),
                on => date.on.to_string(),
                day => when::day(date.on),
                planned => date.planned.map(when::day),
                chosen => date.id == tried.field,
            }
        })
        .collect();
    pages::page(
        "desk/dates.html",
        context! {
            cycle,
            title,
            dates,
            field => tried.field,
            to => to.map(|to| to.to_string()),
            to_day => to.map(when::day),
            parts,
            refused,
            ..frame(&app, &signed, "home")
        },
    )
}

async fn move_date(
    State(app): State<Arc<App>>,
    Path((_, cycle)): OfCycle,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let by = signed
        .year
        .secretariat(app.act("").today(), &signed.person)?;
    let to = own(&fields, "to").parse().map_err(|_| {
        PageError::BadRequest(
            "新しい日付を、カレンダーから選ぶか 2026-12-25 の形で書いてください。",
        )
    })?;
    let act = app.act(&signed.person);
    let (field, reason) = (own(&fields, "field"), own(&fields, "reason"));
    signed
        .year
        .move_date(&act, &cycle, field, to, by, reason)
        .await?;
    back(&app, &signed).await
}

async fn add_item(
    State(app): State<Arc<App>>,
    Path((_, cycle)): OfCycle,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let by = signed
        .year
        .secretariat(app.act("").today(), &signed.person)?;
    let act = app.act(&signed.person);
    let (list, item) = (own(&fields, "list"), own(&fields, "item"));
    signed.year.add_item(&act, &cycle, list, item, by).await?;
    back(&app, &signed).await
}
