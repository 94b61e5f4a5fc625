//! Verification: checksums, chains of hashes, heads and files.

use std::fs;

use crate::chain::{self, Stated};
use crate::embedded::{Embedded, database, frame, layout, prefixed, read_head};
use crate::error::StoreError;
use crate::file::{FileHash, io_error};
use crate::job::{self, Job};
use crate::problem::Problem;
use crate::record::Record;

impl Embedded {
    pub(crate) fn verify(&self, municipality: Option<&str>) -> Result<Vec<Problem>, StoreError> {
        let mut problems = Vec::new();
        self.verify_entries(municipality, &mut problems)?;
        for name in journals(&self.0.tree)? {
            if municipality.is_none_or(|wanted| wanted == name) {
                self.verify_chain(&name, &mut problems)?;
            }
        }
        let blobs = self.0.dir.join("blobs");
        if fs::read_dir(&blobs)
            .map_err(io_error("読み込み", &blobs))?
            .next()
            .is_some()
        {
            problems.push(Problem::Stray {
                place: blobs.display().to_string(),
            });
        }
        Ok(problems)
    }

    /// Checksums of all entries but records, and the files that keys name.
    fn verify_entries(
        &self,
        municipality: Option<&str>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), StoreError> {
        for entry in self.0.tree.iter() {
            let (name, framed) = entry.map_err(database("読み込み"))?;
            let place = String::from_utf8_lossy(&name).into_owned();
            if place.starts_with(layout::JOURNALS) {
                continue;
            }
            let owner = place.split('/').nth(1).unwrap_or_default();
            if municipality.is_some_and(|wanted| wanted != owner) {
                continue;
            }
            let Ok(content) = frame::open(&name, &framed) else {
                problems.push(Problem::Checksum { place });
                continue;
            };
            let known = [layout::HEADS, layout::IMPORTS]
                .iter()
                .any(|area| place.starts_with(area));
            match layout::key_of(&name) {
                None if known || place == layout::FORMAT || place == layout::BATCH => {}
                None => problems.push(Problem::Stray { place }),
                Some(key) if job::is_place(&key) => {
                    let is_job = Job::read(&key, content).is_some();
                    problems.extend((!is_job).then_some(Problem::Job { key }));
                }
                Some(key) => {
                    let Some(hash) = FileHash::named_by(&key) else {
                        continue;
                    };
                    match self.file(&hash) {
                        Ok(Some(_)) => {}
                        Ok(None) => problems.push(Problem::FileMissing { key, hash }),
                        Err(_) => problems.push(Problem::FileDamaged { key, hash }),
                    }
                }
            }
        }
        Ok(())
    }

    fn verify_chain(&self, name: &str, problems: &mut Vec<Problem>) -> Result<(), StoreError> {
        let (entries, stated) = {
            let _view = self.view();
            let stated = self.0.tree.get(layout::head(name));
            let entries = prefixed(&self.0.tree, &layout::journal(name))?;
            (entries, stated.map_err(database("読み込み"))?)
        };
        let head = layout::head(name);
        let stated = match stated {
            None => Stated::Missing,
            Some(framed) => {
                read_head(head.as_bytes(), &framed).map_or(Stated::Unreadable, Stated::Head)
            }
        };
        let mut last = 0;
        let records = entries.iter().map(|(entry, framed)| {
            last = layout::seq_of(entry).map_or(last + 1, |(_, seq)| seq);
            let record = frame::open(entry, framed)
                .and_then(|content| Record::from_bytes(content, name, last));
            (last, record)
        });
        problems.extend(chain::problems(name, records, stated));
        Ok(())
    }
}

/// Municipalities that have a head or a record: a head may be what is missing.
pub(super) fn journals(tree: &sled::Tree) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for entry in tree.scan_prefix(layout::HEADS) {
        let (name, _) = entry.map_err(database("読み込み"))?;
        names.push(String::from_utf8_lossy(&name[layout::HEADS.len()..]).into_owned());
    }
    // One look-up for each municipality: from its first record straight to the next municipality's.
    let mut from = layout::JOURNALS.to_owned();
    while let Some(entry) = tree.range(from.as_bytes()..).next() {
        let (name, _) = entry.map_err(database("読み込み"))?;
        let Some((municipality, _)) = layout::seq_of(&name) else {
            break;
        };
        // '0' is the character after '/'.
        from = format!("{}{municipality}0", layout::JOURNALS);
        names.push(municipality.to_owned());
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}
