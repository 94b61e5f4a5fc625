//! How long answers are kept, and deleting them when the time is over.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use engine::settings::set_keep_years;
use engine::year::{Keeping, Refusal, Remains};
use minijinja::context;
use minijinja::value::Value;

use super::results::shield;
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
            "/{slug}/keeping",
            Access::Administrator,
            "回答の保存期間",
            show,
        )
        .post(
            "/{slug}/keeping/years",
            Access::Administrator,
            "調査の保存期間を決める",
            set_years,
        )
        .takes(&[("survey", "調査の id"), ("years", "年数（空なら決めない）")])
        .get(
            "/{slug}/keeping/{survey}",
            Access::Administrator,
            "回答を削除する前に確かめる画面、削除したあとに残る数",
            show_one,
        )
        .get(
            "/{slug}/surveys/{survey}/remains",
            Access::Viewer,
            "回答を削除した調査に残る集計",
            show_remains,
        )
        .post(
            "/{slug}/keeping/{survey}/delete",
            Access::Administrator,
            "保存期間の過ぎた回答を削除する",
            delete,
        )
        .takes(&[("name", "調査の名前（確かめのため）"), ("why", "理由")])
}

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let today = app.act("").today();
    let year = &signed.year;
    let kept = year.keeping(today).await?;
    let surveys = year.pack.surveys.iter();
    let surveys: Vec<Value> = surveys
        .map(|survey| context! { id => survey.id.as_str(), name => survey.name.as_str(), years => survey.keep_years })
        .collect();
    let due = kept.iter().filter(|one| one.due).count();
    let kept: Vec<Value> = kept.iter().map(row).collect();
    pages::page(
        "desk/keeping.html",
        context! { kept, surveys, due, ..frame(&app, &signed, "settings") },
    )
}

async fn set_years(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let years = match own(&fields, "years").trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            PageError::BadRequest("保存期間は、0 から 100 までの年数を数字で入れてください。")
        })?),
    };
    let files = app.years.files(&signed.year).await?;
    let text = files.get("surveys.json");
    let text = text.or(engine::pack::base_text("surveys.json"));
    let text = text.ok_or(PageError::NotFound)?;
    let text = set_keep_years(text, own(&fields, "survey"), years)?;
    let changes = vec![("surveys.json".to_owned(), Some(text))];
    let act = app.act(&signed.person);
    app.years.revise(&signed.year, &act, changes).await?;
    Ok(Redirect::to(&format!("/{}/keeping", signed.year.slug())))
}

async fn show_one(
    State(app): State<Arc<App>>,
    Path((_, survey)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let kept = one(&app, &signed, &survey).await?;
    page(&app, &signed, &kept, "", None).await
}

async fn page(
    app: &App,
    signed: &SignedIn,
    kept: &Keeping,
    why: &str,
    wrong: Option<&str>,
) -> Result<Page, PageError> {
    let remains = signed.year.remains(&kept.survey).await?;
    let questions = questions(remains.as_ref());
    pages::page(
        "desk/keeping_survey.html",
        context! {
            survey => row(kept),
            figures => remains.map(|remains| remains.figures.len()),
            hidden => false,
            questions, why, wrong,
            administrator => true,
            ..frame(app, signed, "settings")
        },
    )
}

/// What is left, for everybody who could see the results.
async fn show_remains(
    State(app): State<Arc<App>>,
    Path((_, survey)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    remains_page(&app, &signed, &survey).await
}

/// The counts of a turn whose answers were deleted, in place of its results.
///
/// # Errors
/// They were not deleted.
pub async fn remains_page(app: &App, signed: &SignedIn, survey: &str) -> Result<Page, PageError> {
    let kept = one(app, signed, survey).await?;
    let remains = signed.year.remains(survey).await?;
    let remains = remains.ok_or(PageError::NotFound)?;
    // It was counted once and whole: who gets small counts hidden gets none of it.
    let pack = &signed.year.pack;
    let asked = pack.survey(survey).ok_or(PageError::NotFound)?;
    let hidden = shield(pack, asked, signed.access, false).below.is_some();
    pages::page(
        "desk/keeping_survey.html",
        context! {
            survey => row(&kept),
            figures => remains.figures.len(),
            questions => questions((!hidden).then_some(&remains)),
            hidden,
            administrator => false,
            ..frame(app, signed, "surveys")
        },
    )
}

fn questions(remains: Option<&Remains>) -> Vec<Value> {
    let questions = remains.into_iter().flat_map(|remains| &remains.questions);
    let questions = questions.map(|question| {
        let options = question.options.iter();
        let options: Vec<Value> = options
            .map(|(label, count, share)| context! { label, count, share })
            .collect();
        let numbers = question.numbers.as_ref();
        let numbers = numbers.map(|(n, sum, min, max, unit)| context! { n, sum, min, max, unit });
        context! { title => question.title.as_str(), n => question.n, options, numbers }
    });
    questions.collect()
}

async fn delete(
    State(app): State<Arc<App>>,
    Path((slug, survey)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<axum::response::Response, PageError> {
    use axum::response::IntoResponse;
    let kept = one(&app, &signed, &survey).await?;
    let (name, why) = (own(&fields, "name").trim(), own(&fields, "why"));
    let deleted = if name == kept.name {
        let act = app.act(&signed.person);
        signed.year.delete_answers(&act, &survey, why).await
    } else {
        let name = &kept.name;
        Err(Refusal::Cycle(format!(
            "調査の名前が違います。削除するときは「{name}」と、そのまま入れてください。"
        )))
    };
    match deleted {
        Ok(_) => Ok(Redirect::to(&format!("/{slug}/keeping/{survey}")).into_response()),
        Err(Refusal::Cycle(wrong)) => {
            let page = page(&app, &signed, &kept, why, Some(&wrong)).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn one(app: &App, signed: &SignedIn, survey: &str) -> Result<Keeping, PageError> {
    let kept = signed.year.keeping(app.act("").today()).await?.into_iter();
    let mut kept = kept.filter(|one| one.survey == survey);
    kept.next().ok_or(PageError::NotFound)
}

fn row(kept: &Keeping) -> Value {
    let deleted = kept.deleted.as_ref();
    context! {
        id => kept.survey.as_str(),
        name => kept.name.as_str(),
        closed => when::day(kept.closed_on),
        responses => kept.responses,
        years => kept.keep_years,
        until => kept.until.map(when::day),
        due => kept.due,
        deleted_at => deleted.map(|deleted| when::moment(deleted.at)),
        deleted_why => deleted.map(|deleted| deleted.why.as_str()),
    }
}
