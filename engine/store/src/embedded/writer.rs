//! Writer: the one thread through which everything is written.
//!
//! Each turn takes up to 256 waiting requests, checks and collects them into one sled batch, then
//! `apply_batch` → `flush` → `fdatasync` of `db` → the number in `acknowledged` → the answers. sled's own
//! `flush` is only `sync_file_range` on Linux and would lose acknowledged writes in a power cut. When any of
//! these fails, nothing is ever written again: the kernel may already have dropped the pages that were lost.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use async_channel::Receiver;
use futures_channel::oneshot::Sender;

use crate::commit::{Commit, Committed};
use crate::embedded::acknowledged::Acknowledged;
use crate::embedded::batch::Batch;
use crate::embedded::jobs::{self, Jobs};
use crate::embedded::{database, layout, open};
use crate::error::{CommitError, ImportError, StoreError};
use crate::file::io_error;
use crate::record::Head;

const REQUESTS_A_TURN: usize = 256;
/// What a turn costs hardly depends on how many requests it takes, so one of a crowd waits this long at most for as
/// many as came the last time. Somebody who writes alone never waits.
const GATHERING: Duration = Duration::from_millis(1);
const LOOKS: u32 = 4;

/// Why nothing is written any more.
pub(super) type Stopped = Arc<OnceLock<String>>;

pub(super) enum Request {
    Commit(Box<Commit>, Sender<Result<Committed, CommitError>>),
    Import(Step, Sender<Result<(), ImportError>>),
}

/// The steps of an import. Between `Begin` and `Finish` the municipality has no head: it does not exist yet.
pub(super) enum Step {
    Begin(String),
    /// Names inside the tree with their contents.
    Put(Vec<(String, Vec<u8>)>),
    Finish(Vec<(String, Head)>),
    Abort(Vec<String>),
}

pub(super) struct Writer {
    pub(super) tree: sled::Tree,
    pub(super) data: File,
    pub(super) data_path: PathBuf,
    pub(super) acknowledged: Acknowledged,
    pub(super) batch: u64,
    pub(super) inbox: Receiver<Request>,
    /// Held for writing while a batch is applied, so that a scan sees all of it or nothing.
    pub(super) view: Arc<RwLock<()>>,
    pub(super) jobs: Arc<Mutex<Jobs>>,
    pub(super) stopped: Stopped,
    pub(super) heads: HashMap<String, Head>,
    pub(super) importing: HashSet<String>,
}

/// An answer that waits until the batch is on the disk.
enum Answer {
    Commit(
        Sender<Result<Committed, CommitError>>,
        Result<Committed, CommitError>,
    ),
    Import(Sender<Result<(), ImportError>>, Result<(), ImportError>),
}

impl Writer {
    /// Until the last handle of the store is dropped.
    pub(super) fn run(mut self) {
        let mut crowd = 1;
        while let Ok(first) = self.inbox.recv_blocking() {
            let mut requests = vec![first];
            self.take_waiting(&mut requests);
            for _ in 0..LOOKS {
                if requests.len() >= crowd {
                    break;
                }
                thread::sleep(GATHERING / LOOKS);
                self.take_waiting(&mut requests);
            }
            crowd = requests.len();
            self.turn(requests);
        }
    }

    fn take_waiting(&self, requests: &mut Vec<Request>) {
        while requests.len() < REQUESTS_A_TURN
            && let Ok(next) = self.inbox.try_recv()
        {
            requests.push(next);
        }
    }

    fn turn(&mut self, requests: Vec<Request>) {
        let (tree, jobs) = (self.tree.clone(), Arc::clone(&self.jobs));
        let mut batch = Batch::new(&tree, &jobs);
        let answers: Vec<Answer> = requests
            .into_iter()
            .map(|request| match request {
                Request::Commit(commit, sender) => {
                    Answer::Commit(sender, self.commit(*commit, &mut batch))
                }
                Request::Import(step, sender) => {
                    Answer::Import(sender, self.import(step, &mut batch))
                }
            })
            .collect();
        // Refusals wait for the sync too: what a loser is told about the winner must be on the disk.
        if !batch.is_empty()
            && self.stopped.get().is_none()
            && let Err(error) = self.store(batch)
        {
            self.stopped.get_or_init(|| error.to_string());
        }
        for answer in answers {
            answer.send(self.stopped.get());
        }
    }

    fn store(&mut self, mut batch: Batch<'_>) -> Result<(), StoreError> {
        self.batch += 1;
        batch.put(layout::BATCH.to_owned(), self.batch.to_be_bytes().to_vec());
        let (batch, due) = batch.into_sled();
        {
            let _view = self.view.write().unwrap_or_else(PoisonError::into_inner);
            self.tree.apply_batch(batch).map_err(database("保存"))?;
        }
        self.tree.flush().map_err(database("保存"))?;
        self.data
            .sync_data()
            .map_err(io_error("保存", &self.data_path))?;
        self.acknowledged.set(self.batch)?;
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, due) in due {
            jobs.add(key, due);
        }
        Ok(())
    }

    fn commit(&mut self, commit: Commit, batch: &mut Batch<'_>) -> Result<Committed, CommitError> {
        if self.importing.contains(&commit.municipality) {
            return Err(CommitError::Importing {
                municipality: commit.municipality,
            });
        }
        let municipality = commit.municipality.clone();
        let head = match self.heads.get(&municipality) {
            Some(head) => head.clone(),
            None => stored_head(batch, &municipality)?.unwrap_or_else(Head::start),
        };
        let committed = batch.add(commit, &head)?;
        self.heads.insert(municipality, committed.head.clone());
        Ok(committed)
    }

    fn import(&mut self, step: Step, batch: &mut Batch<'_>) -> Result<(), ImportError> {
        match step {
            Step::Begin(municipality) => {
                if self.importing.contains(&municipality)
                    || stored_head(batch, &municipality)?.is_some()
                {
                    return Err(ImportError::Exists { municipality });
                }
                batch.put(layout::import(&municipality), Vec::new());
                self.importing.insert(municipality);
            }
            Step::Put(entries) => {
                for (name, content) in entries {
                    batch.put(name, content);
                }
            }
            Step::Finish(heads) => {
                for (municipality, head) in heads {
                    batch.put_head(&municipality, &head);
                    batch.add_jobs(jobs::stored(&self.tree, &municipality)?);
                    batch.remove(layout::import(&municipality));
                    self.importing.remove(&municipality);
                }
            }
            Step::Abort(municipalities) => {
                // Each step was answered before the next was sent, so nothing of it is still in this batch.
                for municipality in municipalities {
                    open::remove_import(&self.tree, &municipality)?;
                    self.importing.remove(&municipality);
                }
                // Makes the turn store something, and with it the removals.
                batch.remove(layout::import(""));
            }
        }
        Ok(())
    }
}

fn stored_head(batch: &Batch<'_>, municipality: &str) -> Result<Option<Head>, StoreError> {
    let name = layout::head(municipality);
    let Some(content) = batch.get(&name)? else {
        return Ok(None);
    };
    serde_json::from_slice(&content)
        .map(Some)
        .map_err(|_| StoreError::Damaged {
            place: format!("「{name}」"),
        })
}

impl Answer {
    /// The caller may have gone away in the meantime; what was stored stays stored.
    fn send(self, stopped: Option<&String>) {
        match self {
            Answer::Commit(sender, answer) => {
                let stopped = stopped.map(|reason| {
                    Err(CommitError::Stopped {
                        reason: reason.clone(),
                    })
                });
                drop(sender.send(stopped.unwrap_or(answer)));
            }
            Answer::Import(sender, answer) => {
                let stopped = stopped.map(|reason| {
                    Err(StoreError::Stopped {
                        reason: reason.clone(),
                    }
                    .into())
                });
                drop(sender.send(stopped.unwrap_or(answer)));
            }
        }
    }
}
