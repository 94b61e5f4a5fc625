//! Keying in what came on paper, by fax or as a workbook.
//!
//! | What is handed in | becomes |
//! |---|---|
//! | a return that needs one entry | the response |
//! | the first of two entries | kept until somebody else has keyed it in too |
//! | the second, the same as the first | the response |
//! | the second, with differences | kept until the differences are decided |
//!
//! Where the office has answered already in another way, [`prefer`](crate::keyed::prefer()) says which of the two
//! counts; the other one is set aside and kept.

use chrono::NaiveDate;
use forms::{Answers, Questionnaire, Severity};
use serde::{Deserialize, Serialize};
use store::{CommitError, Guard};

use super::perform::sha256;
use super::respond::{digest, read_json, to_json};
use super::{Act, Change, Event, Keyed, Receipt, Refusal, Response, Source, Year};
use crate::keyed::{Candidate, Why, compare, prefer};

/// Characters of a remark.
const LONGEST_NOTE: usize = 500;

/// The code of an issue that a blank on paper raises; a blank is kept as 無回答.
const BLANK: &str = "answer.required";

/// A return as somebody has keyed it in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Return {
    pub answers: Answers,
    pub source: Source,
    /// The day on which it reached the office.
    pub received_on: NaiveDate,
    /// What cannot be said in an answer: two ticks where one is asked, a note in the margin.
    #[serde(default)]
    pub note: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyedIn {
    /// It counts.
    Counted {
        receipt: Receipt,
        /// Where it counts instead of another return of the same office.
        instead: Option<Why>,
    },
    /// Another return of the same office goes on counting.
    Aside(Why),
    /// Somebody else has to key it in too.
    SecondNeeded,
    /// The two entries differ in so many values.
    Differs(usize),
}

impl Year {
    /// How the entries of a return stand.
    pub fn keyed(&self, survey: &str, respondent: &str) -> Keyed {
        let found = self.state(|state| state.keyed.get(survey)?.get(respondent).cloned());
        found.unwrap_or_default()
    }

    /// Whether returns of this source are keyed in by two people.
    pub fn keyed_twice(&self, survey: &str, source: Source) -> bool {
        let by_hand = matches!(source, Source::Paper | Source::Fax);
        by_hand && self.pack.survey(survey).is_some_and(|one| one.keyed_twice)
    }

    /// What this person has begun to key in and not handed in yet.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn keying(
        &self,
        survey: &str,
        respondent: &str,
        person: &str,
    ) -> Result<Option<Return>, Refusal> {
        let key = self.keying_key(survey, respondent, person)?;
        let bytes = self.store.get(&key).await?;
        bytes.map(|bytes| read_json(&bytes)).transpose()
    }

    /// Keeps what a person is keying in, right or wrong.
    ///
    /// # Errors
    /// It is larger than the store takes.
    pub async fn keep_keying(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        entry: &Return,
    ) -> Result<(), Refusal> {
        let key = self.keying_key(survey, respondent, &act.by)?;
        let change = Change {
            writes: vec![(key, Some(to_json(entry)?))],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// One of two entries that wait for a decision.
    ///
    /// # Errors
    /// There is none, or the store cannot be read.
    pub async fn keyed_entry(
        &self,
        survey: &str,
        respondent: &str,
        second: bool,
    ) -> Result<Return, Refusal> {
        let key = self.keyed_key(survey, respondent, which(second))?;
        let bytes = self.store.get(&key).await?;
        let bytes = bytes.ok_or_else(|| Refusal::Unknown("この入力".into()))?;
        read_json(&bytes)
    }

    /// Hands in an entry. `blanks`: what has to be answered was left blank on paper and is kept as 無回答.
    ///
    /// # Errors
    /// [`Refusal::Issues`] with everything that must be mended; the survey does not take answers; the same person
    /// has made the first entry.
    pub async fn key_in(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        entry: Return,
        blanks: bool,
    ) -> Result<KeyedIn, Refusal> {
        let form = self.open_for(act, survey, respondent, &entry).await?;
        acceptable(&form, &entry.answers, blanks)?;
        if !self.keyed_twice(survey, entry.source) {
            let event = keyed_in(act, survey, respondent, false, &entry)?;
            return self
                .count(act, survey, respondent, entry, vec![event], &form)
                .await;
        }
        let before = match self.counts(survey, respondent) {
            true => Keyed::default(),
            false => self.keyed(survey, respondent),
        };
        match (&before.first, &before.second) {
            (None, _) => {
                self.keep_entry(act, survey, respondent, false, &entry).await?;
                Ok(KeyedIn::SecondNeeded)
            }
            (Some(_), Some(_)) => Err(Refusal::Cycle(
                "この用紙は二人が入力し終えています。食い違いを決めるか、入力をやり直してください。".into(),
            )),
            (Some(first), None) if first.by == act.by => Err(Refusal::Cycle(
                "1回目を入力した人は、2回目を入力できません。別の人が入力してください。".into(),
            )),
            (Some(_), None) => {
                let first = self.keyed_entry(survey, respondent, false).await?;
                let differences = compare(&form, &first.answers, &entry.answers).len();
                if differences > 0 {
                    self.keep_entry(act, survey, respondent, true, &entry).await?;
                    return Ok(KeyedIn::Differs(differences));
                }
                let event = keyed_in(act, survey, respondent, true, &entry)?;
                self.count(act, survey, respondent, first, vec![event], &form).await
            }
        }
    }

    /// Hands in what two entries come to after their differences were decided.
    ///
    /// # Errors
    /// As for [`Year::key_in`]; there are not two entries.
    pub async fn decide_keyed(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        answers: Answers,
        blanks: bool,
    ) -> Result<KeyedIn, Refusal> {
        if self.keyed(survey, respondent).second.is_none() || self.counts(survey, respondent) {
            return Err(Refusal::Cycle("食い違いを決める入力がありません。".into()));
        }
        let [first, second] =
            [false, true].map(|which| self.keyed_entry(survey, respondent, which));
        let (first, second) = (first.await?, second.await?);
        let note = [first.note.as_str(), second.note.as_str()];
        let note: Vec<&str> = note.into_iter().filter(|note| !note.is_empty()).collect();
        let entry = Return {
            answers,
            note: note.join("／").chars().take(LONGEST_NOTE).collect(),
            ..first
        };
        let form = self.open_for(act, survey, respondent, &entry).await?;
        acceptable(&form, &entry.answers, blanks)?;
        self.count(act, survey, respondent, entry, Vec::new(), &form)
            .await
    }

    /// Throws the entries of a return away that has not counted yet.
    ///
    /// # Errors
    /// There is nothing to throw away, or it counts already.
    pub async fn drop_keyed(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
    ) -> Result<(), Refusal> {
        let keyed = self.keyed(survey, respondent);
        if keyed.first.is_none() || self.counts(survey, respondent) {
            return Err(Refusal::Cycle("やり直す入力がありません。".into()));
        }
        let mut writes = Vec::new();
        for second in [false, true] {
            writes.push((self.keyed_key(survey, respondent, which(second))?, None));
        }
        let event = Event::KeyingDropped {
            survey: survey.to_owned(),
            respondent: respondent.to_owned(),
        };
        let change = Change {
            events: vec![event],
            writes,
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Whether what was keyed in counts or was set aside: its entries are history then.
    pub fn counts(&self, survey: &str, respondent: &str) -> bool {
        let since = self.keyed(survey, respondent);
        let since = [since.first, since.second].into_iter().flatten();
        let Some(at) = since.map(|keying| keying.at).max() else {
            return false;
        };
        self.state(|state| {
            let held = state.surveys.get(survey);
            let responded = held.and_then(|held| held.responded.get(respondent));
            let aside = state.aside.get(survey).and_then(|all| all.get(respondent));
            responded.is_some_and(|one| one.source != Source::Web && one.at >= at)
                || aside.is_some_and(|all| all.iter().any(|one| one.at >= at))
        })
    }

    async fn open_for(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        entry: &Return,
    ) -> Result<std::sync::Arc<Questionnaire>, Refusal> {
        self.check_open(survey)?;
        // What is kept of an entry would tell whose answers they are.
        if self.terms(survey).anonymous {
            return Err(Refusal::Cycle(
                "この調査は匿名なので、事業所ごとに入力できません。開かれたリンクの画面から入力してください。".into(),
            ));
        }
        let roster = self.roster(survey).await;
        if roster.is_none_or(|roster| roster.respondent(respondent).is_none()) {
            return Err(Refusal::Unknown(format!("対象者「{respondent}」")));
        }
        if entry.received_on > act.today() {
            return Err(Refusal::Cycle(
                "受け取った日が先の日付です。今日か、それより前の日にしてください。".into(),
            ));
        }
        if entry.note.chars().count() > LONGEST_NOTE {
            return Err(Refusal::Cycle(format!(
                "備考は{LONGEST_NOTE}字までにしてください。"
            )));
        }
        self.published(survey).await
    }

    async fn keep_entry(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        second: bool,
        entry: &Return,
    ) -> Result<(), Refusal> {
        let key = self.keyed_key(survey, respondent, which(second))?;
        let change = Change {
            guards: vec![Guard::Absent(key.clone())],
            events: vec![keyed_in(act, survey, respondent, second, entry)?],
            writes: vec![
                (key, Some(to_json(entry)?)),
                (self.keying_key(survey, respondent, &act.by)?, None),
            ],
            ..Change::default()
        };
        self.commit_first(act, change).await
    }

    /// Makes a return the response, or sets it aside where another one of the same office counts.
    async fn count(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        entry: Return,
        mut events: Vec<Event>,
        form: &Questionnaire,
    ) -> Result<KeyedIn, Refusal> {
        let new = Response {
            version: form.version(),
            source: entry.source,
            submitted_at: act.at,
            answers: entry.answers.clone(),
        };
        let new_digest = digest(&new.answers)?;
        let key = self.response_key(survey, respondent)?;
        let before = self.store.get(&key).await?;
        let guards = vec![
            self.open_guard(survey)?,
            Guard::Absent(self.withdrawn_key(survey, respondent)?),
            Guard::unchanged(key.clone(), before.as_deref()),
        ];
        let draft = self.draft(survey, respondent).await?;
        let mut writes = self.draft_gone(survey, respondent, &draft)?;
        writes.push((self.keying_key(survey, respondent, &act.by)?, None));
        // What was keyed in, with its remark, stays beside what counts; of two entries their digests.
        for second in [false, true] {
            writes.push((self.keyed_key(survey, respondent, which(second))?, None));
        }
        let kept = self.keyed_key(survey, respondent, "kept")?;
        writes.push((kept, Some(to_json(&entry)?)));
        let mut outcome = (true, None);
        if let Some(bytes) = &before {
            let now: Response = read_json(bytes)?;
            let now_digest = digest(&now.answers)?;
            let version = self.published_version(survey, now.version).await?;
            let received = self.received_on(survey, respondent, &now);
            let of_now =
                Candidate::new(&version, &now.answers, received, now.source == Source::Web);
            let of_new = Candidate::new(form, &new.answers, entry.received_on, false);
            let (wins, why) = match now_digest == new_digest {
                true => (false, Why::Before),
                false => prefer(&of_now, &of_new),
            };
            let (loser, loser_digest, bytes) = match wins {
                true => (now.source, now_digest, bytes.clone()),
                false => (new.source, new_digest.clone(), to_json(&new)?),
            };
            writes.push((
                self.aside_key(survey, respondent, &loser_digest)?,
                Some(bytes),
            ));
            events.push(Event::SetAside {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                source: loser,
                digest: loser_digest,
                why,
            });
            outcome = (wins, Some(why));
        }
        let (wins, why) = outcome;
        if wins {
            writes.push((key, Some(to_json(&new)?)));
            events.push(Event::Responded {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                source: entry.source,
                digest: new_digest.clone(),
            });
        }
        let change = Change {
            guards,
            events,
            writes,
            ..Change::default()
        };
        self.commit_first(act, change).await?;
        if !wins {
            return Ok(KeyedIn::Aside(why.unwrap_or(Why::Before)));
        }
        self.follow(survey, respondent, 0, form.examine(&new.answers).answers);
        let receipt = Receipt {
            survey: survey.to_owned(),
            respondent: respondent.to_owned(),
            at: act.at,
            digest: new_digest,
            again: false,
            corrected: 0,
        };
        Ok(KeyedIn::Counted {
            receipt,
            instead: why,
        })
    }

    /// The day on which the response that counts now reached the office.
    fn received_on(&self, survey: &str, respondent: &str, now: &Response) -> NaiveDate {
        let keyed = self.keyed(survey, respondent).first;
        let keyed = keyed.filter(|one| one.source == now.source && now.source != Source::Web);
        keyed.map_or_else(
            || now.submitted_at.with_timezone(&super::japan()).date_naive(),
            |one| one.received_on,
        )
    }

    /// Of two who do the same at once, one does it.
    async fn commit_first(&self, act: &Act, change: Change) -> Result<(), Refusal> {
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => {
                self.catch_up().await?;
                Err(Refusal::Overtaken)
            }
            other => other,
        }
    }
}

/// Everything that keeps answers from being taken; a blank does not, where it is said to be one on paper too.
fn acceptable(form: &Questionnaire, answers: &Answers, blanks: bool) -> Result<(), Refusal> {
    let mut issues = form.examine(answers).issues;
    let wrong = |issue: &forms::Issue| {
        issue.severity == Severity::Error && !(blanks && issue.code == BLANK)
    };
    match issues.iter().any(wrong) {
        true => {
            issues.retain(wrong);
            Err(Refusal::Issues(issues))
        }
        false => Ok(()),
    }
}

fn keyed_in(
    act: &Act,
    survey: &str,
    respondent: &str,
    second: bool,
    entry: &Return,
) -> Result<Event, Refusal> {
    Ok(Event::KeyedIn {
        survey: survey.to_owned(),
        respondent: respondent.to_owned(),
        by: act.by.clone(),
        second,
        source: entry.source,
        received_on: entry.received_on,
        digest: sha256(&to_json(entry)?),
    })
}

fn which(second: bool) -> &'static str {
    match second {
        false => "1",
        true => "2",
    }
}
