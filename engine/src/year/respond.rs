//! Answering: a draft that is saved as it grows, and a submission that counts once.

use chrono::{DateTime, Utc};
use forms::Answers;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{CommitError, Found, Guard};

use super::link::hex;
use super::{Act, Change, Door, Event, Refusal, Source, Token, Year};

/// What a respondent has typed so far, right or wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub answers: Answers,
    #[serde(default)]
    pub saved_at: Option<DateTime<Utc>>,
}

/// What is handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    pub answers: Answers,
    pub source: Source,
}

/// A stored response. It pins the version it was given to and keeps what was typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    pub version: u32,
    pub source: Source,
    pub submitted_at: DateTime<Utc>,
    pub answers: Answers,
}

/// The acknowledgement: the response is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    pub survey: String,
    pub respondent: String,
    pub at: DateTime<Utc>,
    /// Digest of the answers: what the respondent can quote.
    pub digest: String,
    /// The same response had been handed in before; it counts once.
    pub again: bool,
}

impl Year {
    /// Where a link leads.
    ///
    /// # Errors
    /// Nobody made this link, or it was for one use and is used.
    pub fn door(&self, token: &Token) -> Result<Door, Refusal> {
        let hash = token.hash();
        self.state(|state| match state.links.get(&hash) {
            Some(_) if state.ended.contains(&hash) => Err(Refusal::EndedLink),
            Some(Some(Door::Survey { survey, respondent })) if state.is_withdrawn(survey, respondent) => {
                Err(Refusal::Withdrawn)
            }
            Some(Some(door)) => Ok(door.clone()),
            Some(None) => Err(Refusal::SpentLink),
            None => Err(Refusal::UnknownLink),
        })
    }

    /// Makes a link. Only its hash is stored: who loses it gets a new one.
    ///
    /// # Errors
    /// The store refused.
    pub async fn make_link(&self, act: &Act, token: Token, door: Door) -> Result<(), Refusal> {
        let events = vec![Event::LinkMade {
            hash: token.hash(),
            door,
        }];
        self.commit(
            act,
            Change {
                events,
                ..Change::default()
            },
        )
        .await
    }

    /// Uses a one-time link; of two who use it at once, one succeeds.
    ///
    /// # Errors
    /// The link is unknown or used.
    pub async fn spend_link(&self, act: &Act, token: &Token) -> Result<Door, Refusal> {
        let door = self.door(token)?;
        let spent = self.key(["spent", &token.hash()])?;
        let change = Change {
            guards: vec![Guard::Absent(spent.clone())],
            events: vec![Event::LinkSpent { hash: token.hash() }],
            writes: vec![(spent, Some(b"1".to_vec()))],
            ..Change::default()
        };
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => Err(Refusal::SpentLink),
            other => other.map(|()| door),
        }
    }

    /// What the respondent has typed so far; empty before the first answer.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn draft(&self, survey: &str, respondent: &str) -> Result<Draft, Refusal> {
        match self.store.get(&self.draft_key(survey, respondent)?).await? {
            Some(bytes) => read_json(&bytes),
            None => Ok(Draft::default()),
        }
    }

    /// Keeps a draft. Wrong and unfinished answers are kept as they are.
    ///
    /// # Errors
    /// The survey is not open, the response was handed in already, or the draft is larger than the
    /// store takes.
    pub async fn save_draft(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        answers: Answers,
    ) -> Result<Draft, Refusal> {
        self.check_open(survey)?;
        if let Some(receipt) = self.receipt(survey, respondent) {
            let receipt = Box::new(receipt);
            return Err(Refusal::AnsweredOtherwise { receipt });
        }
        // A save that was under way while the response came in would leave a draft behind it.
        let guard = Guard::Absent(self.response_key(survey, respondent)?);
        match self
            .keep_draft(act, survey, respondent, answers, vec![guard])
            .await
        {
            Err(Refusal::Commit(CommitError::Refused(_))) => {
                self.catch_up().await?;
                let receipt = self.receipt(survey, respondent).map(Box::new);
                Err(
                    receipt.map_or(Refusal::Closed, |receipt| Refusal::AnsweredOtherwise {
                        receipt,
                    }),
                )
            }
            other => other,
        }
    }

    /// Keeps what somebody tries out in a questionnaire (見本). It is a draft that is never handed in,
    /// and it works before the survey opens and after it has closed.
    ///
    /// # Errors
    /// The draft is larger than the store takes.
    pub async fn save_trial(
        &self,
        act: &Act,
        survey: &str,
        trial: &str,
        answers: Answers,
    ) -> Result<Draft, Refusal> {
        let id = format!("見本 {trial}");
        self.keep_draft(act, survey, &id, answers, Vec::new()).await
    }

    /// What was tried out so far.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn trial(&self, survey: &str, trial: &str) -> Result<Draft, Refusal> {
        self.draft(survey, &format!("見本 {trial}")).await
    }

    async fn keep_draft(
        &self,
        act: &Act,
        survey: &str,
        id: &str,
        answers: Answers,
        guards: Vec<Guard>,
    ) -> Result<Draft, Refusal> {
        let draft = Draft {
            answers,
            saved_at: Some(act.at),
        };
        let write = (self.draft_key(survey, id)?, Some(to_json(&draft)?));
        self.commit(
            act,
            Change {
                guards,
                writes: vec![write],
                ..Change::default()
            },
        )
        .await?;
        Ok(draft)
    }

    /// Hands in a response. The same answers handed in again are the same response.
    ///
    /// # Errors
    /// [`Refusal::Issues`] with everything that must be mended; nothing is stored then. Closed
    /// survey; other answers were handed in before.
    pub async fn submit(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        submission: Submission,
    ) -> Result<Receipt, Refusal> {
        let questionnaire = self.published(survey).await?;
        let digest = digest(&submission.answers)?;
        if let Some(before) = self.receipt(survey, respondent) {
            return same_or_refused(before, &digest);
        }
        self.check_open(survey)?;
        if self
            .roster(survey)
            .await
            .is_none_or(|roster| roster.respondent(respondent).is_none())
        {
            return Err(Refusal::Unknown(format!("対象者「{respondent}」")));
        }
        let examined = questionnaire.examine(&submission.answers);
        if examined.has_errors() {
            return Err(Refusal::Issues(examined.issues));
        }
        let response = Response {
            version: questionnaire.version(),
            source: submission.source,
            submitted_at: act.at,
            answers: submission.answers,
        };
        let key = self.response_key(survey, respondent)?;
        let withdrawn = Guard::Absent(self.withdrawn_key(survey, respondent)?);
        let change = Change {
            guards: vec![
                Guard::Absent(key.clone()),
                withdrawn.clone(),
                Guard::Is(
                    self.open_key(survey)?,
                    store::Digest::of(super::collection::OPEN),
                ),
            ],
            events: vec![Event::Responded {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                source: response.source,
                digest: digest.clone(),
            }],
            writes: vec![
                (key, Some(to_json(&response)?)),
                (self.draft_key(survey, respondent)?, None),
            ],
            ..Change::default()
        };
        match self.commit(act, change).await {
            Ok(()) => {
                self.follow(survey, respondent, examined.answers);
                Ok(Receipt {
                    survey: survey.into(),
                    respondent: respondent.into(),
                    at: act.at,
                    digest,
                    again: false,
                })
            }
            // Somebody was quicker: another tab, or the same request sent twice.
            Err(Refusal::Commit(CommitError::Refused(refusal))) => match refusal.found {
                // Or somebody has withdrawn the request.
                Found::Value(_) if refusal.guard == withdrawn => Err(Refusal::Withdrawn),
                // Or the survey closed between the look and the commit.
                Found::Value(None) => Err(Refusal::Closed),
                Found::Value(Some(bytes)) => {
                    let first: Response = read_json(&bytes)?;
                    let receipt = Receipt {
                        survey: survey.into(),
                        respondent: respondent.into(),
                        at: first.submitted_at,
                        digest: self::digest(&first.answers)?,
                        again: true,
                    };
                    same_or_refused(receipt, &digest)
                }
                Found::Head(_) | Found::ClaimLost => {
                    Err(Refusal::Commit(CommitError::Refused(refusal)))
                }
            },
            Err(other) => Err(other),
        }
    }

    /// The receipt of a response that was handed in.
    pub fn receipt(&self, survey: &str, respondent: &str) -> Option<Receipt> {
        self.state(|state| {
            let responded = state.surveys.get(survey)?.responded.get(respondent)?;
            Some(Receipt {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                at: responded.at,
                digest: responded.digest.clone(),
                again: true,
            })
        })
    }

    /// The stored response.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn response(
        &self,
        survey: &str,
        respondent: &str,
    ) -> Result<Option<Response>, Refusal> {
        let bytes = self
            .store
            .get(&self.response_key(survey, respondent)?)
            .await?;
        bytes.map(|bytes| read_json(&bytes)).transpose()
    }

    /// Whether a survey takes answers now.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`] or [`Refusal::Closed`].
    pub fn check_open(&self, survey: &str) -> Result<(), Refusal> {
        self.state(|state| match state.surveys.get(survey) {
            Some(held) if held.closed_at.is_some() => Err(Refusal::Closed),
            Some(held) if held.opened_at.is_some() => Ok(()),
            _ => Err(Refusal::NotOpen),
        })
    }
}

fn same_or_refused(before: Receipt, digest: &str) -> Result<Receipt, Refusal> {
    if before.digest == digest {
        Ok(before)
    } else {
        Err(Refusal::AnsweredOtherwise {
            receipt: Box::new(before),
        })
    }
}

/// SHA-256 over the answers as they were typed. The order in which a program names the items is not
/// part of what was answered.
pub(super) fn digest(answers: &Answers) -> Result<String, Refusal> {
    let unreadable = |error: serde_json::Error| Refusal::Unreadable(error.to_string());
    let mut value = serde_json::to_value(answers).map_err(unreadable)?;
    value.sort_all_objects();
    Ok(hex(&Sha256::digest(to_json(&value)?)))
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(value).map_err(|error| Refusal::Unreadable(error.to_string()))
}

pub(super) fn read_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| Refusal::Unreadable(error.to_string()))
}
