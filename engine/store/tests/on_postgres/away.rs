//! A server that goes away: honest errors within seconds, nothing acknowledged is lost, and it goes on by itself.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use libtest_mimic::Trial;
use private_postgres::Server;
use store::{Commit, CommitError, Guard, Store, StoreError};

use crate::conformance::{event, key, writes};
use crate::server::connect;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("away::says_so_and_comes_back", says_so_and_comes_back),
        trial(
            "away::crashes_lose_nothing_acknowledged",
            crashes_lose_nothing_acknowledged,
        ),
        trial(
            "away::a_dead_wire_keeps_nobody_waiting",
            a_dead_wire_keeps_nobody_waiting,
        ),
        trial(
            "away::refuses_a_server_that_does_not_sync",
            refuses_a_server_that_does_not_sync,
        ),
    ]
}

/// As a respondent submits: only if nothing stands there, so it may be sent again.
fn submit(path: &str) -> Commit {
    Commit {
        guards: vec![Guard::Absent(key(path))],
        events: vec![event(1)],
        ..writes([(path, "answers")])
    }
}

fn says_so_and_comes_back() {
    let server = Server::start().unwrap();
    let store = connect(&server.create("meguri").unwrap()).unwrap();
    block_on(store.commit(submit("架空市/1"))).unwrap();
    server.kill().unwrap();

    let begun = Instant::now();
    let refused = block_on(store.commit(submit("架空市/2"))).unwrap_err();
    assert!(
        matches!(refused, CommitError::Unavailable { .. }),
        "{refused:?}"
    );
    let text = refused.to_string();
    assert!(text.contains("保存できたかどうか分かりません"), "{text}");
    let unread = block_on(store.get(&key("架空市/1"))).unwrap_err();
    assert!(
        matches!(unread, StoreError::Unavailable { .. }),
        "{unread:?}"
    );
    for _ in 0..50 {
        assert!(block_on(store.commit(submit("架空市/2"))).is_err());
    }
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );

    server.restart().unwrap();
    // Sent again it is stored once, whether it was stored before or not.
    match block_on(store.commit(submit("架空市/2"))) {
        Ok(committed) => assert_eq!(committed.head.seq, 2),
        Err(CommitError::Refused(_)) => {}
        Err(error) => panic!("{error}"),
    }
    assert!(
        block_on(store.commit(submit("架空市/1"))).is_err(),
        "it was acknowledged"
    );
    assert_eq!(block_on(store.journal("架空市", 1)).unwrap().len(), 2);
    assert_eq!(block_on(store.verify(None)).unwrap(), []);

    // In good order too.
    server.stop().unwrap();
    assert!(block_on(store.head("架空市")).is_err());
    server.restart().unwrap();
    assert_eq!(block_on(store.head("架空市")).unwrap().seq, 2);
    block_on(store.commit(submit("架空市/3"))).unwrap();
}

fn crashes_lose_nothing_acknowledged() {
    let server = Server::start().unwrap();
    let url = server.create("meguri").unwrap();
    let stores = [connect(&url).unwrap(), connect(&url).unwrap()];
    let (done, acknowledged) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Mutex::new(Vec::new())),
    );
    let writers: Vec<_> = (0..16)
        .map(|writer: usize| {
            let store: Store = stores[writer % 2].clone();
            let (done, acknowledged) = (Arc::clone(&done), Arc::clone(&acknowledged));
            thread::spawn(move || {
                let mut unknown = 0;
                for n in 0.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    let path = format!("架空市/{writer}/{n}");
                    match block_on(store.commit(submit(&path))) {
                        Ok(_) => acknowledged.lock().unwrap().push(path),
                        Err(CommitError::Unavailable { .. }) => unknown += 1,
                        Err(error) => panic!("{error}"),
                    }
                }
                unknown
            })
        })
        .collect();
    for _ in 0..4 {
        let before = acknowledged.lock().unwrap().len();
        while acknowledged.lock().unwrap().len() < before + 200 {
            thread::yield_now();
        }
        server.kill().unwrap();
        server.restart().unwrap();
    }
    done.store(true, Ordering::Relaxed);
    let unknown: usize = writers
        .into_iter()
        .map(|writer| writer.join().unwrap())
        .sum();
    assert!(unknown > 0, "no crash met a commit");

    let stored = block_on(stores[0].scan(&key("架空市"))).unwrap();
    let stored: BTreeSet<String> = stored.into_iter().map(|(key, _)| key.to_string()).collect();
    let acknowledged = acknowledged.lock().unwrap();
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|path| !stored.contains(*path))
        .collect();
    assert!(
        lost.is_empty(),
        "{} of {} are gone: {lost:?}",
        lost.len(),
        acknowledged.len()
    );
    // A commit is atomic: a value has its record and a record its value.
    let journal = block_on(stores[1].journal("架空市", 1)).unwrap();
    assert_eq!(journal.len(), stored.len());
    assert!(stored.len() <= acknowledged.len() + unknown);
    assert_eq!(block_on(stores[1].verify(None)).unwrap(), []);
}

/// A wire to the server that can go dead without anybody closing it: no answer, no error.
fn wire(server: &Server, dead: &Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (server, dead) = (server.port(), Arc::clone(dead));
    thread::spawn(move || {
        while let Ok((near, _)) = listener.accept() {
            let far = TcpStream::connect(("127.0.0.1", server)).unwrap();
            for (from, to) in [(&near, &far), (&far, &near)] {
                let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                let dead = Arc::clone(&dead);
                thread::spawn(move || forward(from, to, &dead));
            }
        }
    });
    port
}

fn forward(mut from: TcpStream, mut to: TcpStream, dead: &AtomicBool) {
    let mut buffer = [0; 65_536];
    while let Ok(bytes @ 1..) = from.read(&mut buffer) {
        if dead.load(Ordering::Relaxed) {
            // Held open and silent for as long as the test runs.
            std::mem::forget((from, to));
            return;
        }
        if to.write_all(&buffer[..bytes]).is_err() {
            return;
        }
    }
}

fn a_dead_wire_keeps_nobody_waiting() {
    let server = Server::start().unwrap();
    let dead = Arc::new(AtomicBool::new(false));
    let direct = server.create("meguri").unwrap();
    let wired = direct.replace(
        &format!(":{}/", server.port()),
        &format!(":{}/", wire(&server, &dead)),
    );
    let store = connect(&wired).unwrap();
    block_on(store.commit(submit("架空市/1"))).unwrap();
    block_on(store.head("架空市")).unwrap();

    dead.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    let callers: Vec<_> = (0..8)
        .map(|nth| {
            let store = store.clone();
            thread::spawn(move || {
                let path = format!("架空市/late/{nth}");
                let refused = block_on(store.commit(submit(&path))).unwrap_err();
                assert!(
                    matches!(refused, CommitError::Unavailable { .. }),
                    "{refused:?}"
                );
                assert!(block_on(store.head("架空市")).is_err());
            })
        })
        .collect();
    for caller in callers {
        caller.join().unwrap();
    }
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "{:?}",
        begun.elapsed()
    );

    dead.store(false, Ordering::Relaxed);
    block_on(store.commit(submit("架空市/2"))).unwrap();
    assert_eq!(block_on(store.head("架空市")).unwrap().seq, 2);
}

fn refuses_a_server_that_does_not_sync() {
    let server = Server::start().unwrap();
    let url = server.create("meguri").unwrap();
    // Whatever the database says, our own connections wait for the disk.
    let sql = "ALTER DATABASE meguri SET synchronous_commit = off";
    server.sql("postgres", sql).unwrap();
    let store = connect(&url).unwrap();
    block_on(store.commit(submit("架空市/1"))).unwrap();
    server
        .sql("postgres", "ALTER SYSTEM SET fsync = off")
        .unwrap();
    server.stop().unwrap();
    server.restart().unwrap();
    let refused = connect(&url).err().expect("fsync is off").to_string();
    assert!(refused.contains("設定 fsync が off"), "{refused}");
}
