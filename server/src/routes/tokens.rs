//! Tokens with which other programs act here: made by an administrator, shown once, taken back.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use engine::year::ApiToken;
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{Form, own};
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
        .get(
            "/{slug}/tokens",
            Access::Administrator,
            "APIトークンの一覧",
            show,
        )
        .post(
            "/{slug}/tokens",
            Access::Administrator,
            "APIトークンを作る",
            make,
        )
        .takes(&[
            ("name", "使う仕組みの名"),
            (
                "access",
                "できること：viewer・coordinator・secretariat・administrator",
            ),
            (
                "areas",
                "使えるアドレスの部分（surveys など。いくつでも。なければすべて）",
            ),
            ("until", "使える最後の日（2027-03-31）"),
        ])
        .post(
            "/{slug}/tokens/revoke",
            Access::Administrator,
            "APIトークンを取り消す",
            revoke,
        )
        .takes(&[("token", "トークンの番号")])
}

/// Levels that a token can have, with what they mean to a program. Deciding is for people: none is a member's.
const LEVELS: [(Access, &str, &str); 4] = [
    (Access::Viewer, "viewer", "見る（数値・結果・会議）"),
    (
        Access::Coordinator,
        "coordinator",
        "記録する（台帳・回答の入力）",
    ),
    (Access::Secretariat, "secretariat", "調査・会議を進める"),
    (
        Access::Administrator,
        "administrator",
        "すべて（担当者・設定・トークン）",
    ),
];

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    page(&app, &signed, None).await
}

async fn page(
    app: &App,
    signed: &SignedIn,
    made: Option<(&str, String)>,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let today = app.act("").today();
    let mut tokens: Vec<(String, ApiToken)> =
        year.state(|state| state.tokens.clone().into_iter().collect());
    tokens.sort_by_key(|(_, token)| (!token.is_valid(today), std::cmp::Reverse(token.made_at)));
    let mut rows: Vec<Value> = Vec::new();
    for (hash, token) in tokens {
        let used = year.token_last_used(&hash).await?;
        let label = LEVELS.iter().find(|(access, ..)| *access == token.access);
        rows.push(context! {
            valid => token.is_valid(today),
            standing => match (token.revoked_at, token.is_valid(today)) {
                (Some(at), _) => format!("{}に取り消し", when::short(at)),
                (None, false) => "期限切れ".to_owned(),
                (None, true) => "使えます".to_owned(),
            },
            id => hash,
            name => token.name,
            access => label.map(|(.., label)| *label),
            areas => Serde(token.areas),
            until => when::day(token.until),
            made_by => token.made_by,
            made_at => when::short(token.made_at),
            used => used.map(when::moment),
        });
    }
    let levels: Vec<Value> = LEVELS
        .iter()
        .map(|(_, word, label)| context! { word => *word, label => *label })
        .collect();
    pages::page(
        "desk/tokens.html",
        context! {
            tokens => rows,
            levels,
            areas => super::api::areas(),
            today => today.to_string(),
            made => made.map(|(name, secret)| context! { name, secret }),
            address => app.address.as_str(),
            ..frame(app, signed, "settings")
        },
    )
}

async fn make(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Page, PageError> {
    let of = |name: &str| own(&fields, name).to_owned();
    let chosen = LEVELS
        .iter()
        .find(|(_, word, _)| *word == own(&fields, "access"));
    let Some((access, ..)) = chosen else {
        return Err(PageError::BadRequest("できることを選んでください。"));
    };
    let known = super::api::areas();
    let areas = fields.iter().filter(|(name, _)| name == "areas");
    let areas = areas.map(|(_, area)| area.clone());
    let until = own(&fields, "until").parse().map_err(|_| {
        PageError::BadRequest(
            "使える最後の日を、カレンダーから選ぶか 2027-03-31 の形で書いてください。",
        )
    })?;
    let act = app.act(&signed.person);
    let token = ApiToken {
        name: of("name"),
        access: *access,
        areas: areas.filter(|area| known.contains(area)).collect(),
        until,
        made_by: act.by.clone(),
        made_at: act.at,
        revoked_at: None,
    };
    let (secret, name) = (random::token(), token.name.trim().to_owned());
    signed.year.make_token(&act, &secret, token).await?;
    page(&app, &signed, Some((&name, secret.to_string()))).await
}

async fn revoke(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    signed
        .year
        .revoke_token(&act, own(&fields, "token"))
        .await?;
    Ok(Redirect::to(&format!("/{}/tokens", signed.year.slug())))
}
