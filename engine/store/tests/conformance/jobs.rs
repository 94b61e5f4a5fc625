//! Jobs: due in order, done by one at a time.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Barrier};
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use futures_executor::block_on;
use store::{Claim, Commit, CommitError, Found, Guard, Head, Job, Store};

use super::{AT, Open, commit, event, key};

const LEASE: TimeDelta = TimeDelta::seconds(60);

fn after(seconds: i64) -> DateTime<Utc> {
    AT + TimeDelta::seconds(seconds)
}

/// A timer of 架空市 that is due so many seconds after `AT`.
fn timer(id: &str, seconds: i64) -> Job {
    Job {
        municipality: "架空市".to_owned(),
        queue: "timer".to_owned(),
        id: id.to_owned(),
        due: after(seconds),
        payload: format!(r#"{{"remind":"{id}"}}"#).into_bytes(),
    }
}

fn write(jobs: &[Job]) -> Commit {
    Commit {
        writes: jobs.iter().map(|job| job.write().unwrap()).collect(),
        ..commit()
    }
}

/// Ends the job of a claim, as whoever has done it does.
fn end(claim: &Claim) -> Commit {
    Commit {
        guards: vec![claim.guard()],
        events: vec![event(1)],
        writes: vec![(key(&format!("架空市/due/timer/{}", claim.job.id)), None)],
        ..commit()
    }
}

async fn claim(store: &Store, now: DateTime<Utc>, limit: usize) -> Vec<Claim> {
    store
        .claim("timer", &["架空市"], now, LEASE, limit)
        .await
        .unwrap()
}

fn ids(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.job.id.as_str()).collect()
}

async fn next(store: &Store) -> Option<DateTime<Utc>> {
    store.next_due("timer", &["架空市"]).await.unwrap()
}

pub async fn come_in_due_order(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let jobs = [
        timer("c", 30),
        timer("a", 20),
        timer("d", 10),
        timer("b", 20),
        // Before 1970.
        Job {
            due: DateTime::from_timestamp(-1, 0).unwrap(),
            ..timer("z", 0)
        },
    ];
    store.commit(write(&jobs)).await.unwrap();
    assert_eq!(
        ids(&claim(&store, after(30), 9).await),
        ["z", "d", "a", "b", "c"]
    );
}

pub async fn only_due_ones_and_no_more_than_asked(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let jobs = [timer("a", 10), timer("b", 20), timer("c", 30)];
    store.commit(write(&jobs)).await.unwrap();
    assert_eq!(ids(&claim(&store, after(9), 9).await), [""; 0]);
    assert_eq!(ids(&claim(&store, after(10), 9).await), ["a"]);
    assert_eq!(ids(&claim(&store, after(30), 1).await), ["b"]);
    assert_eq!(ids(&claim(&store, after(30), 0).await), [""; 0]);
    assert_eq!(ids(&claim(&store, after(30), 9).await), ["c"]);
}

pub async fn come_back_as_they_were_written(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let payloads: [&[u8]; 5] = [
        b"",
        b"\xff\0",
        b"{}",
        b" null",
        r#"{"宛先":"係"}"#.as_bytes(),
    ];
    let jobs: Vec<Job> = (0..)
        .zip(payloads)
        .map(|(nth, payload)| Job {
            // Nanoseconds are cut.
            due: after(nth) + TimeDelta::nanoseconds(123_456_789),
            payload: payload.to_vec(),
            ..timer(&format!("第 {nth} 号"), 0)
        })
        .collect();
    store.commit(write(&jobs)).await.unwrap();
    drop(store);
    let store = open(&folder);
    let given: Vec<Job> = claim(&store, after(99), 9)
        .await
        .into_iter()
        .map(|claim| claim.job)
        .collect();
    let cut = jobs.into_iter().map(|job| Job {
        due: job.due - TimeDelta::nanoseconds(789),
        ..job
    });
    assert_eq!(given, cut.collect::<Vec<_>>());
}

pub async fn of_other_municipalities_and_queues_are_not_given(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let mail = Job {
        queue: "mail".to_owned(),
        ..timer("mail", 5)
    };
    store
        .commit(write(&[timer("mine", 10), mail]))
        .await
        .unwrap();
    for (municipality, seconds) in [("隣町", 1), ("架空市2", 2)] {
        let job = Job {
            municipality: municipality.to_owned(),
            ..timer(municipality, seconds)
        };
        let other = Commit {
            municipality: municipality.to_owned(),
            ..write(&[job])
        };
        store.commit(other).await.unwrap();
    }
    assert_eq!(next(&store).await, Some(after(10)));
    assert_eq!(ids(&claim(&store, after(99), 9).await), ["mine"]);
    assert_eq!(next(&store).await, Some(after(99) + LEASE));

    let both = ["隣町", "架空市", "架空市2", "隣町", "どこにもない町"];
    assert_eq!(
        store.next_due("timer", &both).await.unwrap(),
        Some(after(1))
    );
    let given = store
        .claim("timer", &both, after(99), LEASE, 9)
        .await
        .unwrap();
    assert_eq!(ids(&given), ["隣町", "架空市2"]);
    assert_eq!(
        store
            .claim("timer", &[], after(999), LEASE, 9)
            .await
            .unwrap(),
        []
    );
    assert_eq!(store.next_due("timer", &[]).await.unwrap(), None);
}

pub async fn sixty_four_threads_share_without_overlap(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let jobs: Vec<Job> = (0..200).map(|n| timer(&n.to_string(), n % 7)).collect();
    store.commit(write(&jobs)).await.unwrap();
    let start = Arc::new(Barrier::new(64));
    let threads: Vec<_> = (0..64)
        .map(|_| {
            let (store, start) = (store.clone(), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                let mut done = Vec::new();
                loop {
                    let claims = block_on(claim(&store, after(7), 3));
                    if claims.is_empty() {
                        return done;
                    }
                    for claim in claims {
                        block_on(store.commit(end(&claim))).unwrap();
                        done.push(claim.job.id);
                    }
                }
            })
        })
        .collect();
    let done: Vec<String> = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(done.len(), 200);
    assert_eq!(done.into_iter().collect::<BTreeSet<_>>().len(), 200);
    assert_eq!(store.head("架空市").await.unwrap().seq, 200);
    assert_eq!(next(&store).await, None);
    assert_eq!(store.verify(None).await.unwrap(), []);
}

pub async fn a_lease_ends(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store
        .commit(write(&[timer("a", 0), timer("b", 500)]))
        .await
        .unwrap();
    let first = claim(&store, after(1), 9).await;
    assert_eq!(ids(&first), ["a"]);
    // The lease runs from 1 s to 61 s.
    assert_eq!(next(&store).await, Some(after(61)));
    assert_eq!(ids(&claim(&store, after(60), 9).await), [""; 0]);
    let second = claim(&store, after(61), 9).await;
    assert_eq!(ids(&second), ["a"]);

    // Who took it over ends it; who was too slow is refused and nothing of it is stored.
    let refused = store.commit(end(&first[0])).await;
    match refused {
        Err(CommitError::Refused(refusal)) => {
            assert_eq!(refusal.guard, first[0].guard());
            assert_eq!(refusal.found, Found::ClaimLost);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(store.head("架空市").await.unwrap(), Head::start());
    assert_eq!(store.commit(end(&second[0])).await.unwrap().head.seq, 1);
    assert_eq!(next(&store).await, Some(after(500)));
    // Ended is ended.
    assert!(matches!(
        store.commit(end(&second[0])).await,
        Err(CommitError::Refused(_))
    ));
}

pub async fn a_slow_owner_may_finish_while_nobody_took_over(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(write(&[timer("a", 0)])).await.unwrap();
    let slow = claim(&store, after(0), 1).await;
    assert_eq!(next(&store).await, Some(after(60)));
    store.commit(end(&slow[0])).await.unwrap();
    assert_eq!(ids(&claim(&store, after(999), 9).await), [""; 0]);
}

pub async fn can_be_given_back(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(write(&[timer("a", 0)])).await.unwrap();
    let first = claim(&store, after(0), 1).await;
    store.release(&first[0]).await.unwrap();
    assert_eq!(next(&store).await, Some(after(0)));
    assert!(store.commit(end(&first[0])).await.is_err());
    let second = claim(&store, after(0), 1).await;
    assert_eq!(ids(&second), ["a"]);
    // Giving back what another has now takes nothing from him.
    store.release(&first[0]).await.unwrap();
    assert_eq!(ids(&claim(&store, after(0), 1).await), [""; 0]);
    store.commit(end(&second[0])).await.unwrap();
    store.release(&second[0]).await.unwrap();
}

pub async fn writing_again_makes_a_new_one(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(write(&[timer("a", 0)])).await.unwrap();
    let first = claim(&store, after(0), 1).await;
    // Tried and failed: once more in five minutes, by the one who has it.
    let retry = Commit {
        guards: vec![first[0].guard()],
        ..write(&[timer("a", 300)])
    };
    store.commit(retry.clone()).await.unwrap();
    assert!(matches!(
        store.commit(retry).await,
        Err(CommitError::Refused(refusal)) if refusal.found == Found::ClaimLost
    ));
    assert_eq!(next(&store).await, Some(after(300)));
    assert_eq!(ids(&claim(&store, after(299), 1).await), [""; 0]);
    let second = claim(&store, after(300), 1).await;
    assert_eq!(second[0].job, timer("a", 300));

    // Moved by somebody else, to an earlier date: the claim of before is lost too.
    store.commit(write(&[timer("a", 100)])).await.unwrap();
    assert!(store.commit(end(&second[0])).await.is_err());
    assert_eq!(claim(&store, after(100), 9).await[0].job, timer("a", 100));
}

/// Requests that are written together still come one after the other.
pub async fn a_claim_settles_once_in_a_batch(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(write(&[timer("a", 0)])).await.unwrap();
    let mine = claim(&store, after(0), 1).await;
    let answers = futures_util::future::join3(
        store.commit(end(&mine[0])),
        store.commit(end(&mine[0])),
        store.commit(write(&[timer("a", 0)])),
    )
    .await;
    assert!(answers.0.is_ok());
    assert!(matches!(answers.1, Err(CommitError::Refused(_))));
    assert!(answers.2.is_ok());
    assert_eq!(store.head("架空市").await.unwrap().seq, 1);
    assert_eq!(ids(&claim(&store, after(0), 9).await), ["a"]);
}

pub async fn a_refused_commit_changes_no_job(open: Open, folder: PathBuf) {
    let store = open(&folder);
    store.commit(write(&[timer("a", 10)])).await.unwrap();
    let mine = claim(&store, after(10), 1).await;
    let refused = Commit {
        guards: vec![Guard::Head(7)],
        ..write(&[timer("a", 0), timer("b", 0)])
    };
    assert!(store.commit(refused).await.is_err());
    assert_eq!(ids(&claim(&store, after(10), 9).await), [""; 0]);
    store.commit(end(&mine[0])).await.unwrap();
}

pub async fn travel_with_an_export(open: Open, folder: PathBuf) {
    let store = open(&folder.join("from"));
    store
        .commit(write(&[timer("a", 10), timer("b", 20), timer("c", 30)]))
        .await
        .unwrap();
    // A claim stays behind: it belongs to a process of the other store.
    let claims = claim(&store, after(20), 2).await;
    store.commit(end(&claims[0])).await.unwrap();
    let mut text = Vec::new();
    store.export(None, &mut text).await.unwrap();

    let copy = open(&folder.join("to"));
    copy.import(&mut text.as_slice()).await.unwrap();
    assert_eq!(next(&copy).await, Some(after(20)));
    assert_eq!(ids(&claim(&copy, after(30), 9).await), ["b", "c"]);
    assert_eq!(copy.verify(None).await.unwrap(), []);
    drop(copy);
    let copy = open(&folder.join("to"));
    assert_eq!(copy.scan(&key("架空市/due/timer")).await.unwrap().len(), 2);
}

pub async fn of_a_refused_import_are_not_given(open: Open, folder: PathBuf) {
    let store = open(&folder.join("from"));
    store.commit(write(&[timer("a", 10)])).await.unwrap();
    let mut text = Vec::new();
    store.export(None, &mut text).await.unwrap();
    let copy = open(&folder.join("to"));
    let cut = &text[..text.len() - 100];
    assert!(copy.import(&mut &cut[..]).await.is_err());
    assert_eq!(next(&copy).await, None);
    assert_eq!(ids(&claim(&copy, after(99), 9).await), [""; 0]);

    let text = String::from_utf8(text).unwrap();
    let broken = text.replacen(r#""due":"#, r#""when":"#, 1);
    let refused = copy.import(&mut broken.as_bytes()).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("「架空市/due/timer/a」は期日のある仕事として読めません"),
        "{refused}"
    );
}

pub async fn only_jobs_stand_where_jobs_stand(open: Open, folder: PathBuf) {
    let store = open(&folder);
    let (_, good) = timer("a", 0).write().unwrap();
    let good = good.unwrap();
    let cases: [(&str, &[u8]); 8] = [
        ("架空市/due/timer/a", b"later"),
        ("架空市/due/timer/a", br#"{"due":"2026-07-01T00:00:00Z"}"#),
        (
            "架空市/due/timer/a",
            br#"{"due":"tomorrow","payload":{"json":1}}"#,
        ),
        (
            "架空市/due/timer/a",
            br#"{"due":"2026-07-01T00:00:00Z","payload":{"base64":"?"}}"#,
        ),
        (
            "架空市/due/timer/a",
            br#"{"due":"2026-07-01T00:00:00Z","payload":{"json":1},"claimed":true}"#,
        ),
        ("架空市/due", &good),
        ("架空市/due/timer", &good),
        ("架空市/due/timer/a/b", &good),
    ];
    for (path, value) in cases {
        let wrong = Commit {
            writes: vec![(key(path), Some(value.to_vec()))],
            ..commit()
        };
        let refused = store.commit(wrong).await;
        assert!(
            matches!(&refused, Err(CommitError::NotAJob { key }) if key.as_str() == path),
            "{path}: {refused:?}"
        );
    }
    assert!(Job::key("架空市", "timer", "a/b").is_err());
    assert!(timer("", 0).write().is_err());
    let written = key("架空市/due/timer/a");
    assert_eq!(Job::key("架空市", "timer", "a").unwrap(), written);
    assert_eq!(
        String::from_utf8(good).unwrap(),
        r#"{"due":"2026-07-01T00:00:00.000000Z","payload":{"json":{"remind":"a"}}}"#
    );
}

pub async fn the_head_is_where_the_journal_ends(open: Open, folder: PathBuf) {
    let store = open(&folder);
    assert_eq!(store.head("架空市").await.unwrap(), Head::start());
    store.commit(write(&[timer("a", 0)])).await.unwrap();
    assert_eq!(store.head("架空市").await.unwrap(), Head::start());
    let events = Commit {
        events: vec![event(1), event(2)],
        ..commit()
    };
    let committed = store.commit(events).await.unwrap();
    assert_eq!(store.head("架空市").await.unwrap(), committed.head);
    assert_eq!(store.head("架空").await.unwrap(), Head::start());
}
