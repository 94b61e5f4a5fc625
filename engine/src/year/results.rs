//! What came back: responses, the figures counted from them, who has not answered.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use authoring::Source as Json;
use forms::{Answers, Questionnaire};

use super::respond::{Response, read_json};
use super::{Held, Refusal, State, Year};
use crate::figure::{AnswersOf, FigureBook, FigureSource};
use crate::ledger::Book;
use crate::pack::Pack;
use crate::results::{Response as OneResponse, Responses, Shown, Turn};
use crate::roster::Roster;
use crate::survey::{NO_COLUMNS, Terms};

/// Checked answers by the turn of a survey and the respondent.
type Given = BTreeMap<String, BTreeMap<String, Arc<Answers>>>;

/// Answers and figures of one moment.
#[derive(Clone)]
pub struct Counted {
    /// The pack with the questionnaires and rosters as they were published and asked, and with what was said
    /// about free texts.
    pub pack: Arc<Pack>,
    pub answers: Arc<Given>,
    /// The questionnaires of those who answered an earlier version than the present one.
    pub versions: Arc<BTreeMap<String, BTreeMap<String, Arc<Questionnaire>>>>,
    pub book: Arc<FigureBook>,
    /// The entries of the ledgers.
    pub ledgers: Arc<Book>,
}

impl Counted {
    /// The responses to the present turn of a survey, with what the roster knows; `None` for an unknown survey.
    pub fn responses(&self, survey: &str) -> Option<Responses<'_>> {
        let turn = self.pack.survey(survey)?.turn();
        let answers = self.answers.get(&turn).into_iter().flatten();
        let answers: AnswersOf<'_> = answers
            .map(|(id, answers)| (id.as_str(), answers.as_ref()))
            .collect();
        let versions = self.versions.get(&turn).into_iter().flatten();
        let versions = versions
            .map(|(id, form)| (id.as_str(), form.as_ref()))
            .collect();
        Responses::new(&self.pack, survey, &answers, &versions)
    }

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

/// A turn of a survey that was held here.
pub struct TurnHeld {
    /// 年度.
    pub year: i32,
    pub turn: String,
    /// In the version that was published last.
    pub form: Arc<Questionnaire>,
    pub roster: Option<Arc<Roster>>,
    pub answers: BTreeMap<String, Arc<Answers>>,
}

impl TurnHeld {
    /// As it is counted beside other turns.
    pub fn as_counted(&self, anonymous: bool) -> Turn<'_> {
        let rows = self.answers.iter().map(|(id, answers)| {
            let roster = self.roster.as_ref().filter(|_| !anonymous);
            let respondent = roster.and_then(|roster| roster.respondent(id));
            OneResponse {
                id,
                answers,
                columns: respondent.map_or(&NO_COLUMNS, |respondent| &respondent.columns),
                version: None,
            }
        });
        Turn {
            year: self.year,
            form: &self.form,
            rows: rows.collect(),
        }
    }
}

/// A checked response in memory.
#[derive(Clone)]
pub(super) struct Remembered {
    /// The version to which it was given.
    version: u32,
    /// How often it had been corrected by then.
    corrected: u32,
    answers: Arc<Answers>,
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
            let version = self.state(|state| state.surveys.get(survey).map(|held| held.version));
            let remembered = Remembered {
                version: version.unwrap_or(0),
                corrected,
                answers: Arc::new(answers),
            };
            of_survey.insert(respondent.to_owned(), remembered);
        }
    }

    /// Nothing that a survey was answered with stays in memory.
    pub(super) fn forget(&self, survey: &str) {
        let mut known = self
            .answers
            .write()
            .expect("no panic while answers are held");
        known.remove(survey);
        *self.counted.write().expect("no panic while it is held") = None;
        *self.looked.write().expect("no panic while it is held") = (0, BTreeMap::new());
    }

    /// Keeps a checked response in memory, so that counting need not read it again.
    fn remember(&self, survey: &str, respondent: &str, checked: Remembered) {
        let mut known = self
            .answers
            .write()
            .expect("no panic while answers are held");
        known
            .entry(survey.to_owned())
            .or_default()
            .insert(respondent.to_owned(), checked);
    }

    /// The versions that were answered, of responses in memory.
    fn versions_answered(&self, survey: &str) -> BTreeMap<String, u32> {
        let all = self.answers.read();
        let all = all.expect("no panic while answers are held");
        let known = all.get(survey).into_iter().flatten();
        known
            .map(|(id, known)| (id.clone(), known.version))
            .collect()
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
            let same = known
                .get(&respondent)
                .filter(|known| known.corrected == corrected);
            if let Some(known) = same {
                answers.insert(respondent, known.answers.clone());
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
            let checked = self.checked(survey, corrected, &bytes).await?;
            self.remember(survey, &respondent, checked.clone());
            answers.insert(respondent, checked.answers);
        }
        Ok(answers)
    }

    /// The answers to an anonymous survey: the journal says how many there are, not under which ids.
    async fn answers_apart(
        &self,
        survey: &str,
        responded: usize,
        known: BTreeMap<String, Remembered>,
    ) -> Result<BTreeMap<String, Arc<Answers>>, Refusal> {
        let mut answers: BTreeMap<String, Arc<Answers>> = known
            .into_iter()
            .map(|(id, known)| (id, known.answers))
            .collect();
        if answers.len() == responded {
            return Ok(answers);
        }
        for (key, bytes) in self.store.scan(&self.key(["response", survey])?).await? {
            let Some(id) = key.segments().last().map(str::to_owned) else {
                continue;
            };
            if let Entry::Vacant(new) = answers.entry(id) {
                let checked = self.checked(survey, 0, &bytes).await?;
                self.remember(survey, new.key(), checked.clone());
                new.insert(checked.answers);
            }
        }
        Ok(answers)
    }

    async fn checked(
        &self,
        survey: &str,
        corrected: u32,
        bytes: &[u8],
    ) -> Result<Remembered, Refusal> {
        let response: Response = read_json(bytes)?;
        let questionnaire = self.published_version(survey, response.version).await?;
        Ok(Remembered {
            version: response.version,
            corrected,
            answers: Arc::new(questionnaire.examine(&response.answers).answers),
        })
    }

    /// Counts every indicator from what has come back so far, and adds up the areas.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn counted(&self) -> Result<Counted, Refusal> {
        let counted = self.counted_here().await?;
        self.with_areas(counted).await
    }

    /// Changes whenever something is counted differently.
    pub fn seen(&self) -> u64 {
        self.state(fingerprint)
    }

    /// Results that were counted for the same question before, if nothing has come in since.
    pub fn looked(&self, seen: u64, asked: &str) -> Option<Arc<Shown>> {
        let looked = self.looked.read().expect("no panic while it is held");
        (looked.0 == seen)
            .then(|| looked.1.get(asked).cloned())
            .flatten()
    }

    /// Keeps results for whoever asks the same next: a page and each of its charts.
    pub fn keep_looked(&self, seen: u64, asked: String, shown: Arc<Shown>) {
        const MOST: usize = 32;
        let mut looked = self.looked.write().expect("no panic while it is held");
        if looked.0 != seen || looked.1.len() >= MOST {
            *looked = (seen, BTreeMap::new());
        }
        looked.1.insert(asked, shown);
    }

    /// What is counted and published here, without the sums of areas. It is counted anew only when something came
    /// in since.
    pub(super) async fn counted_here(&self) -> Result<Counted, Refusal> {
        let seen = self.state(fingerprint);
        if let Some((known, counted)) = &*self.counted.read().expect("no panic while it is held")
            && *known == seen
        {
            return Ok(counted.clone());
        }
        let counted = self.count_here().await?;
        *self.counted.write().expect("no panic while it is held") = Some((seen, counted.clone()));
        Ok(counted)
    }

    async fn count_here(&self) -> Result<Counted, Refusal> {
        let surveys: Vec<(String, Held)> = self.state(|state| {
            state
                .surveys
                .iter()
                .filter(|(_, held)| held.opened_at.is_some())
                .map(|(id, held)| (id.clone(), held.clone()))
                .collect()
        });
        let mut answers = BTreeMap::new();
        let mut versions = BTreeMap::new();
        for (survey, held) in &surveys {
            answers.insert(survey.clone(), self.answers(survey).await?);
            let mut earlier = BTreeMap::new();
            for (respondent, version) in self.versions_answered(survey) {
                if version != held.version {
                    let form = self.published_version(survey, version).await?;
                    earlier.insert(respondent, form);
                }
            }
            versions.insert(survey.clone(), earlier);
        }
        let pack = self.as_asked(&surveys).await?;
        let mut counted = Counted {
            pack: pack.clone(),
            answers: Arc::new(answers),
            versions: Arc::new(versions),
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
        let seen: Vec<super::Asked> = surveys
            .iter()
            .map(|(id, held)| {
                let file = held.roster.clone();
                (id.clone(), held.version, file, held.coded.clone())
            })
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
            let form = Questionnaire::clone(&*self.published(id).await?);
            pack.questionnaires.insert(survey.clone(), form);
            let mut codings = BTreeMap::new();
            for (item, file) in &held.coded {
                codings.insert(item.clone(), self.coding_in(file).await?);
            }
            pack.codings.insert(survey, codings);
        }
        let pack = Arc::new(pack);
        *self.asked.write().expect("no panic while it is held") = Some((seen, pack.clone()));
        Ok(pack)
    }

    /// The turns of a survey that were held here, the newest first, as they were asked.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn turns(&self, survey: &str) -> Result<Vec<TurnHeld>, Refusal> {
        let held: Vec<(i32, String)> = self.state(|state| {
            let opened = state
                .surveys
                .iter()
                .filter(|(_, held)| held.opened_at.is_some());
            let years = opened.filter_map(|(turn, _)| {
                let year = turn.strip_prefix(survey)?.strip_prefix('-')?.parse().ok()?;
                Some((year, turn.clone()))
            });
            years.collect()
        });
        let mut turns = Vec::new();
        for (year, turn) in held {
            turns.push(TurnHeld {
                year,
                form: self.published(&turn).await?,
                roster: self.roster(&turn).await,
                answers: self.answers(&turn).await?,
                turn,
            });
        }
        turns.sort_by_key(|turn| std::cmp::Reverse(turn.year));
        Ok(turns)
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

/// Changes whenever something is counted differently: a response, an entry, another version, roster or coding.
fn fingerprint(state: &State) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (id, held) in &state.surveys {
        (id, held.version, held.opened_at, &held.roster, &held.coded).hash(&mut hasher);
        held.deleted
            .as_ref()
            .map(|deleted| deleted.at)
            .hash(&mut hasher);
        held.responded.len().hash(&mut hasher);
        for (respondent, responded) in &held.responded {
            (respondent, &responded.digest, responded.corrected).hash(&mut hasher);
        }
    }
    state.entered.hash(&mut hasher);
    for (ledger, held) in &state.ledgers {
        (ledger, &held.closed).hash(&mut hasher);
    }
    hasher.finish()
}
