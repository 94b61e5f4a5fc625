//! The doctor, called from a command line.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use store::{Commit, Store};

use crate::lent;
use crate::running::{Server, run};

/// A data folder after a server was killed.
fn left(folder: &Path) -> PathBuf {
    let (pack, data) = (folder.join("pack"), folder.join("data"));
    lent::open_survey(&pack, 3);
    Server::start(&pack, &data, "warn").kill();
    data
}

/// The exit status and what is said on stdout.
fn told(verb: &[&str], data: &Path) -> (Option<i32>, String) {
    let output = run(verb, data);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), said)
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pack, data) = (folder.path().join("pack"), folder.path().join("data"));
    lent::open_survey(&pack, 3);
    let server = Server::start(&pack, &data, "warn");
    let busy = run(&["doctor"], &data);
    assert_eq!(busy.status.code(), Some(2));
    let said = String::from_utf8_lossy(&busy.stderr).into_owned();
    assert!(said.contains("使用中です"), "{said}");
    server.kill();
}

#[test]
fn a_leftover_of_a_crash_is_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = left(folder.path());
    let (status, said) = told(&["doctor"], &data);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("異常はありません。"), "{said}");

    fs::write(data.join("files/1-1.tmp"), "half").expect("written");
    let (status, said) = told(&["doctor", "--mend"], &data);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("files/1-1.tmp"), "{said}");
    assert!(said.contains("data.before-mending-1"), "{said}");
}

#[test]
fn a_damaged_database_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = left(folder.path());
    let db = data.join("db");
    let mut bytes = fs::read(&db).expect("read");
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .expect("it is used");
    // All over: a single place may be one that sled has written anew since.
    for at in (0..used).step_by(97) {
        bytes[at] ^= 8;
    }
    fs::write(&db, bytes).expect("written");
    let (status, said) = told(&["doctor"], &data);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("ください"), "{said}");
}

#[tokio::test]
async fn what_does_not_follow_from_the_journal_is_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = left(folder.path());
    let stray = "kasou/open/nothing";
    {
        let store = Store::open(&data).expect("it opens");
        let commit = Commit {
            municipality: "kasou".to_owned(),
            at: DateTime::UNIX_EPOCH,
            by: "test".to_owned(),
            on_behalf_of: None,
            cause: None,
            guards: Vec::new(),
            events: Vec::new(),
            writes: vec![(stray.parse().expect("a key"), Some(b"1".to_vec()))],
        };
        store.commit(commit).await.expect("stored");
    }
    let (status, said) = told(&["doctor"], &data);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains(stray) && said.contains("--mend"), "{said}");
    let (status, said) = told(&["doctor", "--mend"], &data);
    assert_eq!(status, Some(0), "{said}");
    let (status, said) = told(&["doctor"], &data);
    assert_eq!(status, Some(0), "{said}");
    assert!(!said.contains(stray), "{said}");
}
