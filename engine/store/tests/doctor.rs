//! The doctor: what it says, what it mends, and that it leaves the folder as it was.

#![cfg(test)]

mod tampering;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use futures_executor::block_on;
use store::doctor::{self, Remedy};
use store::{Problem, Store, StoreError};
use tampering::{commit, filled, key, tamper};

/// Every file with its content, except the lock, which names the last process.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(content(&path));
        } else if !path.ends_with("lock") {
            let bytes = fs::read(&path).unwrap();
            files.insert(path, bytes);
        }
    }
    files
}

/// A folder that has a parent of its own, so that it can be seen what is left beside it.
fn home() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    filled(&data, 5);
    (home, data)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// After mending: the whole journal, no problems, and the next record has the next number.
fn goes_on(data: &Path, records: u64) {
    let store = Store::open(data).unwrap();
    assert_eq!(block_on(store.verify(None)).unwrap(), []);
    let next = block_on(store.commit(commit(99))).unwrap();
    assert_eq!(next.head.seq, records + 1);
    assert_eq!(block_on(store.verify(None)).unwrap(), []);
}

#[test]
fn a_healthy_folder_is_left_alone() {
    let (home, data) = home();
    let before = content(&data);
    let report = doctor::examine(&data).unwrap();
    assert!(report.is_healthy(), "{report:?}");
    let [(name, head)] = &report.municipalities[..] else {
        panic!("{report:?}");
    };
    assert_eq!((name.as_str(), head.seq), ("架空市", 5));
    let mended = doctor::mend(&data).unwrap();
    assert_eq!((mended.remedies, mended.before), (Vec::new(), None));
    assert!(content(&data) == before, "examining has changed the folder");
    assert_eq!(names(home.path()), ["data"]);
}

#[test]
fn a_damaged_log_is_not_made_worse_by_looking() {
    let (home, data) = home();
    let db = data.join("db");
    let mut bytes = fs::read(&db).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[used / 2] ^= 4;
    fs::write(&db, bytes).unwrap();
    let before = content(&data);
    let report = doctor::examine(&data).unwrap();
    assert!(!report.is_healthy(), "{report:?}");
    assert!(content(&data) == before, "examining has changed the folder");
    assert_eq!(names(home.path()), ["data"]);
}

#[test]
fn a_damaged_head_is_rebuilt_from_the_records() {
    let (_home, data) = home();
    tamper(&data, "head/架空市", false, |_| "x".to_owned());
    let before = content(&data);
    let report = doctor::examine(&data).unwrap();
    let place = "head/架空市".to_owned();
    assert_eq!(report.problems, [Problem::Checksum { place }]);

    let mended = doctor::mend(&data).unwrap();
    let remedy = Remedy::Head {
        municipality: "架空市".to_owned(),
        before: None,
        now: 5,
    };
    assert_eq!(mended.remedies, [remedy]);
    assert!(mended.left.is_healthy(), "{:?}", mended.left);
    let kept = mended.before.unwrap();
    assert_eq!(kept.file_name().unwrap(), "data.before-mending-1");
    let kept = content(&kept).into_values().collect::<Vec<_>>();
    assert!(kept == before.into_values().collect::<Vec<_>>());
    goes_on(&data, 5);
}

#[test]
fn a_head_behind_its_records_is_moved_to_the_last() {
    let (_home, data) = home();
    tamper(&data, "head/架空市", true, |head| {
        head.replace("\"seq\":5", "\"seq\":3")
    });
    let report = doctor::examine(&data).unwrap();
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "架空市: 記録は 3 までのはずですが、5 で終わっています。記録は残っています。 meguri doctor --mend で直せます。"
        ]
    );
    let mended = doctor::mend(&data).unwrap();
    assert_eq!(
        mended.remedies[0].to_string(),
        "架空市: 末尾を記録 3 から、実際の最後の記録 5 に直しました。"
    );
    goes_on(&data, 5);
}

#[test]
fn a_broken_chain_cannot_be_mended() {
    let (home, data) = home();
    tamper(
        &data,
        "journal/架空市/00000000000000000002",
        true,
        |record| record.replace("事務局", "だれか"),
    );
    let before = content(&data);
    let mended = doctor::mend(&data).unwrap();
    assert_eq!((mended.remedies, mended.before), (Vec::new(), None));
    let municipality = "架空市".to_owned();
    assert_eq!(
        mended.left.problems,
        [Problem::Chain {
            municipality,
            seq: 2
        }]
    );
    assert!(content(&data) == before);
    assert_eq!(names(home.path()), ["data"]);
}

#[test]
fn lost_writes_are_said_and_given_up_only_by_mending() {
    let (_home, data) = home();
    let older = fs::read(data.join("db")).unwrap();
    {
        let store = Store::open(&data).unwrap();
        for n in 6..=8 {
            block_on(store.commit(commit(n))).unwrap();
        }
    }
    fs::write(data.join("db"), older).unwrap();
    for name in names(&data).iter().filter(|name| name.starts_with("snap.")) {
        fs::remove_file(data.join(name)).unwrap();
    }
    let before = content(&data);
    let report = doctor::examine(&data).unwrap();
    assert!(
        matches!(
            report.refused,
            Some(StoreError::Truncated {
                acknowledged: 8,
                found: 5,
                ..
            })
        ),
        "{report:?}"
    );
    // What is left is in order, and said.
    assert_eq!(report.problems, []);
    assert_eq!(report.municipalities[0].1.seq, 5);
    assert!(content(&data) == before);

    let mended = doctor::mend(&data).unwrap();
    assert_eq!(
        mended.remedies,
        [Remedy::Acknowledged { before: 8, now: 5 }]
    );
    goes_on(&data, 5);
}

#[test]
fn leftovers_of_a_crash_are_removed() {
    let (_home, data) = home();
    let shelf = data.join("files");
    fs::write(shelf.join("17-0.tmp"), b"half").unwrap();
    let report = doctor::examine(&data).unwrap();
    assert!(report.is_healthy());
    assert_eq!(report.leftovers, [Path::new("files/17-0.tmp")]);
    let kept = block_on(Store::open(&data).unwrap().put_file(b"whole")).unwrap();
    let mended = doctor::mend(&data).unwrap();
    assert_eq!(mended.remedies.len(), 1, "{mended:?}");
    assert!(!shelf.join("17-0.tmp").exists());
    let store = Store::open(&data).unwrap();
    assert_eq!(
        block_on(store.file(&kept)).unwrap().as_deref(),
        Some(&b"whole"[..])
    );
    drop(store);
    goes_on(&data, 5);
}

#[test]
fn a_folder_in_use_or_without_a_store_is_refused() {
    let (home, data) = home();
    let store = Store::open(&data).unwrap();
    block_on(store.get(&key("架空市/value/1"))).unwrap();
    assert!(matches!(
        doctor::examine(&data),
        Err(StoreError::InUse { .. })
    ));
    assert!(matches!(doctor::mend(&data), Err(StoreError::InUse { .. })));
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert!(matches!(
        doctor::examine(&empty),
        Err(StoreError::Io { .. })
    ));
    assert_eq!(names(&empty), [""; 0]);
    assert_eq!(names(home.path()), ["data", "empty"]);
}
