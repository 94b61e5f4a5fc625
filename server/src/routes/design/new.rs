//! A new questionnaire with its survey: from nothing, from another one of the pack, or from a version that was
//! published. And the next turn of a survey that is over.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Months, NaiveDate};
use engine::design::{NewSurvey, blank, copied, move_survey, path};
use engine::pack::is_slug;
use minijinja::context;
use minijinja::value::{Serde, Value as Context};
use serde_json::Value;

use super::{refused, to};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::routes::{Form, Path, own};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;

pub(super) const FIELDS: &[(&str, &str)] = &[
    ("from", "写す元（空、調査票の id、または 調査の回@版）"),
    ("id", "新しい調査票と調査の id"),
    ("name", "調査の名"),
    ("roster", "対象者名簿の id"),
    ("survey_year", "年度（西暦）"),
    ("period_from", "対象期間の初日"),
    ("period_to", "対象期間の末日"),
    ("period_label", "対象期間の呼び名"),
];

pub(super) const NEXT_FIELDS: &[(&str, &str)] = &[
    ("survey", "調査の id"),
    ("survey_year", "年度（西暦）"),
    ("period_from", "対象期間の初日"),
    ("period_to", "対象期間の末日"),
    ("period_label", "対象期間の呼び名"),
];

pub(super) async fn show(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    let from = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "from")
        .map(|(_, from)| from.into_owned());
    let from = from.unwrap_or_default();
    let mut filled = NewSurvey {
        survey_year: fiscal_year(app.act("").today()),
        roster: first_roster(&signed),
        ..NewSurvey::default()
    };
    if let Some(survey) = asked_in(&signed, &from) {
        filled = next(survey);
        // The copy is a survey of its own, beside the other one.
        filled.id = String::new();
    }
    Ok(page(&app, &signed, &from, &filled, &[])
        .await?
        .into_response())
}

async fn page(
    app: &App,
    signed: &SignedIn,
    from: &str,
    filled: &NewSurvey,
    wrong: &[(&'static str, String)],
) -> Result<Page, PageError> {
    let year = &signed.year;
    let files = app.years.files(year).await?;
    let mut sources: Vec<Context> = Vec::new();
    for (path, text) in files.in_folder("forms", "json") {
        let form = path.trim_start_matches("forms/").trim_end_matches(".json");
        let document: Value = serde_json::from_str(text).unwrap_or_default();
        let title = document["title"].as_str().unwrap_or(form).to_owned();
        sources.push(context! { id => form, title => format!("{title}（いまの版）") });
        for version in year
            .published_of(form)
            .iter()
            .filter(|version| !version.joined)
        {
            let id = format!("{}@{}", version.turn, version.version);
            let title = format!("{title}（{} 第{}版）", version.turn, version.version);
            sources.push(context! { id, title });
        }
    }
    let rosters = year.pack.municipality.rosters.iter();
    let rosters: Vec<Context> = rosters
        .map(|roster| {
            let count = year.pack.rosters.get(&roster.id);
            context! { id => roster.id.as_str(), count => count.map_or(0, |roster| roster.respondents.len()) }
        })
        .collect();
    let wrong: Vec<Context> = wrong
        .iter()
        .map(|(field, what)| context! { field => *field, what })
        .collect();
    pages::page(
        "desk/design/new.html",
        context! { sources, rosters, from, filled => Serde(filled), wrong, ..frame(app, signed, "design") },
    )
}

pub(super) async fn make(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let from = own(&fields, "from");
    let mut wrong = Vec::new();
    let survey = read(&fields, &mut wrong);
    let files = app.years.files(year).await?;
    let taken = files.get(&path(&survey.id)).is_some()
        || year.design(&survey.id).await.ok().flatten().is_some()
        || year.pack.survey(&survey.id).is_some()
        || year.pack.questionnaires.contains_key(&survey.id)
        || year
            .pack
            .ledgers
            .values()
            .any(|ledger| ledger.form.id() == survey.id);
    if survey.name.is_empty() {
        wrong.push(("name", "調査の名を書いてください。".to_owned()));
    }
    if !is_slug(&survey.id) || survey.id == "new" {
        wrong.push((
            "id",
            "id は、半角の英小文字で始め、英小文字・数字・ハイフンで書いてください（例：discharge-2027）。".to_owned(),
        ));
    } else if taken {
        wrong.push((
            "id",
            format!(
                "「{}」は、もう使われています。別の id にしてください。",
                survey.id
            ),
        ));
    }
    let rosters = &year.pack.municipality.rosters;
    if !rosters.iter().any(|roster| roster.id == survey.roster) {
        wrong.push(("roster", "対象者名簿を選んでください。".to_owned()));
    }
    let origin = origin(&app, &signed, from).await?;
    if origin.is_none() && !from.is_empty() {
        wrong.push((
            "from",
            "写す元の調査票がありません。選び直してください。".to_owned(),
        ));
    }
    if !wrong.is_empty() {
        return Ok(refused(page(&app, &signed, from, &survey, &wrong).await?));
    }
    let document = match origin {
        Some(origin) => copied(&origin, &survey.id, &survey.name),
        None => blank(&survey.id, &survey.name),
    };
    let form = survey.id.clone();
    let act = app.act(&signed.person);
    year.begin_design(&act, &form, &document, Some(survey))
        .await?;
    Ok(to(&format!("/{}/design/{form}", year.slug())))
}

/// Moves a survey that is over to its next year: its next turn asks the same questionnaire.
pub(super) async fn next_year(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let mut wrong = Vec::new();
    let mut to_year = read(&fields, &mut wrong);
    to_year.id = own(&fields, "survey").to_owned();
    if !year.forms_asked(&to_year.id).contains(&form) {
        return Err(PageError::NotFound);
    }
    if !wrong.is_empty() {
        return Err(PageError::BadRequest(
            "年度は西暦の4桁、対象期間は初日と末日の両方を、日付として書いてください。",
        ));
    }
    let files = app.years.files(year).await?;
    let moved = move_survey(files.get("surveys.json").unwrap_or_default(), &to_year);
    let moved = moved.map_err(|said| PageError::from(engine::year::Refusal::Cycle(said)))?;
    let act = app.act(&signed.person);
    let changes = vec![("surveys.json".to_owned(), Some(moved))];
    app.years.revise(year, &act, changes).await?;
    Ok(to(&format!("/{}/design/{form}/compare?saved", year.slug())))
}

/// The next turn of a survey, as a form proposes it.
pub(super) fn next(survey: &engine::survey::Survey) -> NewSurvey {
    let later = |day: NaiveDate| day.checked_add_months(Months::new(12)).unwrap_or(day);
    let period = survey.period.as_ref();
    let day = |day: Option<NaiveDate>| day.map(|day| later(day).to_string()).unwrap_or_default();
    NewSurvey {
        id: survey.id.clone(),
        name: survey.name.clone(),
        roster: survey.roster.clone(),
        survey_year: survey.survey_year + 1,
        from: day(period.map(|period| period.from)),
        to: day(period.map(|period| period.to)),
        label: String::new(),
    }
}

fn read(fields: &[(String, String)], wrong: &mut Vec<(&'static str, String)>) -> NewSurvey {
    let of = |name: &str| own(fields, name).trim().to_owned();
    let survey_year = of("survey_year").parse().unwrap_or(0);
    if !(2000..2100).contains(&survey_year) {
        wrong.push((
            "survey_year",
            "年度は、西暦の4桁で書いてください。".to_owned(),
        ));
    }
    let mut day = |name: &'static str| {
        let typed = of(name);
        match forms::day(&typed) {
            _ if typed.is_empty() => String::new(),
            Some(day) => day,
            None => {
                let said = format!(
                    "「{typed}」は日付ではありません。令和8年11月1日 のように書いてください。"
                );
                wrong.push((name, said));
                typed
            }
        }
    };
    let (from, to) = (day("period_from"), day("period_to"));
    if from.is_empty() != to.is_empty() {
        wrong.push((
            "period_to",
            "対象期間は、初日と末日の両方を書いてください。".to_owned(),
        ));
    }
    let label = match of("period_label") {
        label if label.is_empty() && !from.is_empty() => format!("{from}～{to}"),
        label => label,
    };
    NewSurvey {
        id: of("id"),
        name: of("name"),
        roster: of("roster"),
        survey_year,
        from,
        to,
        label,
    }
}

/// The document from which is copied.
async fn origin(app: &App, signed: &SignedIn, from: &str) -> Result<Option<Value>, PageError> {
    if let Some((turn, version)) = from.split_once('@') {
        let Ok(version) = version.parse() else {
            return Ok(None);
        };
        let version = signed.year.version(turn, version).await?;
        return Ok(version.map(|version| version.json().clone()));
    }
    let files = app.years.files(&signed.year).await?;
    let text = files.get(&path(from));
    Ok(text.and_then(|text| serde_json::from_str(text).ok()))
}

/// The survey that asks a questionnaire, or that a version was published for.
fn asked_in<'a>(signed: &'a SignedIn, from: &str) -> Option<&'a engine::survey::Survey> {
    let year = &signed.year;
    let turn = from.split('@').next().unwrap_or(from);
    let mut surveys = year.pack.surveys.iter();
    surveys.find(|survey| {
        turn.starts_with(&survey.id) || year.forms_asked(&survey.id).iter().any(|form| form == from)
    })
}

fn first_roster(signed: &SignedIn) -> String {
    let rosters = &signed.year.pack.municipality.rosters;
    rosters
        .first()
        .map(|roster| roster.id.clone())
        .unwrap_or_default()
}

/// The fiscal year of a day: from April.
fn fiscal_year(day: NaiveDate) -> i32 {
    day.year() - i32::from(day.month() < 4)
}
