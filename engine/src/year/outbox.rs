//! The outbox: a letter waits as a job of the store until a sender takes it. What a job holds is no
//! secret: the personal link is made when the letter is sent, and then only its hash is kept.
//!
//! | A claimed letter | becomes | and its job |
//! |---|---|---|
//! | survey closed, answered meanwhile, no address | `MailDropped` | ends |
//! | sent | `MailSent` | ends |
//! | not sent, for now | `MailFailed` | is due again in 1, 2, 4, 8 minutes |
//! | refused for good, or the fifth failure | `MailAbandoned` | ends |
//!
//! Each is one commit, guarded by the claim. A crash between the sending and its commit sends the
//! letter again; both have the same id, so that a mail program can tell.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use store::{Claim, Job};
use workflows::Work;

use super::respond::{read_json, to_json};
use super::{Act, Change, Door, Event, Mail, Needless, Refusal, Token, Way, Write, Year};
use crate::letter::{Facts, Letter, Text, one_line};
use crate::roster::Respondent;

/// The queue of the store in which letters wait.
pub const OUTBOX: &str = "mail";

/// How often a letter is tried before it is abandoned.
const ATTEMPTS: u32 = 5;

/// Characters of a reason that is kept in the journal; an event holds 4 KiB.
const LONGEST_REASON: usize = 300;

/// What waits in the outbox.
#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    pub letter: Letter,
    pub survey: String,
    pub respondent: String,
    /// From 1.
    pub attempt: u32,
    /// A file: the words of the secretariat, where they are not those of the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A letter that is ready to be sent.
#[derive(Debug)]
pub struct Outgoing {
    /// The same for every attempt.
    pub id: String,
    /// The name of the respondent, in one line.
    pub name: String,
    /// The address.
    pub to: String,
    pub text: Text,
}

impl Year {
    /// Puts a letter into the outbox for everybody who is asked, has not answered and has an
    /// address. All of them are listed, so that the others can be telephoned.
    pub(super) async fn post(
        &self,
        act: &Act,
        work: &Work,
        letter: Letter,
        survey: &str,
    ) -> Result<Change, Refusal> {
        let (_, survey) = self.asked_for(survey)?;
        match self.check_open(&survey) {
            Err(Refusal::Closed) => return Ok(Change::default()),
            other => other?,
        }
        let respondents = self.unanswered(&survey).await;
        // Nobody left to remind is the best outcome, not a failure.
        if respondents.is_empty() {
            return Ok(Change::default());
        }
        let list = to_json(&respondents)?;
        let (file, write) = self.keep_file("letters.json", &list).await?;
        let mut writes = vec![write];
        let roster = self.roster(&survey).await;
        let asked = |id: &String| roster.as_ref().and_then(|roster| roster.respondent(id));
        for respondent in respondents.iter().filter_map(asked) {
            if self.address(&survey, respondent).is_some() {
                let waiting = Waiting {
                    letter,
                    survey: survey.clone(),
                    respondent: respondent.id.clone(),
                    attempt: 1,
                    text: None,
                };
                let id = format!("{}-{}", &work.id[..16], respondent.id);
                writes.push(self.job(id, act.at, &waiting)?);
            }
        }
        let event = Event::LettersDue {
            letter,
            survey,
            respondents: respondents.len() as u64,
            by_mail: writes.len() as u64 - 1,
            file,
            way: Way::Mail,
            text: None,
            batch: None,
        };
        Ok(Change {
            events: vec![event],
            writes,
            ..Change::default()
        })
    }

    /// What a claimed letter says and where it goes, with a new personal link that begins with
    /// `address`. Nothing when it is no longer needed, which is recorded.
    ///
    /// # Errors
    /// The claim is lost; the letter cannot be written; the store refused.
    pub async fn prepare(
        &self,
        act: &Act,
        claim: &Claim,
        token: Token,
        address: &str,
    ) -> Result<Option<Outgoing>, Refusal> {
        let waiting: Waiting = read_json(&claim.job.payload)?;
        let Waiting {
            survey, respondent, ..
        } = &waiting;
        self.refresh().await?;
        let to = match self.needed(survey, respondent).await {
            Ok(to) => to,
            Err(why) => {
                let mail = mail(claim, waiting);
                self.end(act, claim, Event::MailDropped { mail, why })
                    .await?;
                return Ok(None);
            }
        };
        let link = format!("{address}/{}/r/{token}", self.slug());
        let (name, text) = self
            .letter(waiting.letter, survey, respondent, &link)
            .await?;
        let text = match &waiting.text {
            Some(own) => self.read_file::<Text>(own).await?.to(&name, &link),
            None => text,
        };
        let door = Door::Survey {
            survey: survey.clone(),
            respondent: respondent.clone(),
        };
        let made = Event::LinkMade {
            hash: token.hash(),
            door,
        };
        self.commit(act, under(claim, vec![made], Vec::new()))
            .await?;
        Ok(Some(Outgoing {
            id: claim.job.id.clone(),
            name,
            to,
            text,
        }))
    }

    /// Records that a letter was sent.
    ///
    /// # Errors
    /// The claim is lost: somebody else sends it too. The store refused.
    pub async fn sent(&self, act: &Act, claim: &Claim) -> Result<(), Refusal> {
        let mail = mail(claim, read_json(&claim.job.payload)?);
        self.end(act, claim, Event::MailSent { mail }).await
    }

    /// Records that a letter was not sent, and why. It is tried again later, unless that would be
    /// in vain (`for_good`) or has been tried often enough.
    ///
    /// # Errors
    /// The claim is lost; the store refused.
    pub async fn not_sent(
        &self,
        act: &Act,
        claim: &Claim,
        why: &str,
        for_good: bool,
    ) -> Result<(), Refusal> {
        let mut waiting: Waiting = read_json(&claim.job.payload)?;
        let why = one_line(why).chars().take(LONGEST_REASON).collect();
        let attempt = waiting.attempt;
        if for_good || attempt >= ATTEMPTS {
            let mail = mail(claim, waiting);
            let abandoned = Event::MailAbandoned { mail, attempt, why };
            return self.end(act, claim, abandoned).await;
        }
        let retry_at = act.at + TimeDelta::minutes(1 << (attempt - 1));
        waiting.attempt += 1;
        let again = self.job(claim.job.id.clone(), retry_at, &waiting)?;
        let failed = Event::MailFailed {
            mail: mail(claim, waiting),
            attempt,
            why,
            retry_at,
        };
        self.commit(act, under(claim, vec![failed], vec![again]))
            .await
    }

    /// A letter to one respondent: the name it is for, and what it says.
    ///
    /// # Errors
    /// Nobody asks this respondent; the template cannot be written.
    pub async fn letter(
        &self,
        letter: Letter,
        survey: &str,
        respondent: &str,
        link: &str,
    ) -> Result<(String, Text), Refusal> {
        let unknown = || Refusal::Unknown(format!("対象者「{respondent}」"));
        let definition = self.pack.survey(survey).ok_or_else(unknown)?;
        let turn = definition.turn();
        let roster = self.roster(&turn).await.ok_or_else(unknown)?;
        let name = &roster.respondent(respondent).ok_or_else(unknown)?.name;
        let facts = Facts {
            survey: definition,
            respondent: name,
            closes: self.closes_on(&turn).await?,
            link,
        };
        let text = letter
            .write(&self.pack, &facts)
            .map_err(Refusal::Findings)?;
        Ok((one_line(name), text))
    }

    /// Where mail to one of those asked goes. The roster as it is now comes first: a corrected
    /// address counts at once, while who is asked stays as it was.
    pub fn address(&self, survey: &str, asked: &Respondent) -> Option<String> {
        let definition = self.pack.survey(survey)?;
        let mut formats = self.pack.municipality.rosters.iter();
        let format = formats.find(|format| format.id == definition.roster)?;
        let column = format.mail.as_ref()?;
        let now = self.pack.rosters.get(&definition.roster);
        let row = now.and_then(|roster| roster.respondent(&asked.id));
        let address = row.unwrap_or(asked).columns.get(column)?;
        (!address.is_empty()).then(|| address.clone())
    }

    /// The address to which a letter still has to go, or why it has not.
    async fn needed(&self, survey: &str, respondent: &str) -> Result<String, Needless> {
        if self.check_open(survey).is_err() {
            return Err(Needless::Closed);
        }
        if self.receipt(survey, respondent).is_some() {
            return Err(Needless::Answered);
        }
        if self.state(|state| state.is_withdrawn(survey, respondent)) {
            return Err(Needless::Withdrawn);
        }
        let roster = self.roster(survey).await;
        let asked = roster.as_ref().and_then(|r| r.respondent(respondent));
        asked
            .and_then(|asked| self.address(survey, asked))
            .ok_or(Needless::NoAddress)
    }

    pub(super) fn job(
        &self,
        id: String,
        due: chrono::DateTime<chrono::Utc>,
        waiting: &Waiting,
    ) -> Result<Write, Refusal> {
        let job = Job {
            municipality: self.slug().to_owned(),
            queue: OUTBOX.to_owned(),
            id,
            due,
            payload: to_json(waiting)?,
        };
        job.write()
            .map_err(|error| Refusal::Unreadable(error.to_string()))
    }

    /// Ends a letter's job with the event that says how.
    async fn end(&self, act: &Act, claim: &Claim, event: Event) -> Result<(), Refusal> {
        let key = Job::key(self.slug(), OUTBOX, &claim.job.id)
            .map_err(|error| Refusal::Unreadable(error.to_string()))?;
        self.commit(act, under(claim, vec![event], vec![(key, None)]))
            .await
    }
}

/// A change that only whoever holds the claim can make.
fn under(claim: &Claim, events: Vec<Event>, writes: Vec<Write>) -> Change {
    Change {
        guards: vec![claim.guard()],
        events,
        writes,
        cause: Some(claim.job.id.clone()),
    }
}

fn mail(claim: &Claim, waiting: Waiting) -> Mail {
    Mail {
        survey: waiting.survey,
        respondent: waiting.respondent,
        letter: waiting.letter,
        id: claim.job.id.clone(),
    }
}
