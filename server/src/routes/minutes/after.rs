//! What comes of a meeting: decisions, follow-ups, what is carried over.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use chrono::NaiveDate;
use engine::ledger::FOLLOW_UPS;
use engine::meeting::Minutes;
use minijinja::context;
use minijinja::value::Value;
use serde_json::json;

use super::{Form, Path, own};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::meeting::{self, Tab};
use crate::view::when;

pub(super) async fn show_after(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let head = meeting::head(year, &id, Tab::After, true).await;
    let head = head.ok_or(PageError::NotFound)?;
    let minutes = match year.drafted(&id).await {
        Ok(_) => year.minutes(&id).await?,
        Err(_) => Minutes::default(),
    };
    let decisions = minutes.lines.iter().flat_map(|line| {
        line.decisions.iter().map(|one| context! { title => line.title.as_str(), what => one.what.as_str(), entry => one.entry.as_deref() })
    });
    let decisions: Vec<Value> = decisions.collect();
    let ledger = year.pack.ledgers.get(FOLLOW_UPS);
    let today = app.act("").today();
    let left = year.left_over(&id).await?;
    let left: Vec<Value> = left
        .iter()
        .filter_map(|entry| {
            let ledger = ledger?;
            let text = |item: &str| entry.answers.text(item).map(str::to_owned);
            let due: Option<NaiveDate> = text("due").and_then(|due| due.parse().ok());
            let state = ledger.state(entry).unwrap_or_default();
            Some(context! {
                id => entry.id.as_str(),
                href => format!("/{slug}/ledgers/{FOLLOW_UPS}/{}", entry.id),
                title => ledger.title(entry),
                kind => text("kind"),
                owner => text("owner"),
                due => due.map(when::day),
                late => state == "open" && due.is_some_and(|due| due < today),
                state,
                state_label => ledger.state_label(state),
            })
        })
        .collect();
    let convened = year
        .state(|state| state.meetings.get(&id).cloned())
        .unwrap_or_default();
    let next = year.meeting_after(&id);
    let next = next.as_deref().and_then(|id| year.pack.agenda.meeting(id));
    let next = next.map(|meeting| {
        context! {
            href => format!("/{slug}/meetings/{}/agenda", meeting.id),
            title => engine::meeting::called(&year.pack, meeting, NaiveDate::MAX),
        }
    });
    let approved_in = convened.minutes_approved_in.as_deref();
    let approved_in = approved_in.and_then(|id| year.pack.agenda.meeting(id));
    pages::page(
        "desk/after.html",
        context! {
            meeting => head,
            decisions,
            left,
            finished => convened.minutes_finished_at.map(when::moment),
            approved_in => approved_in.map(|meeting| engine::meeting::called(&year.pack, meeting, NaiveDate::MAX)),
            next,
            ..frame(&app, &signed, "meetings")
        },
    )
}

pub(super) async fn change_after(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let year = &signed.year;
    let entry = own(&fields, "entry");
    let of_this = year.left_over(&id).await?.iter().any(|one| one.id == entry);
    if !of_this {
        return Err(PageError::NotFound);
    }
    let change = json!({ "id": entry, "state": own(&fields, "state") });
    year.enter(&app.act(&signed.person), FOLLOW_UPS, change)
        .await?;
    Ok(Redirect::to(&format!("/{slug}/meetings/{id}/after")))
}
