//! What is written and what must be found: 16 writers, each with numbered commits that follow from the number alone.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use chrono::DateTime;
use futures_executor::block_on;
use store::{Commit, FileHash, Key, Store};

const WRITERS: u64 = 16;
const MUNICIPALITIES: u64 = 4;
/// Keys of one writer: older values are overwritten, so that sled has segments to clean.
const SLOTS: u64 = 40;

/// The commit number `n` of a writer; `n` counts from 1.
struct Deed {
    writer: u64,
    n: u64,
}

impl Deed {
    fn municipality(&self) -> String {
        format!("架空市{}", self.writer % MUNICIPALITIES)
    }

    /// Every ninth removes what stands at its key.
    fn write(&self) -> (Key, Option<Vec<u8>>) {
        let slot = self.n % SLOTS;
        let key = format!("{}/value/{}-{slot}", self.municipality(), self.writer);
        let value = (!self.n.is_multiple_of(9)).then(|| self.content(0, 65_536));
        (key.parse().expect("a key"), value)
    }

    /// Every twentieth has a file of up to 1 MB.
    fn file(&self) -> Option<Vec<u8>> {
        self.n
            .is_multiple_of(20)
            .then(|| self.content(1, 1_000_000))
    }

    /// From 1 byte to `most`, each order of magnitude as often as the others.
    fn content(&self, salt: u64, most: u64) -> Vec<u8> {
        let mut state =
            (self.writer << 40 | self.n << 8 | salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut next = || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_F491_4F6C_DD1D)
        };
        let limit = (1 << (next() % 21)).min(most);
        let bytes = next() % limit + 1;
        (0..bytes).map(|_| (next() >> 56) as u8).collect()
    }

    fn commit(&self, file: Option<FileHash>) -> Commit {
        let municipality = self.municipality();
        let file = file.map(|hash| (hash.key(&municipality).expect("a key"), Some(b"1".to_vec())));
        Commit {
            municipality,
            at: DateTime::UNIX_EPOCH,
            by: "test".to_owned(),
            on_behalf_of: None,
            cause: None,
            guards: Vec::new(),
            events: vec![serde_json::json!({ "writer": self.writer, "n": self.n })],
            writes: [self.write()].into_iter().chain(file).collect(),
        }
    }
}

/// Child: says `<writer>:<n>` to `acknowledged` after each commit.
pub fn write_for_ever(folder: &Path, acknowledged: &Path) -> ExitCode {
    let store = Store::open(folder).expect("the folder opens");
    let acknowledged = OpenOptions::new().write(true).open(acknowledged);
    let acknowledged = acknowledged.expect("the disk process is there");
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, acknowledged) = (&store, &acknowledged);
            scope.spawn(move || {
                for n in 1.. {
                    let deed = Deed { writer, n };
                    let file = deed
                        .file()
                        .map(|bytes| block_on(store.put_file(&bytes)).expect("a file"));
                    block_on(store.commit(deed.commit(file))).expect("a commit");
                    acknowledged
                        .write_all_at(format!("{writer}:{n}").as_bytes(), 0)
                        .expect("the disk process listens");
                }
            });
        }
    });
    ExitCode::SUCCESS
}

/// Child: the store after a cut. Prints how many acknowledged commits it has compared, or ends in a panic.
pub fn check(folder: &Path, acknowledged: &str) -> ExitCode {
    let store = Store::open(folder).unwrap_or_else(|error| panic!("does not open: {error}"));
    let problems = block_on(store.verify(None)).expect("it can be read");
    assert_eq!(problems, [], "verify");
    let mut last: BTreeMap<u64, u64> = BTreeMap::new();
    for nth in 0..MUNICIPALITIES {
        let municipality = format!("架空市{nth}");
        let mut expected = BTreeMap::new();
        for record in block_on(store.journal(&municipality, 1)).expect("a journal") {
            let number = |name: &str| record.event[name].as_u64().expect("a number");
            let deed = Deed {
                writer: number("writer"),
                n: number("n"),
            };
            let before = last.insert(deed.writer, deed.n).unwrap_or(0);
            assert_eq!(before + 1, deed.n, "writer {}: no gaps", deed.writer);
            let (key, value) = deed.write();
            expected.insert(key, value);
            if let Some(bytes) = deed.file() {
                let hash = FileHash::of(&bytes);
                let kept = block_on(store.file(&hash)).expect("a file that can be read");
                assert!(
                    kept.as_deref() == Some(&bytes),
                    "file of {} {}",
                    deed.writer,
                    deed.n
                );
                expected.insert(hash.key(&municipality).expect("a key"), Some(b"1".to_vec()));
            }
        }
        // A commit is atomic: the values are exactly those of the records that are there.
        expected.retain(|_, value| value.is_some());
        let found = block_on(store.scan(&Key::new([&municipality]).expect("a key")));
        let found: BTreeMap<_, _> = found
            .expect("values that can be read")
            .into_iter()
            .map(|(key, value)| (key, Some(value)))
            .collect();
        assert!(
            found == expected,
            "{municipality}: other values than its records say"
        );
    }
    let mut compared = 0;
    for entry in acknowledged.split(',').filter(|entry| !entry.is_empty()) {
        let (writer, n) = entry.split_once(':').expect("writer and number");
        let (writer, n): (u64, u64) = (
            writer.parse().expect("a number"),
            n.parse().expect("a number"),
        );
        let kept = last.get(&writer).copied().unwrap_or(0);
        assert!(
            kept >= n,
            "writer {writer}: {n} were acknowledged, {kept} are there"
        );
        compared += n;
    }
    // And it goes on from there.
    let deed = Deed {
        writer: WRITERS,
        n: 1,
    };
    block_on(store.commit(deed.commit(None))).expect("it can be written again");
    println!("{compared}");
    ExitCode::SUCCESS
}
