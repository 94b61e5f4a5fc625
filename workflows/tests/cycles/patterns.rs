//! The control-flow patterns of workflowpatterns.com: each supported one is a committee's case with its path,
//! each other one is refused with a reason. The number stands in the name of the file.

use std::path::{Path, PathBuf};

use crate::cases::{found_in, goes_its_way};

const SUPPORTED: [u8; 35] = [
    1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29,
    30, 32, 34, 35, 36, 37, 39, 40, 43,
];
const REFUSED: [u8; 8] = [8, 17, 28, 31, 33, 38, 41, 42];

#[test]
fn every_supported_pattern_goes_its_way() {
    let files = numbered("");
    let numbers: Vec<u8> = files.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, SUPPORTED);
    for (_, path) in files {
        let timeline = goes_its_way(&path);
        assert!(timeline.completed, "{}\n{timeline}", path.display());
    }
}

#[test]
fn every_other_pattern_is_refused_with_a_reason() {
    let files = numbered("err_");
    let numbers: Vec<u8> = files.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, REFUSED);
    for (number, path) in files {
        let (found, codes, wanted) = found_in(&path);
        assert_eq!(codes, wanted, "{}", path.display());
        let pattern = format!("パターン{number}「");
        assert!(found[0].what.contains(&pattern), "{}", found[0]);
        assert!(!found[0].todo.is_empty(), "{}", found[0]);
    }
}

/// The scripts whose name begins with `head` and a number, by number.
fn numbered(head: &str) -> Vec<(u8, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/patterns");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<(u8, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?;
            let number = name.strip_prefix(head)?.split('_').next()?.parse().ok()?;
            name.ends_with(".rhai").then_some((number, path))
        })
        .collect();
    files.sort();
    files
}
