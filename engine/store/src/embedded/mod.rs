//! The embedded store: one folder, one process, sled inside.

mod acknowledged;
mod batch;
mod export;
mod frame;
mod import;
mod layout;
mod open;
mod verify;
mod writer;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::thread::{self, JoinHandle};

use async_channel::Sender;
use futures_channel::oneshot;

use crate::commit::{Commit, Committed};
use crate::error::{CommitError, StoreError};
use crate::file::{self, FileHash, io_error};
use crate::key::Key;
use crate::record::{Head, Record};
use writer::{Request, Stopped, Writer};

/// Requests that wait for the writer before `commit` itself waits.
const QUEUE: usize = 1024;

/// An open data folder. Clones are handles of the same store; the folder is released with the last one.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

// The order of the fields is the order of release: the lock goes last.
struct Shared {
    tree: sled::Db,
    dir: PathBuf,
    requests: Sender<Request>,
    writer: Option<JoinHandle<()>>,
    view: Arc<RwLock<()>>,
    stopped: Stopped,
    _lock: File,
}

impl Store {
    /// Opens the data folder `dir`, made when it does not exist. Blocks for as long as sled recovers.
    ///
    /// # Errors
    /// Another process (or this one) has it open; it cannot be read or written; it is of another release;
    /// it has lost acknowledged writes.
    pub fn open(dir: &Path) -> Result<Store, StoreError> {
        let opened = open::open(dir)?;
        let (requests, inbox) = async_channel::bounded(QUEUE);
        let view = Arc::new(RwLock::new(()));
        let stopped = Stopped::new(OnceLock::new());
        let writer = Writer {
            tree: (*opened.db).clone(),
            data: opened.data,
            data_path: dir.join("db"),
            acknowledged: opened.acknowledged,
            batch: opened.batch,
            inbox,
            view: Arc::clone(&view),
            stopped: Arc::clone(&stopped),
            heads: HashMap::new(),
            importing: HashSet::new(),
        };
        let writer = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(|| writer.run());
        let writer = Some(writer.map_err(io_error("使用", dir))?);
        Ok(Store(Arc::new(Shared {
            tree: opened.db,
            dir: dir.to_owned(),
            requests,
            writer,
            view,
            stopped,
            _lock: opened.lock,
        })))
    }

    /// Stores `commit` as a whole or not at all. When it returns, the commit is on the disk and readers see it;
    /// readers may see it a moment earlier. If the caller drops the future, the commit may still happen.
    ///
    /// # Errors
    /// A guard does not hold, a limit is passed, a key belongs to another municipality, or the store has stopped.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
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

    /// The value at `key`.
    ///
    /// # Errors
    /// The database cannot be read, or the value is damaged.
    pub async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let name = layout::value(key);
        match self.0.tree.get(&name).map_err(database("読み込み"))? {
            Some(framed) => Ok(Some(frame::open(name.as_bytes(), &framed)?.to_vec())),
            None => Ok(None),
        }
    }

    /// All values below `prefix`, without the one at `prefix` itself, in the order of their keys' bytes.
    /// A commit is seen as a whole or not at all.
    ///
    /// # Errors
    /// The database cannot be read, or a value is damaged.
    pub async fn scan(&self, prefix: &Key) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
        let _view = self.view();
        let entries = prefixed(&self.0.tree, &layout::values_below(prefix))?;
        entries
            .iter()
            .map(|(name, framed)| open_value(name, framed))
            .collect()
    }

    /// The records of a municipality from sequence number `from` on (0 and 1 both give all of them).
    ///
    /// # Errors
    /// The database cannot be read, a record is damaged, missing, or of an unknown version.
    pub async fn journal(&self, municipality: &str, from: u64) -> Result<Vec<Record>, StoreError> {
        let _view = self.view();
        let start = layout::record(municipality, from);
        let prefix = layout::journal(municipality);
        let mut records: Vec<Record> = Vec::new();
        for entry in self.0.tree.range(start..) {
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

    /// All municipalities with the ends of their journals, in the order of their names' bytes.
    ///
    /// # Errors
    /// The database cannot be read, or a head is damaged.
    pub async fn municipalities(&self) -> Result<Vec<(String, Head)>, StoreError> {
        let _view = self.view();
        self.heads()
    }

    /// Stores a file; when it returns, the file is on the disk. Blocks. Storing the same content again is the same file.
    /// It becomes part of a municipality by a value at [`FileHash::key`].
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn put_file(&self, bytes: &[u8]) -> Result<FileHash, StoreError> {
        file::put(&self.files(), bytes)
    }

    /// The content of a file; `None` when there is no such file. Blocks.
    ///
    /// # Errors
    /// The file cannot be read, or its content is not what its name says.
    pub fn file(&self, hash: &FileHash) -> Result<Option<Vec<u8>>, StoreError> {
        file::get(&self.files(), hash)
    }

    fn files(&self) -> PathBuf {
        self.0.dir.join("files")
    }

    fn view(&self) -> RwLockReadGuard<'_, ()> {
        self.0.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn heads(&self) -> Result<Vec<(String, Head)>, StoreError> {
        let mut heads = Vec::new();
        for (name, framed) in prefixed(&self.0.tree, layout::HEADS)? {
            let damaged = || StoreError::Damaged {
                place: format!("「{}」", String::from_utf8_lossy(&name)),
            };
            let head =
                serde_json::from_slice(frame::open(&name, &framed)?).map_err(|_| damaged())?;
            heads.push((
                String::from_utf8_lossy(&name[layout::HEADS.len()..]).into_owned(),
                head,
            ));
        }
        Ok(heads)
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
