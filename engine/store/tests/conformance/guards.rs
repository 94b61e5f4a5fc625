//! Guards: what must hold at the moment of writing.

use std::path::PathBuf;
use std::sync::{Arc, Barrier};
use std::thread;

use futures_executor::block_on;
use futures_util::future::join3;
use store::{Commit, CommitError, Committed, Digest, Found, Guard, Refusal};

use super::{Open, commit, event, events, key, writes};

fn refusal(result: Result<Committed, CommitError>) -> Refusal {
    match result {
        Err(CommitError::Refused(refusal)) => *refusal,
        other => panic!("should have been refused: {other:?}"),
    }
}

pub async fn absent(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let guard = Guard::Absent(key("架空市/response/1"));
    let first = Commit {
        guards: vec![guard.clone()],
        ..writes([("架空市/response/1", "first")])
    };
    let second = Commit {
        guards: vec![guard.clone()],
        ..writes([("架空市/response/1", "second")])
    };
    store.commit(first).await.unwrap();
    let found = Found::Value(Some(b"first".to_vec()));
    assert_eq!(
        refusal(store.commit(second).await),
        Refusal { guard, found }
    );
}

pub async fn unchanged(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(writes([("架空市/draft", "1")])).await.unwrap();
    let read = store.get(&key("架空市/draft")).await.unwrap();
    let guard = Guard::unchanged(key("架空市/draft"), read.as_deref());
    assert_eq!(guard, Guard::Is(key("架空市/draft"), Digest::of(b"1")));

    let change = |to| Commit {
        guards: vec![guard.clone()],
        ..writes([("架空市/draft", to)])
    };
    store.commit(change("2")).await.unwrap();
    assert_eq!(
        refusal(store.commit(change("3")).await).found,
        Found::Value(Some(b"2".to_vec()))
    );
    store
        .commit(Commit {
            writes: vec![(key("架空市/draft"), None)],
            ..commit()
        })
        .await
        .unwrap();
    assert_eq!(
        refusal(store.commit(change("3")).await).found,
        Found::Value(None)
    );
    assert_eq!(
        Guard::unchanged(key("架空市/draft"), None),
        Guard::Absent(key("架空市/draft"))
    );
}

pub async fn head(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let at = |seq, n| Commit {
        guards: vec![Guard::Head(seq)],
        ..events([event(n), event(n + 1)])
    };
    assert_eq!(store.commit(at(0, 1)).await.unwrap().head.seq, 2);
    assert_eq!(
        refusal(store.commit(at(0, 3)).await),
        Refusal {
            guard: Guard::Head(0),
            found: Found::Head(2)
        }
    );
    assert_eq!(store.commit(at(2, 3)).await.unwrap().head.seq, 4);
    drop(store);
    let store = open(&folder);
    assert_eq!(refusal(store.commit(at(2, 5)).await).found, Found::Head(4));
    assert_eq!(store.commit(at(4, 5)).await.unwrap().head.seq, 6);
}

pub async fn all_must_hold(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let guards = vec![
        Guard::Head(0),
        Guard::Absent(key("架空市/a")),
        Guard::Is(key("架空市/b"), Digest::of(b"")),
    ];
    let refused = refusal(
        store
            .commit(Commit {
                guards,
                ..writes([("架空市/a", "1")])
            })
            .await,
    );
    assert_eq!(refused.found, Found::Value(None));
    assert_eq!(store.get(&key("架空市/a")).await.unwrap(), None);
}

/// Requests that are written together still come one after the other.
pub async fn sees_what_the_same_batch_wrote(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let first = Commit {
        guards: vec![Guard::Head(0)],
        ..events([event(1)])
    };
    let second = Commit {
        guards: vec![Guard::Head(1)],
        ..events([event(2)])
    };
    let third = Commit {
        guards: vec![Guard::Head(1)],
        ..events([event(3)])
    };
    // All three are queued before the first answer is awaited.
    let answers = join3(
        store.commit(first),
        store.commit(second),
        store.commit(third),
    )
    .await;
    assert!(answers.0.is_ok());
    assert!(answers.1.is_ok());
    assert_eq!(refusal(answers.2).found, Found::Head(2));
}

pub async fn sixty_four_threads_have_one_winner(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let start = Arc::new(Barrier::new(64));
    let threads: Vec<_> = (0..64)
        .map(|nth| {
            let (store, start) = (store.clone(), Arc::clone(&start));
            thread::spawn(move || {
                let path = "架空市/response/退院/事業所";
                let answer = format!("answer of {nth}");
                let submit = Commit {
                    guards: vec![Guard::Absent(key(path))],
                    events: vec![event(nth)],
                    ..writes([(path, answer.as_str())])
                };
                start.wait();
                (answer, block_on(store.commit(submit)))
            })
        })
        .collect();
    let answers: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    let winners: Vec<_> = answers
        .iter()
        .filter(|(_, result)| result.is_ok())
        .map(|(answer, _)| answer.clone())
        .collect();
    assert_eq!(winners.len(), 1);
    for (_, result) in answers.into_iter().filter(|(_, result)| result.is_err()) {
        assert_eq!(
            refusal(result).found,
            Found::Value(Some(winners[0].clone().into_bytes()))
        );
    }
    assert_eq!(store.journal("架空市", 1).await.unwrap().len(), 1);
}

/// Read, add one, write if unchanged, again if not: as cycle commands do.
pub async fn a_counter_loses_no_increment(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            thread::spawn(move || {
                let counter = key("架空市/counter");
                let mut done = 0;
                while done < 25 {
                    let read = block_on(store.get(&counter)).unwrap();
                    let value: u64 = read
                        .as_deref()
                        .map_or(0, |bytes| String::from_utf8_lossy(bytes).parse().unwrap());
                    let guards = vec![Guard::unchanged(counter.clone(), read.as_deref())];
                    let next = (value + 1).to_string();
                    match block_on(store.commit(Commit {
                        guards,
                        ..writes([("架空市/counter", next.as_str())])
                    })) {
                        Ok(_) => done += 1,
                        Err(CommitError::Refused(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(
        store.get(&key("架空市/counter")).await.unwrap().as_deref(),
        Some(&b"200"[..])
    );
}
