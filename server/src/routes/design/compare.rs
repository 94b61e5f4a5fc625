//! Comparing the questionnaire as it is with a version before it, and the way on which it is published.

use std::sync::Arc;

use authoring::Source;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use engine::year::{ToPublish, Year};
use forms::{Carried, Questionnaire, compare};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::Opened;
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::routes::Path;
use crate::signed_in::SignedIn;
use crate::view::design::changes::changed;
use crate::view::frame::frame;
use crate::view::when;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &signed.year, &form).await?;
    let query = query.unwrap_or_default();
    let with = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "with")
        .map(|(_, with)| with.into_owned());
    let said = query.split('&').find_map(|part| match part {
        "saved" => Some("パックに保存しました。"),
        "published" => Some("公開しました。これから回答する人は、この版に答えます。"),
        _ => None,
    });
    Ok(page(&app, &signed, &opened, with.as_deref(), said, &[])
        .await?
        .into_response())
}

/// The comparison, with what the whole pack finds wrong.
pub(super) async fn page(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
    with: Option<&str>,
    said: Option<&str>,
    findings: &[authoring::Finding],
) -> Result<Page, PageError> {
    let year = &signed.year;
    let versions = versions(year, opened);
    let chosen = with
        .and_then(|with| versions.iter().find(|version| version.id == with))
        .or(versions.first());
    let mut carried = None;
    let mut changes = None;
    if let (Some(new), Some(version)) = (opened.whole(), chosen) {
        let old = version.read(year, opened).await?;
        if let Some(turn) = &version.answers {
            carried = Some(year.carried(turn, opened.document(), new).await?)
                .filter(|carried| carried.responses > 0);
        }
        changes = old.map(|old| changed(compare(&old, new), carried.as_ref()));
    }
    let mixed = changes
        .iter()
        .flatten()
        .filter(|change| change.mixed)
        .count();
    pages::page(
        "desk/design/compare.html",
        context! {
            form => opened.head(year),
            versions => versions.iter().map(|version| context! {
                id => version.id.as_str(),
                title => version.title.as_str(),
                chosen => chosen.is_some_and(|chosen| chosen.id == version.id),
            }).collect::<Vec<_>>(),
            with => chosen.map(|version| version.title.as_str()),
            readable => opened.whole().is_some(),
            changes => changes.map(Serde),
            mixed,
            answers => carried.as_ref().map(told),
            said,
            findings => Serde(findings),
            ways => ways(year, opened).await?,
            ..frame(app, signed, "design")
        },
    )
}

fn told(carried: &Carried) -> Value {
    context! { responses => carried.responses, refused => carried.refused }
}

/// A version with which can be compared.
struct Version {
    /// `pack`, or `discharge-rule-2023@1`.
    id: String,
    title: String,
    /// The turn whose answers were given to it or are being given.
    answers: Option<String>,
    published: Option<(String, u32)>,
}

impl Version {
    async fn read(
        &self,
        year: &Year,
        opened: &Opened,
    ) -> Result<Option<Arc<Questionnaire>>, PageError> {
        if let Some((turn, version)) = &self.published {
            return Ok(year.version(turn, *version).await?);
        }
        let Some(saved) = &opened.saved else {
            return Ok(None);
        };
        let text = forms::design::print(saved);
        let source = Source::json(engine::design::path(&opened.form), &text);
        Ok(source
            .ok()
            .and_then(|source| forms::read(&source).ok())
            .map(Arc::new))
    }
}

/// What stands in the pack while something else is under way, then what was published, the newest first.
fn versions(year: &Year, opened: &Opened) -> Vec<Version> {
    let published = year.published_of(&opened.form);
    // Several questionnaires that are asked together were published as one: what stands in the pack is compared.
    let alone = published.iter().filter(|version| !version.joined);
    let mut versions: Vec<Version> = alone
        .map(|version| Version {
            id: format!("{}@{}", version.turn, version.version),
            title: format!(
                "{}（{}）第{}版（公開）",
                version.name, version.turn, version.version
            ),
            answers: Some(version.turn.clone()),
            published: Some((version.turn.clone(), version.version)),
        })
        .collect();
    if opened.saved.is_some() && opened.design.is_some() {
        let joined = published.iter().find(|version| version.joined);
        let pack = Version {
            id: "pack".to_owned(),
            title: "パックに保存されているもの".to_owned(),
            answers: joined.map(|version| version.turn.clone()),
            published: None,
        };
        // Of an open survey, what its respondents have before them comes first.
        versions.push(pack);
    }
    versions
}

/// For each survey that asks this questionnaire: how a new version is published.
async fn ways(year: &Year, opened: &Opened) -> Result<Vec<Value>, PageError> {
    let mut ways = Vec::new();
    for survey in &year.pack.surveys {
        if !year.forms_asked(&survey.id).contains(&opened.form) {
            continue;
        }
        let turn = survey.turn();
        let held = year.state(|state| state.surveys.get(&turn).cloned());
        let held = held.unwrap_or_default();
        let asked = year.pack.questionnaire(&survey.id);
        let current = asked.is_some_and(|asked| held.version > 0 && asked.digest() == held.digest);
        let (way, cycle, tasks) = match year.way_to_publish(&survey.id).await? {
            ToPublish::Over => ("over", None, Vec::new()),
            ToPublish::Now { .. } => ("now", None, Vec::new()),
            ToPublish::Cycle { title, tasks, .. } => {
                let tasks = tasks.iter().map(|task| {
                    context! { title => task.title.as_str(), role => task.role.as_str(), due => task.due.map(when::day) }
                });
                ("cycle", Some(title), tasks.collect())
            }
        };
        ways.push(context! {
            survey => survey.id.as_str(),
            name => survey.name.as_str(),
            year => survey.survey_year,
            open => held.is_open(),
            answered => held.responded.len(),
            version => held.version,
            current,
            way,
            cycle,
            tasks,
        });
    }
    Ok(ways)
}
