//! Backups while the server runs, and what comes back from them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::sync::mpsc::channel;

use serde_json::json;
use store::{Head, Record, Store};

use crate::lent;
use crate::running::{Server, links, run, send};

const OFFICES: usize = 40;
const CLIENTS: usize = 4;

/// What is said on stderr, when it ended well.
fn said(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

/// The lines that name a municipality's end: 「kasou：記録7件（末尾 …）」
fn heads(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| line.contains("（末尾 "))
        .collect()
}

/// The journals of a folder, in which nothing is wrong.
async fn journals(data: &Path) -> BTreeMap<String, Vec<Record>> {
    let store = Store::open(data).expect("it opens");
    assert_eq!(store.verify(None).await.expect("read"), []);
    let mut journals = BTreeMap::new();
    for (name, head) in store.municipalities().await.expect("read") {
        let journal = store.journal(&name, 1).await.expect("read");
        let end = journal.last().map(|last| Head {
            seq: last.seq,
            hash: last.hash.clone(),
        });
        assert_eq!(end.unwrap_or_else(Head::start), head, "{name}");
        journals.insert(name, journal);
    }
    journals
}

/// Backups are taken one after the other while 40 offices hand in, four at a time. Each comes back as the
/// municipality was at one moment, with everything that was acknowledged before it began.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = folder.path().join("pack");
    lent::open_survey(&pack, OFFICES);
    let data = folder.path().join("data");
    let offices: Vec<String> = (0..OFFICES).map(lent::office).collect();
    let server = Server::start(&pack, &data, "warn");
    let links = links(&server, &offices);
    let socket = fs::metadata(data.join("admin.sock")).expect("a socket");
    assert_eq!(socket.permissions().mode() & 0o777, 0o600);

    let (sender, receipts) = channel();
    for client in 0..CLIENTS {
        let (sender, address, links) = (sender.clone(), server.address.clone(), links.clone());
        std::thread::spawn(move || {
            for link in links.iter().skip(client).step_by(CLIENTS) {
                let answers = json!({ "rule_used": "yes", "discharged": 3, "coordinated": 2 });
                let body = json!({ "answers": answers }).to_string();
                let path = format!("/kasou/api/r/{link}");
                let reply = send(&address, "POST", &path, &[], body.as_bytes());
                assert_eq!(reply.expect("an answer").status, 200);
                sender.send(()).expect("the test listens");
            }
        });
    }
    drop(sender);
    let mut backups = Vec::new();
    let mut acknowledged = 0;
    for round in 0..4 {
        acknowledged += receipts.iter().take(OFFICES / 4).count();
        let file = folder.path().join(format!("hikae-{round}.jsonl"));
        let output = run(&["backup", file.to_str().expect("a path")], &data);
        backups.push((file, said(&output), acknowledged));
    }
    let exported = run(&["export", "--municipality", "kasou"], &data);
    said(&exported);
    assert_eq!(acknowledged, OFFICES);
    let (status, _) = server.stop();
    assert!(status.success());

    let live = journals(&data).await;
    for (nth, (file, told, acknowledged)) in backups.iter().enumerate() {
        let mode = fs::metadata(file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let restored = folder.path().join(format!("restored-{nth}"));
        let output = run(&["restore", file.to_str().expect("a path")], &restored);
        let come_back = said(&output);
        assert!(!heads(told).is_empty());
        assert_eq!(heads(&come_back), heads(told));
        let journals = journals(&restored).await;
        assert_eq!(journals.len(), live.len());
        for (name, journal) in &journals {
            assert!(
                live[name].starts_with(journal),
                "{name} is not the beginning of what came after"
            );
        }
        let responded = journals["kasou"]
            .iter()
            .filter(|record| record.event["event"] == "responded")
            .count();
        assert!(
            responded >= *acknowledged,
            "{responded} of {acknowledged} acknowledged responses are in backup {nth}"
        );
    }
    // What went to stdout through the server is the same as what the store gives out itself.
    let alone = run(&["export", "--municipality", "kasou"], &data);
    assert!(alone.status.success());
    assert!(exported.stdout == alone.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_writes_a_backup_of_the_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pack, data, kept) = (
        folder.path().join("pack"),
        folder.path().join("data"),
        folder.path().join("kept"),
    );
    lent::open_survey(&pack, 3);
    let more = ["--backups", kept.to_str().expect("a path")];
    let server = Server::start_with(&pack, &data, "warn", &more);
    // It is written in the background; it has its name when it is whole.
    let file = loop {
        let entries = fs::read_dir(&kept).into_iter().flatten();
        let mut paths = entries.map(|entry| entry.expect("an entry").path());
        if let Some(file) = paths.find(|path| path.extension().is_some_and(|end| end == "jsonl")) {
            break file;
        }
        std::thread::yield_now();
    };
    let name = file
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    assert_eq!(name.len(), "meguri-2026-11-20.jsonl".len(), "{name}");
    server.kill();
    let restored = folder.path().join("restored");
    let output = run(&["restore", file.to_str().expect("a path")], &restored);
    assert!(!heads(&said(&output)).is_empty());
    // After the kill the socket is still there and nobody listens: the store is opened instead.
    assert!(data.join("admin.sock").exists());
    let alone = folder.path().join("alone.jsonl");
    said(&run(&["backup", alone.to_str().expect("a path")], &data));
}

#[test]
fn a_backup_that_cannot_come_back_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pack, data) = (folder.path().join("pack"), folder.path().join("data"));
    lent::open_survey(&pack, 3);
    Server::start(&pack, &data, "warn").kill();
    let file = folder.path().join("hikae.jsonl");
    let path = file.to_str().expect("a path");
    said(&run(&["backup", path], &data));

    let refused = run(&["restore", path], &data);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("中身があります"), "{told}");

    let new = folder.path().join("new");
    let whole = fs::read_to_string(&file).expect("read");
    let lines: Vec<&str> = whole.lines().collect();
    let cut = lines[..lines.len() - 1].join("\n") + "\n";
    let changed = whole.replacen("2020-01-06", "2020-01-07", 1);
    assert_ne!(changed, whole);
    for damaged in [cut, changed, "".to_owned(), "hello\n".to_owned()] {
        fs::write(&file, damaged).expect("written");
        let refused = run(&["restore", path], &new);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            !new.exists(),
            "a folder is left of a backup that was refused"
        );
    }
    fs::remove_file(&file).expect("removed");
    assert_eq!(run(&["restore", path], &new).status.code(), Some(2));
    let nowhere = folder.path().join("nowhere");
    assert_eq!(run(&["backup", path], &nowhere).status.code(), Some(2));
    assert!(!nowhere.exists() && !file.exists());
}
