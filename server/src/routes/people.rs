//! People of the office: who holds which role, a sign-in link for each, a reading link for members.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::Redirect;
use engine::year::{Delegation, Door};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{fields, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::random;
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::when;

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/people", Access::Viewer, "担当者と役割", show)
        .post(
            "/{slug}/people/links",
            Access::Administrator,
            "サインイン用のリンクを作る",
            sign_in_link,
        )
        .takes(&[("person", "担当者の名前")])
        .post(
            "/{slug}/people/reading-link",
            Access::Secretariat,
            "委員用のリンクを作る",
            reading_link,
        )
        .post(
            "/{slug}/people/delegations",
            Access::Secretariat,
            "代決を決める",
            delegate,
        )
        .takes(&[
            ("role", "役割"),
            ("from", "任せる人"),
            ("to", "代わりに決める人"),
            ("until", "終わりの日"),
            ("reason", "理由"),
        ])
        .post(
            "/{slug}/people/delegations/end",
            Access::Secretariat,
            "代決を終える",
            end_delegation,
        )
        .takes(&[("role", "役割"), ("from", "任せた人")])
}

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let roles = signed.year.pack.municipality.roles.iter();
    let roles: Vec<Value> = roles
        .map(|role| context! { id => role.id.as_str(), name => role.name.as_str(), holders => Serde(&role.holders) })
        .collect();
    let today = app.act("").today();
    let delegations = signed.year.delegations(today).into_iter();
    let delegations: Vec<Value> = delegations
        .map(|one| context! { until_day => when::day(one.until), ..Value::from(Serde(one)) })
        .collect();
    pages::page(
        "desk/people.html",
        context! {
            roles,
            people => Serde(people(&signed)),
            delegations,
            today => today.to_string(),
            ..frame(&app, &signed, "people")
        },
    )
}

/// Everybody who holds a role, once.
fn people(signed: &SignedIn) -> Vec<&str> {
    let roles = signed.year.pack.municipality.roles.iter();
    let mut people: Vec<&str> = Vec::new();
    for person in roles.flat_map(|role| &role.holders) {
        if !people.contains(&person.as_str()) {
            people.push(person);
        }
    }
    people
}

/// 代決. Whether it is possible is for the engine to say.
async fn delegate(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Redirect, PageError> {
    let fields = fields(body)?;
    signed.check(&fields)?;
    let of = |name: &str| own(&fields, name).to_owned();
    let until = of("until").parse().map_err(|_| {
        PageError::BadRequest(
            "代決の終わりの日を、カレンダーから選ぶか 2026-06-05 の形で書いてください。",
        )
    })?;
    let delegation = Delegation {
        role: of("role"),
        from: of("from"),
        to: of("to"),
        until,
        reason: of("reason"),
    };
    let act = app.act(&signed.person);
    signed.year.delegate(&act, delegation).await?;
    Ok(Redirect::to(&format!("/{}/people", signed.year.slug())))
}

async fn end_delegation(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Redirect, PageError> {
    let fields = fields(body)?;
    signed.check(&fields)?;
    let act = app.act(&signed.person);
    let (role, from) = (own(&fields, "role"), own(&fields, "from"));
    signed.year.end_delegation(&act, role, from).await?;
    Ok(Redirect::to(&format!("/{}/people", signed.year.slug())))
}

/// A one-time link for somebody who holds a role.
async fn sign_in_link(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Page, PageError> {
    let fields = fields(body)?;
    signed.check(&fields)?;
    let person = own(&fields, "person").to_owned();
    let holds = |role: &engine::municipality::Role| role.holders.contains(&person);
    if !signed.year.pack.municipality.roles.iter().any(holds) {
        return Err(PageError::NotFound);
    }
    let token = random::token();
    let door = Door::SignIn {
        person: person.clone(),
    };
    signed
        .year
        .make_link(&app.act(&signed.person), token, door)
        .await?;
    let link = format!("{}/{slug}/sign-in/{token}", app.address);
    let what = "このリンクは一度だけ使えます。ご本人にお渡しください。この画面でだけ表示されます。";
    shown(
        &app,
        &signed,
        &format!("{person} のサインイン用リンク"),
        what,
        &link,
    )
}

/// A link for the members of the committee: the papers that were sent out.
async fn reading_link(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Page, PageError> {
    signed.check(&fields(body)?)?;
    let token = random::token();
    signed
        .year
        .make_link(&app.act(&signed.person), token, Door::Papers)
        .await?;
    let link = format!("{}/{slug}/p/{token}", app.address);
    let what =
        "このリンクを知っている人は、送付済みの次第と資料を読めます。この画面でだけ表示されます。";
    shown(&app, &signed, "委員が資料を読むリンク", what, &link)
}

fn shown(
    app: &App,
    signed: &SignedIn,
    title: &str,
    what: &str,
    link: &str,
) -> Result<Page, PageError> {
    pages::page(
        "desk/given_link.html",
        context! { title, what, link, ..frame(app, signed, "people") },
    )
}
