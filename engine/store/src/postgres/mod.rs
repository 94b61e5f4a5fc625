//! The store on PostgreSQL (15 or later): one database, any number of processes.
//!
//! Commits go through one task a process, which writes up to 256 of them in one transaction; a lock for each
//! municipality puts the processes in order. Reads go through a pool. All of it runs on the tokio runtime in
//! which the store was connected, so callers may be anywhere. A server that goes away makes what was under way
//! fail with `Unavailable`; as soon as it is back, everything works again.

mod connect;
mod fault;
mod import;
mod jobs;
mod migrate;
mod read;
mod session;
mod turn;
mod verify;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use async_channel::Sender;
use deadpool_postgres::{Object, Pool};
use futures_channel::oneshot;
use tokio::runtime::Handle;
use tokio::time;
use tokio_postgres::Config;

use crate::commit::{Commit, Committed};
use crate::error::{CommitError, StoreError};
use fault::unavailable;
use writer::{Request, Writer};

/// Requests that wait for the writer before `commit` itself waits.
const QUEUE: usize = 1024;

/// How long a caller waits for an ordinary answer.
const ANSWER: Duration = Duration::from_secs(10);

/// How long for a file or for everything of a municipality.
const LONG_ANSWER: Duration = Duration::from_secs(600);

/// A connected store. The connections close with the last clone.
#[derive(Clone)]
pub(crate) struct Postgres {
    config: Arc<Config>,
    pool: Pool,
    runtime: Handle,
    requests: Sender<Request>,
}

impl Postgres {
    pub(crate) async fn connect(url: &str) -> Result<Postgres, StoreError> {
        let config = Arc::new(connect::config(url)?);
        let mut client = connect::client(&config).await?;
        connect::check(&client).await?;
        migrate::migrate(&mut client).await?;
        let pool = connect::pool(&config)?;
        let (requests, inbox) = async_channel::bounded(QUEUE);
        let runtime = Handle::current();
        runtime.spawn(Writer::new(Arc::clone(&config), inbox).run());
        Ok(Postgres {
            config,
            pool,
            runtime,
            requests,
        })
    }

    pub(crate) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let bytes = commit.check()?;
        let (answer, answered) = oneshot::channel();
        let gone = || CommitError::Unavailable {
            cause: "tokio runtime shut down".to_owned(),
        };
        let request = Request {
            commit,
            bytes,
            answer,
        };
        self.requests.send(request).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Lets `work` have a connection of the pool, for at most `limit`. Dropping the future does not stop the work.
    async fn with<T, F>(
        &self,
        limit: Duration,
        work: impl FnOnce(Arc<Object>) -> F + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let pool = self.pool.clone();
        let task = self.runtime.spawn(async move {
            let client = Arc::new(pool.get().await.map_err(connect::no_connection)?);
            let outcome = time::timeout(limit, work(Arc::clone(&client))).await;
            let outcome = outcome.unwrap_or_else(|late| Err(unavailable(late)));
            // Whatever a connection still does, or in whatever state it is: after a failure nobody else gets it.
            if outcome.is_err()
                && let Some(client) = Arc::into_inner(client)
            {
                drop(Object::take(client));
            }
            outcome
        });
        task.await.map_err(unavailable)?
    }
}
