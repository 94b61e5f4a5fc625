//! The store as its callers have it: one handle, whichever implementation is behind it.

use std::io::{BufRead, Write};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use crate::commit::{Commit, Committed};
use crate::embedded::Embedded;
use crate::error::{CommitError, ImportError, StoreError};
use crate::file::FileHash;
use crate::job::Claim;
use crate::key::Key;
use crate::limits::FILE_BYTES;
#[cfg(feature = "postgres")]
use crate::postgres::Postgres;
use crate::problem::Problem;
use crate::record::{Head, Record};
use crate::transfer::{self, Exported, Imported, Snapshot};

/// An open store. Clones are handles of the same one; an embedded store's folder is released with the last.
#[derive(Clone)]
pub struct Store(Backend);

#[derive(Clone)]
enum Backend {
    Embedded(Embedded),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
}

impl Store {
    /// Opens the data folder `dir`, made when it does not exist. Blocks for as long as sled recovers.
    ///
    /// # Errors
    /// Another process (or this one) has it open; it cannot be read or written; it is of another release;
    /// it has lost acknowledged writes.
    pub fn open(dir: &Path) -> Result<Store, StoreError> {
        Embedded::open(dir).map(Backend::Embedded).map(Store)
    }

    /// Connects to a database on a PostgreSQL server (15 or later), makes its tables when it is empty and brings them
    /// up to this release. Needs to run in tokio with its time and net; afterwards the store may be used from anywhere
    /// while that runtime lives.
    ///
    /// # Errors
    /// The address cannot be read or asks for TLS; the server does not answer, is too old, or is set up so that it
    /// would lose what it acknowledged; a newer release has been at the database.
    #[cfg(feature = "postgres")]
    pub async fn connect(url: &str) -> Result<Store, StoreError> {
        Ok(Store(Backend::Postgres(Postgres::connect(url).await?)))
    }

    /// Other processes may write to the same store: what was read from it has to be looked at again.
    pub fn is_shared(&self) -> bool {
        match &self.0 {
            Backend::Embedded(_) => false,
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => true,
        }
    }

    /// Stores `commit` as a whole or not at all. When it returns, the commit is on the disk and readers see it;
    /// readers may see it a moment earlier. If the caller drops the future, the commit may still happen.
    ///
    /// # Errors
    /// A guard does not hold, a limit is passed, a key belongs to another municipality, or the store has stopped.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        match &self.0 {
            Backend::Embedded(store) => store.commit(commit).await,
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.commit(commit).await,
        }
    }

    /// The value at `key`.
    ///
    /// # Errors
    /// The database cannot be read, or the value is damaged.
    pub async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.get(key),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.get(key).await,
        }
    }

    /// All values below `prefix`, without the one at `prefix` itself, in the order of their keys' bytes.
    /// A commit is seen as a whole or not at all.
    ///
    /// # Errors
    /// The database cannot be read, or a value is damaged.
    pub async fn scan(&self, prefix: &Key) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.scan(prefix),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.scan(prefix).await,
        }
    }

    /// The records of a municipality from sequence number `from` on (0 and 1 both give all of them).
    ///
    /// # Errors
    /// The database cannot be read, a record is damaged, missing, or of an unknown version.
    pub async fn journal(&self, municipality: &str, from: u64) -> Result<Vec<Record>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.journal(municipality, from),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.journal(municipality, from).await,
        }
    }

    /// At most `limit` records of a municipality from sequence number `from` on: a page of a long journal.
    ///
    /// # Errors
    /// As [`Store::journal`].
    pub async fn journal_page(
        &self,
        municipality: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.journal_page(municipality, from, limit),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.journal_page(municipality, from, limit).await,
        }
    }

    /// The end of a municipality's journal: cheap, to see whether there is something new. An unknown
    /// municipality's journal has no record yet.
    ///
    /// # Errors
    /// The database cannot be read, or the head is damaged.
    pub async fn head(&self, municipality: &str) -> Result<Head, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.head(municipality),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.head(municipality).await,
        }
    }

    /// All municipalities with the ends of their journals, in the order of their names' bytes.
    ///
    /// # Errors
    /// The database cannot be read, or a head is damaged.
    pub async fn municipalities(&self) -> Result<Vec<(String, Head)>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.municipalities(),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.municipalities().await,
        }
    }

    /// Stores a file; when it returns, the file is on the disk. Storing the same content again is the same file.
    /// It becomes part of a municipality by a value at [`FileHash::key`]. The embedded store blocks.
    ///
    /// # Errors
    /// The file is too large, or cannot be written.
    pub async fn put_file(&self, bytes: &[u8]) -> Result<FileHash, StoreError> {
        if bytes.len() > FILE_BYTES {
            return Err(StoreError::FileTooLarge { bytes: bytes.len() });
        }
        match &self.0 {
            Backend::Embedded(store) => store.put_file(bytes),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.put_file(bytes).await,
        }
    }

    /// The content of a file; `None` when there is no such file. The embedded store blocks.
    ///
    /// # Errors
    /// The file cannot be read, or its content is not what its name says.
    pub async fn file(&self, hash: &FileHash) -> Result<Option<Vec<u8>>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.file(hash),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.file(hash).await,
        }
    }

    /// Removes a file that is part of no municipality any more; false when it is part of one still. It is for what has
    /// to be gone: nobody may be storing the same content at that moment.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub async fn forget_file(&self, hash: &FileHash) -> Result<bool, StoreError> {
        for (municipality, _) in self.municipalities().await? {
            let key = hash.key(&municipality);
            let key = key.expect("a municipality's name was a segment when it was stored");
            if self.get(&key).await?.is_some() {
                return Ok(false);
            }
        }
        match &self.0 {
            Backend::Embedded(store) => store.forget_file(hash)?,
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.forget_file(hash).await?,
        }
        Ok(true)
    }

    /// Jobs of a queue in these municipalities that are due at `now`, longest due first, at most `limit`. Each is
    /// given to one caller, whose it is until `now + lease`; after that somebody else may have it.
    ///
    /// # Errors
    /// The database cannot be read, or a job is damaged.
    pub async fn claim(
        &self,
        queue: &str,
        municipalities: &[&str],
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: usize,
    ) -> Result<Vec<Claim>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.claim(queue, municipalities, now, lease, limit),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.claim(queue, municipalities, now, lease, limit).await,
        }
    }

    /// Gives a job back before its lease ends. A claim that somebody else has taken over is left as it is.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.release(claim),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.release(claim).await?,
        }
        Ok(())
    }

    /// When there will be something to claim: the first unclaimed job of the queue is due, or the first lease
    /// ends. It may be in the past. `None` when the queue is empty in these municipalities.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn next_due(
        &self,
        queue: &str,
        municipalities: &[&str],
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => Ok(store.next_due(queue, municipalities)),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.next_due(queue, municipalities).await,
        }
    }

    /// Writes all municipalities, or one, with records, values and files. Commits go on meanwhile;
    /// each municipality is written as it was at one moment. Nothing is written for an unknown municipality.
    ///
    /// # Errors
    /// The store cannot be read or is damaged, or `out` fails.
    pub async fn export(
        &self,
        municipality: Option<&str>,
        out: &mut (dyn Write + Send),
    ) -> Result<Exported, StoreError> {
        transfer::export(self, municipality, out).await
    }

    /// Stores all municipalities of an export. While it runs, nothing can be committed to them. If the caller
    /// drops the future, nothing remains, at the latest when the store is opened again.
    ///
    /// # Errors
    /// A municipality exists already; the input is cut, edited or of an unknown version; a chain of hashes
    /// does not hold; the store cannot be written. Nothing remains then.
    pub async fn import(&self, input: &mut (dyn BufRead + Send)) -> Result<Imported, ImportError> {
        match &self.0 {
            Backend::Embedded(store) => transfer::import(&mut store.importing(), input).await,
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => {
                transfer::import(&mut store.importing().await?, input).await
            }
        }
    }

    pub(crate) async fn snapshot(&self, municipality: &str) -> Result<Snapshot, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.snapshot(municipality),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.snapshot(municipality).await,
        }
    }

    /// Reads everything, or everything of one municipality, and lists what is wrong. Commits go on meanwhile.
    ///
    /// # Errors
    /// The database cannot be read at all.
    pub async fn verify(&self, municipality: Option<&str>) -> Result<Vec<Problem>, StoreError> {
        match &self.0 {
            Backend::Embedded(store) => store.verify(municipality),
            #[cfg(feature = "postgres")]
            Backend::Postgres(store) => store.verify(municipality).await,
        }
    }
}
