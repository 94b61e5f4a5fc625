//! A copy of a data folder beside it, to be looked at or mended in its stead.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::file::{io_error, sync_folder};

/// A copy beside the folder, removed when it is dropped.
pub(super) struct Copy {
    pub(super) dir: PathBuf,
    /// Half-written files, relative to the folder. They are not copied.
    pub(super) leftovers: Vec<PathBuf>,
}

impl Copy {
    /// Of a folder that this process has locked.
    pub(super) fn of(dir: &Path, ending: &str) -> Result<Copy, StoreError> {
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

    /// Makes the copy durable and gives it the folder's name. Where the folder is now is returned.
    pub(super) fn take_the_place_of(self, dir: &Path) -> Result<PathBuf, StoreError> {
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
