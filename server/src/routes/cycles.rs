//! A running cycle: adopting the plan of the edited pack, suspending, resuming, giving up.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use engine::year::{Refusal, Year};
use minijinja::context;
use minijinja::value::Value;
use workflows::{Actor, Command, Key, Phase, Preview};

use super::go_on::go_on;
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
            "/{slug}/cycles/{cycle}/plan",
            Access::Secretariat,
            "計画の変更",
            show,
        )
        .post(
            "/{slug}/cycles/{cycle}/plan",
            Access::Secretariat,
            "計画を取り込む",
            adopt,
        )
        .post(
            "/{slug}/cycles/{cycle}/suspend",
            Access::Secretariat,
            "サイクルを休止する",
            |app, path, signed, body| {
                command(app, path, signed, body, |by, reason| Command::Suspend {
                    by,
                    reason,
                })
            },
        )
        .takes(&[("reason", "理由")])
        .post(
            "/{slug}/cycles/{cycle}/resume",
            Access::Secretariat,
            "サイクルを再開する",
            |app, path, signed, body| {
                command(app, path, signed, body, |by, reason| Command::Resume {
                    by,
                    reason,
                })
            },
        )
        .takes(&[("reason", "理由")])
        .post(
            "/{slug}/cycles/{cycle}/terminate",
            Access::Secretariat,
            "サイクルを中止する",
            |app, path, signed, body| {
                command(app, path, signed, body, |by, reason| Command::Terminate {
                    by,
                    reason,
                })
            },
        )
        .takes(&[("reason", "理由")])
}

/// The cycles of a municipality, for a list: id, title, and how they stand where that is to be said.
pub fn list(year: &Year) -> Vec<Value> {
    year.state(|state| {
        let cycles = state.cycles.iter();
        cycles
            .map(|(id, cycle)| context! { id, title => cycle.title.as_str(), standing => standing(cycle) })
            .collect()
    })
}

fn standing(cycle: &workflows::State) -> Option<String> {
    match (cycle.phase, &cycle.suspension) {
        (Phase::Completed, _) => Some("終わりました。".to_owned()),
        (Phase::Terminated, _) => Some("途中で中止しました。".to_owned()),
        (_, Some(suspension)) => Some(format!(
            "{}から休止しています（理由：{}）。",
            when::day(suspension.since.today),
            suspension.reason
        )),
        _ => None,
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, cycle)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    year.secretariat(app.act("").today(), &signed.person)?;
    let unknown = || Refusal::Unknown(format!("サイクル「{cycle}」"));
    let running = year
        .state(|state| state.cycles.get(&cycle).cloned())
        .ok_or_else(unknown)?;
    let (mut preview, mut refused, mut findings) = (None, None, Vec::new());
    if matches!(running.phase, Phase::Running | Phase::Suspended) {
        match app.years.pack_now(year).await? {
            Err(wrong) => findings = wrong.iter().map(ToString::to_string).collect(),
            Ok(pack) => match year.preview(&app.act(&signed.person), &cycle, &pack).await {
                Ok(made) => preview = Some(made),
                Err(refusal @ (Refusal::Cycle(_) | Refusal::Findings(_))) => {
                    refused = Some(refusal.to_string())
                }
                Err(broken) => return Err(broken.into()),
            },
        }
    }
    pages::page(
        "desk/cycle.html",
        context! {
            cycle,
            title => running.title.as_str(),
            standing => standing(&running),
            running => running.phase == Phase::Running,
            suspended => running.phase == Phase::Suspended,
            preview => preview.as_ref().map(preview_view),
            refused, findings,
            ..frame(&app, &signed, "home")
        },
    )
}

fn preview_view(preview: &Preview) -> Value {
    let parts: Vec<Value> = preview
        .parts()
        .into_iter()
        .map(|(title, lines)| context! { title, lines })
        .collect();
    let choices = preview.choices.iter().map(|choice| {
        context! { key => choice.key.to_string(), title => choice.title.as_str(), standing => choice.standing.as_str() }
    });
    context! {
        to => preview.to.as_str(),
        same => preview.from == preview.to,
        parts,
        choices => choices.collect::<Vec<_>>(),
    }
}

/// Takes up the pack as it is in its folder, and its plan in the running cycle.
async fn adopt(
    State(app): State<Arc<App>>,
    Path((_, cycle)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let by = signed
        .year
        .secretariat(app.act("").today(), &signed.person)?;
    let act = app.act(&signed.person);
    let Ok(pack) = app.years.pack_now(&signed.year).await? else {
        return Err(PageError::BadRequest(
            "パックに直すところがあります。画面を開き直してください。",
        ));
    };
    let preview = signed.year.preview(&act, &cycle, &pack).await?;
    let chosen = |key: &Key| {
        let key = key.to_string();
        fields
            .iter()
            .any(|(name, value)| name == "cancel" && *value == key)
    };
    let keys = preview.choices.into_iter().map(|choice| choice.key);
    let cancel = keys.filter(chosen).collect();
    let (to, reason) = (own(&fields, "to"), own(&fields, "reason").to_owned());
    let year = app.years.take_up(&signed.year, pack, act.at).await?;
    year.adopt(&act, &cycle, to, cancel, by, reason).await?;
    go_on(&app, &year, &act).await;
    Ok(Redirect::to(&format!("/{}", year.slug())))
}

/// A page's button with a reason gives this command to the cycle.
async fn command(
    State(app): State<Arc<App>>,
    Path((_, cycle)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
    of: fn(Actor, String) -> Command,
) -> Result<Redirect, PageError> {
    let by = signed
        .year
        .secretariat(app.act("").today(), &signed.person)?;
    let act = app.act(&signed.person);
    let command = of(by, own(&fields, "reason").to_owned());
    signed.year.command(&act, &cycle, command).await?;
    go_on(&app, &signed.year, &act).await;
    Ok(Redirect::to(&format!("/{}", signed.year.slug())))
}
