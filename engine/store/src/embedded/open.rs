//! Opening a data folder so that sled is durable on Linux.
//!
//! In the folder: `db`, `conf`, `snap.*`, `blobs/` (sled's), `files/` (papers and attachments),
//! `lock` (who uses the folder), `acknowledged`. The order of the steps in [`open`] matters.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::embedded::acknowledged::Acknowledged;
use crate::embedded::{database, frame, layout, prefixed};
use crate::error::StoreError;
use crate::file::{io_error, sync_folder};

/// Cannot be changed once a folder exists. A leaf of sled has at most 17 values, and what is larger than a
/// quarter of a segment goes to blob files that sled never syncs: 17 × 64 KiB stays below 2 MiB.
const SEGMENT_BYTES: usize = 8 * 1024 * 1024;
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
const FORMAT: &[u8] = b"1";

/// A data folder that belongs to this process.
pub(super) struct Opened {
    pub(super) db: sled::Db,
    /// sled's data file, opened once more: the one that is synced before anything is acknowledged.
    pub(super) data: File,
    pub(super) acknowledged: Acknowledged,
    pub(super) batch: u64,
    pub(super) lock: File,
}

pub(super) fn open(dir: &Path) -> Result<Opened, StoreError> {
    fs::create_dir_all(dir).map_err(io_error("作成", dir))?;
    // Our own lock comes before everything: until we have it, another process may be writing what we would remove.
    let lock = lock(dir)?;
    remove_unfinished(dir)?;
    let db = start(dir)?;
    let data_path = dir.join("db");
    let data = File::open(&data_path).map_err(io_error("使用", &data_path))?;
    prepare(&db, dir)?;
    db.flush().map_err(database("保存"))?;
    for path in [&data_path, &dir.join("conf")] {
        File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(io_error("保存", path))?;
    }
    let files = dir.join("files");
    fs::create_dir_all(&files).map_err(io_error("作成", &files))?;
    let (acknowledged, promised) = Acknowledged::open(dir)?;
    let batch = batch(&db)?;
    if batch < promised {
        return Err(StoreError::Truncated {
            path: dir.to_owned(),
            acknowledged: promised,
            found: batch,
        });
    }
    sync_folder(&dir.join("blobs"))?;
    sync_folder(&files)?;
    sync_folder(dir)?;
    // The folder itself may be new: its name stands in the parent.
    let absolute = fs::canonicalize(dir).map_err(io_error("使用", dir))?;
    absolute.parent().map_or(Ok(()), sync_folder)?;
    Ok(Opened {
        db,
        data,
        acknowledged,
        batch,
        lock,
    })
}

/// Takes the folder for this process. The lock ends with the process, however it ends.
pub(super) fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(io_error("使用", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let read = file.read_to_string(&mut holder);
            let process = read.ok().filter(|_| !holder.is_empty()).map(|_| holder);
            return Err(StoreError::InUse {
                path: dir.to_owned(),
                process,
            });
        }
        Err(TryLockError::Error(error)) => return Err(io_error("使用", &path)(error)),
    }
    // For the message above in another process.
    let write = file
        .set_len(0)
        .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()));
    write.map_err(io_error("保存", &path))?;
    Ok(file)
}

/// A snapshot that a crash left half written would stop sled from opening.
fn remove_unfinished(dir: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(dir).map_err(io_error("読み込み", dir))? {
        let entry = entry.map_err(io_error("読み込み", dir))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path()).map_err(io_error("削除", &entry.path()))?;
        }
    }
    Ok(())
}

fn start(dir: &Path) -> Result<sled::Db, StoreError> {
    // flush_every_ms(None): only the writer thread flushes, because only it knows what may be acknowledged.
    let config = sled::Config::new()
        .path(dir)
        .segment_size(SEGMENT_BYTES)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(None)
        .use_compression(false);
    // After a store of this process is dropped, threads of sled may hold its file for a moment. We have the
    // folder's lock, so nobody else can be the holder, and waiting is right.
    for _ in 0..100 {
        match attempt(&config) {
            Err(sled::Error::Io(error))
                if error.kind() == io::ErrorKind::Other
                    && error.to_string().contains("acquire lock") =>
            {
                thread::sleep(Duration::from_millis(20));
            }
            other => return other.map_err(database("使用")),
        }
    }
    Err(StoreError::InUse {
        path: dir.to_owned(),
        process: None,
    })
}

/// sled panics on some damaged files; here that is an error like the others. It is not tried again, so nothing
/// sees the configuration that the panic left.
fn attempt(config: &sled::Config) -> sled::Result<sled::Db> {
    panic::catch_unwind(AssertUnwindSafe(|| config.open())).unwrap_or_else(|_| {
        Err(sled::Error::ReportableBug(
            "sled panicked while opening".to_owned(),
        ))
    })
}

/// Writes or checks the form of the layout, and removes what an interrupted import left.
fn prepare(db: &sled::Db, dir: &Path) -> Result<(), StoreError> {
    match db.get(layout::FORMAT).map_err(database("読み込み"))? {
        None => {
            db.insert(layout::FORMAT, frame::seal(layout::FORMAT, FORMAT))
                .map_err(database("保存"))?;
        }
        Some(framed) => {
            let found = frame::open(layout::FORMAT.as_bytes(), &framed)?;
            if found != FORMAT {
                let found = String::from_utf8_lossy(found).into_owned();
                return Err(StoreError::UnknownFormat {
                    path: dir.to_owned(),
                    found,
                });
            }
        }
    }
    for marker in prefixed(db, layout::IMPORTS)? {
        let (name, _) = marker;
        let municipality = String::from_utf8_lossy(&name[layout::IMPORTS.len()..]).into_owned();
        remove_import(db, &municipality)?;
    }
    Ok(())
}

/// Removes everything of a municipality whose import did not end, its marker last: a crash in between is repeated.
pub(super) fn remove_import(db: &sled::Tree, municipality: &str) -> Result<(), StoreError> {
    let value = format!("{}{municipality}", layout::VALUES);
    for prefix in [layout::journal(municipality), format!("{value}/")] {
        for entry in db.scan_prefix(prefix) {
            let (name, _) = entry.map_err(database("読み込み"))?;
            db.remove(name).map_err(database("保存"))?;
        }
    }
    for name in [value, layout::import(municipality)] {
        db.remove(name).map_err(database("保存"))?;
    }
    Ok(())
}

fn batch(db: &sled::Tree) -> Result<u64, StoreError> {
    let Some(framed) = db.get(layout::BATCH).map_err(database("読み込み"))? else {
        return Ok(0);
    };
    let content = frame::open(layout::BATCH.as_bytes(), &framed)?;
    let number = content.try_into().map_err(|_| StoreError::Damaged {
        place: format!("「{}」", layout::BATCH),
    })?;
    Ok(u64::from_be_bytes(number))
}
