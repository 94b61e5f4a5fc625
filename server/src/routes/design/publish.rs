//! Saving a design into the pack, and publishing what stands there.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use engine::design::{self, add_survey, numbered};
use engine::year::Refusal;

use super::{Opened, compare, refused, to};
use crate::app::App;
use crate::error::PageError;
use crate::routes::{Form, Path, own};
use crate::signed_in::SignedIn;

type OfForm = Path<(String, String)>;

pub(super) async fn save(
    State(app): State<Arc<App>>,
    Path((_, form)): OfForm,
    signed: SignedIn,
    _: Form,
) -> Result<Response, PageError> {
    match stored(&app, &signed, &form).await? {
        Stored::Wrong(page) => Ok(page),
        Stored::Done => Ok(to(&format!(
            "/{}/design/{form}/compare?saved",
            signed.year.slug()
        ))),
    }
}

/// Saves what is under way, then publishes the questionnaire of a survey as a new version.
pub(super) async fn publish(
    State(app): State<Arc<App>>,
    Path((_, form)): OfForm,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let survey = own(&fields, "survey");
    if !signed.year.forms_asked(survey).contains(&form) {
        return Err(PageError::NotFound);
    }
    if let Stored::Wrong(page) = stored(&app, &signed, &form).await? {
        return Ok(page);
    }
    // The pack was taken up anew by the save.
    let year = app.year(signed.year.slug())?;
    year.publish_by_hand(&app.act(&signed.person), survey)
        .await?;
    Ok(to(&format!(
        "/{}/design/{form}/compare?published",
        year.slug()
    )))
}

enum Stored {
    Done,
    /// The page that says what is wrong.
    Wrong(Response),
}

/// Saves a design into the pack, with its survey where it is new; nothing to do where none is under way.
async fn stored(app: &App, signed: &SignedIn, form: &str) -> Result<Stored, PageError> {
    let opened = Opened::load(app, &signed.year, form).await?;
    let Some(under_way) = &opened.design else {
        return Ok(Stored::Done);
    };
    let year = &signed.year;
    let act = app.act(&signed.person);
    if opened.whole().is_none() {
        let said = "まだ指摘が残っているため、保存しませんでした。";
        let page = compare::page(app, signed, &opened, None, Some(said), &[]).await?;
        return Ok(Stored::Wrong(refused(page)));
    }
    let published = year.published_of(form).iter().map(|one| one.version).max();
    let document = numbered(
        &under_way.document,
        opened.saved.as_ref(),
        published.unwrap_or(0),
    );
    let mut changes = vec![(design::path(form), Some(forms::design::print(&document)))];
    if let Some(survey) = &under_way.survey {
        let surveys = opened.files.get("surveys.json");
        // A pack without surveys has the base's empty list.
        let surveys = surveys.unwrap_or("{ \"surveys\": [] }");
        match add_survey(surveys, survey) {
            Ok(text) => changes.push(("surveys.json".to_owned(), Some(text))),
            Err(said) => {
                let page = compare::page(app, signed, &opened, None, Some(&said), &[]).await?;
                return Ok(Stored::Wrong(refused(page)));
            }
        }
    }
    match app.years.revise(year, &act, changes).await {
        Ok(_) => {}
        Err(PageError::Refused(Refusal::Findings(findings))) => {
            let said = "ほかの資料と合わなくなるため、保存しませんでした。";
            let page = compare::page(app, signed, &opened, None, Some(said), &findings).await?;
            return Ok(Stored::Wrong(refused(page)));
        }
        Err(other) => return Err(other),
    }
    year.end_design(&act, form).await?;
    Ok(Stored::Done)
}
