//! Files: papers and attachments by the hash of their content.

use std::path::PathBuf;

use store::FileHash;

use super::Open;

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
