//! Backups: an export in a file that is either whole or not there, and one a day beside a running server.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::NaiveDate;
use engine::year::Act;
use store::{Imported, Store};
use tokio::runtime::Handle;

use crate::app::App;

/// How many daily backups are kept.
const KEPT: usize = 14;
/// A new day is noticed after this time at the latest; a backup that failed is tried again.
const NAP: Duration = Duration::from_secs(600);

/// Writes what `fill` gives to `file`: under another name, synced, read back and checked, then renamed. The file is
/// for its owner only, because it has answers in it.
///
/// # Errors
/// `fill` fails, the file cannot be written, or what was read back is not a whole export. A file of that name is
/// then still the old one.
pub fn write(
    file: &Path,
    fill: impl FnOnce(&mut (dyn Write + Send)) -> anyhow::Result<()>,
) -> anyhow::Result<Imported> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = filled(&part, fill).and_then(|imported| {
        fs::rename(&part, file)?;
        let folder = file.parent().filter(|path| !path.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(imported)
    });
    if written.is_err() && part.exists() {
        fs::remove_file(&part)?;
    }
    written.with_context(|| format!("控え {} を書けませんでした", file.display()))
}

fn filled(
    part: &Path,
    fill: impl FnOnce(&mut (dyn Write + Send)) -> anyhow::Result<()>,
) -> anyhow::Result<Imported> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(part)?;
    let mut out = BufWriter::new(file);
    fill(&mut out)?;
    out.into_inner()?.sync_all()?;
    Ok(store::check_export(&mut BufReader::new(File::open(part)?))?)
}

/// Writes `meguri-2026-11-20.jsonl`, by the date in Japan, into `folder` once a day, and keeps the newest 14.
/// Until the program ends; what fails is logged and tried again.
pub async fn daily(app: Arc<App>, store: Store, folder: PathBuf) {
    loop {
        let today = Act::by_meguri(app.clock.now()).today();
        let (store, folder, runtime) = (store.clone(), folder.clone(), Handle::current());
        // The embedded store blocks while it exports: not on a thread that serves pages.
        let done = tokio::task::spawn_blocking(move || of_day(&store, &folder, today, &runtime));
        match done.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!("{error:#}"),
            Err(error) => tracing::error!("{error}"),
        }
        tokio::time::sleep(NAP).await;
    }
}

/// A daily backup.
pub struct Backup {
    pub on: NaiveDate,
    pub file: String,
    pub bytes: u64,
}

/// The daily backups in a folder, the newest first.
///
/// # Errors
/// The folder cannot be read.
pub fn kept(folder: &Path) -> anyhow::Result<Vec<Backup>> {
    let mut kept = Vec::new();
    for (on, path) in dated(folder)? {
        let name = path.file_name().unwrap_or_default();
        kept.push(Backup {
            on,
            file: name.to_string_lossy().into_owned(),
            bytes: fs::metadata(&path)?.len(),
        });
    }
    kept.reverse();
    Ok(kept)
}

fn of_day(store: &Store, folder: &Path, today: NaiveDate, runtime: &Handle) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("控えのフォルダー {} を作れません", folder.display()))?;
    let file = folder.join(format!("meguri-{today}.jsonl"));
    if !file.exists() {
        write(&file, |out| {
            runtime.block_on(store.export(None, out))?;
            Ok(())
        })?;
    }
    for old in older(folder)? {
        fs::remove_file(&old).with_context(|| format!("{} を消せません", old.display()))?;
    }
    Ok(())
}

/// The daily backups but the newest.
fn older(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut backups = dated(folder)?;
    backups.truncate(backups.len().saturating_sub(KEPT));
    Ok(backups.into_iter().map(|(_, path)| path).collect())
}

/// The daily backups by their day, the oldest first. Other files are none of ours.
fn dated(folder: &Path) -> anyhow::Result<Vec<(NaiveDate, PathBuf)>> {
    let mut backups = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let date = name
            .strip_prefix("meguri-")
            .and_then(|rest| rest.strip_suffix(".jsonl"))
            .and_then(|date| date.parse::<NaiveDate>().ok());
        backups.extend(date.map(|date| (date, path)));
    }
    backups.sort_unstable();
    Ok(backups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_fourteen_are_kept_and_other_files_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        for day in 1..=17 {
            let name = format!("meguri-2026-11-{day:02}.jsonl");
            fs::write(folder.path().join(name), "").expect("written");
        }
        for name in ["meguri-memo.jsonl", "meguri-2026-11-01.txt", "a.jsonl"] {
            fs::write(folder.path().join(name), "").expect("written");
        }
        let old: Vec<String> = older(folder.path())
            .expect("read")
            .iter()
            .map(|path| {
                path.file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        let expected = ["01", "02", "03"].map(|day| format!("meguri-2026-11-{day}.jsonl"));
        assert_eq!(old, expected);
    }

    #[test]
    fn what_is_no_whole_export_never_gets_the_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("hikae.jsonl");
        fs::write(&file, "old").expect("written");
        let cut = write(&file, |out| {
            Ok(writeln!(out, "{{\"export\":{{\"version\":1}}}}")?)
        });
        let told = format!("{:#}", cut.expect_err("it has no end"));
        assert!(told.contains("途中で切れています"), "{told}");
        assert_eq!(fs::read_to_string(&file).expect("read"), "old");
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1);
    }
}
