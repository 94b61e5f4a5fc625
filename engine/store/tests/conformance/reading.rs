//! Reading values: scans, order, any key and value.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use futures_executor::block_on;
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, ProptestConfig, any, prop_oneof};
use proptest::test_runner::TestRunner;
use store::{Commit, Key, Store};

use super::{Open, commit, event, events, key, writes};

async fn paths(store: &Store, prefix: &str) -> Vec<String> {
    store
        .scan(&key(prefix))
        .await
        .unwrap()
        .into_iter()
        .map(|(key, _)| key.to_string())
        .collect()
}

pub async fn scan_stays_below_its_prefix(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let mine = [
        "架空市/response",
        "架空市/response/1",
        "架空市/response/1/x",
        "架空市/responses/1",
        "架空市/respons",
    ];
    store
        .commit(writes(mine.map(|path| (path, ""))))
        .await
        .unwrap();
    let other = Commit {
        municipality: "架空市2".to_owned(),
        ..writes([("架空市2/response/1", "")])
    };
    store.commit(other).await.unwrap();
    assert_eq!(
        paths(&store, "架空市/response").await,
        ["架空市/response/1", "架空市/response/1/x"]
    );
    assert_eq!(paths(&store, "架空市").await.len(), 5);
    assert_eq!(paths(&store, "架空").await, [""; 0]);
}

pub async fn scan_is_in_byte_order(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store
        .commit(writes(
            [
                "架空市/b",
                "架空市/あ",
                "架空市/B",
                "架空市/10",
                "架空市/9",
                "架空市/a-b",
                "架空市/a/b",
            ]
            .map(|path| (path, "")),
        ))
        .await
        .unwrap();
    assert_eq!(
        paths(&store, "架空市").await,
        [
            "架空市/10",
            "架空市/9",
            "架空市/B",
            "架空市/a-b",
            "架空市/a/b",
            "架空市/b",
            "架空市/あ"
        ]
    );
}

pub async fn municipalities_are_listed(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let first = store.commit(events([event(1)])).await.unwrap();
    store
        .commit(Commit {
            municipality: "_server".to_owned(),
            ..commit()
        })
        .await
        .unwrap();
    let listed = store.municipalities().await.unwrap();
    assert_eq!(
        listed,
        [
            ("_server".to_owned(), store::Head::start()),
            ("架空市".to_owned(), first.head)
        ]
    );
}

pub async fn nothing_is_nothing(open: Open, folder: PathBuf) {
    let store = open(&folder);
    assert_eq!(store.get(&key("架空市/a")).await.unwrap(), None);
    assert_eq!(store.scan(&key("架空市")).await.unwrap(), []);
    assert_eq!(store.journal("架空市", 1).await.unwrap(), []);
    assert_eq!(store.municipalities().await.unwrap(), []);
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn any_key_and_value_read_back(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let segment = prop_oneof![Just("a".to_owned()), "[^/\\p{Cc}]{1,12}"];
    let value = prop_oneof![vec(any::<u8>(), 0..200), vec(any::<u8>(), 60_000..65_536)];
    let pairs = btree_map(vec(segment, 1..6), value, 1..12);
    // On a thread of its own, because the cases themselves wait for the store.
    let expected = thread::scope(|scope| {
        let write_and_read = || {
            let expected = RefCell::new(BTreeMap::new());
            let config = ProptestConfig {
                cases: 64,
                failure_persistence: None,
                ..ProptestConfig::default()
            };
            let result = TestRunner::new(config).run(&pairs, |pairs| {
                let name = |segments| {
                    Key::new(
                        ["架空市".to_owned()]
                            .into_iter()
                            .chain::<Vec<String>>(segments),
                    )
                    .unwrap()
                };
                let pairs: BTreeMap<Key, Vec<u8>> = pairs
                    .into_iter()
                    .map(|(segments, value)| (name(segments), value))
                    .collect();
                let writes = pairs
                    .iter()
                    .map(|(key, value)| (key.clone(), Some(value.clone())))
                    .collect();
                block_on(store.commit(Commit { writes, ..commit() })).unwrap();
                for (key, value) in &pairs {
                    assert_eq!(block_on(store.get(key)).unwrap().as_ref(), Some(value));
                }
                expected.borrow_mut().extend(pairs);
                Ok(())
            });
            result.unwrap();
            expected.into_inner()
        };
        scope.spawn(write_and_read).join().unwrap()
    });
    let expected: Vec<(Key, Vec<u8>)> = expected.into_iter().collect();
    assert!(store.scan(&key("架空市")).await.unwrap() == expected);
    drop(store);
    let store = open(&folder);
    assert!(store.scan(&key("架空市")).await.unwrap() == expected);
    assert_eq!(store.verify(None).await.unwrap(), []);
}

/// Twenty values are always rewritten together; a scan never sees two generations.
pub async fn scan_sees_whole_commits(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let names: Vec<Key> = (0..20)
        .map(|nth| key(&format!("架空市/pair/{nth}")))
        .collect();
    let generation = |n: u32| Commit {
        writes: names
            .iter()
            .map(|name| (name.clone(), Some(n.to_be_bytes().to_vec())))
            .collect(),
        ..commit()
    };
    store.commit(generation(0)).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (store, done) = (store.clone(), Arc::clone(&done));
        thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                let seen = block_on(store.scan(&key("架空市/pair"))).unwrap();
                assert_eq!(seen.len(), 20);
                assert!(seen.iter().all(|(_, value)| *value == seen[0].1));
            }
        })
    };
    let mut results = Vec::new();
    for n in 1..200 {
        results.push(store.commit(generation(n)).await);
    }
    done.store(true, Ordering::Relaxed);
    reader.join().unwrap();
    assert!(results.iter().all(Result::is_ok));
}
