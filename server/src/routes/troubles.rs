//! The ways out when a step of a cycle could not be carried out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;

use super::tasks::{TURN, back, turn};
use super::{Form, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;

pub fn routes() -> Routes {
    Routes::new()
        .post(
            "/{slug}/troubles/retry",
            Access::Secretariat,
            "うまくいかなかったことをもう一度試す",
            retry,
        )
        .takes(&TURN)
        .post(
            "/{slug}/troubles/leave-out",
            Access::Secretariat,
            "うまくいかなかったことを行わずに進む",
            leave_out,
        )
        .takes(&[
            ("cycle", "サイクル"),
            ("step", "手順"),
            ("item", "項目（なければ空）"),
            ("round", "何回目か"),
            ("reason", "理由"),
        ])
        .post(
            "/{slug}/troubles/choose",
            Access::Secretariat,
            "判定できなかった分かれ道を人が選ぶ",
            choose,
        )
        .takes(&[
            ("cycle", "サイクル"),
            ("step", "手順"),
            ("item", "項目（なければ空）"),
            ("round", "何回目か"),
            ("outcome", "進む先"),
        ])
}

async fn retry(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let by = signed
        .year
        .secretariat(app.act("").today(), &signed.person)?;
    let (act, key) = (app.act(&signed.person), turn(&fields)?);
    signed
        .year
        .retry(&act, own(&fields, "cycle"), key, by)
        .await?;
    back(&app, &signed).await
}

async fn leave_out(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let by = signed
        .year
        .secretariat(app.act("").today(), &signed.person)?;
    let (act, key) = (app.act(&signed.person), turn(&fields)?);
    let (cycle, reason) = (own(&fields, "cycle"), own(&fields, "reason"));
    signed.year.leave_out(&act, cycle, key, by, reason).await?;
    back(&app, &signed).await
}

async fn choose(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    signed
        .year
        .secretariat(app.act("").today(), &signed.person)?;
    let (act, key) = (app.act(&signed.person), turn(&fields)?);
    let (cycle, outcome) = (own(&fields, "cycle"), own(&fields, "outcome"));
    signed.year.choose(&act, cycle, key, outcome).await?;
    back(&app, &signed).await
}
