//! Notices to other programs: when a response arrives, a survey closes, papers go out or a task is overdue, an
//! address is told. A notice is written as a job in the commit of the event, and waits until a sender takes it.
//!
//! | A claimed notice | becomes | and its job |
//! |---|---|---|
//! | its webhook was removed | nothing | ends |
//! | answered with 2xx | `NoticeSent` | ends |
//! | not, for now | `NoticeFailed` | is due again in 1, 2, 4, 8 minutes |
//! | the fifth failure | `NoticeAbandoned` | ends |
//!
//! What was answered is never in a notice. It has the same id at every attempt, so the receiver can tell.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;
use store::{Claim, Job};

use super::link::hex;
use super::perform::sha256;
use super::respond::{read_json, to_json};
use super::{Act, Change, Event, Refusal, Token, Write, Year};
use crate::letter::one_line;

/// The queue of the store in which notices wait.
pub const NOTICES: &str = "notice";

const ATTEMPTS: u32 = 5;
const LONGEST_REASON: usize = 300;
const LONGEST_ADDRESS: usize = 500;

/// Webhooks of one municipality: each of them is a job for every response.
const MOST: usize = 20;

/// What a program is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    Response,
    Close,
    Dispatch,
    TaskOverdue,
    /// Somebody tries whether notices arrive.
    Trial,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub address: String,
    pub on: Vec<Occasion>,
    pub made_by: String,
}

/// A webhook with what became of its last notices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hooked {
    pub webhook: Option<Webhook>,
    /// The oldest first.
    pub log: Vec<Attempted>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempted {
    pub at: DateTime<Utc>,
    pub notice: Notice,
    pub delivered: Delivered,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub webhook: String,
    /// The job's: the same for every attempt.
    pub id: String,
    pub occasion: Occasion,
    /// From 1.
    pub attempt: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "delivered", rename_all = "snake_case")]
pub enum Delivered {
    Sent {
        status: u16,
    },
    /// It is tried again.
    Failed {
        why: String,
        retry_at: DateTime<Utc>,
    },
    Abandoned {
        why: String,
    },
}

/// What waits to be sent.
#[derive(Serialize, Deserialize)]
struct Waiting {
    webhook: String,
    occasion: Occasion,
    attempt: u32,
    body: String,
}

/// A notice that is ready to be sent.
#[derive(Debug)]
pub struct OutgoingNotice {
    pub id: String,
    pub address: String,
    pub occasion: Occasion,
    /// JSON.
    pub body: String,
    /// HMAC-SHA256 over the body with the webhook's secret, in hexadecimal.
    pub signature: String,
}

impl Occasion {
    /// What can be chosen; a trial is sent by hand.
    pub const ALL: [Occasion; 4] = [
        Occasion::Response,
        Occasion::Close,
        Occasion::Dispatch,
        Occasion::TaskOverdue,
    ];

    /// The word in a notice and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Occasion::Response => "response",
            Occasion::Close => "close",
            Occasion::Dispatch => "dispatch",
            Occasion::TaskOverdue => "task_overdue",
            Occasion::Trial => "trial",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Occasion::Response => "回答が届いたとき",
            Occasion::Close => "調査を締め切ったとき",
            Occasion::Dispatch => "資料を送ったとき",
            Occasion::TaskOverdue => "仕事の期限が過ぎたとき",
            Occasion::Trial => "試し",
        }
    }
}

impl Hooked {
    /// Attempts of which the state keeps what became of them.
    pub(super) const KEPT: usize = 50;
}

impl Year {
    /// Tells an address from now on. `secret` signs what is sent; `id` names the webhook.
    ///
    /// # Errors
    /// The address is none, nothing is chosen, or there are too many.
    pub async fn set_webhook(
        &self,
        act: &Act,
        id: &str,
        secret: &Token,
        address: &str,
        on: Vec<Occasion>,
    ) -> Result<(), Refusal> {
        let address = address.trim().to_owned();
        let wrong = |why: &str| Err(Refusal::Cycle(why.to_owned()));
        let (scheme, rest) = address.split_once("://").unwrap_or_default();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !matches!(scheme, "http" | "https")
            || host.is_empty()
            || address
                .chars()
                .any(|one| one.is_whitespace() || one.is_control())
            || address.len() > LONGEST_ADDRESS
        {
            return wrong("アドレスは https://… か http://… の形で書いてください。");
        }
        if host.contains('@') {
            return wrong(
                "アドレスに利用者名やパスワードを書かないでください。送る内容には署名が付きます。",
            );
        }
        if on.is_empty() {
            return wrong("知らせるときを一つ以上選んでください。");
        }
        if self.state(|state| state.webhooks.len()) >= MOST {
            return wrong("知らせる先は20件までです。使わないものを消してください。");
        }
        let webhook = Webhook {
            address,
            on,
            made_by: act.by.clone(),
        };
        let event = Event::WebhookSet {
            id: id.to_owned(),
            webhook,
        };
        let change = Change {
            events: vec![event],
            writes: vec![(self.secret_key(id)?, Some(secret.to_string().into_bytes()))],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Tells an address no longer.
    ///
    /// # Errors
    /// There is no such webhook.
    pub async fn remove_webhook(&self, act: &Act, id: &str) -> Result<(), Refusal> {
        self.webhook(id)?;
        let change = Change {
            events: vec![Event::WebhookRemoved { id: id.to_owned() }],
            writes: vec![(self.secret_key(id)?, None)],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Sends a notice that says nothing, to try whether it arrives.
    ///
    /// # Errors
    /// There is no such webhook.
    pub async fn try_webhook(&self, act: &Act, id: &str) -> Result<(), Refusal> {
        self.webhook(id)?;
        let about = format!("{id}/{}", act.at.timestamp_micros());
        let write = self.notice(act, id, Occasion::Trial, &about, json!({}))?;
        let change = Change {
            writes: vec![write],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// The notices that these events are to give, as jobs to be written with them.
    pub(super) fn notices(&self, act: &Act, events: &[Event]) -> Result<Vec<Write>, Refusal> {
        let webhooks: Vec<(String, Vec<Occasion>)> = self.state(|state| {
            let all = state.webhooks.iter();
            all.filter_map(|(id, hooked)| Some((id.clone(), hooked.webhook.as_ref()?.on.clone())))
                .collect()
        });
        let mut writes = Vec::new();
        if webhooks.is_empty() {
            return Ok(writes);
        }
        for event in events {
            let Some((occasion, about, facts)) = self.occasion(event) else {
                continue;
            };
            for (id, _) in webhooks.iter().filter(|(_, on)| on.contains(&occasion)) {
                writes.push(self.notice(act, id, occasion, &about, facts.clone())?);
            }
        }
        Ok(writes)
    }

    /// What an event is an occasion for, what tells it from others of its kind, and the facts of its notice.
    fn occasion(&self, event: &Event) -> Option<(Occasion, String, serde_json::Value)> {
        match event {
            Event::Responded {
                survey,
                respondent,
                source,
                digest,
            } => {
                let (asked, answered) = self.state(|state| {
                    let held = state.surveys.get(survey);
                    held.map_or((0, 1), |held| {
                        let new = !held.responded.contains_key(respondent);
                        (held.asked, held.responded.len() as u64 + u64::from(new))
                    })
                });
                let about = format!("{survey}/{respondent}/{digest}");
                // Who answered is not said: a survey may be anonymous.
                let facts = json!({ "survey": survey, "source": source, "answered": answered, "asked": asked });
                Some((Occasion::Response, about, facts))
            }
            Event::SurveyClosed { survey } => {
                let (asked, answered) = self.state(|state| {
                    let held = state.surveys.get(survey);
                    held.map_or((0, 0), |held| (held.asked, held.responded.len() as u64))
                });
                let facts = json!({ "survey": survey, "answered": answered, "asked": asked });
                Some((Occasion::Close, survey.clone(), facts))
            }
            Event::PapersDispatched { meeting } => {
                let facts = json!({ "meeting": meeting });
                Some((Occasion::Dispatch, meeting.clone(), facts))
            }
            Event::CycleAdvanced { cycle, record } => match &record.event {
                workflows::Event::StepOverdue { key } => {
                    let facts = json!({ "cycle": cycle, "step": key.step.as_str(), "item": key.item, "round": key.round });
                    Some((Occasion::TaskOverdue, format!("{cycle}/{key}"), facts))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn notice(
        &self,
        act: &Act,
        webhook: &str,
        occasion: Occasion,
        about: &str,
        facts: serde_json::Value,
    ) -> Result<Write, Refusal> {
        let at = act.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let id = sha256(format!("{webhook}/{}/{about}/{at}", occasion.word()).as_bytes());
        let id = id[..32].to_owned();
        let mut body = json!({
            "id": id,
            "event": occasion.word(),
            "municipality": self.slug(),
            "at": at,
        });
        if let (Some(body), serde_json::Value::Object(facts)) = (body.as_object_mut(), facts) {
            body.extend(facts);
        }
        let waiting = Waiting {
            webhook: webhook.to_owned(),
            occasion,
            attempt: 1,
            body: body.to_string(),
        };
        self.notice_job(id, act.at, &waiting)
    }

    /// A claimed notice, signed. Nothing when its webhook was removed, which ends it.
    ///
    /// # Errors
    /// The claim is lost; the store refused.
    pub async fn prepare_notice(
        &self,
        act: &Act,
        claim: &Claim,
    ) -> Result<Option<OutgoingNotice>, Refusal> {
        self.refresh().await?;
        let waiting: Waiting = read_json(&claim.job.payload)?;
        let webhook = self.webhook(&waiting.webhook).ok();
        let secret = self.store.get(&self.secret_key(&waiting.webhook)?).await?;
        let (Some(webhook), Some(secret)) = (webhook, secret) else {
            self.end_notice(act, claim, Vec::new()).await?;
            return Ok(None);
        };
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes a key of any size");
        mac.update(waiting.body.as_bytes());
        Ok(Some(OutgoingNotice {
            id: claim.job.id.clone(),
            address: webhook.address,
            occasion: waiting.occasion,
            signature: hex(&mac.finalize().into_bytes()),
            body: waiting.body,
        }))
    }

    /// Records that a notice was taken, with the status of the answer.
    ///
    /// # Errors
    /// The claim is lost; the store refused.
    pub async fn notice_sent(&self, act: &Act, claim: &Claim, status: u16) -> Result<(), Refusal> {
        let notice = of(claim, &read_json(&claim.job.payload)?);
        let event = Event::NoticeSent { notice, status };
        self.end_notice(act, claim, vec![event]).await
    }

    /// Records that a notice was not taken, and why. It is tried again later unless it was tried often enough.
    ///
    /// # Errors
    /// The claim is lost; the store refused.
    pub async fn notice_not_sent(
        &self,
        act: &Act,
        claim: &Claim,
        why: &str,
    ) -> Result<(), Refusal> {
        let mut waiting: Waiting = read_json(&claim.job.payload)?;
        let why: String = one_line(why).chars().take(LONGEST_REASON).collect();
        let notice = of(claim, &waiting);
        if waiting.attempt >= ATTEMPTS {
            let event = Event::NoticeAbandoned { notice, why };
            return self.end_notice(act, claim, vec![event]).await;
        }
        let retry_at = act.at + TimeDelta::minutes(1 << (waiting.attempt - 1));
        waiting.attempt += 1;
        let again = self.notice_job(claim.job.id.clone(), retry_at, &waiting)?;
        let failed = Event::NoticeFailed {
            notice,
            why,
            retry_at,
        };
        let change = Change {
            guards: vec![claim.guard()],
            events: vec![failed],
            writes: vec![again],
            cause: Some(claim.job.id.clone()),
        };
        self.commit(act, change).await
    }

    fn webhook(&self, id: &str) -> Result<Webhook, Refusal> {
        self.state(|state| state.webhooks.get(id)?.webhook.clone())
            .ok_or_else(|| Refusal::Unknown("この知らせ先".into()))
    }

    async fn end_notice(
        &self,
        act: &Act,
        claim: &Claim,
        events: Vec<Event>,
    ) -> Result<(), Refusal> {
        let key = Job::key(self.slug(), NOTICES, &claim.job.id).map_err(unreadable)?;
        let change = Change {
            guards: vec![claim.guard()],
            events,
            writes: vec![(key, None)],
            cause: Some(claim.job.id.clone()),
        };
        self.commit(act, change).await
    }

    fn notice_job(
        &self,
        id: String,
        due: DateTime<Utc>,
        waiting: &Waiting,
    ) -> Result<Write, Refusal> {
        let job = Job {
            municipality: self.slug().to_owned(),
            queue: NOTICES.to_owned(),
            id,
            due,
            payload: to_json(waiting)?,
        };
        job.write().map_err(unreadable)
    }

    fn secret_key(&self, id: &str) -> Result<store::Key, Refusal> {
        self.key(["webhook", id])
    }
}

fn of(claim: &Claim, waiting: &Waiting) -> Notice {
    Notice {
        webhook: waiting.webhook.clone(),
        id: claim.job.id.clone(),
        occasion: waiting.occasion,
        attempt: waiting.attempt,
    }
}

fn unreadable(error: store::KeyError) -> Refusal {
    Refusal::Unreadable(error.to_string())
}
