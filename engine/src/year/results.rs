//! What came back: responses, the figures counted from them, who has not answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use authoring::Source as Json;
use forms::{Answers, Questionnaire};

use super::respond::{Response, read_json};
use super::{Held, Refusal, Year};
use crate::figure::{AnswersOf, FigureBook, FigureSource};

/// Answers and figures of one moment.
pub struct Counted {
    /// Checked answers by survey and respondent.
    pub answers: BTreeMap<String, BTreeMap<String, Arc<Answers>>>,
    pub book: Arc<FigureBook>,
}

impl Counted {
    /// The answers of every survey, borrowed.
    pub fn by_survey(&self) -> BTreeMap<String, AnswersOf<'_>> {
        self.answers
            .iter()
            .map(|(survey, answers)| {
                let answers = answers
                    .iter()
                    .map(|(id, answers)| (id.as_str(), answers.as_ref()))
                    .collect();
                (survey.clone(), answers)
            })
            .collect()
    }
}

impl Year {
    /// The questionnaire of a survey as it was published.
    ///
    /// # Errors
    /// It is not published, or cannot be read.
    pub async fn published(&self, survey: &str) -> Result<Arc<Questionnaire>, Refusal> {
        if let Some(known) = self
            .published
            .read()
            .expect("no panic while it is held")
            .get(survey)
        {
            return Ok(known.clone());
        }
        let version = self.state(|state| state.surveys.get(survey).map(|held| held.version));
        let version = version
            .filter(|version| *version > 0)
            .ok_or(Refusal::NotOpen)?;
        let bytes = self
            .store
            .get(&self.questionnaire_key(survey, version)?)
            .await?
            .ok_or(Refusal::NotOpen)?;
        let text =
            String::from_utf8(bytes).map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let source = Json::json(format!("{survey} 第{version}版"), &text)
            .map_err(|f| Refusal::Findings(vec![f]))?;
        let questionnaire = Arc::new(forms::read(&source).map_err(Refusal::Findings)?);
        self.published
            .write()
            .expect("no panic while it is held")
            .insert(survey.to_owned(), questionnaire.clone());
        Ok(questionnaire)
    }

    /// Keeps a checked response in memory, so that counting need not read it again.
    pub(super) fn remember(&self, survey: &str, respondent: &str, answers: Arc<Answers>) {
        let mut known = self
            .answers
            .write()
            .expect("no panic while answers are held");
        known
            .entry(survey.to_owned())
            .or_default()
            .insert(respondent.to_owned(), answers);
    }

    /// The checked answers to a survey. Those not in memory are read from the store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn answers(&self, survey: &str) -> Result<BTreeMap<String, Arc<Answers>>, Refusal> {
        let responded: Vec<String> = self.state(|state| {
            state
                .surveys
                .get(survey)
                .map(|held| held.responded.keys().cloned().collect())
                .unwrap_or_default()
        });
        let known = {
            let all = self
                .answers
                .read()
                .expect("no panic while answers are held");
            all.get(survey).cloned().unwrap_or_default()
        };
        if known.len() == responded.len() {
            return Ok(known);
        }
        let questionnaire = self.published(survey).await?;
        let mut answers = known;
        for respondent in responded {
            if answers.contains_key(&respondent) {
                continue;
            }
            let Some(bytes) = self
                .store
                .get(&self.response_key(survey, &respondent)?)
                .await?
            else {
                return Err(Refusal::Unreadable(format!(
                    "{survey} の {respondent} の回答がありません"
                )));
            };
            let response: Response = read_json(&bytes)?;
            let checked = Arc::new(questionnaire.examine(&response.answers).answers);
            self.remember(survey, &respondent, checked.clone());
            answers.insert(respondent, checked);
        }
        Ok(answers)
    }

    /// Counts every indicator from what has come back so far.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn counted(&self) -> Result<Counted, Refusal> {
        let surveys: Vec<(String, Held)> = self.state(|state| {
            state
                .surveys
                .iter()
                .filter(|(_, held)| held.opened_at.is_some())
                .map(|(id, held)| (id.clone(), held.clone()))
                .collect()
        });
        let mut answers = BTreeMap::new();
        for (survey, _) in &surveys {
            answers.insert(survey.clone(), self.answers(survey).await?);
        }
        let mut counted = Counted {
            answers,
            book: Arc::default(),
        };
        let mut book = FigureBook::published(&self.pack);
        for (id, held) in &surveys {
            let (Some(survey), Some(answers)) =
                (self.pack.survey(id), counted.by_survey().remove(id))
            else {
                continue;
            };
            book.count(
                &self.pack,
                &FigureSource {
                    survey,
                    version: held.version,
                    answers: &answers,
                },
            );
        }
        counted.book = Arc::new(book);
        Ok(counted)
    }

    /// Those asked who have not answered, in the order of the roster.
    pub fn unanswered(&self, survey: &str) -> Vec<String> {
        let roster = self
            .pack
            .survey(survey)
            .and_then(|survey| self.pack.roster(survey));
        let ids = roster
            .iter()
            .flat_map(|roster| &roster.respondents)
            .map(|r| r.id.clone());
        self.state(|state| {
            let held = state.surveys.get(survey);
            ids.filter(|id| !held.is_some_and(|held| held.responded.contains_key(id)))
                .collect()
        })
    }
}
