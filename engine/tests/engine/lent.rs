//! Packs for the tests: the skeleton with files laid over it, and every pack of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use engine::ledger::Book;
use engine::meeting::{self, Draft, Known};
use engine::{Files, Finding, Pack};

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of a case below `engine/tests/cases`.
pub fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(name)
}

/// The skeleton of 架空市 with the files of a folder in place of its own. `absent.txt` names files
/// to leave out, `expected.txt` is the outcome and not part of the pack.
pub fn laid_over(folder: &Path) -> Files {
    let mut files = bare();
    let (over, not_utf8) = Files::read(folder).unwrap();
    assert_eq!(not_utf8, Vec::<Finding>::new(), "{}", folder.display());
    files.0.extend(over.0);
    let absent = fs::read_to_string(folder.join("absent.txt")).unwrap_or_default();
    for path in absent.lines() {
        assert!(
            files.0.remove(path).is_some(),
            "{}: {path} is not in the skeleton",
            folder.display()
        );
    }
    files
}

/// The skeleton as `meguri new` writes it.
pub fn bare() -> Files {
    skeleton("kasou", "架空市")
}

/// The same with another name. Its survey opens in December 2026, whatever the day.
pub fn skeleton(slug: &str, name: &str) -> Files {
    skeleton_of(slug, name, "2026-12-01")
}

pub fn skeleton_of(slug: &str, name: &str, opens: &str) -> Files {
    let opens = opens.parse::<NaiveDate>().unwrap();
    Files(engine::pack::skeleton(slug, name, opens).collect())
}

/// Every pack of the repository that tells the story of a year, by the name of its folder.
pub fn with_cases() -> Vec<(String, PathBuf, Pack)> {
    let mut packs = Vec::new();
    for entry in fs::read_dir(root().join("municipalities")).unwrap() {
        let folder = entry.unwrap().path();
        if folder.join("cases/year.json").is_file() {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            packs.push((name, folder.clone(), read(&Files::read(&folder).unwrap().0)));
        }
    }
    packs.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!packs.is_empty(), "no pack has cases");
    packs
}

/// A pack that must be accepted.
pub fn read(files: &Files) -> Pack {
    Pack::read(files).unwrap_or_else(|findings| panic!("{}", listed(&findings)))
}

/// The 次第 of a meeting of the first cycle, from what the pack ships, with these surveys to report.
pub fn drafted(pack: &Pack, meeting: &str, closed: &[String]) -> Draft {
    let known = Known {
        closed,
        ledgers: &Book::shipped(pack),
        on: "2026-04-01".parse().unwrap(),
    };
    meeting::draft(pack, &pack.cycles[0].parameters, meeting, &known).unwrap()
}

/// Findings as `meguri check` prints them, one a line.
pub fn listed(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| format!("{finding}\n"))
        .collect()
}
