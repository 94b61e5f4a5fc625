//! Designs under way: values beside the pack, written step by step, each step guarded by the one before. They are not in
//! the journal; what becomes of them, a revised pack or a published version, is.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Duration, Utc};
use forms::design::Used;
use forms::{Carried, Questionnaire};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{CommitError, Guard, Key};

use super::respond::{read_json, to_json};
use super::{Act, Change, Refusal, Token, Write, Year};
use crate::design::{Design, NewSurvey, Step};

/// Steps that can be taken back.
const KEPT: usize = 30;

/// How long the sample of a design can be looked at.
const SAMPLE_HOURS: i64 = 12;

/// What is kept of a design beside the documents of its steps.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Head {
    round: u64,
    steps: Vec<Step>,
    #[serde(default)]
    survey: Option<NewSurvey>,
}

/// Whose design a sample shows.
#[derive(Serialize, Deserialize)]
struct Sample {
    form: String,
    until: DateTime<Utc>,
}

/// A version of a questionnaire that was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The turn of the survey: `discharge-rule-2023`.
    pub turn: String,
    pub name: String,
    pub version: u32,
    /// The survey asks other questionnaires together with this one.
    pub joined: bool,
}

impl Year {
    /// The design of a questionnaire, if one is under way.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn design(&self, form: &str) -> Result<Option<Design>, Refusal> {
        let Some((head, _)) = self.design_head(form).await? else {
            return Ok(None);
        };
        let Some(last) = head.steps.last() else {
            return Ok(None);
        };
        let text = self.store.get(&self.step_key(form, last.number)?).await?;
        let text = text.ok_or_else(|| Refusal::Unreadable(format!("編集中の調査票「{form}」")))?;
        Ok(Some(Design {
            document: read_json(&text)?,
            steps: head.steps,
            survey: head.survey,
            round: head.round,
        }))
    }

    /// The questionnaires of which a design is under way, with its last step.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn designs(&self) -> Result<Vec<(String, Step)>, Refusal> {
        let mut designs = Vec::new();
        for (key, value) in self.store.scan(&self.key(["design"])?).await? {
            let head: Head = read_json(&value)?;
            let form = key.segments().nth(2).map(str::to_owned);
            designs.extend(form.zip(head.steps.last().cloned()));
        }
        Ok(designs)
    }

    /// Begins the design of a new questionnaire.
    ///
    /// # Errors
    /// One of this id is under way already.
    pub async fn begin_design(
        &self,
        act: &Act,
        form: &str,
        document: &Value,
        survey: Option<NewSurvey>,
    ) -> Result<(), Refusal> {
        if self.design_head(form).await?.is_some() {
            return Err(Refusal::Overtaken);
        }
        let mut head = Head {
            survey,
            ..Head::default()
        };
        let write = self.add_step(&mut head, act, form, document, "編集を始める")?;
        self.keep_head(act, form, &head, None, vec![write]).await
    }

    /// Takes a step: `document` comes after what is under way, or after `saved` where nothing is. `seen` is the round
    /// that the step was made from, where it replaces everything.
    ///
    /// # Errors
    /// [`Refusal::Overtaken`]: somebody else has taken a step in between. The document is larger than the store takes.
    pub async fn take_step(
        &self,
        act: &Act,
        form: &str,
        saved: &Value,
        document: &Value,
        what: &str,
        seen: Option<u64>,
    ) -> Result<(), Refusal> {
        let before = self.design_head(form).await?;
        let (mut head, value) = match before {
            Some((head, value)) => (head, Some(value)),
            None => (Head::default(), None),
        };
        if seen.is_some_and(|seen| seen != head.round) {
            return Err(Refusal::Overtaken);
        }
        let mut writes = Vec::new();
        if head.steps.is_empty() {
            writes.push(self.add_step(&mut head, act, form, saved, "編集を始める")?);
        }
        writes.push(self.add_step(&mut head, act, form, document, what)?);
        while head.steps.len() > KEPT {
            let oldest = head.steps.remove(0);
            writes.push((self.step_key(form, oldest.number)?, None));
        }
        self.keep_head(act, form, &head, value, writes).await
    }

    /// Takes the last step back; says what it was. Without a step since the beginning the design ends.
    ///
    /// # Errors
    /// Nothing is under way, or somebody else was faster.
    pub async fn undo_step(&self, act: &Act, form: &str) -> Result<String, Refusal> {
        let unknown = || Refusal::Unknown(format!("編集中の調査票「{form}」"));
        let (mut head, value) = self.design_head(form).await?.ok_or_else(unknown)?;
        if head.steps.len() < 2 {
            return Err(Refusal::Cycle("元に戻せる操作は、もうありません。".into()));
        }
        let step = head.steps.pop().ok_or_else(unknown)?;
        let mut writes = vec![(self.step_key(form, step.number)?, None)];
        if head.steps.len() == 1 && head.survey.is_none() && self.pack_has(form) {
            // It is again what stands in the pack.
            writes.extend(self.design_removal(form, &head)?);
            let guards = vec![Guard::unchanged(self.design_key(form)?, Some(&value))];
            self.guarded(act, guards, writes).await?;
            return Ok(step.what);
        }
        head.round += 1;
        self.keep_head(act, form, &head, Some(value), writes)
            .await?;
        Ok(step.what)
    }

    /// Ends a design: it was saved into the pack, or is not wanted any more.
    ///
    /// # Errors
    /// The store refused.
    pub async fn end_design(&self, act: &Act, form: &str) -> Result<(), Refusal> {
        let Some((head, _)) = self.design_head(form).await? else {
            return Ok(());
        };
        let writes = self.design_removal(form, &head)?;
        self.guarded(act, Vec::new(), writes).await
    }

    /// Lets whoever has this token look at the sample of a design until tomorrow.
    ///
    /// # Errors
    /// The store refused.
    pub async fn open_sample(&self, act: &Act, token: &Token, form: &str) -> Result<(), Refusal> {
        let key = self.key(["sample", &token.hash()])?;
        let known = self.sample(act.at, token).await?;
        if known.as_deref() == Some(form) {
            return Ok(());
        }
        let sample = Sample {
            form: form.to_owned(),
            until: act.at + Duration::hours(SAMPLE_HOURS),
        };
        let write = (key, Some(to_json(&sample)?));
        self.guarded(act, Vec::new(), vec![write]).await
    }

    /// The questionnaire whose sample this token shows.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn sample(
        &self,
        now: DateTime<Utc>,
        token: &Token,
    ) -> Result<Option<String>, Refusal> {
        let value = self
            .store
            .get(&self.key(["sample", &token.hash()])?)
            .await?;
        let sample: Option<Sample> = value.map(|value| read_json(&value)).transpose()?;
        Ok(sample
            .filter(|sample| now < sample.until)
            .map(|sample| sample.form))
    }

    /// The versions of a questionnaire that were published, the latest turn and version first.
    pub fn published_of(&self, form: &str) -> Vec<Published> {
        let surveys = self.pack.surveys.iter();
        let mut found = Vec::new();
        for survey in surveys {
            let asked = self.forms_asked(&survey.id);
            if !asked.iter().any(|name| name == form) {
                continue;
            }
            let turn_of = |turn: &String| {
                let year = turn.strip_prefix(&survey.id)?.strip_prefix('-')?;
                year.parse::<i32>().ok()
            };
            self.state(|state| {
                for (turn, held) in &state.surveys {
                    if turn_of(turn).is_none() {
                        continue;
                    }
                    found.extend((1..=held.version).map(|version| Published {
                        turn: turn.clone(),
                        name: survey.name.clone(),
                        version,
                        joined: asked.len() > 1,
                    }));
                }
            });
        }
        found.sort_by(|a, b| (&b.turn, b.version).cmp(&(&a.turn, a.version)));
        found
    }

    /// The questionnaires that a survey asks, discussion items that ride on it included.
    pub fn forms_asked(&self, survey: &str) -> Vec<String> {
        let survey = self.pack.survey(survey);
        survey.map_or_else(Vec::new, |survey| {
            crate::pack::forms_of(survey, Some(&self.pack.agenda))
        })
    }

    /// A published version as it was; nothing where the version was never published.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn version(
        &self,
        turn: &str,
        version: u32,
    ) -> Result<Option<std::sync::Arc<Questionnaire>>, Refusal> {
        match self.published_version(turn, version).await {
            Ok(questionnaire) => Ok(Some(questionnaire)),
            Err(Refusal::NotOpen) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Ids and codes that a questionnaire may not use for something new: those of its published versions, and those of
    /// the questionnaires that are asked together with it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn used_by(&self, form: &str, saved: Option<&Value>) -> Result<Used, Refusal> {
        let mut used = Used::default();
        if let Some(saved) = saved {
            used.note(saved);
        }
        for published in self.published_of(form) {
            if let Some(version) = self.version(&published.turn, published.version).await? {
                used.note(version.json());
            }
        }
        for survey in &self.pack.surveys {
            if self.forms_asked(&survey.id).iter().any(|name| name == form)
                && let Some(whole) = self.pack.questionnaire(&survey.id)
            {
                used.note_items(whole.json());
            }
        }
        Ok(used)
    }

    /// What a version would make of the answers of a survey so far. `document` is what `new` was read from.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn carried(
        &self,
        turn: &str,
        document: &Value,
        new: &Questionnaire,
    ) -> Result<Carried, Refusal> {
        let mut from = DefaultHasher::new();
        (self.seen(), turn, document.to_string()).hash(&mut from);
        let from = from.finish();
        if let (known, carried) = &*self.carried.read().expect("no panic while it is held")
            && *known == from
        {
            return Ok(carried.clone());
        }
        let mut carried = Carried::default();
        for answers in self.answers(turn).await?.values() {
            carried.add(new, answers);
        }
        *self.carried.write().expect("no panic while it is held") = (from, carried.clone());
        Ok(carried)
    }

    /// Whether the pack has a questionnaire of this name.
    fn pack_has(&self, form: &str) -> bool {
        self.pack
            .surveys
            .iter()
            .any(|survey| self.forms_asked(&survey.id).iter().any(|name| name == form))
            || self
                .pack
                .ledgers
                .values()
                .any(|ledger| ledger.form.id() == form)
    }

    fn design_key(&self, form: &str) -> Result<Key, Refusal> {
        self.key(["design", form])
    }

    fn step_key(&self, form: &str, number: u64) -> Result<Key, Refusal> {
        self.key(["design-step", form, &number.to_string()])
    }

    async fn design_head(&self, form: &str) -> Result<Option<(Head, Vec<u8>)>, Refusal> {
        let value = self.store.get(&self.design_key(form)?).await?;
        let head = value.map(|value| Ok::<_, Refusal>((read_json(&value)?, value)));
        head.transpose()
    }

    fn add_step(
        &self,
        head: &mut Head,
        act: &Act,
        form: &str,
        document: &Value,
        what: &str,
    ) -> Result<Write, Refusal> {
        let number = head.steps.last().map_or(0, |step| step.number) + 1;
        head.round += 1;
        head.steps.push(Step {
            number,
            at: act.at,
            by: act.by.clone(),
            what: what.to_owned(),
        });
        Ok((self.step_key(form, number)?, Some(to_json(document)?)))
    }

    async fn keep_head(
        &self,
        act: &Act,
        form: &str,
        head: &Head,
        before: Option<Vec<u8>>,
        mut writes: Vec<Write>,
    ) -> Result<(), Refusal> {
        let key = self.design_key(form)?;
        let guard = Guard::unchanged(key.clone(), before.as_deref());
        writes.push((key, Some(to_json(head)?)));
        self.guarded(act, vec![guard], writes).await
    }

    fn design_removal(&self, form: &str, head: &Head) -> Result<Vec<Write>, Refusal> {
        let mut writes = vec![(self.design_key(form)?, None)];
        for step in &head.steps {
            writes.push((self.step_key(form, step.number)?, None));
        }
        Ok(writes)
    }

    async fn guarded(
        &self,
        act: &Act,
        guards: Vec<Guard>,
        writes: Vec<Write>,
    ) -> Result<(), Refusal> {
        let change = Change {
            guards,
            writes,
            ..Change::default()
        };
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => Err(Refusal::Overtaken),
            other => other,
        }
    }
}
