//! A folder whose files are damaged: one flipped bit, or a file cut short, anywhere. Either everything still
//! reads back right, or the store says what is wrong. It never gives out what was not stored, and never panics.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use chrono::DateTime;
use futures_executor::block_on;
use serde_json::json;
use store::{Commit, FileHash, Key, Record, Store};

const MUNICIPALITIES: [&str; 2] = ["架空市", "架空町"];

/// What was acknowledged.
struct Kept {
    folder: tempfile::TempDir,
    values: BTreeMap<Key, Vec<u8>>,
    journals: Vec<Vec<Record>>,
    files: BTreeMap<FileHash, Vec<u8>>,
}

/// A few hundred records, values of 1 B to 64 KiB, eight files; opened twice, so that sled has a snapshot.
fn keep() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = Kept {
        folder,
        values: BTreeMap::new(),
        journals: Vec::new(),
        files: BTreeMap::new(),
    };
    for opening in 0..2 {
        let store = Store::open(kept.folder.path()).unwrap();
        for n in 0..150_u64 {
            let municipality = MUNICIPALITIES[n as usize % 2];
            let key = format!("{municipality}/value/{opening}-{n}");
            let key: Key = key.parse().unwrap();
            let bytes = if n % 30 == 29 {
                65_536
            } else {
                1 + n * n % 3000
            };
            let mut writes = vec![(key, Some(vec![n as u8; bytes as usize]))];
            if n % 40 == 0 {
                let content = format!("{opening} {n} ").repeat(1000).into_bytes();
                let hash = block_on(store.put_file(&content)).unwrap();
                writes.push((hash.key(municipality).unwrap(), Some(b"{}".to_vec())));
                kept.files.insert(hash, content);
            }
            for (key, value) in &writes {
                kept.values.insert(key.clone(), value.clone().unwrap());
            }
            block_on(store.commit(Commit {
                municipality: municipality.to_owned(),
                at: DateTime::UNIX_EPOCH,
                by: "事務局".to_owned(),
                on_behalf_of: None,
                cause: None,
                guards: Vec::new(),
                events: vec![json!({ "type": "noted", "n": n })],
                writes,
            }))
            .unwrap();
        }
        kept.journals = MUNICIPALITIES
            .iter()
            .map(|name| block_on(store.journal(name, 1)).unwrap())
            .collect();
    }
    kept
}

impl Kept {
    /// All files of the folder, relative to it.
    fn paths(&self) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    paths.push(path.strip_prefix(self.folder.path()).unwrap().to_owned());
                }
            }
        }
        paths.sort();
        paths
    }

    /// A copy in which `damage` has changed one file.
    fn damaged(&self, path: &Path, damage: impl Fn(&mut Vec<u8>)) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        for each in self.paths() {
            let to = copy.path().join(&each);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            let mut bytes = fs::read(self.folder.path().join(&each)).unwrap();
            if each == path {
                damage(&mut bytes);
            }
            fs::write(to, bytes).unwrap();
        }
        copy
    }

    /// Whether the store noticed something; panics when it was deceived.
    fn noticed(&self, folder: &Path) -> bool {
        let store = match Store::open(folder) {
            Ok(store) => store,
            Err(error) => {
                let told = error.to_string();
                assert!(told.contains("ください"), "no way out is named: {told}");
                return true;
            }
        };
        let clean = block_on(store.verify(None)).is_ok_and(|problems| problems.is_empty());
        for (key, value) in &self.values {
            match block_on(store.get(key)) {
                Ok(Some(found)) => assert!(found == *value, "{key} has another value"),
                Ok(None) => assert!(!clean, "{key} is gone and nothing is said"),
                Err(_) => assert!(!clean, "{key} cannot be read and nothing is said"),
            }
        }
        for (name, journal) in MUNICIPALITIES.iter().zip(&self.journals) {
            match block_on(store.journal(name, 1)) {
                Ok(found) if found == *journal => {}
                Ok(found) => {
                    assert!(!clean, "{name}: other records and nothing is said");
                    assert!(
                        journal.starts_with(&found),
                        "{name}: records that never were"
                    );
                }
                Err(_) => assert!(!clean, "{name} cannot be read and nothing is said"),
            }
            let below = block_on(store.scan(&Key::new([name]).unwrap()));
            for (key, value) in below.unwrap_or_default() {
                assert!(
                    self.values.get(&key) == Some(&value),
                    "{key} is no value of ours"
                );
            }
        }
        for (hash, content) in &self.files {
            match block_on(store.file(hash)) {
                Ok(Some(found)) => assert!(found == *content, "{hash} has another content"),
                Ok(None) | Err(_) => assert!(!clean, "{hash} is gone and nothing is said"),
            }
        }
        !clean
    }
}

/// Numbers below `limit` that look like chance and are the same in every run.
fn positions(count: usize, limit: usize) -> impl Iterator<Item = usize> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % limit
    })
}

/// Damages each file at many places; the number of times it was noticed, by the file's name.
fn damage_everywhere(
    trials: impl Fn(&Path) -> usize,
    change: impl Fn(&mut Vec<u8>, usize),
) -> BTreeMap<String, usize> {
    let kept = keep();
    let mut noticed = BTreeMap::new();
    for path in kept.paths() {
        let bytes = fs::read(kept.folder.path().join(&path)).unwrap();
        // Behind the last byte that was written are the zeros of sled's segment.
        let used = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        if used == 0 {
            continue;
        }
        for position in positions(trials(&path), used) {
            let copy = kept.damaged(&path, |bytes| change(bytes, position));
            let place = format!("{} at {position}", path.display());
            let honest = panic::catch_unwind(AssertUnwindSafe(|| kept.noticed(copy.path())));
            let honest = honest.unwrap_or_else(|_| panic!("{place}: see the panic above"));
            let name = path.iter().next().unwrap().to_string_lossy().into_owned();
            *noticed.entry(name).or_default() += usize::from(honest);
        }
    }
    noticed
}

fn trials(path: &Path) -> usize {
    match path.to_str() {
        Some("db") => 150,
        _ => 12,
    }
}

#[test]
fn a_flipped_bit_anywhere_never_deceives() {
    let noticed = damage_everywhere(trials, |bytes, position| {
        bytes[position] ^= 1 << (position % 8);
    });
    // The test itself is alive: what matters was met, and a file of ours is always missed.
    assert!(noticed["db"] > 0, "{noticed:?}");
    assert_eq!(noticed["files"], 8 * 12, "{noticed:?}");
    assert_eq!(noticed["lock"], 0, "{noticed:?}");
}

#[test]
fn a_file_cut_short_anywhere_never_deceives() {
    let noticed = damage_everywhere(trials, |bytes, position| bytes.truncate(position));
    assert!(noticed["db"] > 0, "{noticed:?}");
    assert_eq!(noticed["files"], 8 * 12, "{noticed:?}");
    assert_eq!(noticed["lock"], 0, "{noticed:?}");
}
