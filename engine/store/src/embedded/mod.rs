//! The embedded store: one folder, one process, sled inside.

mod acknowledged;
mod batch;
mod copy;
pub(crate) mod doctor;
mod frame;
mod import;
mod jobs;
mod layout;
mod open;
mod verify;
mod writer;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::thread::{self, JoinHandle};

use async_channel::Sender;
use chrono::{DateTime, TimeDelta, Utc};
use futures_channel::oneshot;

use crate::commit::{Commit, Committed};
use crate::error::{CommitError, StoreError};
use crate::file::{self, FileHash, io_error};
use crate::job::Claim;
use crate::key::Key;
use crate::record::{Head, Record};
use crate::transfer::Snapshot;
use jobs::Jobs;
use writer::{Request, Stopped, Writer};

/// Requests that wait for the writer before `commit` itself waits.
const QUEUE: usize = 1024;

/// An open data folder, released with the last clone.
#[derive(Clone)]
pub(crate) struct Embedded(Arc<Shared>);

// The order of the fields is the order of release: the lock goes last.
struct Shared {
    tree: sled::Db,
    dir: PathBuf,
    requests: Sender<Request>,
    writer: Option<JoinHandle<()>>,
    view: Arc<RwLock<()>>,
    jobs: Arc<Mutex<Jobs>>,
    stopped: Stopped,
    _lock: File,
}

impl Embedded {
    pub(crate) fn open(dir: &Path) -> Result<Embedded, StoreError> {
        let opened = open::open(dir)?;
        let (requests, inbox) = async_channel::bounded(QUEUE);
        let view = Arc::new(RwLock::new(()));
        let jobs = Jobs::read(&opened.db, &verify::journals(&opened.db)?)?;
        let jobs = Arc::new(Mutex::new(jobs));
        let stopped = Stopped::new(OnceLock::new());
        let writer = Writer {
            tree: (*opened.db).clone(),
            data: opened.data,
            data_path: dir.join("db"),
            acknowledged: opened.acknowledged,
            batch: opened.batch,
            inbox,
            view: Arc::clone(&view),
            jobs: Arc::clone(&jobs),
            stopped: Arc::clone(&stopped),
            heads: HashMap::new(),
            importing: HashSet::new(),
        };
        let writer = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(|| writer.run());
        let writer = Some(writer.map_err(io_error("使用", dir))?);
        Ok(Embedded(Arc::new(Shared {
            tree: opened.db,
            dir: dir.to_owned(),
            requests,
            writer,
            view,
            jobs,
            stopped,
            _lock: opened.lock,
        })))
    }

    pub(crate) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        commit.check()?;
        let (sender, answer) = oneshot::channel();
        let gone = || CommitError::Stopped {
            reason: self.stop_reason(),
        };
        self.0
            .requests
            .send(Request::Commit(Box::new(commit), sender))
            .await
            .map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    pub(crate) fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let name = layout::value(key);
        match self.0.tree.get(&name).map_err(database("読み込み"))? {
            Some(framed) => Ok(Some(frame::open(name.as_bytes(), &framed)?.to_vec())),
            None => Ok(None),
        }
    }

    pub(crate) fn scan(&self, prefix: &Key) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
        let _view = self.view();
        let entries = prefixed(&self.0.tree, &layout::values_below(prefix))?;
        entries
            .iter()
            .map(|(name, framed)| open_value(name, framed))
            .collect()
    }

    pub(crate) fn journal(&self, municipality: &str, from: u64) -> Result<Vec<Record>, StoreError> {
        self.journal_page(municipality, from, usize::MAX)
    }

    pub(crate) fn journal_page(
        &self,
        municipality: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let _view = self.view();
        let start = layout::record(municipality, from);
        let prefix = layout::journal(municipality);
        let mut records: Vec<Record> = Vec::new();
        for entry in self.0.tree.range(start..).take(limit) {
            let (name, framed) = entry.map_err(database("読み込み"))?;
            if !name.starts_with(prefix.as_bytes()) {
                break;
            }
            let seq = records.last().map_or(from.max(1), |last| last.seq + 1);
            records.push(Record::from_bytes(
                frame::open(&name, &framed)?,
                municipality,
                seq,
            )?);
        }
        Ok(records)
    }

    pub(crate) fn head(&self, municipality: &str) -> Result<Head, StoreError> {
        let name = layout::head(municipality);
        match self.0.tree.get(&name).map_err(database("読み込み"))? {
            Some(framed) => read_head(name.as_bytes(), &framed),
            None => Ok(Head::start()),
        }
    }

    pub(crate) fn municipalities(&self) -> Result<Vec<(String, Head)>, StoreError> {
        let _view = self.view();
        heads(&self.0.tree)
    }

    pub(crate) fn put_file(&self, bytes: &[u8]) -> Result<FileHash, StoreError> {
        file::put(&self.files(), bytes)
    }

    pub(crate) fn forget_file(&self, hash: &FileHash) -> Result<(), StoreError> {
        file::forget(&self.files(), hash)
    }

    pub(crate) fn file(&self, hash: &FileHash) -> Result<Option<Vec<u8>>, StoreError> {
        file::get(&self.files(), hash)
    }

    pub(crate) fn claim(
        &self,
        queue: &str,
        municipalities: &[&str],
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: usize,
    ) -> Result<Vec<Claim>, StoreError> {
        let value = |key: &Key| self.get(key);
        self.jobs()
            .claim(queue, municipalities, now, lease, limit, value)
    }

    pub(crate) fn release(&self, claim: &Claim) {
        self.jobs().release(&claim.ticket);
    }

    pub(crate) fn next_due(&self, queue: &str, municipalities: &[&str]) -> Option<DateTime<Utc>> {
        self.jobs().next_due(queue, municipalities)
    }

    /// Head, records and values belong together: they are copied under the view.
    pub(crate) fn snapshot(&self, municipality: &str) -> Result<Snapshot, StoreError> {
        let (records, values) = {
            let _view = self.view();
            let records = prefixed(&self.0.tree, &layout::journal(municipality))?;
            let values = prefixed(&self.0.tree, &format!("{}{municipality}", layout::VALUES))?;
            (records, values)
        };
        let record = |(seq, (name, framed)): (u64, &(sled::IVec, sled::IVec))| {
            Record::from_bytes(frame::open(name, framed)?, municipality, seq)
        };
        let records = (1..).zip(&records).map(record).collect::<Result<_, _>>()?;
        let values = values.iter().map(|(name, framed)| open_value(name, framed));
        // The prefix has no slash at its end, so that a value at the municipality itself is met; another
        // municipality whose name begins the same is met too.
        let own = |value: &Result<(Key, _), _>| !matches!(value, Ok((key, _)) if key.municipality() != municipality);
        let values = values.filter(own).collect::<Result<_, _>>()?;
        Ok(Snapshot { records, values })
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self) -> PathBuf {
        self.0.dir.join("files")
    }

    fn view(&self) -> RwLockReadGuard<'_, ()> {
        self.0.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop_reason(&self) -> String {
        self.0
            .stopped
            .get()
            .cloned()
            .unwrap_or_else(|| "書き込みスレッドが終了しました".to_owned())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.requests.close();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was already answered to every caller as `Stopped`.
            drop(writer.join());
        }
    }
}

fn heads(tree: &sled::Tree) -> Result<Vec<(String, Head)>, StoreError> {
    let read = |(name, framed): &(sled::IVec, sled::IVec)| {
        let municipality = String::from_utf8_lossy(&name[layout::HEADS.len()..]).into_owned();
        Ok((municipality, read_head(name, framed)?))
    };
    prefixed(tree, layout::HEADS)?.iter().map(read).collect()
}

fn read_head(name: &[u8], framed: &[u8]) -> Result<Head, StoreError> {
    serde_json::from_slice(frame::open(name, framed)?).map_err(|_| StoreError::Damaged {
        place: format!("「{}」", String::from_utf8_lossy(name)),
    })
}

fn prefixed(tree: &sled::Tree, prefix: &str) -> Result<Vec<(sled::IVec, sled::IVec)>, StoreError> {
    tree.scan_prefix(prefix)
        .collect::<Result<_, _>>()
        .map_err(database("読み込み"))
}

fn open_value(name: &[u8], framed: &[u8]) -> Result<(Key, Vec<u8>), StoreError> {
    let content = frame::open(name, framed)?.to_vec();
    let key = layout::key_of(name).ok_or_else(|| StoreError::Damaged {
        place: format!("「{}」", String::from_utf8_lossy(name)),
    })?;
    Ok((key, content))
}

fn database(doing: &'static str) -> impl Fn(sled::Error) -> StoreError {
    move |error| StoreError::Database {
        doing,
        cause: error.to_string(),
    }
}
