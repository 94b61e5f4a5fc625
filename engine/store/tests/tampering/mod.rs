//! Folders with known content, and changing them behind the store's back.

use std::path::Path;

use chrono::DateTime;
use futures_executor::block_on;
use serde_json::json;
use store::{Commit, Key, Store};

pub fn commit(n: u64) -> Commit {
    Commit {
        municipality: "架空市".to_owned(),
        at: DateTime::UNIX_EPOCH,
        by: "事務局".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: Vec::new(),
        events: vec![json!({ "type": "noted", "n": n })],
        writes: vec![(key(&format!("架空市/value/{n}")), Some(vec![9; 100]))],
    }
}

pub fn key(path: &str) -> Key {
    path.parse().unwrap()
}

pub fn filled(folder: &Path, commits: u64) {
    let store = Store::open(folder).unwrap();
    for n in 1..=commits {
        block_on(store.commit(commit(n))).unwrap();
    }
}

/// The database without the store. Threads of a store that was just dropped may hold its file for a moment.
pub fn database(folder: &Path) -> sled::Db {
    let config = sled::Config::new()
        .path(folder)
        .segment_size(8 * 1024 * 1024)
        .flush_every_ms(None);
    let mut attempts = 0;
    loop {
        match config.open() {
            Err(sled::Error::Io(_)) if attempts < 500 => {
                attempts += 1;
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            opened => return opened.unwrap(),
        }
    }
}

/// Changes one entry of the database behind the store's back. The entry begins with four bytes of CRC-32
/// over name, NUL and content; `repair` makes it right again, as a forger would.
pub fn tamper(folder: &Path, name: &str, repair: bool, change: impl Fn(&str) -> String) {
    let db = database(folder);
    let framed = db.get(name).unwrap().unwrap();
    let changed = change(std::str::from_utf8(&framed[4..]).unwrap());
    let checksum =
        crc32fast::hash(&[name.as_bytes(), b"\0", changed.as_bytes()].concat()).to_be_bytes();
    let before: [u8; 4] = framed[..4].try_into().unwrap();
    let framed = [
        &if repair { checksum } else { before }[..],
        changed.as_bytes(),
    ]
    .concat();
    db.insert(name, framed).unwrap();
    db.flush().unwrap();
}
