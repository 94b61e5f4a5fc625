//! Sessions: who signed in, by a one-time link or by a password, until the working day is over. Only the hash of a
//! session is stored.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use store::Key;

use super::respond::{read_json, to_json};
use super::{Act, Change, Door, Entrance, Event, Refusal, Token, Year};

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub person: String,
    pub until: DateTime<Utc>,
}

/// How long a session lasts: a working day.
const HOURS: i64 = 12;

impl Year {
    /// Uses a sign-in link and begins a session under a new token.
    ///
    /// # Errors
    /// The link is unknown, used, or leads elsewhere.
    pub async fn sign_in(
        &self,
        act: &Act,
        link: &Token,
        session: Token,
    ) -> Result<Session, Refusal> {
        if !matches!(self.door(link)?, Door::SignIn { .. }) {
            return Err(Refusal::UnknownLink);
        }
        let Door::SignIn { person } = self.spend_link(act, link).await? else {
            return Err(Refusal::UnknownLink);
        };
        let change = self
            .begin_session(act, &person, &session, Entrance::Link)
            .await?;
        self.commit(act, change).await?;
        Ok(Session {
            person,
            until: end_of(act.at),
        })
    }

    /// Who is signed in with this token; nobody once the time is over.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn session(
        &self,
        now: DateTime<Utc>,
        token: &Token,
    ) -> Result<Option<Session>, Refusal> {
        let Some(bytes) = self.store.get(&self.session_key(token)?).await? else {
            return Ok(None);
        };
        let session: Session = read_json(&bytes)?;
        Ok(Some(session).filter(|session| now < session.until))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store refused.
    pub async fn sign_out(&self, act: &Act, token: &Token) -> Result<(), Refusal> {
        let write = (self.session_key(token)?, None);
        self.commit(
            act,
            Change {
                writes: vec![write],
                ..Change::default()
            },
        )
        .await
    }

    /// How many sessions a person has.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn session_count(&self, now: DateTime<Utc>, person: &str) -> Result<usize, Refusal> {
        let sessions = self.sessions().await?.into_iter();
        let of_person =
            sessions.filter(|(_, session)| session.person == person && now < session.until);
        Ok(of_person.count())
    }

    /// What a new session writes; sessions that have run out go.
    pub(super) async fn begin_session(
        &self,
        act: &Act,
        person: &str,
        session: &Token,
        way: Entrance,
    ) -> Result<Change, Refusal> {
        let begun = Session {
            person: person.to_owned(),
            until: end_of(act.at),
        };
        let over = self.sessions().await?.into_iter();
        let over = over.filter(|(_, session)| session.until <= act.at);
        let mut writes: Vec<super::Write> = over.map(|(key, _)| (key, None)).collect();
        writes.push((self.session_key(session)?, Some(to_json(&begun)?)));
        Ok(Change {
            events: vec![Event::SignedIn {
                person: person.to_owned(),
                way,
            }],
            writes,
            ..Change::default()
        })
    }

    /// All sessions, those that have run out too.
    pub(super) async fn sessions(&self) -> Result<Vec<(Key, Session)>, Refusal> {
        let stored = self.store.scan(&self.key(["session"])?).await?.into_iter();
        let read = stored.map(|(key, bytes)| Ok((key, read_json(&bytes)?)));
        read.collect()
    }

    fn session_key(&self, token: &Token) -> Result<Key, Refusal> {
        self.key(["session", &token.hash()])
    }
}

fn end_of(begun: DateTime<Utc>) -> DateTime<Utc> {
    begun + Duration::hours(HOURS)
}
