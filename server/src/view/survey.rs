//! A survey as cards and pages show it.

use engine::figure::Printed;
use engine::roster::rates::{Breakdown, Group};
use engine::survey::is_unnamed;
use engine::year::Year;
use minijinja::context;
use minijinja::value::Value;
use serde::Serialize;

use super::when;
use crate::error::PageError;

#[derive(Debug, Serialize)]
pub struct SurveyCard {
    pub id: String,
    pub name: String,
    pub status: &'static str,
    pub open: bool,
    /// Of those asked.
    pub answered: u64,
    pub asked: u64,
    /// Responses over an open link, of people who were not asked by name.
    pub over_open_link: u64,
    /// Percent with one digit, half up.
    pub rate: Option<String>,
    pub closes: Option<String>,
    pub version: u32,
    /// When the answers were deleted, because their time was over.
    pub deleted: Option<String>,
}

/// The card of a survey; before it is published, with what the pack says.
pub async fn card(year: &Year, id: &str) -> Result<SurveyCard, PageError> {
    let survey = year.pack.survey(id).ok_or(PageError::NotFound)?;
    let id = survey.turn();
    let held = year
        .state(|state| state.surveys.get(&id).cloned())
        .unwrap_or_default();
    let asked = match held.opened_at {
        Some(_) => held.asked,
        None => year
            .pack
            .roster(survey)
            .map_or(0, |roster| roster.respondents.len() as u64),
    };
    let unnamed = held.responded.keys().filter(|id| is_unnamed(id)).count() as u64;
    let answered = held.responded.len() as u64 - unnamed;
    let status = match (held.opened_at, held.closed_at) {
        (None, _) if held.version > 0 => "公開済み（開始前）",
        (None, _) => "準備中",
        (Some(_), None) => "受付中",
        (Some(_), Some(_)) if held.deleted.is_some() => "終了（回答は削除済み）",
        (Some(_), Some(_)) => "終了",
    };
    Ok(SurveyCard {
        closes: year.closes_on(&id).await?.map(when::day),
        id,
        name: survey.name.clone(),
        status,
        open: held.is_open(),
        answered,
        asked,
        over_open_link: unnamed,
        rate: Printed::half_up(answered, asked, 100, 1).map(|rate| rate.to_string()),
        version: held.version,
        deleted: held.deleted.map(|deleted| when::moment(deleted.at)),
    })
}

/// Who has answered by an attribute, with the rate of each group.
pub fn breakdown(breakdown: &Breakdown) -> Value {
    let group = |group: &Group| {
        context! {
            label => group.label.as_str(),
            asked => group.asked,
            answered => group.answered,
            rate => Printed::half_up(group.answered, group.asked, 100, 1).map(|rate| rate.to_string()),
        }
    };
    let groups: Vec<Value> = breakdown.groups.iter().map(group).collect();
    context! { title => breakdown.title.as_str(), groups }
}
