//! Signing in: a one-time link becomes a session. Only the hash of a session is stored.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::respond::{read_json, to_json};
use super::{Act, Change, Door, Refusal, Token, Year};

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
        let begun = Session {
            person,
            until: act.at + Duration::hours(HOURS),
        };
        let write = (
            self.key(["session", &session.hash()])?,
            Some(to_json(&begun)?),
        );
        self.commit(
            act,
            Change {
                writes: vec![write],
                ..Change::default()
            },
        )
        .await?;
        Ok(begun)
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
        let Some(bytes) = self
            .store
            .get(&self.key(["session", &token.hash()])?)
            .await?
        else {
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
        let write = (self.key(["session", &token.hash()])?, None);
        self.commit(
            act,
            Change {
                writes: vec![write],
                ..Change::default()
            },
        )
        .await
    }
}
