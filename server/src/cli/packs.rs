//! Packs named on the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use authoring::Finding;
use engine::area::Member;
use engine::year::{Neighbours, Year};
use engine::{Files, Pack};

use super::{Data, Failure};
use crate::clock::Clock;

/// Reads a pack; its findings go to stderr.
pub fn read(folder: &Path) -> Result<Pack, Failure> {
    findings(folder)?.map_err(|findings| say(folder, &findings))
}

/// Says on stderr what is wrong with a pack.
pub fn say(folder: &Path, findings: &[Finding]) -> Failure {
    for finding in findings {
        eprintln!("{}/{finding}", folder.display());
    }
    eprintln!(
        "{} に直すところが{}件あります。",
        folder.display(),
        findings.len()
    );
    Failure::Wrong
}

/// Reads a pack, or says what is wrong with it.
pub fn findings(folder: &Path) -> anyhow::Result<Result<Pack, Vec<Finding>>> {
    Ok(with_files(folder)?.1)
}

/// The files of a pack, and the pack or what is wrong with it.
pub fn with_files(folder: &Path) -> anyhow::Result<(Files, Result<Pack, Vec<Finding>>)> {
    let (files, mut wrong) = Files::read(folder).with_context(|| {
        format!(
            "パック {} を開けません。フォルダーの名を確かめてください",
            folder.display()
        )
    })?;
    let read = match Pack::read(&files) {
        Ok(pack) if wrong.is_empty() => Ok(pack),
        Ok(_) => Err(wrong),
        Err(findings) => {
            // A file that cannot be read is there all the same.
            let unreadable: Vec<String> =
                wrong.iter().map(|finding| finding.file.clone()).collect();
            let missing = |finding: &Finding| finding.code == "pack.missing_file";
            wrong.extend(
                findings
                    .into_iter()
                    .filter(|finding| !(missing(finding) && unreadable.contains(&finding.file))),
            );
            wrong.sort();
            Err(wrong)
        }
    };
    Ok((files, read))
}

/// The folders below `municipalities/` that hold a pack, in order of their names.
pub fn all(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| {
        format!("{} がありません。パックのフォルダーを指定するか、municipalities のある場所で実行してください", folder.display())
    })?;
    let mut packs = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.join("municipality.json").is_file() {
            packs.push(path);
        }
    }
    packs.sort();
    if packs.is_empty() {
        bail!(
            "{} にパックがありません。`meguri new` で作れます",
            folder.display()
        );
    }
    Ok(packs)
}

/// A municipality of a store, and with it those whose figures its areas add up.
pub struct Opened {
    year: Arc<Year>,
    /// Kept, because the year only looks at them.
    _neighbours: Arc<Neighbours>,
}

impl Deref for Opened {
    type Target = Year;

    fn deref(&self) -> &Year {
        &self.year
    }
}

/// Opens the store and a municipality in it, at the present time. The members of its areas are looked
/// up in the folders beside its own; nothing is written about them.
pub async fn open(data: &Data, folder: &Path, pack: Pack) -> Result<Opened, Failure> {
    let store = data.open().await?;
    let members = pack
        .municipality
        .areas
        .iter()
        .flat_map(|area| &area.formed_of);
    let beside = members.filter_map(|member| match member {
        Member::Here { slug } if *slug != pack.municipality.slug => Some(slug.clone()),
        _ => None,
    });
    let beside: BTreeSet<String> = beside.collect();
    let mut neighbours = BTreeMap::new();
    for slug in beside {
        let folder = folder.canonicalize()?.with_file_name(&slug);
        if !folder.is_dir() {
            continue;
        }
        // Without a pack that is wrong, its municipality is missing from the sums, and they say so.
        let pack = match read(&folder) {
            Err(Failure::Wrong) => continue,
            pack => pack?,
        };
        let year = Year::look(store.clone(), Arc::new(pack)).await;
        let year = year.map_err(|error| Failure::Stopped(error.into()))?;
        neighbours.insert(slug, Arc::new(year));
    }
    let neighbours = Arc::new(Neighbours::new(neighbours));
    let (files, _) = Files::read(folder)?;
    let year = Year::open_revised(store, Arc::new(pack), &files, Clock::System.now()).await;
    let year = Arc::new(year.map_err(|error| Failure::Stopped(error.into()))?);
    year.stand_beside(&neighbours);
    Ok(Opened {
        year,
        _neighbours: neighbours,
    })
}
