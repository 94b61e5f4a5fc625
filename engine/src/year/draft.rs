//! A draft: what a respondent has typed so far, saved as it grows, from however many devices.
//!
//! What one device displaces of another's is kept beside the draft until somebody chooses.

use chrono::{DateTime, Utc};
use forms::Answers;
use serde::{Deserialize, Serialize};
use store::{CommitError, Guard};

use super::respond::{read_json, to_json};
use super::{Act, Change, Receipt, Refusal, Year};

/// What a respondent has typed so far, right or wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub answers: Answers,
    #[serde(default)]
    pub saved_at: Option<DateTime<Utc>>,
    /// Rises with every save.
    #[serde(default)]
    pub round: u64,
    /// Answers that another device had given and this draft no longer has, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub displaced: Vec<Displaced>,
    /// The digest of the response that this draft corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
}

/// An answer that was displaced; what it said is kept beside the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displaced {
    pub item: String,
    /// The round of the draft that displaced it.
    pub round: u64,
    /// When it had been saved.
    pub at: Option<DateTime<Utc>>,
}

/// Whose draft it is.
#[derive(Clone, Copy, Debug)]
pub enum Drafting<'a> {
    Respondent(&'a str),
    /// Somebody who tries the questionnaire out (見本), by the hash of the link. It is never handed in.
    Trial(&'a str),
}

/// What a save makes of a draft.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    pub answers: Answers,
    /// Items whose stored answer another device had given and that this save displaces.
    pub displaces: Vec<String>,
    /// Items about which somebody has chosen: what was displaced of them goes.
    pub chosen: Vec<String>,
}

/// Displaced answers that are kept; beyond, the oldest go.
const MOST_DISPLACED: usize = 20;

/// How often a save begins anew when another process was quicker.
const ATTEMPTS: usize = 8;

impl Year {
    /// What the respondent has typed so far; empty before the first answer.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn draft(&self, survey: &str, respondent: &str) -> Result<Draft, Refusal> {
        self.draft_of(survey, Drafting::Respondent(respondent))
            .await
    }

    /// # Errors
    /// The store cannot be read.
    pub async fn draft_of(&self, survey: &str, whose: Drafting<'_>) -> Result<Draft, Refusal> {
        let bytes = self
            .store
            .get(&self.draft_key(survey, &whose.id())?)
            .await?;
        bytes.map_or_else(|| Ok(Draft::default()), |bytes| read_json(&bytes))
    }

    /// Keeps a draft as it is. Wrong and unfinished answers are kept too.
    ///
    /// # Errors
    /// As for [`Year::revise_draft`].
    pub async fn save_draft(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        answers: Answers,
    ) -> Result<Draft, Refusal> {
        let revise = |_: &Draft| Revision {
            answers: answers.clone(),
            ..Revision::default()
        };
        self.revise_draft(act, survey, Drafting::Respondent(respondent), revise)
            .await
    }

    /// Changes a draft by what `revise` makes of it as it is stored; it may be asked again when another device was
    /// quicker. A draft is also kept after the survey has closed: it is no response, and nothing typed is lost.
    ///
    /// # Errors
    /// The survey has never been open, the response was handed in already, or the draft is larger than the store
    /// takes.
    pub async fn revise_draft(
        &self,
        act: &Act,
        survey: &str,
        whose: Drafting<'_>,
        revise: impl Fn(&Draft) -> Revision,
    ) -> Result<Draft, Refusal> {
        if let Drafting::Respondent(_) = whose
            && matches!(self.check_open(survey), Err(Refusal::NotOpen))
        {
            return Err(Refusal::NotOpen);
        }
        let key = self.draft_key(survey, &whose.id())?;
        for _ in 0..ATTEMPTS {
            let before = self.store.get(&key).await?;
            let draft = match &before {
                Some(bytes) => read_json(bytes)?,
                None => Draft::default(),
            };
            let mut guards = vec![Guard::unchanged(key.clone(), before.as_deref())];
            if let (Drafting::Respondent(respondent), None) = (whose, &draft.corrects) {
                if let Some(receipt) = self.answered(survey, respondent).await? {
                    return Err(answered_already(receipt));
                }
                // A save that was under way while the response came in would leave a draft behind it.
                guards.push(Guard::Absent(self.answered_key(survey, respondent)?));
            }
            let revision = revise(&draft);
            let (draft, mut writes) = self.revised(act, survey, whose, draft, revision)?;
            writes.push((key.clone(), Some(to_json(&draft)?)));
            let change = Change {
                guards,
                writes,
                ..Change::default()
            };
            match self.commit(act, change).await {
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => return other.map(|()| draft),
            }
        }
        Err(Refusal::Overtaken)
    }

    fn revised(
        &self,
        act: &Act,
        survey: &str,
        whose: Drafting<'_>,
        before: Draft,
        revision: Revision,
    ) -> Result<(Draft, Vec<super::Write>), Refusal> {
        let round = before.round + 1;
        let mut writes = Vec::new();
        let mut displaced = before.displaced;
        for item in &revision.displaces {
            let kept = before.answers.only(item);
            let key = self.displaced_key(survey, &whose.id(), item, round)?;
            writes.push((key, Some(to_json(&kept)?)));
            displaced.push(Displaced {
                item: item.clone(),
                round,
                at: before.saved_at,
            });
        }
        let surplus = displaced.len().saturating_sub(MOST_DISPLACED);
        let (kept, gone): (Vec<_>, Vec<_>) = displaced
            .into_iter()
            .enumerate()
            .partition(|(nth, it)| *nth >= surplus && !revision.chosen.contains(&it.item));
        for (_, it) in gone {
            let key = self.displaced_key(survey, &whose.id(), &it.item, it.round)?;
            writes.push((key, None));
        }
        let draft = Draft {
            answers: revision.answers,
            saved_at: Some(act.at),
            round,
            displaced: kept.into_iter().map(|(_, it)| it).collect(),
            corrects: before.corrects,
        };
        Ok((draft, writes))
    }

    /// What a displaced answer said: answers with this one item, or none where it had been left blank.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn displaced(
        &self,
        survey: &str,
        whose: Drafting<'_>,
        displaced: &Displaced,
    ) -> Result<Answers, Refusal> {
        let Displaced { item, round, .. } = displaced;
        let key = self.displaced_key(survey, &whose.id(), item, *round)?;
        let bytes = self.store.get(&key).await?;
        bytes.map_or_else(|| Ok(Answers::new()), |bytes| read_json(&bytes))
    }

    /// The writes that remove a draft with all that was kept beside it.
    pub(super) fn draft_gone(
        &self,
        survey: &str,
        respondent: &str,
        draft: &Draft,
    ) -> Result<Vec<super::Write>, Refusal> {
        let mut writes = vec![(self.draft_key(survey, respondent)?, None)];
        for it in &draft.displaced {
            let key = self.displaced_key(survey, respondent, &it.item, it.round)?;
            writes.push((key, None));
        }
        Ok(writes)
    }
}

impl Drafting<'_> {
    /// Under which id it stands in the store.
    pub fn id(self) -> String {
        match self {
            Drafting::Respondent(respondent) => respondent.to_owned(),
            Drafting::Trial(hash) => format!("見本 {hash}"),
        }
    }
}

fn answered_already(receipt: Receipt) -> Refusal {
    let receipt = Box::new(receipt);
    Refusal::AnsweredOtherwise { receipt }
}
