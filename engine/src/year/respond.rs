//! Handing in: a response that counts once, and its receipt.
//!
//! | Survey | who has answered | what was answered |
//! |---|---|---|
//! | usual | the event `Responded` with the digest of the answers | `response/<survey>/<respondent>` |
//! | anonymous | the event `Responded` without a digest, `took/<survey>/<respondent>` | `response/<survey>/w_…` under an id made from a secret that only the respondent gets, dated with the opening of the survey |
//! | over the open link | `Responded` of an id that is nobody's | `response/<survey>/w_…` |

use chrono::{DateTime, Utc};
use forms::Answers;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{CommitError, Found, Guard};

use super::link::hex;
use super::{Act, Change, Event, Refusal, Source, Token, Write, Year};
use crate::survey::{Terms, is_unnamed, unnamed};

/// What is handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    pub answers: Answers,
    pub source: Source,
    /// The link under which the respondent of an anonymous survey finds the response again; other surveys make
    /// nothing of it. Nobody else must get to know it.
    pub apart: Option<Token>,
}

/// A stored response. It pins the version it was given to and keeps what was typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    pub version: u32,
    pub source: Source,
    /// In an anonymous survey its opening: the true moment would tell whose response it is.
    pub submitted_at: DateTime<Utc>,
    pub answers: Answers,
}

/// The acknowledgement: the response is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    pub survey: String,
    pub respondent: String,
    pub at: DateTime<Utc>,
    /// Digest of the answers. Empty where it is not known whose answers they are.
    pub digest: String,
    /// The same response had been handed in before; it counts once.
    pub again: bool,
    /// How often it has been corrected.
    #[serde(skip_serializing_if = "is_zero")]
    pub corrected: u32,
}

impl Receipt {
    /// 受付番号, what the respondent can quote: of this response by this respondent, and of no other.
    pub fn number(&self) -> Option<String> {
        let whose = format!("{}/{}/{}", self.survey, self.respondent, self.digest);
        (!self.digest.is_empty()).then(|| hex(&Sha256::digest(whose))[..12].to_owned())
    }
}

impl Year {
    /// Hands in a response. The same answers handed in again are the same response. Of a response that is being
    /// corrected (its draft says so), this is the correction.
    ///
    /// # Errors
    /// [`Refusal::Issues`] with everything that must be mended; nothing is stored then. Closed
    /// survey; other answers were handed in before; an anonymous survey without [`Submission::apart`].
    pub async fn submit(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        submission: Submission,
    ) -> Result<Receipt, Refusal> {
        let questionnaire = self.published(survey).await?;
        let terms = self.terms(survey);
        let digest = digest(&submission.answers)?;
        if let Some(before) = self.answered(survey, respondent).await? {
            return same_or_refused(before, &digest);
        }
        self.check_open(survey)?;
        self.check_asked(survey, respondent, terms).await?;
        let examined = questionnaire.examine(&submission.answers);
        if examined.has_errors() {
            return Err(Refusal::Issues(examined.issues));
        }
        let files = self
            .check_attached(survey, respondent, &questionnaire, &examined.answers)
            .await?;
        let handed_in = HandedIn {
            survey,
            respondent,
            version: questionnaire.version(),
            submission,
            digest: digest.clone(),
            files,
        };
        let draft = self.draft(survey, respondent).await?;
        let (stored_as, mut change) = match terms.anonymous && !is_unnamed(respondent) {
            true => self.apart(handed_in)?,
            false => self.named(act, handed_in)?,
        };
        change
            .writes
            .extend(self.draft_gone(survey, respondent, &draft)?);
        match self.commit(act, change).await {
            Ok(()) => {
                self.follow(survey, &stored_as, 0, examined.answers);
                Ok(Receipt {
                    survey: survey.into(),
                    respondent: respondent.into(),
                    at: act.at,
                    digest,
                    again: false,
                    corrected: 0,
                })
            }
            // Somebody was quicker: another tab, or the same request sent twice.
            Err(Refusal::Commit(CommitError::Refused(refusal))) => match refusal.found {
                // Or somebody has withdrawn the request.
                Found::Value(_) if refusal.guard == self.not_withdrawn(survey, respondent)? => {
                    Err(Refusal::Withdrawn)
                }
                // Or the survey closed between the look and the commit.
                Found::Value(None) => Err(Refusal::Closed),
                Found::Value(Some(_)) => {
                    self.catch_up().await?;
                    let before = self.answered(survey, respondent).await?;
                    same_or_refused(before.ok_or(Refusal::Overtaken)?, &digest)
                }
                Found::Head(_) | Found::ClaimLost => {
                    Err(Refusal::Commit(CommitError::Refused(refusal)))
                }
            },
            Err(other) => Err(other),
        }
    }

    /// Holds as long as nobody has withdrawn the request.
    fn not_withdrawn(&self, survey: &str, respondent: &str) -> Result<Guard, Refusal> {
        Ok(Guard::Absent(self.withdrawn_key(survey, respondent)?))
    }

    /// A response that is known by its respondent.
    fn named(&self, act: &Act, handed_in: HandedIn<'_>) -> Result<(String, Change), Refusal> {
        let HandedIn {
            survey, respondent, ..
        } = handed_in;
        let key = self.response_key(survey, respondent)?;
        let response = handed_in.response(act.at);
        let change = Change {
            guards: vec![
                Guard::Absent(key.clone()),
                self.not_withdrawn(survey, respondent)?,
                self.open_guard(survey)?,
            ],
            events: vec![Event::Responded {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                source: response.source,
                digest: handed_in.digest,
            }],
            writes: vec![(key, Some(to_json(&response)?))],
            ..Change::default()
        };
        Ok((respondent.to_owned(), change))
    }

    /// A response that nothing ties to its respondent once it is stored.
    fn apart(&self, handed_in: HandedIn<'_>) -> Result<(String, Change), Refusal> {
        let HandedIn {
            survey, respondent, ..
        } = handed_in;
        let own = handed_in.submission.apart.ok_or_else(|| {
            Refusal::Cycle("匿名の調査の回答は、回答者ごとの画面から提出してください。".into())
        })?;
        let stored_as = unnamed(&own.hash());
        let opened = self.state(|state| state.surveys.get(survey)?.opened_at);
        let took = self.answered_key(survey, respondent)?;
        let mut writes: Vec<Write> = vec![
            (took.clone(), Some(b"1".to_vec())),
            self.door_write(survey, &own)?,
        ];
        for (file, attached) in &handed_in.files {
            writes.push((self.attached_key(survey, respondent, file)?, None));
            let key = self.attached_key(survey, &stored_as, file)?;
            writes.push((key, Some(attached.clone())));
        }
        let response = handed_in.response(opened.ok_or(Refusal::NotOpen)?);
        let key = self.response_key(survey, &stored_as)?;
        writes.push((key, Some(to_json(&response)?)));
        let change = Change {
            guards: vec![
                Guard::Absent(took),
                self.not_withdrawn(survey, respondent)?,
                self.open_guard(survey)?,
            ],
            events: vec![Event::Responded {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                source: response.source,
                digest: String::new(),
            }],
            writes,
            ..Change::default()
        };
        Ok((stored_as, change))
    }

    /// The receipt of a response that was handed in, as the journal has it.
    pub fn receipt(&self, survey: &str, respondent: &str) -> Option<Receipt> {
        self.state(|state| {
            let responded = state.surveys.get(survey)?.responded.get(respondent)?;
            Some(Receipt {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                at: responded.at,
                digest: responded.digest.clone(),
                again: true,
                corrected: responded.corrected,
            })
        })
    }

    /// The receipt of a response that was handed in, also of one that the journal does not know because it is kept
    /// apart from its respondent.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn answered(
        &self,
        survey: &str,
        respondent: &str,
    ) -> Result<Option<Receipt>, Refusal> {
        let known = self.receipt(survey, respondent);
        if known.is_some() || !is_unnamed(respondent) {
            return Ok(known);
        }
        let Some(response) = self.response(survey, respondent).await? else {
            return Ok(None);
        };
        Ok(Some(Receipt {
            survey: survey.to_owned(),
            respondent: respondent.to_owned(),
            at: response.submitted_at,
            digest: digest(&response.answers)?,
            again: true,
            corrected: 0,
        }))
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

    /// What respondents of a survey were promised.
    pub fn terms(&self, survey: &str) -> Terms {
        self.state(|state| state.surveys.get(survey).map(|held| held.terms))
            .unwrap_or_default()
    }

    async fn check_asked(
        &self,
        survey: &str,
        respondent: &str,
        terms: Terms,
    ) -> Result<(), Refusal> {
        let asked = match is_unnamed(respondent) {
            true => terms.open_link,
            false => self
                .roster(survey)
                .await
                .is_some_and(|roster| roster.respondent(respondent).is_some()),
        };
        match asked {
            true => Ok(()),
            false => Err(Refusal::Unknown(format!("対象者「{respondent}」"))),
        }
    }

    /// Holds while the survey takes answers.
    pub(super) fn open_guard(&self, survey: &str) -> Result<Guard, Refusal> {
        let open = store::Digest::of(super::collection::OPEN);
        Ok(Guard::Is(self.open_key(survey)?, open))
    }
}

/// A response on its way into the store.
struct HandedIn<'a> {
    survey: &'a str,
    respondent: &'a str,
    version: u32,
    submission: Submission,
    digest: String,
    /// Attached files by their hash, with what is kept about each.
    files: Vec<(String, Vec<u8>)>,
}

impl HandedIn<'_> {
    fn response(&self, at: DateTime<Utc>) -> Response {
        Response {
            version: self.version,
            source: self.submission.source,
            submitted_at: at,
            answers: self.submission.answers.clone(),
        }
    }
}

fn same_or_refused(before: Receipt, digest: &str) -> Result<Receipt, Refusal> {
    // Of an anonymous response nobody can say any more whether it was the same.
    if before.digest == digest || before.digest.is_empty() {
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

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it asks about by reference"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
