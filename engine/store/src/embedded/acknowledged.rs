//! The file `acknowledged`: the number of the last batch that was synced and then acknowledged.
//!
//! When sled meets a damaged place in its log, it opens with what stands before it and says nothing.
//! The number is written after the sync and is itself not synced, so after a power cut it may lag behind
//! the database but never runs ahead of it: a database that has fewer batches has lost acknowledged writes.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::file::io_error;

#[derive(Debug)]
pub(super) struct Acknowledged {
    file: File,
    path: PathBuf,
}

impl Acknowledged {
    /// Opens the file in `folder` and gives the number in it. A number that cannot be read counts as 0.
    pub(super) fn open(folder: &Path) -> Result<(Acknowledged, u64), StoreError> {
        let path = folder.join("acknowledged");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io_error("使用", &path))?;
        let mut bytes = [0; 12];
        let batch = match file.read_exact(&mut bytes) {
            Ok(()) => parse(bytes).unwrap_or(0),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(io_error("読み込み", &path)(error)),
        };
        Ok((Acknowledged { file, path }, batch))
    }

    /// Twelve bytes at the start of the file: within one sector, so a power cut leaves the old or the new ones.
    pub(super) fn set(&self, batch: u64) -> Result<(), StoreError> {
        let number = batch.to_be_bytes();
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&number);
        bytes[8..].copy_from_slice(&crc32fast::hash(&number).to_be_bytes());
        self.file
            .write_all_at(&bytes, 0)
            .map_err(io_error("保存", &self.path))
    }
}

fn parse(bytes: [u8; 12]) -> Option<u64> {
    let (number, checksum) = bytes.split_first_chunk::<8>()?;
    (crc32fast::hash(number).to_be_bytes() == checksum).then(|| u64::from_be_bytes(*number))
}
