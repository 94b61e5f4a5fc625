//! The data folder: who may open it, what is cleaned, which damage is noticed.

#![cfg(test)]

mod tampering;

use std::fs;
use std::path::Path;

use chrono::DateTime;
use futures_executor::block_on;
use store::{Commit, FileHash, Problem, Store, StoreError};
use tampering::{commit, database, filled, key, tamper};

fn problems(folder: &Path) -> Vec<Problem> {
    block_on(Store::open(folder).unwrap().verify(None)).unwrap()
}

#[test]
fn second_open_in_the_same_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path()).unwrap();
    let clone = first.clone();
    let expected = std::process::id().to_string();
    assert!(
        matches!(Store::open(folder.path()), Err(StoreError::InUse { process, .. }) if process == Some(expected))
    );
    drop(first);
    assert!(Store::open(folder.path()).is_err(), "a clone still has it");
    drop(clone);
    for _ in 0..20 {
        drop(Store::open(folder.path()).unwrap());
    }
}

#[test]
fn a_half_written_snapshot_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3);
    let unfinished = folder.path().join("snap.00000000000000FF.generating");
    fs::write(&unfinished, b"cut").unwrap();
    assert_eq!(problems(folder.path()), []);
    assert!(!unfinished.exists());
}

#[test]
fn an_interrupted_import_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    {
        let db = database(folder.path());
        for name in [
            "import/架空市",
            "value/架空市",
            "value/架空市/a",
            "journal/架空市/00000000000000000001",
            "value/架空市2/a",
        ] {
            db.insert(
                name,
                [&crc32fast::hash(&[name.as_bytes(), b"\0"].concat()).to_be_bytes()[..]].concat(),
            )
            .unwrap();
        }
        db.flush().unwrap();
    }
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(block_on(store.verify(None)).unwrap(), []);
    assert_eq!(block_on(store.get(&key("架空市"))).unwrap(), None);
    assert_eq!(block_on(store.scan(&key("架空市"))).unwrap(), []);
    assert_eq!(block_on(store.scan(&key("架空市2"))).unwrap().len(), 1);
    assert_eq!(block_on(store.commit(commit(1))).unwrap().head.seq, 1);
}

#[test]
fn a_flipped_byte_in_an_entry_is_found() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 5);
    tamper(
        folder.path(),
        "journal/架空市/00000000000000000003",
        false,
        |record| record.replace("noted", "nOted"),
    );
    assert_eq!(
        problems(folder.path()),
        [Problem::Chain {
            municipality: "架空市".to_owned(),
            seq: 3
        }]
    );
    let store = Store::open(folder.path()).unwrap();
    assert!(matches!(
        block_on(store.journal("架空市", 1)),
        Err(StoreError::Damaged { .. })
    ));
    // The others can still be read.
    assert_eq!(block_on(store.journal("架空市", 4)).unwrap().len(), 2);
    assert!(block_on(store.export(None, &mut Vec::new())).is_err());
}

#[test]
fn a_forged_record_with_a_right_checksum_is_found() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 5);
    tamper(
        folder.path(),
        "journal/架空市/00000000000000000002",
        true,
        |record| record.replace("事務局", "だれか"),
    );
    assert_eq!(
        problems(folder.path()),
        [Problem::Chain {
            municipality: "架空市".to_owned(),
            seq: 2
        }]
    );
}

#[test]
fn a_forged_last_record_is_found_by_the_head() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 2);
    tamper(folder.path(), "head/架空市", true, |head| {
        head.replace("\"seq\":2", "\"seq\":3")
    });
    assert_eq!(
        problems(folder.path()),
        [Problem::Head {
            municipality: "架空市".to_owned(),
            head: 3,
            last: 2
        }]
    );
}

#[test]
fn a_damaged_value_is_an_error_and_not_a_value() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 2);
    tamper(folder.path(), "value/架空市/value/1", false, |_| {
        "x".to_owned()
    });
    assert_eq!(
        problems(folder.path()),
        [Problem::Checksum {
            place: "value/架空市/value/1".to_owned()
        }]
    );
    let store = Store::open(folder.path()).unwrap();
    assert!(matches!(
        block_on(store.get(&key("架空市/value/1"))),
        Err(StoreError::Damaged { .. })
    ));
    assert!(matches!(
        block_on(store.scan(&key("架空市"))),
        Err(StoreError::Damaged { .. })
    ));
    assert!(
        block_on(store.get(&key("架空市/value/2")))
            .unwrap()
            .is_some()
    );
}

/// What stood in the area of jobs before there were any is listed and harms nobody.
#[test]
fn what_is_no_job_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let job = |id: &str| store::Job {
        municipality: "架空市".to_owned(),
        queue: "timer".to_owned(),
        id: id.to_owned(),
        due: DateTime::UNIX_EPOCH,
        payload: Vec::new(),
    };
    {
        let store = Store::open(folder.path()).unwrap();
        let writes = vec![job("a").write().unwrap(), job("b").write().unwrap()];
        block_on(store.commit(Commit {
            writes,
            ..commit(1)
        }))
        .unwrap();
    }
    tamper(folder.path(), "value/架空市/due/timer/a", true, |_| {
        "{}".to_owned()
    });
    let place = key("架空市/due/timer/a");
    assert_eq!(problems(folder.path()), [Problem::Job { key: place }]);
    let store = Store::open(folder.path()).unwrap();
    let lease = chrono::TimeDelta::seconds(1);
    let due = store.claim("timer", &["架空市"], DateTime::UNIX_EPOCH, lease, 9);
    let due = block_on(due).unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].job, job("b"));
}

#[test]
fn an_unknown_version_is_named() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 2);
    tamper(
        folder.path(),
        "journal/架空市/00000000000000000002",
        true,
        |record| record.replace("\"version\":1", "\"version\":7"),
    );
    assert_eq!(
        problems(folder.path()),
        [Problem::Version {
            municipality: "架空市".to_owned(),
            seq: 2,
            version: 7
        }]
    );
    let error = block_on(Store::open(folder.path()).unwrap().journal("架空市", 1))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "架空市 の記録 2 は版 7 で、このプログラムは版 1 だけを読めます。新しい meguri で開いてください。"
    );
}

#[test]
fn an_unknown_layout_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 1);
    tamper(folder.path(), "meta/format", true, |_| "2".to_owned());
    assert!(
        matches!(Store::open(folder.path()), Err(StoreError::UnknownFormat { found, .. }) if found == "2")
    );
}

#[test]
fn a_missing_or_changed_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (kept, changed) = (
        block_on(store.put_file(b"kept")).unwrap(),
        block_on(store.put_file(b"changed")).unwrap(),
    );
    let missing = FileHash::of(b"missing");
    let named = |hash: &FileHash| hash.key("架空市").unwrap();
    let writes = [&kept, &changed, &missing]
        .map(|hash| (named(hash), Some(b"{}".to_vec())))
        .into();
    block_on(store.commit(Commit {
        writes,
        ..commit(1)
    }))
    .unwrap();
    fs::write(
        folder
            .path()
            .join("files")
            .join(&changed.as_str()[..2])
            .join(changed.as_str()),
        b"chAnged",
    )
    .unwrap();

    let mut expected = vec![
        Problem::FileDamaged {
            key: named(&changed),
            hash: changed.clone(),
        },
        Problem::FileMissing {
            key: named(&missing),
            hash: missing,
        },
    ];
    let mut found = block_on(store.verify(Some("架空市"))).unwrap();
    expected.sort_by_key(ToString::to_string);
    found.sort_by_key(ToString::to_string);
    assert_eq!(found, expected);
    assert!(matches!(
        block_on(store.file(&changed)),
        Err(StoreError::Damaged { .. })
    ));
    // Storing the content again mends it.
    block_on(store.put_file(b"changed")).unwrap();
    assert_eq!(
        block_on(store.file(&changed)).unwrap().as_deref(),
        Some(&b"changed"[..])
    );
}

/// sled opens a damaged log with what stands before the damage and says nothing. The store does say so:
/// wherever a byte is flipped, the folder is refused, or a problem is listed, or nothing is missing.
#[test]
fn a_flipped_byte_in_the_log_is_never_a_silent_loss() {
    let original = tempfile::tempdir().unwrap();
    filled(original.path(), 40);
    let db = fs::read(original.path().join("db")).unwrap();
    let used = db.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let mut noticed = 0;
    for nth in 0..24 {
        let folder = tempfile::tempdir().unwrap();
        for name in ["conf", "acknowledged"] {
            fs::copy(original.path().join(name), folder.path().join(name)).unwrap();
        }
        let mut flipped = db.clone();
        flipped[used * nth / 24] ^= 0x10;
        fs::write(folder.path().join("db"), flipped).unwrap();
        let Ok(store) = Store::open(folder.path()) else {
            noticed += 1;
            continue;
        };
        if !block_on(store.verify(None)).is_ok_and(|problems| problems.is_empty()) {
            noticed += 1;
            continue;
        }
        assert_eq!(
            block_on(store.journal("架空市", 1)).unwrap().len(),
            40,
            "byte {}",
            used * nth / 24
        );
        assert_eq!(
            block_on(store.scan(&key("架空市"))).unwrap().len(),
            40,
            "byte {}",
            used * nth / 24
        );
    }
    assert!(noticed > 0, "no flip met anything that matters");
}

#[test]
fn a_database_older_than_what_was_acknowledged_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let older = tempfile::tempdir().unwrap();
    filled(folder.path(), 3);
    for name in ["conf", "db"] {
        fs::copy(folder.path().join(name), older.path().join(name)).unwrap();
    }
    {
        let store = Store::open(folder.path()).unwrap();
        block_on(store.commit(commit(4))).unwrap();
        block_on(store.commit(commit(5))).unwrap();
    }
    fs::copy(
        folder.path().join("acknowledged"),
        older.path().join("acknowledged"),
    )
    .unwrap();
    assert!(matches!(
        Store::open(older.path()),
        Err(StoreError::Truncated {
            acknowledged: 5,
            found: 3,
            ..
        })
    ));
    // The way out that the message names.
    fs::remove_file(older.path().join("acknowledged")).unwrap();
    assert_eq!(problems(older.path()), []);
}

#[test]
fn nothing_is_stored_beside_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for round in 0..4 {
        for nth in 0..60 {
            let large = (
                key(&format!("架空市/large/{nth}")),
                Some(vec![round; 65_536]),
            );
            block_on(store.commit(Commit {
                writes: vec![large],
                ..commit(nth)
            }))
            .unwrap();
        }
    }
    assert_eq!(
        block_on(store.verify(None)).unwrap(),
        [],
        "verification lists blobs as strays"
    );
    assert_eq!(
        fs::read_dir(folder.path().join("blobs")).unwrap().count(),
        0
    );
}
