//! The journal: sequence numbers, chain of hashes, what a record keeps.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde_json::json;
use store::{Commit, Head};

use super::{Open, commit, event, events};

pub async fn chains_per_municipality(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let other = |n| Commit {
        municipality: "隣町".to_owned(),
        ..events([event(n)])
    };
    store.commit(events([event(1), event(2)])).await.unwrap();
    store.commit(other(1)).await.unwrap();
    let last = store.commit(events([event(3)])).await.unwrap();

    let records = store.journal("架空市", 1).await.unwrap();
    assert_eq!(
        records.iter().map(|record| record.seq).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(records[0].prev, "0".repeat(64));
    assert_eq!(records[1].prev, records[0].hash);
    assert_eq!(records[2].prev, records[1].hash);
    assert_eq!(
        last.head,
        Head {
            seq: 3,
            hash: records[2].hash.clone()
        }
    );
    assert_eq!(
        store.journal("隣町", 1).await.unwrap()[0].prev,
        "0".repeat(64)
    );
}

pub async fn from_a_sequence_number(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(events((1..=12).map(event))).await.unwrap();
    let seqs = async |from| {
        store
            .journal("架空市", from)
            .await
            .unwrap()
            .iter()
            .map(|record| record.seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(seqs(0).await, (1..=12).collect::<Vec<_>>());
    assert_eq!(seqs(9).await, [9, 10, 11, 12]);
    assert_eq!(seqs(13).await, [0; 0]);
}

pub async fn a_page_at_a_time(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(events((1..=12).map(event))).await.unwrap();
    let seqs = async |from, limit| {
        let page = store.journal_page("架空市", from, limit).await.unwrap();
        page.iter().map(|record| record.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(1, 5).await, [1, 2, 3, 4, 5]);
    assert_eq!(seqs(6, 5).await, [6, 7, 8, 9, 10]);
    assert_eq!(seqs(11, 5).await, [11, 12]);
    assert_eq!(seqs(13, 5).await, [0; 0]);
    assert_eq!(seqs(3, 0).await, [0; 0]);
}

/// The hashes were computed with Python: hashlib.sha256 over json.dumps(record without "hash",
/// sort_keys=True, ensure_ascii=False, separators=(',', ':')).
pub async fn hashes_are_those_of_another_program(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let first = Commit {
        by: "事務局 山田".to_owned(),
        on_behalf_of: Some("係長".to_owned()),
        cause: Some("demo".to_owned()),
        ..events([json!({"type": "survey_opened", "survey": "退院", "asked": 76})])
    };
    let second = Commit {
        by: "回答者".to_owned(),
        ..events([json!({"z": [1, 2.5, null, true], "a": {"文": "改行\n「」\u{1}", "b": {}}})])
    };
    let first = store.commit(first).await.unwrap();
    let second = store.commit(second).await.unwrap();
    assert_eq!(
        first.head.hash,
        "761a81587d874bd0649917462b323d5d3383e34526624875f6c03e7a8b090c7c"
    );
    assert_eq!(
        second.head.hash,
        "4fff1280e24ce68367d287723fe292e493c679e51d51e29a32a5b77f932a6fe3"
    );
}

pub async fn keeps_who_and_why(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let proxy = Commit {
        by: "事務局".to_owned(),
        on_behalf_of: Some("第一事業所".to_owned()),
        cause: Some("fax-12".to_owned()),
        ..events([event(1), event(2)])
    };
    store.commit(proxy).await.unwrap();
    for record in store.journal("架空市", 1).await.unwrap() {
        assert_eq!(record.version, 1);
        assert_eq!(record.by, "事務局");
        assert_eq!(record.on_behalf_of.as_deref(), Some("第一事業所"));
        assert_eq!(record.cause.as_deref(), Some("fax-12"));
        assert_eq!(record.at, super::AT);
    }
}

pub async fn time_is_cut_to_microseconds(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let at: DateTime<Utc> = "2026-07-01T00:00:00.123456789Z".parse().unwrap();
    let committed = store
        .commit(Commit {
            at,
            ..events([event(1)])
        })
        .await
        .unwrap();
    let cut: DateTime<Utc> = "2026-07-01T00:00:00.123456Z".parse().unwrap();
    assert_eq!(committed.records[0].at, cut);
    assert_eq!(store.journal("架空市", 1).await.unwrap(), committed.records);
}

pub async fn floats_keep_their_hash(open: Open, folder: PathBuf) {
    let store = open(&folder);
    // Numbers that a quick parser reads back one unit off, the extremes, and negative zero.
    let floats = [
        0.1,
        1.0 / 3.0,
        122.416_294_033_786_58,
        f64::MIN_POSITIVE,
        f64::MAX,
        5e-324,
        -0.0,
        1e16,
        78.1,
    ];
    store
        .commit(events(floats.map(|x| json!({ "x": x }))))
        .await
        .unwrap();
    store
        .commit(Commit {
            events: vec![json!(u64::MAX), json!(i64::MIN)],
            ..commit()
        })
        .await
        .unwrap();
    drop(store);
    assert_eq!(open(&folder).verify(None).await.unwrap(), []);
}
