//! Files: papers and attachments, named by the SHA-256 of their content.

use std::fmt;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::key::{Key, KeyError};

/// SHA-256 of a file's content, 64 hexadecimal digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash(String);

impl FileHash {
    /// The hash that `bytes` has as a file.
    pub fn of(bytes: &[u8]) -> FileHash {
        FileHash(hex_sha256(bytes))
    }

    /// `<municipality>/file/<hash>`: writing a value here makes the file part of the municipality,
    /// so that it is exported with it. The value is the caller's (name, kind).
    ///
    /// # Errors
    /// The municipality's name is not a segment of a key.
    pub fn key(&self, municipality: &str) -> Result<Key, KeyError> {
        Key::new([municipality, "file", &self.0])
    }

    /// The file that `key` makes part of its municipality, if it is such a key.
    pub(crate) fn named_by(key: &Key) -> Option<FileHash> {
        let mut segments = key.segments().skip(1);
        let (area, hash, rest) = (segments.next()?, segments.next()?, segments.next());
        if area == "file" && rest.is_none() {
            hash.parse().ok()
        } else {
            None
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileHash {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<FileHash, StoreError> {
        let hex = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex {
            Ok(FileHash(text.to_owned()))
        } else {
            Err(StoreError::NotAHash(text.to_owned()))
        }
    }
}

impl TryFrom<String> for FileHash {
    type Error = StoreError;

    fn try_from(text: String) -> Result<FileHash, StoreError> {
        text.parse()
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> String {
        hash.0
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Stores `bytes` under `folder`; when it returns, they are on the disk.
pub(crate) fn put(folder: &Path, bytes: &[u8]) -> Result<FileHash, StoreError> {
    static TEMPORARY: AtomicU64 = AtomicU64::new(0);
    let hash = FileHash::of(bytes);
    let path = place(folder, &hash);
    let shelf = path.parent().unwrap_or(folder);
    if !shelf.exists() {
        fs::create_dir_all(shelf).map_err(io_error("作成", shelf))?;
        sync_folder(folder)?;
    }
    // The name is unique among the threads of this process, and the folder belongs to one process.
    let temporary = folder.join(format!(
        "{}-{}.tmp",
        process::id(),
        TEMPORARY.fetch_add(1, Ordering::Relaxed)
    ));
    let mut file = File::create(&temporary).map_err(io_error("作成", &temporary))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(io_error("保存", &temporary))?;
    fs::rename(&temporary, &path).map_err(io_error("保存", &path))?;
    sync_folder(shelf)?;
    Ok(hash)
}

/// Reads a file and checks that it still is what its name says. `None` when there is no such file.
pub(crate) fn get(folder: &Path, hash: &FileHash) -> Result<Option<Vec<u8>>, StoreError> {
    let path = place(folder, hash);
    match fs::read(&path) {
        Ok(bytes) if FileHash::of(&bytes) == *hash => Ok(Some(bytes)),
        Ok(_) => Err(StoreError::Damaged {
            place: format!("ファイル {} ", path.display()),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("読み込み", &path)(error)),
    }
}

/// Removes a file; when it returns, its name is gone from the disk. One that is not there is no error.
pub(crate) fn forget(folder: &Path, hash: &FileHash) -> Result<(), StoreError> {
    let path = place(folder, hash);
    match fs::remove_file(&path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_folder),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_error("削除", &path)(error)),
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(io_error("保存", folder))
}

pub(crate) fn io_error(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> StoreError {
    move |source| StoreError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// Two digits of the hash make 256 shelves, so that no folder grows too large.
fn place(folder: &Path, hash: &FileHash) -> PathBuf {
    folder.join(&hash.0[..2]).join(&hash.0)
}
