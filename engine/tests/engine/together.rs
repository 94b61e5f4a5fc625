//! Packs that are in each other's way: what a clerk reads for each, in a file beside them.

use std::fs;

use engine::Files;
use engine::pack::{Beside, together};

use crate::lent;

/// Each folder of `tests/together` holds packs, one a folder: what differs from the skeleton under the
/// name and slug of the folder, whose offices have names of their own. `expected.txt`: every finding, as printed.
#[test]
fn packs_in_each_others_way() {
    let mut cases = 0;
    for case in folders(&lent::root().join("engine/tests/together")) {
        let mut read = Vec::new();
        for folder in folders(&case) {
            let slug = folder.file_name().unwrap().to_str().unwrap();
            let name = match slug {
                "kasou" => "架空市",
                "machi" => "架空町",
                "mura" => "架空村",
                other => panic!("{other} has no name"),
            };
            let mut files = lent::skeleton(slug, name);
            let offices = files.0.get_mut("rosters/offices.csv").unwrap();
            *offices = offices.replace("（架空）", &format!("（{name}）"));
            files.0.extend(Files::read(&folder).unwrap().0.0);
            let pack = lent::read(&files);
            read.push((slug.to_owned(), files, pack));
        }
        let beside: Vec<Beside<'_>> = read
            .iter()
            .map(|(_, files, pack)| Beside { pack, files })
            .collect();
        let found: String = together(&beside)
            .iter()
            .map(|(number, finding)| format!("{}/{finding}\n", read[*number].0))
            .collect();
        let expected = fs::read_to_string(case.join("expected.txt")).unwrap();
        assert_eq!(found, expected, "{}", case.display());
        cases += 1;
    }
    assert!(cases >= 6, "only {cases} cases");
}

fn folders(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}
