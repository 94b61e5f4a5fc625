//! What the same respondent answered the last time: shown beside an item, never put in.

use std::sync::Arc;

use forms::{Answers, Questionnaire};

use super::{Refusal, Year};

/// The response to an earlier turn of a survey.
pub struct Before {
    /// 年度 in which it was given.
    pub survey_year: i32,
    pub questionnaire: Arc<Questionnaire>,
    /// As they were checked then.
    pub answers: Answers,
}

impl Year {
    /// The newest response of this respondent to an earlier turn of the survey. Nothing where that one was
    /// anonymous: what was answered is nobody's then.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn before(&self, survey: &str, respondent: &str) -> Result<Option<Before>, Refusal> {
        let Some((turns, year)) = parts(survey) else {
            return Ok(None);
        };
        let earlier = self.state(|state| {
            let of_survey = state.surveys.range(turns.to_owned()..);
            let of_survey = of_survey.take_while(|(turn, _)| turn.starts_with(turns));
            let answered = of_survey.filter_map(|(turn, held)| {
                let (prefix, earlier) = parts(turn)?;
                let known = held.responded.contains_key(respondent) && !held.terms.anonymous;
                (prefix == turns && earlier < year && known).then(|| (earlier, turn.clone()))
            });
            answered.max()
        });
        let Some((survey_year, turn)) = earlier else {
            return Ok(None);
        };
        let Some(response) = self.response(&turn, respondent).await? else {
            return Ok(None);
        };
        let questionnaire = self.published_version(&turn, response.version).await?;
        let answers = questionnaire.examine(&response.answers).answers;
        Ok(Some(Before {
            survey_year,
            questionnaire,
            answers,
        }))
    }
}

/// `discharge-2026` is the turn of 2026 of those that begin with `discharge-`.
fn parts(turn: &str) -> Option<(&str, i32)> {
    let (survey, year) = turn.rsplit_once('-')?;
    Some((&turn[..=survey.len()], year.parse().ok()?))
}
