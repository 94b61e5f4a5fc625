//! Somebody who answers: what a link opens, the draft behind it, and its pages as they stand.

use std::collections::HashSet;
use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};
use engine::year::{Door, Receipt, Refusal, Year};
use forms::{Answers, Examined, Questionnaire};
use minijinja::context;
use minijinja::value::{Serde, Value};

use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::view::field::{self, Field, Said, Typed};
use crate::view::{frame, when};

/// Who answers what: a respondent of a survey, or somebody who tries a questionnaire out.
pub struct Answering {
    pub year: Arc<Year>,
    pub survey: String,
    /// Nobody for a trial.
    pub respondent: Option<String>,
    /// The link's hash, which keeps two trials apart.
    pub hash: String,
    pub questionnaire: Arc<Questionnaire>,
    /// `/slug/r/link`
    pub here: String,
}

impl Answering {
    pub async fn open(app: &App, slug: &str, link: &str) -> Result<Answering, PageError> {
        let year = app.year(slug)?;
        let token = link.parse().map_err(|_| Refusal::UnknownLink)?;
        let (survey, respondent) = match year.door(&token)? {
            Door::Survey { survey, respondent } => (survey, Some(respondent)),
            Door::Trial { survey } => (survey, None),
            _ => return Err(Refusal::UnknownLink.into()),
        };
        let questionnaire = match &respondent {
            Some(_) => year.published(&survey).await?,
            // A questionnaire can be tried out before it is published.
            None => match year.published(&survey).await {
                Err(Refusal::NotOpen) => Arc::new(
                    year.pack
                        .questionnaire(&survey)
                        .ok_or(PageError::NotFound)?
                        .clone(),
                ),
                other => other?,
            },
        };
        let here = format!("/{slug}/r/{link}");
        Ok(Answering {
            year,
            survey,
            respondent,
            hash: token.hash(),
            questionnaire,
            here,
        })
    }

    pub async fn draft(&self) -> Result<Answers, PageError> {
        let draft = match &self.respondent {
            Some(respondent) => self.year.draft(&self.survey, respondent).await?,
            None => self.year.trial(&self.survey, &self.hash).await?,
        };
        Ok(draft.answers)
    }

    pub async fn keep(&self, app: &App, answers: Answers) -> Result<(), PageError> {
        match &self.respondent {
            Some(respondent) => {
                self.year
                    .save_draft(&app.act(respondent), &self.survey, respondent, answers)
                    .await?
            }
            None => {
                self.year
                    .save_trial(&app.act("trial"), &self.survey, &self.hash, answers)
                    .await?
            }
        };
        Ok(())
    }

    /// Where somebody goes who has handed in; everybody else may answer while the survey is open.
    pub fn handed_in(&self) -> Result<Option<Response>, PageError> {
        if self.respondent.is_none() {
            return Ok(None);
        }
        if self.receipt().is_some() {
            return Ok(Some(
                Redirect::to(&format!("{}/receipt", self.here)).into_response(),
            ));
        }
        self.year.check_open(&self.survey)?;
        Ok(None)
    }

    /// The receipt, if this respondent has handed in.
    pub fn receipt(&self) -> Option<Receipt> {
        self.year.receipt(&self.survey, self.respondent.as_deref()?)
    }

    pub async fn frame(&self, app: &App) -> Result<Value, PageError> {
        let survey = self.year.pack.survey(&self.survey);
        let roster = self.year.roster(&self.survey).await;
        let respondent = self
            .respondent
            .as_deref()
            .and_then(|id| roster.as_ref()?.respondent(id));
        let closes = self.year.closes_on(&self.survey).await?;
        Ok(context! {
            municipality => self.year.pack.municipality.name.as_str(),
            here => self.here.as_str(),
            trial => self.respondent.is_none(),
            story => frame::story(app),
            survey => context! {
                name => survey.map(|survey| survey.name.as_str()),
                title => self.questionnaire.title(),
                description => self.questionnaire.description(),
                respondent => respondent.map(|respondent| respondent.name.as_str()),
                closes => closes.map(when::day).filter(|_| self.respondent.is_some()),
            },
        })
    }

    /// The page (from 1) on which the item of a path stands.
    pub fn page_of(&self, path: &str) -> usize {
        let root = field::root(path);
        let pages = self.questionnaire.pages();
        pages
            .iter()
            .position(|page| page.items.iter().any(|id| id.as_str() == root))
            .map_or(1, |index| index + 1)
    }

    pub fn issues(&self, examined: &Examined, severity: &str) -> Vec<Value> {
        let issues = examined
            .issues
            .iter()
            .map(|issue| (field::said(issue), self.page_of(&issue.item)));
        issues
            .filter(|(said, _)| said.severity == severity)
            .map(|(Said { message, field, .. }, page)| context! { message, field, page => format!("{page}?checked") })
            .collect()
    }

    /// The questions that these answers put on a page (from 1).
    pub fn questions(&self, number: usize, typed: &Typed<'_>) -> Vec<Field> {
        let page = number
            .checked_sub(1)
            .and_then(|index| self.questionnaire.pages().get(index));
        let items = page.into_iter().flat_map(|page| &page.items);
        items
            .filter_map(|id| typed.field(self.questionnaire.item(id.as_str())?))
            .collect()
    }

    pub async fn page(
        &self,
        app: &App,
        number: usize,
        answers: &Answers,
        why: Shown,
    ) -> Result<Page, PageError> {
        let all = self.questionnaire.pages();
        let page = number
            .checked_sub(1)
            .and_then(|index| all.get(index))
            .ok_or(PageError::NotFound)?;
        let examined = self.questionnaire.examine(answers);
        let typed = Typed {
            answers,
            examined: &examined,
            strict: why == Shown::Checked,
        };
        let items: HashSet<&str> = page.items.iter().map(|id| id.as_str()).collect();
        let fields = self.questions(number, &typed);
        let titles = all
            .iter()
            .enumerate()
            .map(|(index, page)| context! { number => index + 1, title => page.title.as_str() });
        pages::page(
            "respond/page.html",
            context! {
                page => context! { number, title => page.title.as_str(), last => number == all.len() },
                pages => titles.collect::<Vec<_>>(),
                shown => field::inputs(&fields).join(" "),
                fields => Serde(fields),
                grown => why == Shown::Grown,
                wrong => Serde(typed.wrong(&items)),
                ..self.frame(app).await?
            },
        )
    }
}

/// Why a page is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// To be filled in.
    Plainly,
    /// To be put right: also what is missing is named.
    Checked,
    /// The answers brought up further questions.
    Grown,
}

/// Something typed on this page is wrong. What is only missing can still be filled in later.
pub fn wrong_here(answering: &Answering, page: usize, typed: &Typed<'_>) -> bool {
    let items = answering.questionnaire.pages().get(page);
    let items: HashSet<&str> = items
        .iter()
        .flat_map(|page| &page.items)
        .map(|id| id.as_str())
        .collect();
    !typed.wrong(&items).is_empty()
}

/// The first question that the answers of a page bring up on it.
pub fn grown(
    answering: &Answering,
    number: usize,
    typed: &Typed<'_>,
    fields: &[(String, String)],
) -> Option<String> {
    // A program that sends answers does not say what it showed; it knows the questions.
    let (_, before) = fields.iter().find(|(name, _)| name == "_shown")?;
    let before: HashSet<&str> = before.split(' ').collect();
    let now = answering.questions(number, typed);
    field::inputs(&now)
        .into_iter()
        .find(|name| !before.contains(name))
        .map(field::id)
}
