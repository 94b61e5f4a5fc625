//! Tokens with which other programs act here. A token is made by a person, shown once and kept as its hash.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Act, Change, Event, Refusal, Token, Year};
use crate::municipality::Access;

/// Characters of the name by which people know a token.
const LONGEST_NAME: usize = 60;

/// The last use of a token is noted this often at the most.
const NOTED: TimeDelta = TimeDelta::hours(1);

/// What a program may do with a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// What acts with it, as the journal names it.
    pub name: String,
    pub access: Access,
    /// The parts of the addresses (`surveys`) that it may use; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// The last day.
    pub until: NaiveDate,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiToken {
    /// Who acts, as the journal has it.
    pub fn actor(&self) -> String {
        format!("API：{}", self.name)
    }

    pub fn is_valid(&self, today: NaiveDate) -> bool {
        self.revoked_at.is_none() && today <= self.until
    }

    /// Whether an address is among those it may use; `area` is what comes after the municipality.
    pub fn reaches(&self, area: &str) -> bool {
        self.areas.is_empty() || self.areas.iter().any(|own| own == area)
    }
}

impl Year {
    /// Makes a token. Only its hash is stored.
    ///
    /// # Errors
    /// It has no name or one that is in use, its last day is past or more than two years away.
    pub async fn make_token(
        &self,
        act: &Act,
        secret: &Token,
        token: ApiToken,
    ) -> Result<(), Refusal> {
        let today = act.today();
        let name = token.name.trim().to_owned();
        let wrong = |why: &str| Err(Refusal::Cycle(why.to_owned()));
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return wrong("トークンに、使う仕組みの名（60字まで）を付けてください。");
        }
        let in_use = |one: &ApiToken| one.name == name && one.is_valid(today);
        if self.state(|state| state.tokens.values().any(in_use)) {
            return wrong(
                "同じ名のトークンが使われています。別の名にするか、先に前のものを取り消してください。",
            );
        }
        let longest = today.checked_add_months(chrono::Months::new(24));
        if token.until < today || longest.is_none_or(|longest| token.until > longest) {
            return wrong("終わりの日は、今日から2年以内にしてください。");
        }
        let token = ApiToken {
            name,
            made_by: act.by.clone(),
            made_at: act.at,
            revoked_at: None,
            ..token
        };
        let hash = secret.hash();
        self.commit_events(act, vec![Event::TokenMade { hash, token }])
            .await
    }

    /// Takes a token back.
    ///
    /// # Errors
    /// There is no such token.
    pub async fn revoke_token(&self, act: &Act, hash: &str) -> Result<(), Refusal> {
        let known = self.state(|state| {
            let token = state.tokens.get(hash);
            token.map(|token| token.revoked_at.is_some())
        });
        match known {
            None => Err(Refusal::Unknown("このトークン".into())),
            Some(true) => Ok(()),
            Some(false) => {
                let hash = hash.to_owned();
                self.commit_events(act, vec![Event::TokenRevoked { hash }])
                    .await
            }
        }
    }

    /// What may be done with a token now, if it is one.
    pub fn token(&self, today: NaiveDate, secret: &Token) -> Option<ApiToken> {
        let token = self.state(|state| state.tokens.get(&secret.hash()).cloned());
        token.filter(|token| token.is_valid(today))
    }

    /// The access of a program that acts under this name, as long as its token was not taken back.
    pub(super) fn access_of_program(&self, name: &str) -> Option<Access> {
        self.state(|state| {
            let mut tokens = state.tokens.values();
            let named = tokens.find(|one| one.revoked_at.is_none() && one.actor() == name)?;
            Some(named.access)
        })
    }

    /// Notes that a token was used, once an hour at the most.
    ///
    /// # Errors
    /// The store refused.
    pub async fn token_used(&self, act: &Act, hash: &str) -> Result<(), Refusal> {
        let last = self.token_last_used(hash).await?;
        if last.is_some_and(|last| act.at < last + NOTED) {
            return Ok(());
        }
        let key = self.key(["token-used", hash])?;
        let change = Change {
            writes: vec![(key, Some(act.at.to_rfc3339().into_bytes()))],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// When a token was used last, to the hour.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn token_last_used(&self, hash: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
        let bytes = self.store.get(&self.key(["token-used", hash])?).await?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(text.and_then(|text| text.parse().ok()))
    }

    pub(super) async fn commit_events(&self, act: &Act, events: Vec<Event>) -> Result<(), Refusal> {
        let change = Change {
            events,
            ..Change::default()
        };
        self.commit(act, change).await
    }
}
