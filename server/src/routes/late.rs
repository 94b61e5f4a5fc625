//! Too late: the survey has closed, or the response was handed in from another page. What was typed is shown.

use std::collections::HashSet;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use forms::Answers;
use minijinja::context;
use minijinja::value::Serde;

use super::answering::{Answering, shown};
use crate::app::App;
use crate::error::PageError;
use crate::pages;
use crate::view::answers;

impl Answering {
    /// It is over: a kind word, whom to ask, and what had been typed.
    pub async fn closed(&self, app: &App, typed: &Answers) -> Result<Response, PageError> {
        let examined = self.questionnaire.examine(typed);
        let pages = (!typed.is_empty())
            .then(|| answers::pages(&self.questionnaire, typed, |item| examined.is_shown(item)));
        let page = pages::page(
            "respond/closed.html",
            context! { pages => Serde(pages), ..self.frame(app).await? },
        )?;
        Ok(shown(StatusCode::GONE, page))
    }

    /// A page (from 1) that was sent after the response had been handed in elsewhere: its answers, unless they are
    /// those of the response.
    pub async fn handed_in(
        &self,
        app: &App,
        number: usize,
        fields: &[(String, String)],
    ) -> Result<Response, PageError> {
        let page = number.checked_sub(1);
        let response = match &self.respondent {
            Some(respondent) => self.year.response(&self.survey, respondent).await?,
            None => None,
        };
        let response = response.map(|response| response.answers);
        let same = |known: &Answers| self.questionnaire.decode(page, fields, known) == *known;
        let typed = self.questionnaire.decode(page, fields, &Answers::new());
        if typed.is_empty() || response.as_ref().is_some_and(same) {
            return Ok(Redirect::to(&format!("{}/receipt", self.here)).into_response());
        }
        let all = self.questionnaire.items().iter();
        let given: HashSet<&str> = all
            .map(|item| item.id.as_str())
            .filter(|id| !typed.is_blank(id))
            .collect();
        let mut pages = answers::pages(&self.questionnaire, &typed, |item| given.contains(item));
        pages.retain(|page| !page.answers.is_empty());
        let can_correct = self.terms.correctable && self.year.check_open(&self.survey).is_ok();
        let page = pages::page(
            "respond/handed_in.html",
            context! { can_correct, pages => Serde(pages), ..self.frame(app).await? },
        )?;
        Ok(shown(StatusCode::CONFLICT, page))
    }
}
