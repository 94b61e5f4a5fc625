//! Packs that are refused: what a clerk reads for each, in a file beside the wrong one.

use std::fs;

use engine::Pack;

use crate::lent;

/// Each folder `cases/err_*` holds the files that differ from the skeleton, and `expected.txt`: every
/// finding, in the order in which it is printed.
#[test]
fn every_wrong_pack_is_refused_with_all_its_findings() {
    let mut folders: Vec<_> = fs::read_dir(lent::case(""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.retain(|folder| {
        folder
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("err_"))
    });
    folders.sort();
    assert!(folders.len() >= 25, "only {} cases", folders.len());
    let mut differ = Vec::new();
    for folder in folders {
        let expected = fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        let found = match Pack::read(&lent::laid_over(&folder)) {
            Ok(_) => "accepted\n".to_owned(),
            Err(findings) => lent::listed(&findings),
        };
        if found != expected {
            differ.push(format!(
                "=== {}\n--- expected\n{expected}--- found\n{found}",
                folder.display()
            ));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
