//! Writing papers to a folder, in every format.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use engine::meeting::{Draft, Written};
use engine::pack::Pack;
use papers::Document;

/// Writes the papers of a meeting and returns their paths, in the order of the papers.
pub fn papers(
    folder: &Path,
    pack: &Pack,
    draft: &Draft,
    papers: &[Written],
) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for written in papers {
        let document = written.document(draft).map_err(|findings| {
            anyhow::anyhow!(
                "{}",
                findings
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n")
            )
        })?;
        paths.extend(self::document(
            folder,
            &name(pack, draft, written),
            &document,
        )?);
    }
    Ok(paths)
}

/// Writes a document in every format, and returns the paths.
pub fn document(folder: &Path, name: &str, document: &Document) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    let mut write = |ending: &str, bytes: &[u8]| -> anyhow::Result<()> {
        paths.push(file(folder, &format!("{name}.{ending}"), bytes)?);
        Ok(())
    };
    write("docx", &papers::docx(document)?)?;
    #[cfg(feature = "pdf")]
    write("pdf", &papers::pdf(document)?)?;
    write("html", papers::html::page(document, |_| None).as_bytes())?;
    Ok(paths)
}

/// Writes one file, making its folder.
pub fn file(folder: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder)
        .with_context(|| format!("フォルダー {} を作れません", folder.display()))?;
    let path = folder.join(name);
    fs::write(&path, bytes).with_context(|| format!("{} に書けません", path.display()))?;
    Ok(path)
}

/// 第1回_資料1: what a clerk would call the file. Papers with the same number (several 別添) are told apart by
/// their id; a paper without a meeting is called by its title.
fn name(pack: &Pack, draft: &Draft, written: &Written) -> String {
    if draft.meeting.is_empty() {
        return written.paper.title.replace(['/', '\\'], "／");
    }
    let ordinal = pack
        .agenda
        .meeting(&draft.meeting)
        .map_or(1, |meeting| meeting.ordinal);
    let number = written.paper.number.as_deref().unwrap_or("次第");
    let named = format!("第{ordinal}回_{}", papers::digits::Width::Half.set(number));
    let mut papers = draft.papers.iter();
    let shared =
        papers.any(|paper| paper.id != written.paper.id && paper.number == written.paper.number);
    match shared {
        true => format!("{named}_{}", written.paper.id),
        false => named,
    }
}
