//! Export and import: the same journal in another store, or nothing.

use std::path::PathBuf;

use store::{Commit, FileHash, Head, ImportError, Store, StoreError};

use super::{Open, commit, event, events, key, writes};

/// The export of the first release. Its hashes were computed with Python, so it also fixes the format.
const FIRST_RELEASE: &str = include_str!("../cases/export_v1.jsonl");

/// Two municipalities with records, values of both forms and a file.
async fn filled(open: Open, folder: &std::path::Path) -> (Store, FileHash) {
    let store = open(folder);
    let hash = store.put_file(b"%PDF \xff\x00").await.unwrap();
    let file = hash.key("架空市").unwrap();
    store
        .commit(Commit {
            events: vec![event(1), event(2)],
            ..writes([("架空市/json", r#"{"b":1,"a":[null,"あ"]}"#)])
        })
        .await
        .unwrap();
    store
        .commit(Commit {
            writes: vec![
                (file, Some(b"null".to_vec())),
                (key("架空市/bytes"), Some(vec![0, 255])),
            ],
            ..commit()
        })
        .await
        .unwrap();
    let other = Commit {
        municipality: "架空市2".to_owned(),
        events: vec![event(9)],
        ..writes([("架空市2/x", "1")])
    };
    store.commit(other).await.unwrap();
    (store, hash)
}

async fn exported(store: &Store, municipality: Option<&str>) -> String {
    let mut out = Vec::new();
    store.export(municipality, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

pub async fn gives_the_same_heads(open: Open, folder: PathBuf) {
    let (store, hash) = filled(open, &folder.join("from")).await;
    let text = exported(&store, None).await;
    let copy = open(&folder.join("to"));
    let imported = copy.import(&mut text.as_bytes()).await.unwrap();

    assert_eq!(
        imported.municipalities,
        store.municipalities().await.unwrap()
    );
    assert_eq!(
        copy.municipalities().await.unwrap(),
        store.municipalities().await.unwrap()
    );
    for name in ["架空市", "架空市2"] {
        assert_eq!(
            copy.scan(&key(name)).await.unwrap(),
            store.scan(&key(name)).await.unwrap()
        );
        assert_eq!(
            copy.journal(name, 1).await.unwrap(),
            store.journal(name, 1).await.unwrap()
        );
    }
    assert_eq!(
        copy.file(&hash).await.unwrap(),
        store.file(&hash).await.unwrap()
    );
    assert_eq!(exported(&copy, None).await, text);
    assert_eq!(copy.verify(None).await.unwrap(), []);
    // The chain goes on from where it was.
    assert_eq!(
        copy.commit(events([event(3)])).await.unwrap().head,
        store.commit(events([event(3)])).await.unwrap().head
    );
}

pub async fn one_municipality_only(open: Open, folder: PathBuf) {
    let (store, _) = filled(open, &folder.join("from")).await;
    let text = exported(&store, Some("架空市2")).await;
    assert!(
        !text.contains("架空市\"") && !text.contains("架空市/"),
        "{text}"
    );
    let copy = open(&folder.join("to"));
    copy.import(&mut text.as_bytes()).await.unwrap();
    assert_eq!(copy.municipalities().await.unwrap().len(), 1);

    let mut out = Vec::new();
    assert_eq!(
        store
            .export(Some("どこにもない町"), &mut out)
            .await
            .unwrap()
            .municipalities,
        0
    );
}

pub async fn any_bytes_survive(open: Open, folder: PathBuf) {
    let store = open(&folder.join("from"));
    // JSON that would come back with other bytes must not be sent as JSON.
    let values: [&[u8]; 10] = [
        b"",
        b"null",
        b" null",
        b"1.0",
        b"1.00",
        b"1e5",
        br#"{"a":1,"a":2}"#,
        br#""\u3042""#,
        b"\xff\xfe",
        b"{",
    ];
    let write =
        |(nth, value): (usize, &&[u8])| (key(&format!("架空市/{nth}")), Some(value.to_vec()));
    store
        .commit(Commit {
            writes: values.iter().enumerate().map(write).collect(),
            ..commit()
        })
        .await
        .unwrap();
    let copy = open(&folder.join("to"));
    copy.import(&mut exported(&store, None).await.as_bytes())
        .await
        .unwrap();
    for (nth, value) in values.iter().enumerate() {
        assert_eq!(
            copy.get(&key(&format!("架空市/{nth}")))
                .await
                .unwrap()
                .as_deref(),
            Some(*value)
        );
    }
}

pub async fn refuses_an_existing_municipality(open: Open, folder: PathBuf) {
    let (store, _) = filled(open, &folder.join("from")).await;
    let text = exported(&store, None).await;
    let copy = open(&folder.join("to"));
    let before = copy
        .commit(Commit {
            municipality: "架空市2".to_owned(),
            ..events([event(1)])
        })
        .await
        .unwrap()
        .head;
    let refused = copy.import(&mut text.as_bytes()).await;
    assert!(
        matches!(&refused, Err(ImportError::Exists { municipality }) if municipality == "架空市2"),
        "{refused:?}"
    );
    // 架空市 came first and was whole, but all or none.
    assert_eq!(
        copy.municipalities().await.unwrap(),
        [("架空市2".to_owned(), before)]
    );
    assert_eq!(copy.scan(&key("架空市")).await.unwrap(), []);
}

pub async fn refuses_an_edited_record(open: Open, folder: PathBuf) {
    let (store, _) = filled(open, &folder.join("from")).await;
    let edited = exported(&store, None)
        .await
        .replacen(r#""n":2"#, r#""n":3"#, 1);
    let refused = open(&folder.join("to"))
        .import(&mut edited.as_bytes())
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        refused,
        "4 行目: 架空市 の記録 2 の連鎖（ハッシュ）が合いません。書き出し（export）をやり直してください。"
    );
}

pub async fn refuses_a_cut_export(open: Open, folder: PathBuf) {
    let (store, _) = filled(open, &folder.join("from")).await;
    let text = exported(&store, None).await;
    let copy = open(&folder.join("to"));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for kept in 0..lines.len() {
        let cut = lines[..kept].concat();
        assert!(
            matches!(
                copy.import(&mut cut.as_bytes()).await,
                Err(ImportError::Line { .. })
            ),
            "{kept} lines"
        );
    }
    for left_out in 0..lines.len() {
        let without: String = lines
            .iter()
            .enumerate()
            .filter(|(nth, _)| *nth != left_out)
            .map(|(_, line)| *line)
            .collect();
        assert!(
            copy.import(&mut without.as_bytes()).await.is_err(),
            "without line {left_out}"
        );
    }
    assert_eq!(copy.municipalities().await.unwrap(), []);
    copy.import(&mut text.as_bytes()).await.unwrap();
}

pub async fn refuses_what_is_wrong(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let header = r#"{"export":{"version":1}}"#;
    let municipality = format!(
        r#"{{"municipality":{{"name":"架空市","head":{{"seq":0,"hash":"{}"}}}}}}"#,
        "0".repeat(64)
    );
    let cases = [
        ("not JSON at all".to_owned(), "1 行目"),
        (format!("{header}\n{header}\n"), "1 行目だけが export"),
        (r#"{"export":{"version":2}}"#.to_owned(), "未知の版 2"),
        (
            format!("{header}\n{}\n", r#"{"json":{"key":"架空市/a","value":1}}"#),
            "自治体の行より前",
        ),
        (
            format!(
                "{header}\n{municipality}\n{}\n",
                r#"{"json":{"key":"隣町/a","value":1}}"#
            ),
            "よその鍵「隣町/a」",
        ),
        (
            format!(
                "{header}\n{municipality}\n{}\n",
                r#"{"json":{"key":"架空市//a","value":1}}"#
            ),
            "空の部分",
        ),
        (
            format!(
                "{header}\n{municipality}\n{}\n",
                r#"{"bytes":{"key":"架空市/a","base64":"???"}}"#
            ),
            "base64",
        ),
        (
            format!(
                "{header}\n{municipality}\n{{\"json\":{{\"key\":\"架空市/a\",\"value\":\"{}\"}}}}\n",
                "x".repeat(65_536)
            ),
            "大きすぎます",
        ),
        (
            format!(
                "{header}\n{municipality}\n{{\"file\":{{\"hash\":\"{}\",\"base64\":\"AA==\"}}}}\n",
                "0".repeat(64)
            ),
            "内容が変わって",
        ),
        (
            format!(
                "{header}\n{}\n",
                municipality.replace("架空市", "架空市/隣町")
            ),
            "使えない文字",
        ),
        (
            format!(
                "{header}\n{municipality}\n{}\n",
                r#"{"record":{"version":1}}"#
            ),
            "記録 1 の連鎖",
        ),
        (
            format!("{header}\n{municipality}\n{}\n", r#"{"surprise":{}}"#),
            "行を読めません",
        ),
    ];
    for (text, expected) in cases {
        let refused = store
            .import(&mut text.as_bytes())
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(expected), "{expected}: {refused}");
        assert_eq!(store.municipalities().await.unwrap(), []);
    }
}

pub async fn a_refused_import_leaves_nothing(open: Open, folder: PathBuf) {
    let (store, _) = filled(open, &folder.join("from")).await;
    // Enough for several steps of an import.
    for nth in 0..60 {
        let path = format!("架空市/large/{nth}");
        store
            .commit(Commit {
                writes: vec![(key(&path), Some(vec![nth; 60_000]))],
                ..commit()
            })
            .await
            .unwrap();
    }
    let text = exported(&store, None).await;
    let cut = &text[..text.len() - 200];
    let copy = open(&folder.join("to"));
    assert!(copy.import(&mut cut.as_bytes()).await.is_err());
    assert_eq!(copy.scan(&key("架空市")).await.unwrap(), []);
    assert_eq!(copy.journal("架空市", 1).await.unwrap(), []);
    assert_eq!(copy.commit(events([event(1)])).await.unwrap().head.seq, 1);
    assert_eq!(copy.verify(None).await.unwrap(), []);
}

pub async fn refuses_an_unknown_version(open: Open, folder: PathBuf) {
    let newer = FIRST_RELEASE.replacen(
        r#"{"record":{"version":1,"#,
        r#"{"record":{"version":7,"hue":"blue","#,
        1,
    );
    let refused = open(&folder).import(&mut newer.as_bytes()).await;
    assert!(
        matches!(
            refused,
            Err(ImportError::Store(StoreError::UnknownVersion {
                version: 7,
                seq: 1,
                ..
            }))
        ),
        "{refused:?}"
    );
}

pub async fn reads_the_export_of_the_first_release(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let imported = store.import(&mut FIRST_RELEASE.as_bytes()).await.unwrap();
    let head = Head {
        seq: 2,
        hash: "4fff1280e24ce68367d287723fe292e493c679e51d51e29a32a5b77f932a6fe3".to_owned(),
    };
    assert_eq!(imported.municipalities, [("架空市".to_owned(), head)]);
    assert_eq!(exported(&store, None).await, FIRST_RELEASE);
    assert_eq!(store.verify(None).await.unwrap(), []);
}
