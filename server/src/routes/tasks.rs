//! What people do with tasks, and what they tell a cycle: decide, take on, give back, take back, note a signal.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use engine::year::Done;
use workflows::Key;

use super::go_on::go_on;
use super::{Form, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;

/// The fields that name a turn of a step.
pub const TURN: [(&str, &str); 4] = [
    ("cycle", "サイクル"),
    ("step", "手順"),
    ("item", "項目（なければ空）"),
    ("round", "何回目か"),
];

pub fn routes() -> Routes {
    Routes::new()
        .post(
            "/{slug}/tasks",
            Access::Member,
            "仕事を終える・承認する・差し戻す",
            decide,
        )
        .takes(&[
            ("cycle", "サイクル"),
            ("step", "手順"),
            ("item", "項目（なければ空）"),
            ("round", "何回目か"),
            ("role", "どの役割で行うか"),
            (
                "outcome",
                "done（済み）・approved（承認）・sendback（差戻し）",
            ),
            ("comment", "意見。差戻しには必要"),
        ])
        .post(
            "/{slug}/tasks/claim",
            Access::Member,
            "仕事を引き受ける",
            claim,
        )
        .takes(&OF_ROLE)
        .post(
            "/{slug}/tasks/release",
            Access::Member,
            "引き受けた仕事を返す",
            release,
        )
        .takes(&OF_ROLE)
        .post(
            "/{slug}/tasks/pull-back",
            Access::Member,
            "終えた仕事を引き戻す",
            pull_back,
        )
        .takes(&OF_ROLE)
        .post(
            "/{slug}/signals",
            Access::Secretariat,
            "外で起きたことを知らせる",
            signal,
        )
        .takes(&[
            ("cycle", "サイクル"),
            ("signal", "知らせの名"),
            ("key", "どれについてか"),
        ])
}

const OF_ROLE: [(&str, &str); 5] = [
    ("cycle", "サイクル"),
    ("step", "手順"),
    ("item", "項目（なければ空）"),
    ("round", "何回目か"),
    ("role", "どの役割で行うか"),
];

type Fields = Vec<(String, String)>;

/// The turn of a step that the fields name.
pub fn turn(fields: &Fields) -> Result<Key, PageError> {
    let round = own(fields, "round")
        .parse()
        .map_err(|_| PageError::BadRequest("画面を開き直してください。"))?;
    Ok(Key::new(own(fields, "step"), own(fields, "item"), round))
}

/// Ends a task. Whether it may be ended is for the cycle to say.
async fn decide(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let of = |name: &str| own(&fields, name).to_owned();
    let comment = Some(of("comment")).filter(|comment| !comment.trim().is_empty());
    let done = Done {
        key: turn(&fields)?,
        role: of("role"),
        outcome: of("outcome"),
        comment,
    };
    let act = app.act(&signed.person);
    signed.year.complete(&act, &of("cycle"), done).await?;
    back(&app, &signed).await
}

async fn claim(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let (act, key) = (app.act(&signed.person), turn(&fields)?);
    let (cycle, role) = (own(&fields, "cycle"), own(&fields, "role"));
    signed.year.claim(&act, cycle, key, role).await?;
    back(&app, &signed).await
}

async fn release(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let (act, key) = (app.act(&signed.person), turn(&fields)?);
    let (cycle, role) = (own(&fields, "cycle"), own(&fields, "role"));
    signed.year.release(&act, cycle, key, role).await?;
    back(&app, &signed).await
}

async fn pull_back(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let (act, key) = (app.act(&signed.person), turn(&fields)?);
    let (cycle, role) = (own(&fields, "cycle"), own(&fields, "role"));
    signed.year.pull_back(&act, cycle, key, role).await?;
    back(&app, &signed).await
}

/// Something outside happened: values arrived, a meeting was held.
async fn signal(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let of = |name: &str| own(&fields, name);
    let act = app.act(&signed.person);
    let waited = signed.year.waited_for(of("cycle")).await?;
    if !waited
        .iter()
        .any(|waited| waited.signal == of("signal") && waited.key == of("key"))
    {
        return Err(PageError::BadRequest("画面を開き直してください。"));
    }
    signed
        .year
        .signal(&act, of("cycle"), of("signal"), of("key"))
        .await?;
    back(&app, &signed).await
}

/// Goes on with what the act has made possible, and back to the home page.
pub async fn back(app: &App, signed: &SignedIn) -> Result<Redirect, PageError> {
    go_on(app, &signed.year, &app.act(&signed.person)).await;
    Ok(Redirect::to(&format!("/{}", signed.year.slug())))
}
