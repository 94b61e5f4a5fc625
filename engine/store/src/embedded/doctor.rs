//! Examining and mending a copy of a data folder.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::doctor::{Mended, Remedy, Report};
use crate::embedded::verify::journals;
use crate::embedded::{Embedded, database, frame, layout, open, prefixed, read_head};
use crate::error::StoreError;
use crate::file::{io_error, sync_folder};
use crate::record::{Head, Record};

pub(crate) fn examine(dir: &Path) -> Result<Report, StoreError> {
    let _lock = existing(dir)?;
    let copy = Copy::of(dir, ".examining")?;
    copy.report()
}

pub(crate) fn mend(dir: &Path) -> Result<Mended, StoreError> {
    let _lock = existing(dir)?;
    let copy = Copy::of(dir, ".mending")?;
    let (opened, refused) = copy.open()?;
    let mut remedies = mend_heads(&opened.db)?;
    opened.db.flush().map_err(database("保存"))?;
    // Its threads let go of the files before the copy is renamed.
    drop(opened);
    if let Some(StoreError::Truncated {
        acknowledged,
        found,
        ..
    }) = refused
    {
        remedies.push(Remedy::Acknowledged {
            before: acknowledged,
            now: found,
        });
    }
    let left = copy.leftovers.iter().cloned();
    remedies.extend(left.map(|path| Remedy::Leftover { path }));
    let mut left = copy.report()?;
    left.leftovers.clear();
    let before = if remedies.is_empty() {
        None
    } else {
        Some(copy.take_the_place_of(dir)?)
    };
    Ok(Mended {
        remedies,
        left,
        before,
    })
}

/// Takes the folder for this process, if there is a store in it.
fn existing(dir: &Path) -> Result<File, StoreError> {
    let database = dir.join("db");
    fs::metadata(&database).map_err(io_error("使用", &database))?;
    open::lock(dir)
}

/// A copy beside the folder, removed when it is dropped.
struct Copy {
    dir: PathBuf,
    /// Half-written files, relative to the folder. They are not copied.
    leftovers: Vec<PathBuf>,
}

impl Copy {
    fn of(dir: &Path, ending: &str) -> Result<Copy, StoreError> {
        let original = fs::canonicalize(dir).map_err(io_error("使用", dir))?;
        let mut copy = Copy {
            dir: beside(&original, ending),
            leftovers: Vec::new(),
        };
        // What an interrupted run left: we have the folder's lock, so nobody else is at it.
        copy.remove();
        copy.add(&original, Path::new(""))?;
        Ok(copy)
    }

    /// Files of the store never change once they have their name, so they are linked and not copied.
    fn add(&mut self, original: &Path, within: &Path) -> Result<(), StoreError> {
        let (from, to) = (original.join(within), self.dir.join(within));
        fs::create_dir(&to).map_err(io_error("作成", &to))?;
        for entry in fs::read_dir(&from).map_err(io_error("読み込み", &from))? {
            let entry = entry.map_err(io_error("読み込み", &from))?;
            let path = within.join(entry.file_name());
            let kind = entry.file_type().map_err(io_error("読み込み", &from))?;
            if kind.is_dir() {
                self.add(original, &path)?;
                continue;
            }
            let name = path.to_string_lossy();
            let unfinished = name.ends_with(".generating") || name.ends_with(".tmp");
            if unfinished {
                self.leftovers.push(path);
                continue;
            }
            // The lock is this folder's own; a socket is no file.
            if name == "lock" || !kind.is_file() {
                continue;
            }
            let to = self.dir.join(&path);
            let linked = name.starts_with("files/") && fs::hard_link(entry.path(), &to).is_ok();
            if !linked {
                fs::copy(entry.path(), &to).map_err(io_error("複製", &to))?;
            }
        }
        Ok(())
    }

    /// Opens the copy even when acknowledged writes are lost; then also says so.
    fn open(&self) -> Result<(open::Opened, Option<StoreError>), StoreError> {
        match open::open(&self.dir) {
            Err(lost @ StoreError::Truncated { .. }) => {
                let number = self.dir.join("acknowledged");
                fs::remove_file(&number).map_err(io_error("削除", &number))?;
                Ok((open::open(&self.dir)?, Some(lost)))
            }
            other => Ok((other?, None)),
        }
    }

    fn report(&self) -> Result<Report, StoreError> {
        let mut report = Report {
            municipalities: Vec::new(),
            refused: None,
            problems: Vec::new(),
            leftovers: self.leftovers.clone(),
        };
        let read = |report: &mut Report| -> Result<(), StoreError> {
            let (opened, refused) = self.open()?;
            report.refused = refused;
            drop(opened);
            let store = Embedded::open(&self.dir)?;
            report.problems = store.verify(None)?;
            report.municipalities = readable_heads(&store)?;
            Ok(())
        };
        match read(&mut report) {
            // Of the copy, and not of the store: no room, no permission.
            Err(error @ StoreError::Io { .. }) => return Err(error),
            Err(error) => report.refused = Some(error),
            Ok(()) => {}
        }
        Ok(report)
    }

    /// Makes the copy durable and gives it the folder's name. Where the folder is now is returned.
    fn take_the_place_of(self, dir: &Path) -> Result<PathBuf, StoreError> {
        sync_all(&self.dir)?;
        let original = fs::canonicalize(dir).map_err(io_error("使用", dir))?;
        let kept = (1..)
            .map(|nth| beside(&original, &format!(".before-mending-{nth}")))
            .find(|path| !path.exists())
            .expect("numbers do not end");
        fs::rename(&original, &kept).map_err(io_error("改名", &original))?;
        if let Err(error) = fs::rename(&self.dir, &original) {
            fs::rename(&kept, &original).map_err(io_error("改名", &kept))?;
            return Err(io_error("改名", &self.dir)(error));
        }
        original.parent().map_or(Ok(()), sync_folder)?;
        Ok(kept)
    }

    fn remove(&self) {
        // When it has become the folder, or was never made, there is nothing to remove; and what cannot be
        // removed now is removed by the next run.
        drop(fs::remove_dir_all(&self.dir));
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}

/// `<folder><ending>`, in the folder's own parent.
fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(folder);
    name.push(ending);
    PathBuf::from(name)
}

fn sync_all(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(io_error("読み込み", folder))? {
        let path = entry.map_err(io_error("読み込み", folder))?.path();
        if path.is_dir() {
            sync_all(&path)?;
        } else {
            // The same for a file as for a folder.
            sync_folder(&path)?;
        }
    }
    sync_folder(folder)
}

fn readable_heads(store: &Embedded) -> Result<Vec<(String, Head)>, StoreError> {
    let mut heads = Vec::new();
    for name in journals(&store.0.tree)? {
        // A damaged one stands among the problems.
        if let Ok(head) = store.head(&name) {
            heads.push((name, head));
        }
    }
    Ok(heads)
}

/// Sets heads that are missing, damaged or not at the last record of a journal whose chain holds.
fn mend_heads(db: &sled::Tree) -> Result<Vec<Remedy>, StoreError> {
    let mut remedies = Vec::new();
    for municipality in journals(db)? {
        let Some(end) = end(db, &municipality)? else {
            continue;
        };
        let name = layout::head(&municipality);
        let stated = db.get(&name).map_err(database("読み込み"))?;
        let stated = stated.and_then(|framed| read_head(name.as_bytes(), &framed).ok());
        if stated.as_ref() == Some(&end) {
            continue;
        }
        let content = serde_json::to_vec(&end).expect("a head is a number and a string");
        db.insert(&name, frame::seal(&name, &content))
            .map_err(database("保存"))?;
        remedies.push(Remedy::Head {
            municipality,
            before: stated.map(|head| head.seq),
            now: end.seq,
        });
    }
    Ok(remedies)
}

/// The head that a journal should have. `None` when it has no record or its chain breaks.
fn end(db: &sled::Tree, municipality: &str) -> Result<Option<Head>, StoreError> {
    let mut head = Head::start();
    for (entry, framed) in prefixed(db, &layout::journal(municipality))? {
        let record = frame::open(&entry, &framed)
            .and_then(|content| Record::from_bytes(content, municipality, head.seq + 1));
        match record.ok().and_then(|record| head.follow(&record)) {
            Some(next) => head = next,
            None => return Ok(None),
        }
    }
    Ok((head.seq > 0).then_some(head))
}
