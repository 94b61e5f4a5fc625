//! What somebody has changed behind the store's back is found.

use futures_executor::block_on;
use libtest_mimic::Trial;
use store::{Commit, FileHash, Job, Problem, Store, StoreError};

use crate::conformance::{AT, commit, event, events, key, writes};
use crate::server::{connect, database, server};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("damage::of_values", of_values),
        trial("damage::of_the_journal", of_the_journal),
        trial("damage::of_files", of_files),
        trial("damage::of_jobs", of_jobs),
    ]
}

fn problems(store: &Store) -> Vec<Problem> {
    block_on(store.verify(None)).unwrap()
}

fn of_values() {
    let store = connect(&database("damaged_values")).unwrap();
    let sql = |sql: &str| server().sql("damaged_values", sql).unwrap();
    block_on(store.commit(writes([("架空市/a", "1"), ("架空市/b", "1")]))).unwrap();
    assert_eq!(problems(&store), []);
    sql("UPDATE value SET bytes = '2' WHERE key = '架空市/a'");
    let place = "架空市/a".to_owned();
    assert_eq!(problems(&store), [Problem::Checksum { place }]);
    let damaged = |error| matches!(error, StoreError::Damaged { .. });
    assert!(damaged(block_on(store.get(&key("架空市/a"))).unwrap_err()));
    assert!(damaged(block_on(store.scan(&key("架空市"))).unwrap_err()));
    assert!(damaged(
        block_on(store.export(None, &mut Vec::new())).unwrap_err()
    ));
    assert!(block_on(store.get(&key("架空市/b"))).unwrap().is_some());

    sql("DELETE FROM value; INSERT INTO value (key, bytes, checksum) VALUES ('架空市//a', '', 0)");
    let place = "架空市//a".to_owned();
    assert_eq!(problems(&store), [Problem::Stray { place }]);
}

fn of_the_journal() {
    let store = connect(&database("damaged_journal")).unwrap();
    let sql = |sql: &str| server().sql("damaged_journal", sql).unwrap();
    block_on(store.commit(events((1..=5).map(event)))).unwrap();
    let municipality = || "架空市".to_owned();
    let chain = |seq| Problem::Chain {
        municipality: municipality(),
        seq,
    };
    sql("UPDATE record SET line = replace(line, '\"n\":2', '\"n\":7') WHERE seq = 2");
    assert_eq!(problems(&store), [chain(2)]);
    assert!(block_on(store.export(None, &mut Vec::new())).is_err());
    sql("UPDATE record SET line = replace(line, '\"n\":7', '\"n\":2') WHERE seq = 2");
    assert_eq!(problems(&store), []);

    sql("DELETE FROM record WHERE seq = 5");
    let cut = Problem::Head {
        municipality: municipality(),
        head: 5,
        last: 4,
    };
    assert_eq!(problems(&store), [cut]);
    sql("DELETE FROM record WHERE seq = 3; UPDATE municipality SET seq = 4");
    assert!(problems(&store).contains(&chain(4)));
    assert!(block_on(store.journal("架空市", 1)).is_err());
    sql("DELETE FROM municipality");
    assert!(
        problems(&store)
            .iter()
            .any(|problem| matches!(problem, Problem::Head { head: 0, .. }))
    );
}

fn of_files() {
    let store = connect(&database("damaged_files")).unwrap();
    let sql = |sql: &str| server().sql("damaged_files", sql).unwrap();
    let changed = block_on(store.put_file(b"changed")).unwrap();
    let missing = FileHash::of(b"missing");
    let named = |hash: &FileHash| hash.key("架空市").unwrap();
    let writes = [&changed, &missing].map(|hash| (named(hash), Some(b"{}".to_vec())));
    let writes = writes.into();
    block_on(store.commit(Commit { writes, ..commit() })).unwrap();
    sql("UPDATE file SET content = 'chAnged'");
    let mut found = problems(&store);
    found.sort_by_key(|problem| matches!(problem, Problem::FileMissing { .. }));
    let (key, other) = (named(&changed), named(&missing));
    let hash = changed.clone();
    let damaged = Problem::FileDamaged { key, hash };
    let missing = Problem::FileMissing {
        key: other,
        hash: missing,
    };
    assert_eq!(found, [damaged, missing]);
    assert!(block_on(store.file(&changed)).is_err());
    // Storing the content again mends it.
    block_on(store.put_file(b"changed")).unwrap();
    assert_eq!(
        block_on(store.file(&changed)).unwrap().as_deref(),
        Some(&b"changed"[..])
    );
}

fn of_jobs() {
    let store = connect(&database("damaged_jobs")).unwrap();
    let sql = |sql: &str| server().sql("damaged_jobs", sql).unwrap();
    let job = Job {
        municipality: "架空市".to_owned(),
        queue: "timer".to_owned(),
        id: "1".to_owned(),
        due: AT,
        payload: Vec::new(),
    };
    let writes = vec![job.write().unwrap()];
    block_on(store.commit(Commit { writes, ..commit() })).unwrap();
    assert_eq!(problems(&store), []);
    sql("UPDATE value SET due = due + 1");
    let place = || key("架空市/due/timer/1");
    assert_eq!(problems(&store), [Problem::Job { key: place() }]);
    sql("UPDATE value SET queue = NULL, due = NULL");
    assert_eq!(problems(&store), [Problem::Job { key: place() }]);
}
