//! What came back: responses, the figures counted from them, who has not answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use authoring::Source as Json;
use forms::{Answers, Questionnaire};

use super::respond::{Response, read_json};
use super::{Held, Refusal, Year};
use crate::figure::{AnswersOf, FigureBook, FigureSource};
use crate::ledger::Book;
use crate::pack::Pack;
use crate::roster::Roster;
use crate::survey::Terms;

/// Answers and figures of one moment.
pub struct Counted {
    /// The pack with the questionnaires and rosters as they were published and asked.
    pub pack: Arc<Pack>,
    /// Checked answers by the turn of a survey and the respondent.
    pub answers: BTreeMap<String, BTreeMap<String, Arc<Answers>>>,
    pub book: Arc<FigureBook>,
    /// The entries of the ledgers.
    pub ledgers: Arc<Book>,
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
    /// The questionnaire of a survey in the version that is published now.
    ///
    /// # Errors
    /// It is not published, or cannot be read.
    pub async fn published(&self, survey: &str) -> Result<Arc<Questionnaire>, Refusal> {
        let version = self.state(|state| state.surveys.get(survey).map(|held| held.version));
        let version = version.filter(|version| *version > 0);
        self.published_version(survey, version.ok_or(Refusal::NotOpen)?)
            .await
    }

    /// The questionnaire of a survey in the version to which a response is pinned.
    pub(super) async fn published_version(
        &self,
        survey: &str,
        version: u32,
    ) -> Result<Arc<Questionnaire>, Refusal> {
        let known = (survey.to_owned(), version);
        if let Some(questionnaire) = self
            .published
            .read()
            .expect("no panic while it is held")
            .get(&known)
        {
            return Ok(questionnaire.clone());
        }
        let bytes = self
            .store
            .get(&self.questionnaire_key(survey, version)?)
            .await?;
        let text = String::from_utf8(bytes.ok_or(Refusal::NotOpen)?);
        let text = text.map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let source = Json::json(format!("{survey} 第{version}版"), &text)
            .map_err(|f| Refusal::Findings(vec![f]))?;
        let questionnaire = Arc::new(forms::read(&source).map_err(Refusal::Findings)?);
        self.published
            .write()
            .expect("no panic while it is held")
            .insert(known, questionnaire.clone());
        Ok(questionnaire)
    }

    /// Adds a response to a survey that was counted before; one that nobody has looked at yet needs
    /// no memory. `corrected`: how often it has been corrected.
    pub(super) fn follow(&self, survey: &str, respondent: &str, corrected: u32, answers: Answers) {
        let mut known = self
            .answers
            .write()
            .expect("no panic while answers are held");
        if let Some(of_survey) = known.get_mut(survey) {
            of_survey.insert(respondent.to_owned(), (corrected, Arc::new(answers)));
        }
    }

    /// Nothing that a survey was answered with stays in memory.
    pub(super) fn forget(&self, survey: &str) {
        let mut known = self
            .answers
            .write()
            .expect("no panic while answers are held");
        known.remove(survey);
    }

    /// Keeps a checked response in memory, so that counting need not read it again.
    fn remember(&self, survey: &str, respondent: &str, corrected: u32, answers: Arc<Answers>) {
        let mut known = self
            .answers
            .write()
            .expect("no panic while answers are held");
        known
            .entry(survey.to_owned())
            .or_default()
            .insert(respondent.to_owned(), (corrected, answers));
    }

    /// The checked answers to a survey. Those not in memory are read from the store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn answers(&self, survey: &str) -> Result<BTreeMap<String, Arc<Answers>>, Refusal> {
        let (responded, terms): (Vec<(String, u32)>, Terms) = self.state(|state| {
            // Of answers that were deleted the journal still knows who gave them.
            let held = state.surveys.get(survey);
            let held = held.filter(|held| held.deleted.is_none());
            let responded = held.map(|held| {
                let all = held.responded.iter();
                all.map(|(id, responded)| (id.clone(), responded.corrected))
                    .collect()
            });
            let terms = held.map(|held| held.terms);
            (responded.unwrap_or_default(), terms.unwrap_or_default())
        });
        let known = {
            let all = self
                .answers
                .read()
                .expect("no panic while answers are held");
            all.get(survey).cloned().unwrap_or_default()
        };
        if terms.anonymous {
            return self.answers_apart(survey, responded.len(), known).await;
        }
        let mut answers = BTreeMap::new();
        for (respondent, corrected) in responded {
            if let Some((_, checked)) = known.get(&respondent).filter(|(nth, _)| *nth == corrected)
            {
                answers.insert(respondent, checked.clone());
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
            let checked = self.checked(survey, &bytes).await?;
            self.remember(survey, &respondent, corrected, checked.clone());
            answers.insert(respondent, checked);
        }
        Ok(answers)
    }

    /// The answers to an anonymous survey: the journal says how many there are, not under which ids.
    async fn answers_apart(
        &self,
        survey: &str,
        responded: usize,
        known: BTreeMap<String, (u32, Arc<Answers>)>,
    ) -> Result<BTreeMap<String, Arc<Answers>>, Refusal> {
        let mut answers: BTreeMap<String, Arc<Answers>> = known
            .into_iter()
            .map(|(id, (_, known))| (id, known))
            .collect();
        if answers.len() == responded {
            return Ok(answers);
        }
        for (key, bytes) in self.store.scan(&self.key(["response", survey])?).await? {
            let Some(id) = key.segments().last().map(str::to_owned) else {
                continue;
            };
            if !answers.contains_key(&id) {
                let checked = self.checked(survey, &bytes).await?;
                self.remember(survey, &id, 0, checked.clone());
                answers.insert(id, checked);
            }
        }
        Ok(answers)
    }

    async fn checked(&self, survey: &str, bytes: &[u8]) -> Result<Arc<Answers>, Refusal> {
        let response: Response = read_json(bytes)?;
        let questionnaire = self.published_version(survey, response.version).await?;
        Ok(Arc::new(questionnaire.examine(&response.answers).answers))
    }

    /// Counts every indicator from what has come back so far, and adds up the areas.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn counted(&self) -> Result<Counted, Refusal> {
        let counted = self.counted_here().await?;
        self.with_areas(counted).await
    }

    /// What is counted and published here, without the sums of areas.
    pub(super) async fn counted_here(&self) -> Result<Counted, Refusal> {
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
        let pack = self.as_asked(&surveys).await?;
        let mut counted = Counted {
            pack: pack.clone(),
            answers,
            book: Arc::default(),
            ledgers: self.ledgers().await?,
        };
        let mut book = FigureBook::published(&pack);
        for (id, held) in &surveys {
            let (Some(survey), Some(answers), None) = (
                pack.survey(id),
                counted.by_survey().remove(id),
                &held.deleted,
            ) else {
                continue;
            };
            book.count(
                &pack,
                &FigureSource {
                    survey,
                    version: held.version,
                    answers: &answers,
                },
            );
        }
        for frozen in self.remaining_figures().await? {
            book.keep(frozen);
        }
        book.count_ledgers(&pack, &counted.ledgers);
        counted.book = Arc::new(book);
        Ok(counted)
    }

    /// The pack with the published questionnaires and the rosters as they were asked: what is
    /// printed must not change because somebody edits a file of the pack afterwards.
    async fn as_asked(&self, surveys: &[(String, Held)]) -> Result<Arc<Pack>, Refusal> {
        let seen: Vec<(String, u32, String)> = surveys
            .iter()
            .map(|(id, held)| (id.clone(), held.version, held.roster.clone()))
            .collect();
        if let Some((known, pack)) = &*self.asked.read().expect("no panic while it is held")
            && *known == seen
        {
            return Ok(pack.clone());
        }
        let mut pack = Pack::clone(&self.pack);
        for (id, held) in surveys {
            let Some(survey) = self.pack.survey(id).map(|survey| survey.id.clone()) else {
                continue;
            };
            pack.asked
                .insert(survey.clone(), self.read_file(&held.roster).await?);
            // What was promised when it opened decides what may be shown of it.
            let promised = pack.surveys.iter_mut().find(|one| one.id == survey);
            if let Some(promised) = promised {
                promised.anonymous |= held.terms.anonymous;
            }
            pack.questionnaires
                .insert(survey, Questionnaire::clone(&*self.published(id).await?));
        }
        let pack = Arc::new(pack);
        *self.asked.write().expect("no panic while it is held") = Some((seen, pack.clone()));
        Ok(pack)
    }

    /// Those asked who have not answered, in the order of the roster.
    pub async fn unanswered(&self, survey: &str) -> Vec<String> {
        let roster = self.roster(survey).await;
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

    /// Those asked in a survey: as it opened, or as the file is before.
    pub async fn roster(&self, survey: &str) -> Option<Arc<Roster>> {
        let file = self.state(|state| state.surveys.get(survey).map(|held| held.roster.clone()));
        let Some(file) = file.filter(|file| !file.is_empty()) else {
            return self
                .pack
                .roster(self.pack.survey(survey)?)
                .cloned()
                .map(Arc::new);
        };
        if let Some(roster) = self
            .rosters
            .read()
            .expect("no panic while it is held")
            .get(&file)
        {
            return Some(roster.clone());
        }
        let roster: Arc<Roster> = Arc::new(self.read_file(&file).await.ok()?);
        self.rosters
            .write()
            .expect("no panic while it is held")
            .insert(file, roster.clone());
        Some(roster)
    }
}
