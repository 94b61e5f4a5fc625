//! Accounts: a person of the office signs in with a name and a password, and with a second factor who wants it.
//!
//! | Value | Is |
//! |---|---|
//! | `account/<person>` | the [`Account`]: never in the journal, because a backup of the journal is read by many |
//! | `login/<login>` | the person whose name for signing in it is |
//! | `half/<hash>` | somebody whose password was right and whose code is waited for |
//!
//! Passwords are hashed and codes are made by the caller: both need randomness or time.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use store::{CommitError, Guard, Key};
use unicode_normalization::UnicodeNormalization;

use super::respond::{read_json, to_json};
use super::{Act, Change, Event, Refusal, Token, Write, Year};

/// How long a right password waits for its code.
const MINUTES_FOR_A_CODE: i64 = 5;

/// Characters of a name for signing in.
const LONGEST_LOGIN: usize = 64;

/// How somebody signs in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub login: String,
    /// The hash of the password with everything that is needed to compare: the caller's own form.
    pub password: serde_json::Value,
    /// The secret of the one-time codes, where they are asked for.
    #[serde(default)]
    pub codes: Option<Vec<u8>>,
    /// The time step of the code that was used last: a code is good once.
    #[serde(default)]
    pub last_step: u64,
    /// Hashes of the recovery codes that are left.
    #[serde(default)]
    pub recovery: Vec<String>,
}

/// What the journal says of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChange {
    PasswordSet,
    CodesOn,
    CodesOff,
    RecoveryCodeUsed,
    /// All sessions but the one that asked.
    SessionsEnded,
    /// It is gone, with its sessions.
    Closed,
}

/// By what somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entrance {
    Link,
    Password,
    Code,
    RecoveryCode,
}

/// What is known of somebody's account without its secrets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Enrolled {
    pub password_at: Option<DateTime<Utc>>,
    pub codes: bool,
    pub last_signed_in_at: Option<DateTime<Utc>>,
}

/// The second proof.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The time step whose code was right.
    Step(u64),
    /// A recovery code, hashed.
    Recovery(String),
}

#[derive(Serialize, Deserialize)]
struct Half {
    person: String,
    until: DateTime<Utc>,
}

/// A name for signing in as it is compared: full width and half width, large and small are the same.
pub fn login_name(typed: &str) -> String {
    let normal: String = typed.nfkc().collect();
    normal.trim().to_lowercase()
}

impl Year {
    /// Somebody's account, if a password was ever set.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn account(&self, person: &str) -> Result<Option<Account>, Refusal> {
        let bytes = self.store.get(&self.account_key(person)?).await?;
        bytes.map(|bytes| read_json(&bytes)).transpose()
    }

    /// Whose name for signing in this is, with the account.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn who_signs_in(&self, login: &str) -> Result<Option<(String, Account)>, Refusal> {
        // What cannot be a name is nobody's.
        let Ok(key) = self.login_key(&login_name(login)) else {
            return Ok(None);
        };
        let Some(person) = self.store.get(&key).await? else {
            return Ok(None);
        };
        let person = String::from_utf8_lossy(&person).into_owned();
        let account = self.account(&person).await?;
        Ok(account.map(|account| (person, account)))
    }

    /// Sets name and password. What else the account has stays.
    ///
    /// # Errors
    /// The name is somebody else's or cannot be one.
    pub async fn set_password(
        &self,
        act: &Act,
        person: &str,
        login: &str,
        password: serde_json::Value,
    ) -> Result<(), Refusal> {
        let login = login_name(login);
        check_login(&login)?;
        let before = self.account(person).await?;
        let mut account = before.clone().unwrap_or_default();
        let (old, new) = (account.login.clone(), self.login_key(&login)?);
        (account.login, account.password) = (login.clone(), password);
        let mut change = self.account_change(person, before.as_ref(), Some(&account))?;
        if old != login {
            change.guards.push(Guard::Absent(new.clone()));
            change.writes.push((new, Some(person.as_bytes().to_vec())));
            if !old.is_empty() {
                change.writes.push((self.login_key(&old)?, None));
            }
        }
        change
            .events
            .push(changed(person, AccountChange::PasswordSet));
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(refused))) if matches!(&refused.guard, Guard::Absent(key) if key.segments().nth(1) == Some("login")) => {
                Err(Refusal::Cycle(format!(
                    "ログイン名「{login}」は、ほかの人が使っています。別の名前にしてください。"
                )))
            }
            other => overtaken(other),
        }
    }

    /// Asks for one-time codes from now on, with the hashes of the recovery codes; `None`: no longer.
    ///
    /// # Errors
    /// There is no account, or it has changed in the meantime.
    pub async fn set_codes(
        &self,
        act: &Act,
        person: &str,
        codes: Option<(Vec<u8>, Vec<String>, u64)>,
    ) -> Result<(), Refusal> {
        let before = self.account(person).await?.ok_or_else(no_account)?;
        let mut account = before.clone();
        let what = match &codes {
            Some(_) => AccountChange::CodesOn,
            None => AccountChange::CodesOff,
        };
        let (secret, recovery, step) = match codes {
            Some((secret, recovery, step)) => (Some(secret), recovery, step),
            None => (None, Vec::new(), 0),
        };
        (account.codes, account.recovery, account.last_step) = (secret, recovery, step);
        let mut change = self.account_change(person, Some(&before), Some(&account))?;
        change.events.push(changed(person, what));
        overtaken(self.commit(act, change).await)
    }

    /// Begins a session of somebody whose password was right and who has no second factor.
    ///
    /// # Errors
    /// The store refused.
    pub async fn sign_in_by_password(
        &self,
        act: &Act,
        person: &str,
        session: Token,
    ) -> Result<(), Refusal> {
        let change = self
            .begin_session(act, person, &session, Entrance::Password)
            .await?;
        self.commit(act, change).await
    }

    /// Remembers for a few minutes that somebody's password was right.
    ///
    /// # Errors
    /// The store refused.
    pub async fn wait_for_code(
        &self,
        act: &Act,
        person: &str,
        half: &Token,
    ) -> Result<(), Refusal> {
        let until = act.at + Duration::minutes(MINUTES_FOR_A_CODE);
        let person = person.to_owned();
        let write = (
            self.half_key(half)?,
            Some(to_json(&Half { person, until })?),
        );
        let change = Change {
            writes: vec![write],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Whose code is waited for.
    ///
    /// # Errors
    /// Nobody's, or the time for it is over.
    pub async fn waits_for_code(
        &self,
        now: DateTime<Utc>,
        half: &Token,
    ) -> Result<String, Refusal> {
        let bytes = self.store.get(&self.half_key(half)?).await?;
        let half: Option<Half> = bytes.map(|bytes| read_json(&bytes)).transpose()?;
        let half = half.filter(|half| now < half.until);
        half.map(|half| half.person).ok_or_else(|| {
            Refusal::Cycle(
                "確認コードを待つ時間が過ぎました。サインインを初めからやり直してください。".into(),
            )
        })
    }

    /// Begins the session of somebody whose password and whose second proof were right. Either proof is good once.
    ///
    /// # Errors
    /// The time is over; the code or the recovery code was used before.
    pub async fn sign_in_by_code(
        &self,
        act: &Act,
        half: &Token,
        proof: Proof,
        session: Token,
    ) -> Result<String, Refusal> {
        let person = self.waits_for_code(act.at, half).await?;
        let before = self.account(&person).await?.ok_or_else(no_account)?;
        let mut account = before.clone();
        let way = match proof {
            Proof::Step(step) if step > account.last_step => {
                account.last_step = step;
                Entrance::Code
            }
            Proof::Recovery(hash) if account.recovery.contains(&hash) => {
                account.recovery.retain(|one| *one != hash);
                Entrance::RecoveryCode
            }
            _ => return Err(used_code()),
        };
        let mut change = self.begin_session(act, &person, &session, way).await?;
        let kept = self.account_change(&person, Some(&before), Some(&account))?;
        change.guards.extend(kept.guards);
        change.writes.extend(kept.writes);
        change.writes.push((self.half_key(half)?, None));
        if way == Entrance::RecoveryCode {
            change
                .events
                .push(changed(&person, AccountChange::RecoveryCodeUsed));
        }
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => Err(used_code()),
            other => other.map(|()| person),
        }
    }

    /// Writes down that an account takes no passwords for a while, because too many were wrong.
    ///
    /// # Errors
    /// The store refused.
    pub async fn halt_sign_in(&self, act: &Act, person: &str) -> Result<(), Refusal> {
        let person = person.to_owned();
        let change = Change {
            events: vec![Event::SignInHalted { person }],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Ends all sessions of a person but one.
    ///
    /// # Errors
    /// The store refused.
    pub async fn end_sessions(
        &self,
        act: &Act,
        person: &str,
        except: Option<&Token>,
    ) -> Result<(), Refusal> {
        let change = Change {
            events: vec![changed(person, AccountChange::SessionsEnded)],
            writes: self.sessions_of(person, except).await?,
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Takes away password, second factor and sessions. The person's acts stay in the journal.
    ///
    /// # Errors
    /// The store refused.
    pub async fn close_account(&self, act: &Act, person: &str) -> Result<(), Refusal> {
        let before = self.account(person).await?;
        let mut change = self.account_change(person, before.as_ref(), None)?;
        if let Some(before) = before {
            change.writes.push((self.login_key(&before.login)?, None));
        }
        change.writes.extend(self.sessions_of(person, None).await?);
        change.events.push(changed(person, AccountChange::Closed));
        overtaken(self.commit(act, change).await)
    }

    fn account_change(
        &self,
        person: &str,
        before: Option<&Account>,
        after: Option<&Account>,
    ) -> Result<Change, Refusal> {
        let key = self.account_key(person)?;
        let before = before.map(to_json).transpose()?;
        let after = after.map(to_json).transpose()?;
        Ok(Change {
            guards: vec![Guard::unchanged(key.clone(), before.as_deref())],
            writes: vec![(key, after)],
            ..Change::default()
        })
    }

    fn account_key(&self, person: &str) -> Result<Key, Refusal> {
        self.key(["account", person])
    }

    fn login_key(&self, login: &str) -> Result<Key, Refusal> {
        self.key(["login", login])
    }

    fn half_key(&self, half: &Token) -> Result<Key, Refusal> {
        self.key(["half", &half.hash()])
    }

    async fn sessions_of(
        &self,
        person: &str,
        except: Option<&Token>,
    ) -> Result<Vec<Write>, Refusal> {
        let sessions = self.sessions().await?.into_iter();
        let except = except.map(Token::hash);
        let of_person = sessions.filter(|(key, session)| {
            session.person == person && key.segments().last() != except.as_deref()
        });
        Ok(of_person.map(|(key, _)| (key, None)).collect())
    }
}

fn check_login(login: &str) -> Result<(), Refusal> {
    let said = |what: &str| Err(Refusal::Cycle(what.to_owned()));
    if login.is_empty() {
        return said("ログイン名を入れてください。職員番号やメールアドレスが使えます。");
    }
    if login.chars().count() > LONGEST_LOGIN {
        return said("ログイン名は64文字までにしてください。");
    }
    if login.contains(|c: char| c == '/' || c.is_control() || c.is_whitespace()) {
        return said("ログイン名に、空白と「/」は使えません。");
    }
    Ok(())
}

fn changed(person: &str, what: AccountChange) -> Event {
    let person = person.to_owned();
    Event::AccountChanged { person, what }
}

fn overtaken(committed: Result<(), Refusal>) -> Result<(), Refusal> {
    match committed {
        Err(Refusal::Commit(CommitError::Refused(_))) => Err(Refusal::Overtaken),
        other => other,
    }
}

fn no_account() -> Refusal {
    Refusal::Cycle("先にパスワードを決めてください。".into())
}

fn used_code() -> Refusal {
    Refusal::Cycle(
        "このコードはすでに使われました。次のコードが出るのを待って、入れてください。".into(),
    )
}
