//! Packs named on the command line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use authoring::Finding;
use engine::year::Year;
use engine::{Files, Pack};

use super::{Data, Failure};
use crate::clock::Clock;

/// Reads a pack; its findings go to stderr.
pub fn read(folder: &Path) -> Result<Pack, Failure> {
    findings(folder)?.map_err(|findings| {
        for finding in &findings {
            eprintln!("{}/{finding}", folder.display());
        }
        eprintln!(
            "{} に直すところが{}件あります。",
            folder.display(),
            findings.len()
        );
        Failure::Wrong
    })
}

/// Reads a pack, or says what is wrong with it.
pub fn findings(folder: &Path) -> anyhow::Result<Result<Pack, Vec<Finding>>> {
    let (files, mut wrong) = Files::read(folder).with_context(|| {
        format!(
            "パック {} を開けません。フォルダーの名を確かめてください",
            folder.display()
        )
    })?;
    match Pack::read(&files) {
        Ok(pack) if wrong.is_empty() => Ok(Ok(pack)),
        Ok(_) => Ok(Err(wrong)),
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
            Ok(Err(wrong))
        }
    }
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

/// Opens the store and a municipality in it, at the present time.
pub async fn open(data: &Data, pack: Pack) -> Result<Year, Failure> {
    let store = data.open().await?;
    Year::open(store, Arc::new(pack), Clock::System.now())
        .await
        .map_err(|error| Failure::Stopped(error.into()))
}
