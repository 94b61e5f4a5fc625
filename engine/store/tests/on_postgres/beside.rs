//! More than one store: moves from sled to PostgreSQL and back, several processes on one database.

use std::sync::{Arc, Barrier};
use std::thread;

use chrono::TimeDelta;
use futures_executor::block_on;
use libtest_mimic::Trial;
use serde_json::json;
use store::{Commit, CommitError, Guard, Job, Key, Store};

use crate::conformance::{AT, commit, event, key, writes};
use crate::server::{connect, database, server};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("beside::moves_there_and_back", moves_there_and_back),
        trial("beside::other_tools_read_json", other_tools_read_json),
        trial("beside::processes_take_turns", processes_take_turns),
        trial("beside::processes_share_jobs", processes_share_jobs),
        trial(
            "beside::an_import_keeps_others_out",
            an_import_keeps_others_out,
        ),
        trial("beside::a_large_file", a_large_file),
    ]
}

/// Numbers that one of the two might spell otherwise, keys of every kind, jobs, files, two municipalities.
fn fill(store: &Store) {
    let numbers = json!({ "a": [1e16, 1.0, -0.0, 5e-324, f64::MAX, u64::MAX, i64::MIN, 78.1], "あ": "\u{1}\"" });
    let job = Job {
        municipality: "架空市".to_owned(),
        queue: "mail".to_owned(),
        id: "1".to_owned(),
        due: AT + TimeDelta::microseconds(1),
        payload: vec![0, 255],
    };
    let pdf = block_on(store.put_file(b"%PDF \xff\x00")).unwrap();
    let mut written = writes([
        ("架空市", "at the municipality itself"),
        ("架空市/b", r#"{"b":1e16,"a":[1.0,-0.0]}"#),
        ("架空市/a-b", r#""\u0000""#),
        ("架空市/a", " 1"),
        ("架空市/あ/ｱ", ""),
    ]);
    written
        .writes
        .push((pdf.key("架空市").unwrap(), Some(b"{}".to_vec())));
    written.writes.push(job.write().unwrap());
    written.events = vec![numbers, event(1)];
    written.on_behalf_of = Some("係長".to_owned());
    block_on(store.commit(written)).unwrap();
    for n in 0..50 {
        let municipality = "架空市2".to_owned();
        let path = format!("架空市2/{n}");
        let one = Commit {
            municipality,
            events: vec![event(n)],
            ..writes([(path.as_str(), "x")])
        };
        block_on(store.commit(one)).unwrap();
    }
}

fn exported(store: &Store) -> Vec<u8> {
    let mut out = Vec::new();
    block_on(store.export(None, &mut out)).unwrap();
    out
}

fn moves_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(&folder.path().join("first")).unwrap();
    fill(&first);
    let text = exported(&first);

    let there = connect(&database("moves")).unwrap();
    block_on(there.import(&mut text.as_slice())).unwrap();
    assert!(exported(&there) == text);
    assert_eq!(block_on(there.verify(None)).unwrap(), []);

    let back = Store::open(&folder.path().join("back")).unwrap();
    block_on(back.import(&mut exported(&there).as_slice())).unwrap();
    assert!(exported(&back) == text);
    assert_eq!(
        block_on(back.municipalities()).unwrap(),
        block_on(first.municipalities()).unwrap()
    );

    // Filled with the same, it is the same.
    let direct = connect(&database("direct")).unwrap();
    fill(&direct);
    assert!(exported(&direct) == text);
}

fn other_tools_read_json() {
    let store = connect(&database("tools")).unwrap();
    fill(&store);
    let sql = |sql: &str| server().sql("tools", sql).unwrap();
    assert_eq!(
        sql("SELECT json->'b' FROM value WHERE key = '架空市/b'"),
        "10000000000000000"
    );
    assert_eq!(
        sql("SELECT json IS NULL FROM value WHERE key = '架空市/a-b'"),
        "t"
    );
    assert_eq!(
        sql("SELECT event->>'n' FROM record WHERE municipality = '架空市' AND seq = 2"),
        "1"
    );
    assert_eq!(sql("SHOW synchronous_commit"), "on");
}

fn processes_take_turns() {
    let url = database("turns");
    let start = Arc::new(Barrier::new(24));
    let threads: Vec<_> = (0..24)
        .map(|nth| {
            // Six writers in each of four processes, as far as the server can tell.
            let (url, start) = (url.clone(), Arc::clone(&start));
            (nth, url, start)
        })
        .collect();
    let stores: Vec<Store> = (0..4).map(|_| connect(&url).unwrap()).collect();
    let threads: Vec<_> = threads
        .into_iter()
        .map(|(nth, _, start)| {
            let store = stores[nth % 4].clone();
            thread::spawn(move || {
                start.wait();
                let counter = key("架空市/counter");
                let mut done = 0;
                while done < 10 {
                    let read = block_on(store.get(&counter)).unwrap();
                    let text = String::from_utf8(read.clone().unwrap_or(b"0".to_vec())).unwrap();
                    let next = (text.parse::<u64>().unwrap() + 1).to_string();
                    let add = Commit {
                        guards: vec![Guard::unchanged(counter.clone(), read.as_deref())],
                        events: vec![event(done)],
                        ..writes([("架空市/counter", next.as_str())])
                    };
                    match block_on(store.commit(add)) {
                        Ok(_) => done += 1,
                        Err(CommitError::Refused(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                    // Another municipality in the same turns.
                    let other = Commit {
                        municipality: "隣町".to_owned(),
                        events: vec![event(done)],
                        ..commit()
                    };
                    block_on(store.commit(other)).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    for store in &stores {
        let counted = block_on(store.get(&key("架空市/counter"))).unwrap();
        assert_eq!(counted.as_deref(), Some(&b"240"[..]));
        assert_eq!(block_on(store.head("架空市")).unwrap().seq, 240);
        assert!(store.is_shared());
    }
    assert_eq!(block_on(stores[0].verify(None)).unwrap(), []);
}

fn processes_share_jobs() {
    let url = database("jobs");
    let stores: Vec<Store> = (0..4).map(|_| connect(&url).unwrap()).collect();
    let job = |n: i64| Job {
        municipality: "架空市".to_owned(),
        queue: "timer".to_owned(),
        id: n.to_string(),
        due: AT + TimeDelta::seconds(n % 10),
        payload: n.to_string().into_bytes(),
    };
    let writes = (0..1000).map(|n| job(n).write().unwrap()).collect();
    block_on(stores[0].commit(Commit { writes, ..commit() })).unwrap();
    let threads: Vec<_> = (0..16)
        .map(|nth| {
            let store = stores[nth % 4].clone();
            thread::spawn(move || {
                let (now, lease) = (AT + TimeDelta::seconds(10), TimeDelta::seconds(60));
                let mut done = 0;
                loop {
                    let claims =
                        block_on(store.claim("timer", &["架空市"], now, lease, 20)).unwrap();
                    if claims.is_empty() {
                        return done;
                    }
                    for claim in claims {
                        let key = Job::key("架空市", "timer", &claim.job.id).unwrap();
                        let end = Commit {
                            guards: vec![claim.guard()],
                            events: vec![json!({ "done": claim.job.id })],
                            writes: vec![(key, None)],
                            ..commit()
                        };
                        block_on(store.commit(end)).unwrap();
                        done += 1;
                    }
                }
            })
        })
        .collect();
    let done: u64 = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum();
    assert_eq!(done, 1000);
    let journal = block_on(stores[1].journal("架空市", 1)).unwrap();
    let mut ids: Vec<_> = journal
        .iter()
        .map(|record| record.event["done"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1000);
    assert_eq!(
        block_on(stores[2].next_due("timer", &["架空市"])).unwrap(),
        None
    );
}

/// Hands out an export slowly: after its second line others try to write.
struct Slowly<'a> {
    lines: &'a [u8],
    then: Option<Box<dyn FnOnce() + Send>>,
}

impl std::io::Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::io::Read::read(&mut self.lines, buffer)
    }
}

impl std::io::BufRead for Slowly<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.lines.starts_with(b"{\"record\"")
            && let Some(then) = self.then.take()
        {
            then();
        }
        Ok(self.lines)
    }

    fn consume(&mut self, bytes: usize) {
        self.lines = &self.lines[bytes..];
    }
}

fn an_import_keeps_others_out() {
    let folder = tempfile::tempdir().unwrap();
    let from = Store::open(folder.path()).unwrap();
    fill(&from);
    let text = exported(&from);
    let url = database("kept_out");
    let (here, there) = (connect(&url).unwrap(), connect(&url).unwrap());
    let other = there.clone();
    let meanwhile = move || {
        // Not inside the import's own waiting.
        let tried = thread::spawn(move || {
            let refused = block_on(other.commit(writes([("架空市/x", "1")])));
            assert!(
                matches!(refused, Err(CommitError::Importing { .. })),
                "{refused:?}"
            );
            let municipality = "隣町".to_owned();
            let free = Commit {
                municipality,
                ..commit()
            };
            block_on(other.commit(free)).unwrap();
            assert_eq!(block_on(other.scan(&key("架空市"))).unwrap(), []);
        });
        tried.join().unwrap();
    };
    let mut slowly = Slowly {
        lines: &text,
        then: Some(Box::new(meanwhile)),
    };
    block_on(here.import(&mut slowly)).unwrap();
    assert!(slowly.then.is_none());
    assert_eq!(
        block_on(there.commit(writes([("架空市/x", "1")])))
            .unwrap()
            .head
            .seq,
        2
    );
    // A dropped import leaves nothing and keeps nobody out.
    let third = Key::new(["架空市", "x"]).unwrap();
    assert_eq!(
        block_on(here.get(&third)).unwrap().as_deref(),
        Some(&b"1"[..])
    );
}

fn a_large_file() {
    let store = connect(&database("large")).unwrap();
    let content: Vec<u8> = (0..64_000_000_u32).map(|n| (n % 251) as u8).collect();
    let hash = block_on(store.put_file(&content)).unwrap();
    assert!(block_on(store.file(&hash)).unwrap() == Some(content));
    // Never touched, so it costs no memory.
    let too_large = vec![0; 1_000_000_001];
    let refused = block_on(store.put_file(&too_large))
        .unwrap_err()
        .to_string();
    assert_eq!(
        refused,
        "ファイルが大きすぎます（1000000001 バイト、上限 1000000000 バイト）。分けてください。"
    );
}
