//! Remarks (注意): packs that are accepted, and what is odd about them, in a file beside them.

use std::fs;

use crate::lent;

/// Each folder `remarks/*` holds the files that differ from the skeleton, and `expected.txt`: every remark,
/// in the order in which it is printed.
#[test]
fn every_odd_pack_is_accepted_with_its_remarks() {
    let mut differ = Vec::new();
    let mut folders: Vec<_> = fs::read_dir(lent::case("../remarks"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 2, "only {} cases", folders.len());
    for folder in folders {
        let expected = fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        let found = lent::listed(&lent::read(&lent::laid_over(&folder)).remarks());
        if found != expected {
            differ.push(format!(
                "=== {}\n--- expected\n{expected}--- found\n{found}",
                folder.display()
            ));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn the_skeleton_is_not_odd() {
    assert_eq!(lent::read(&lent::bare()).remarks(), []);
}
