//! Webhooks: which addresses are told what, and what became of the last notices.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use engine::year::{Attempted, Delivered, Occasion};
use minijinja::context;
use minijinja::value::Value;

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
            "/{slug}/webhooks",
            Access::Administrator,
            "知らせる先（Webhook）と送った記録",
            show,
        )
        .post(
            "/{slug}/webhooks",
            Access::Administrator,
            "知らせる先を加える",
            add,
        )
        .takes(&[
            ("address", "知らせる先のアドレス（https://…）"),
            (
                "on",
                "知らせるとき：response・close・dispatch・task_overdue（いくつでも）",
            ),
        ])
        .post(
            "/{slug}/webhooks/try",
            Access::Administrator,
            "試しに知らせる",
            try_out,
        )
        .takes(&[("webhook", "知らせる先の番号")])
        .post(
            "/{slug}/webhooks/remove",
            Access::Administrator,
            "知らせる先を消す",
            remove,
        )
        .takes(&[("webhook", "知らせる先の番号")])
}

/// Attempts that a page shows of each.
const SHOWN: usize = 20;

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    page(&app, &signed, None)
}

fn page(app: &App, signed: &SignedIn, made: Option<(&str, String)>) -> Result<Page, PageError> {
    let webhooks = signed.year.state(|state| state.webhooks.clone());
    let webhooks: Vec<Value> = webhooks
        .into_iter()
        .filter_map(|(id, hooked)| {
            let webhook = hooked.webhook?;
            let on: Vec<&str> = webhook.on.iter().map(|one| one.label()).collect();
            let log: Vec<Value> = hooked.log.iter().rev().take(SHOWN).map(attempt).collect();
            Some(context! { id, address => webhook.address, on, made_by => webhook.made_by, log })
        })
        .collect();
    let occasions = Occasion::ALL.map(|one| context! { word => one.word(), label => one.label() });
    pages::page(
        "desk/webhooks.html",
        context! {
            webhooks,
            occasions,
            made => made.map(|(address, secret)| context! { address, secret }),
            ..frame(app, signed, "settings")
        },
    )
}

fn attempt(one: &Attempted) -> Value {
    let (label, wrong) = match &one.delivered {
        Delivered::Sent { status } => (format!("届きました（{status}）"), false),
        Delivered::Failed { why, retry_at } => (
            format!(
                "届きませんでした：{why}。{}に、もう一度送ります",
                when::short(*retry_at)
            ),
            true,
        ),
        Delivered::Abandoned { why } => (
            format!(
                "届きませんでした：{why}。{}回送ったので、やめました",
                one.notice.attempt
            ),
            true,
        ),
    };
    context! {
        at => when::moment(one.at),
        occasion => one.notice.occasion.label(),
        id => one.notice.id.as_str(),
        attempt => one.notice.attempt,
        label,
        wrong,
    }
}

async fn add(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Page, PageError> {
    let chosen = |one: &Occasion| {
        let mut on = fields.iter().filter(|(name, _)| name == "on");
        on.any(|(_, word)| word == one.word())
    };
    let on = Occasion::ALL.into_iter().filter(chosen).collect();
    let address = own(&fields, "address").trim();
    let (id, secret) = (random::token(), random::token());
    // What names it in addresses of the desk is no secret.
    let id = &id.hash()[..12];
    let act = app.act(&signed.person);
    signed
        .year
        .set_webhook(&act, id, &secret, address, on)
        .await?;
    page(&app, &signed, Some((address, secret.to_string())))
}

async fn try_out(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    signed
        .year
        .try_webhook(&act, own(&fields, "webhook"))
        .await?;
    Ok(Redirect::to(&format!("/{}/webhooks", signed.year.slug())))
}

async fn remove(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    let id = own(&fields, "webhook");
    signed.year.remove_webhook(&act, id).await?;
    Ok(Redirect::to(&format!("/{}/webhooks", signed.year.slug())))
}
