//! Files: papers and attachments by the hash of their content.

use std::path::PathBuf;

use store::{Commit, FileHash};

use super::{Open, event, events};

pub async fn reads_back(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let large = vec![0xa5; 3_000_000];
    let hash = store.put_file(&large).await.unwrap();
    drop(store);
    assert!(open(&folder).file(&hash).await.unwrap() == Some(large));
}

pub async fn same_content_is_the_same_file(open: Open, folder: PathBuf) {
    let store = open(&folder);
    // As sha256sum prints it for the three bytes "abc".
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(store.put_file(b"abc").await.unwrap().as_str(), abc);
    assert_eq!(store.put_file(b"abc").await.unwrap().as_str(), abc);
    assert_eq!(
        store.file(&abc.parse().unwrap()).await.unwrap().as_deref(),
        Some(&b"abc"[..])
    );
    assert_eq!(
        store
            .file(&store.put_file(b"").await.unwrap())
            .await
            .unwrap()
            .as_deref(),
        Some(&b""[..])
    );
}

pub async fn unknown_is_none(open: Open, folder: PathBuf) {
    assert_eq!(
        open(&folder)
            .file(&FileHash::of(b"never stored"))
            .await
            .unwrap(),
        None
    );
    for path in [
        "",
        "../../etc/passwd",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
    ] {
        assert!(path.parse::<FileHash>().is_err(), "{path}");
    }
}

/// A file goes when nobody's any more: here it is two municipalities', then one's, then nobody's.
pub async fn forgotten_when_nobody_has_it(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let hash = store.put_file(b"a list of names").await.unwrap();
    let part = |municipality: &str, is: bool| {
        let key = hash.key(municipality).unwrap();
        Commit {
            municipality: municipality.to_owned(),
            writes: vec![(key, is.then(|| b"list".to_vec()))],
            ..events([event(1)])
        }
    };
    store.commit(part("kasou", true)).await.unwrap();
    store.commit(part("tonari", true)).await.unwrap();
    assert!(!store.forget_file(&hash).await.unwrap());
    store.commit(part("kasou", false)).await.unwrap();
    assert!(!store.forget_file(&hash).await.unwrap());
    assert!(store.file(&hash).await.unwrap().is_some());
    store.commit(part("tonari", false)).await.unwrap();
    assert!(store.forget_file(&hash).await.unwrap());
    assert_eq!(store.file(&hash).await.unwrap(), None);
    // Once more is no error.
    assert!(store.forget_file(&hash).await.unwrap());
    assert_eq!(store.verify(None).await.unwrap(), []);
}
