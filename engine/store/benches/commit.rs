//! Durable commits a second with 1, 16 and 64 writers, beside what the disk allows.
//!
//! `limit/append_fdatasync/n` appends n records of 1 KiB to a file and syncs once: what n writers that share
//! a sync could reach if nothing else cost anything. All run in the same folder (TMPDIR decides where), one
//! after the other, so ratios count and absolute figures do not.

use std::fs::File;
use std::io::Write;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use chrono::DateTime;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures_executor::block_on;
use store::{Commit, Guard, Key, Store};

/// A response of some forty items.
const VALUE_BYTES: usize = 1024;

/// As a respondent submits: guard, event and value.
fn submit(writer: u64, n: u64) -> Commit {
    let key = Key::new(["架空市", "response", &writer.to_string(), &n.to_string()]).expect("a key");
    Commit {
        municipality: "架空市".to_owned(),
        at: DateTime::UNIX_EPOCH,
        by: "回答者".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: vec![Guard::Absent(key.clone())],
        events: vec![
            serde_json::json!({ "type": "response_submitted", "survey": "退院", "respondent": n }),
        ],
        writes: vec![(key, Some(vec![b'x'; VALUE_BYTES]))],
    }
}

/// Time in which `writers` threads do `each` commits each.
fn commits(store: &Store, writers: u64, each: u64, first: u64) -> Duration {
    let barrier = Barrier::new(writers as usize + 1);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..writers)
            .map(|writer| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    for n in first..first + each {
                        block_on(store.commit(submit(writer, n))).expect("a commit");
                    }
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        for thread in threads {
            thread.join().expect("a writer");
        }
        start.elapsed()
    })
}

fn limit(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limit");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for records in [1_u64, 16, 64] {
        let mut file = File::create(folder.path().join(records.to_string())).expect("a file");
        let bytes = vec![b'x'; VALUE_BYTES * records as usize];
        group.throughput(Throughput::Elements(records));
        group.bench_function(BenchmarkId::new("append_fdatasync", records), |bencher| {
            bencher.iter(|| {
                file.write_all(&bytes)
                    .and_then(|()| file.sync_data())
                    .expect("a write")
            });
        });
    }
    group.finish();
}

fn store(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("store");
    for writers in [1_u64, 16, 64] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path()).expect("a new folder");
        let mut first = 0;
        // One iteration is one commit of each writer.
        group.throughput(Throughput::Elements(writers));
        group.bench_function(BenchmarkId::new("commit", writers), |bencher| {
            bencher.iter_custom(|each| {
                let took = commits(&store, writers, each, first);
                first += each;
                took
            });
        });
    }
    group.finish();
}

criterion_group!(benches, limit, store);
criterion_main!(benches);
