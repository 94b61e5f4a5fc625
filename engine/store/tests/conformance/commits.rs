//! A commit is durable, visible and atomic.

use std::path::PathBuf;

use store::{Commit, CommitError, Guard, Head};

use super::{Open, commit, event, events, key, writes};

pub async fn is_durable_and_visible(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let both = Commit {
        events: vec![event(1)],
        ..writes([("架空市/a", "1")])
    };
    let committed = store.commit(both).await.unwrap();
    assert_eq!(
        store.get(&key("架空市/a")).await.unwrap().as_deref(),
        Some(&b"1"[..])
    );
    drop(store);

    let store = open(&folder);
    assert_eq!(
        store.get(&key("架空市/a")).await.unwrap().as_deref(),
        Some(&b"1"[..])
    );
    assert_eq!(store.journal("架空市", 1).await.unwrap(), committed.records);
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn is_atomic(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(writes([("架空市/taken", "1")])).await.unwrap();
    let refused = Commit {
        guards: vec![Guard::Absent(key("架空市/taken"))],
        events: vec![event(1)],
        ..writes([("架空市/b", "2"), ("架空市/taken", "2")])
    };
    assert!(matches!(
        store.commit(refused).await,
        Err(CommitError::Refused(_))
    ));
    assert_eq!(store.get(&key("架空市/b")).await.unwrap(), None);
    assert_eq!(
        store.get(&key("架空市/taken")).await.unwrap().as_deref(),
        Some(&b"1"[..])
    );
    assert_eq!(store.journal("架空市", 1).await.unwrap(), []);
}

pub async fn last_write_to_a_key_counts(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store
        .commit(writes([("架空市/a", "1"), ("架空市/a", "2")]))
        .await
        .unwrap();
    assert_eq!(
        store.get(&key("架空市/a")).await.unwrap().as_deref(),
        Some(&b"2"[..])
    );
}

pub async fn removes(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(writes([("架空市/a", "1")])).await.unwrap();
    store
        .commit(Commit {
            writes: vec![(key("架空市/a"), None)],
            ..commit()
        })
        .await
        .unwrap();
    assert_eq!(store.get(&key("架空市/a")).await.unwrap(), None);
    // Removing what is not there is nothing wrong.
    store
        .commit(Commit {
            writes: vec![(key("架空市/a"), None)],
            ..commit()
        })
        .await
        .unwrap();
}

pub async fn many_at_once(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let threads: Vec<_> = (0..16)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || {
                for n in 0..50 {
                    let path = format!("架空市/{thread}/{n}");
                    let one = Commit {
                        events: vec![event(n)],
                        ..writes([(path.as_str(), "x")])
                    };
                    futures_executor::block_on(store.commit(one)).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(store.scan(&key("架空市")).await.unwrap().len(), 800);
    assert_eq!(store.journal("架空市", 1).await.unwrap().len(), 800);
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn a_dropped_future_harms_nothing(open: Open, folder: PathBuf) {
    let store = open(&folder);
    drop(store.commit(events([event(1)])));
    let committed = store.commit(events([event(2)])).await.unwrap();
    assert_ne!(committed.head, Head::start());
    assert_eq!(store.verify(None).await.unwrap(), []);
}
