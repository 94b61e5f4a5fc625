//! Durable commits a second with 1, 16 and 64 writers on both stores, beside what the disk allows.
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
use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use futures_executor::block_on;
use store::{Commit, Guard, Key, Store};

const WRITERS: [u64; 3] = [1, 16, 64];

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
    for records in WRITERS {
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

fn sled(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sled");
    for writers in WRITERS {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path()).expect("a new folder");
        bench(&mut group, &store, writers);
    }
    group.finish();
}

#[cfg(feature = "postgres")]
fn postgres(criterion: &mut Criterion) {
    let server = match private_postgres::Server::start() {
        Ok(server) => server,
        Err(missing) => return skipped(&missing.to_string()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut group = criterion.benchmark_group("postgres");
    for writers in WRITERS {
        let url = server
            .create(&format!("writers_{writers}"))
            .expect("a new database");
        let store = runtime.block_on(Store::connect(&url)).expect("a server");
        bench(&mut group, &store, writers);
    }
    group.finish();
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &mut Criterion) {
    skipped("built without the feature postgres");
}

fn skipped(why: &str) {
    eprintln!("\n*** SKIPPED: no figures of PostgreSQL: {why}\n");
}

/// One iteration is one commit of each writer.
fn bench(group: &mut BenchmarkGroup<'_, WallTime>, store: &Store, writers: u64) {
    let mut first = 0;
    group.throughput(Throughput::Elements(writers));
    group.bench_function(BenchmarkId::new("commit", writers), |bencher| {
        bencher.iter_custom(|each| {
            let took = commits(store, writers, each, first);
            first += each;
            took
        });
    });
}

criterion_group!(benches, limit, sled, postgres);
criterion_main!(benches);
