//! Writer: the one task of this process through which commits are written.
//!
//! Each turn takes up to 256 waiting commits into one transaction of two exchanges: locks and reads are sent
//! together, then writes and COMMIT. The answers follow the COMMIT. When a connection fails, nobody knows what
//! became of its transaction: its commits are answered `Unavailable`, and the next turn connects again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_channel::Receiver;
use futures_channel::oneshot::Sender;
use futures_util::try_join;
use tokio::time::{self, Instant};
use tokio_postgres::{Config, Error};

use crate::commit::{Commit, Committed};
use crate::error::{CommitError, StoreError};
use crate::guard::Guard;
use crate::key::Key;
use crate::postgres::ANSWER;
use crate::postgres::fault::{fault, unavailable};
use crate::postgres::session::Session;
use crate::postgres::turn::Turn;

const COMMITS_A_TURN: usize = 256;
const BYTES_A_TURN: usize = 16 * 1024 * 1024;

/// How long a commit waits for a server that has just gone away. While it stays away, later ones do not wait.
const PATIENCE: Duration = Duration::from_secs(3);
const FIRST_PAUSE: Duration = Duration::from_millis(50);

pub(super) struct Request {
    pub(super) commit: Commit,
    pub(super) bytes: usize,
    pub(super) answer: Answer,
}

pub(super) struct Writer {
    config: Arc<Config>,
    inbox: Receiver<Request>,
    session: Option<Session>,
    away: bool,
}

type Answer = Sender<Result<Committed, CommitError>>;
type Answers = Vec<Result<Committed, CommitError>>;

impl Writer {
    pub(super) fn new(config: Arc<Config>, inbox: Receiver<Request>) -> Writer {
        Writer {
            config,
            inbox,
            session: None,
            away: false,
        }
    }

    /// Until the last handle of the store is dropped.
    pub(super) async fn run(mut self) {
        while let Ok(first) = self.inbox.recv().await {
            let mut bytes = first.bytes;
            let mut requests = vec![first];
            while requests.len() < COMMITS_A_TURN
                && bytes < BYTES_A_TURN
                && let Ok(next) = self.inbox.try_recv()
            {
                bytes += next.bytes;
                requests.push(next);
            }
            let session = match self.session().await {
                Ok(session) => session,
                Err(error) => {
                    // Whoever came meanwhile has waited as long.
                    while let Ok(waiting) = self.inbox.try_recv() {
                        requests.push(waiting);
                    }
                    for request in requests {
                        answer(request.answer, Err(unanswered(&error)));
                    }
                    continue;
                }
            };
            let (commits, senders): (Vec<_>, Vec<_>) = requests
                .into_iter()
                .map(|request| (request.commit, request.answer))
                .unzip();
            let answers = self.write(session, &commits).await;
            for (sender, committed) in senders.into_iter().zip(answers) {
                answer(sender, committed);
            }
        }
    }

    /// The connection of the last turn, or a new one.
    async fn session(&mut self) -> Result<Session, StoreError> {
        if let Some(session) = self.session.take()
            && !session.client.is_closed()
        {
            return Ok(session);
        }
        let patience = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            match Session::open(&self.config).await {
                Ok(session) => {
                    self.away = false;
                    return Ok(session);
                }
                Err(error) if self.away || Instant::now() + pause > patience => {
                    self.away = true;
                    return Err(error);
                }
                Err(_) => time::sleep(pause).await,
            }
            pause *= 2;
        }
    }

    /// Answers every commit. The session is kept only if it did not fail.
    async fn write(&mut self, session: Session, commits: &[Commit]) -> Answers {
        let outcome = match time::timeout(ANSWER, transact(&session, commits)).await {
            Ok(outcome) => outcome.map_err(fault("保存")),
            Err(late) => Err(unavailable(late)),
        };
        match outcome {
            Ok(answers) => {
                self.session = Some(session);
                answers
            }
            Err(error @ StoreError::Unavailable { .. }) => {
                commits.iter().map(|_| Err(unanswered(&error))).collect()
            }
            Err(refused) if commits.len() == 1 => vec![Err(refused.into())],
            // The server refuses one of them: the others must not suffer.
            Err(_) => {
                let mut answers = Vec::with_capacity(commits.len());
                for commit in commits.chunks(1) {
                    answers.extend(match self.session().await {
                        Ok(session) => Box::pin(self.write(session, commit)).await,
                        Err(error) => vec![Err(unanswered(&error))],
                    });
                }
                answers
            }
        }
    }
}

/// One transaction with all these commits. An error means that it was not committed, or that nobody knows.
async fn transact(session: &Session, commits: &[Commit]) -> Result<Answers, Error> {
    let names = commits.iter().map(|commit| commit.municipality.as_str());
    let names: Vec<&str> = names.collect::<BTreeSet<_>>().into_iter().collect();
    let (mut keys, mut jobs) = (Vec::new(), Vec::new());
    for guard in commits.iter().flat_map(|commit| &commit.guards) {
        let wanted = match guard {
            Guard::Claimed(_) => &mut jobs,
            _ => &mut keys,
        };
        wanted.extend(guard.key().map(Key::as_str));
    }
    // Sent together, in this order; each is answered before the next begins.
    let ((), (), importing, stored_heads, stored, tickets) = try_join!(
        session.begin(),
        session.lock(&names),
        session.importing(&names),
        session.heads(&names),
        session.values(&keys),
        session.tickets(&jobs),
    )?;
    let mut turn = Turn {
        importing,
        stored_heads,
        stored,
        tickets,
        heads: BTreeMap::new(),
        records: Vec::new(),
        values: BTreeMap::new(),
    };
    let answers = commits.iter().map(|commit| turn.add(commit)).collect();
    if turn.heads.is_empty() {
        session.rollback().await?;
        return Ok(answers);
    }
    // A COMMIT after a statement that failed is a ROLLBACK and no error; but then that statement's error is here.
    try_join!(
        session.put_heads(&turn.heads),
        session.put_records(&turn.records),
        session.remove_values(&turn.values),
        session.put_values(&turn.values),
        session.commit(),
    )?;
    Ok(answers)
}

fn unanswered(error: &StoreError) -> CommitError {
    let cause = match error {
        StoreError::Unavailable { cause } => cause.clone(),
        other => other.to_string(),
    };
    CommitError::Unavailable { cause }
}

/// The caller may have gone away in the meantime; what was stored stays stored.
fn answer(sender: Answer, committed: Result<Committed, CommitError>) {
    drop(sender.send(committed));
}
