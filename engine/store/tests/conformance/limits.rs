//! Limits: each is refused by name, and nothing is stored.

use std::path::PathBuf;

use serde_json::{Value, json};
use store::{Commit, CommitError, Store};

use super::{Open, commit, events, key};

async fn refused(store: &Store, commit: Commit) -> (CommitError, String) {
    let error = store
        .commit(commit)
        .await
        .expect_err("should have been refused");
    assert_eq!(store.municipalities().await.unwrap(), []);
    let text = error.to_string();
    (error, text)
}

pub async fn event_size(open: Open, folder: PathBuf) {
    let store = open(&folder);
    // 4,096 bytes with the two quotation marks; あ is three bytes.
    let text = |bytes: usize| Value::from("x".repeat(bytes - 2));
    let (error, message) = refused(&store, events([text(10), text(4097)])).await;
    assert!(matches!(
        error,
        CommitError::TooLarge {
            bytes: 4097,
            limit: 4096,
            ..
        }
    ));
    assert_eq!(
        message,
        "2 番目の出来事が大きすぎます（4097 バイト、上限 4096 バイト）。大きなものはファイルとして保存してください。"
    );
    assert!(matches!(
        refused(&store, events([json!("あ".repeat(1365))])).await.0,
        CommitError::TooLarge { bytes: 4097, .. }
    ));
    store.commit(events([text(4096)])).await.unwrap();
}

pub async fn value_size(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let value = |bytes| Commit {
        writes: vec![(key("架空市/a"), Some(vec![7; bytes]))],
        ..commit()
    };
    let (error, message) = refused(&store, value(65_537)).await;
    assert!(matches!(
        error,
        CommitError::TooLarge {
            bytes: 65_537,
            limit: 65_536,
            ..
        }
    ));
    assert!(message.contains("「架空市/a」の値"), "{message}");
    store.commit(value(65_536)).await.unwrap();
    assert_eq!(
        store
            .get(&key("架空市/a"))
            .await
            .unwrap()
            .map(|value| value.len()),
        Some(65_536)
    );
}

pub async fn commit_size(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let values = |count: usize| {
        let write = |nth| (key(&format!("架空市/{nth}")), Some(vec![0; 65_536]));
        Commit {
            writes: (0..count).map(write).collect(),
            ..commit()
        }
    };
    assert!(matches!(
        refused(&store, values(64)).await.0,
        CommitError::TooLarge {
            limit: 4_194_304,
            ..
        }
    ));
    store.commit(values(63)).await.unwrap();
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn nesting(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    assert!(matches!(
        refused(&store, events([nested(65)])).await.0,
        CommitError::TooDeep { limit: 64, .. }
    ));
    store.commit(events([nested(64)])).await.unwrap();
    let mut out = Vec::new();
    store.export(None, &mut out).await.unwrap();
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn nul(open: Open, folder: PathBuf) {
    let store = open(&folder);
    for event in [json!("a\0"), json!({ "a\0": 1 }), json!([{ "a": ["\0"] }])] {
        assert!(matches!(
            refused(&store, events([event])).await.0,
            CommitError::Nul { .. }
        ));
    }
    assert!(matches!(
        refused(
            &store,
            Commit {
                by: "\0".to_owned(),
                ..commit()
            }
        )
        .await
        .0,
        CommitError::Nul { .. }
    ));
}

pub async fn foreign_key(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let write = Commit {
        writes: vec![(key("隣町/a"), Some(vec![]))],
        ..commit()
    };
    assert!(matches!(
        refused(&store, write).await.0,
        CommitError::Foreign { .. }
    ));
    let guard = Commit {
        guards: vec![store::Guard::Absent(key("隣町/a"))],
        ..commit()
    };
    assert!(matches!(
        refused(&store, guard).await.0,
        CommitError::Foreign { .. }
    ));
}

pub async fn municipality_name(open: Open, folder: PathBuf) {
    let store = open(&folder);
    for name in ["", "架空市/隣町", "a\nb"] {
        let named = Commit {
            municipality: name.to_owned(),
            ..commit()
        };
        assert!(
            matches!(refused(&store, named).await.0, CommitError::Key(_)),
            "{name:?}"
        );
    }
}
