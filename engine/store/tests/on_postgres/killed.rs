//! Two processes share the jobs of one database; one of them is killed, and the other finishes.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use futures_executor::block_on;
use libtest_mimic::Trial;
use serde_json::json;
use store::{Claim, Commit, Job, Store};

use crate::conformance::{AT, commit};
use crate::server::{connect, database};
use crate::trial;

const LEASE: TimeDelta = TimeDelta::seconds(60);

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "killed::the_other_process_finishes",
        the_other_process_finishes,
    )]
}

/// The child: takes jobs in tens and ends them, until it is killed. It prints each job that it has ended.
pub fn work_for_ever(url: &str) -> ! {
    let store = connect(url).expect("the parent's server");
    loop {
        for claim in claim(&store, AT, 10) {
            block_on(store.commit(end(&claim, "child"))).expect("a commit");
            println!("{}", claim.job.id);
        }
    }
}

fn claim(store: &Store, now: DateTime<Utc>, limit: usize) -> Vec<Claim> {
    block_on(store.claim("mail", &["架空市"], now, LEASE, limit)).expect("claims")
}

fn end(claim: &Claim, by: &str) -> Commit {
    let key = Job::key("架空市", "mail", &claim.job.id).expect("a key");
    Commit {
        by: by.to_owned(),
        guards: vec![claim.guard()],
        events: vec![json!({ "sent": claim.job.id })],
        writes: vec![(key, None)],
        ..commit()
    }
}

fn the_other_process_finishes() {
    let url = database("killed");
    let store = connect(&url).unwrap();
    let job = |n: u32| Job {
        municipality: "架空市".to_owned(),
        queue: "mail".to_owned(),
        id: format!("{n:04}"),
        due: AT,
        payload: Vec::new(),
    };
    let writes = (0..1000).map(|n| job(n).write().unwrap()).collect();
    block_on(store.commit(Commit { writes, ..commit() })).unwrap();

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", &url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // Both at work, this one leaving every second job unfinished; then the child dies in the middle of ten.
    for _ in 0..105 {
        lines.next().expect("the child works").unwrap();
        for claim in claim(&store, AT, 2).into_iter().take(1) {
            block_on(store.commit(end(&claim, "parent"))).unwrap();
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();

    // What is left of this process's own leases and of the child's comes back when they end.
    let mut left = 0;
    for claims in std::iter::repeat_with(|| claim(&store, AT + LEASE, 10)) {
        if claims.is_empty() {
            break;
        }
        for claim in claims {
            block_on(store.commit(end(&claim, "parent"))).unwrap();
            left += 1;
        }
    }
    assert!(left > 0);
    let journal = block_on(store.journal("架空市", 1)).unwrap();
    let sent: BTreeSet<String> = journal
        .iter()
        .map(|record| record.event["sent"].to_string())
        .collect();
    assert_eq!((journal.len(), sent.len()), (1000, 1000));
    let by = |who| journal.iter().filter(|record| record.by == who).count();
    assert!(by("child") >= 105 && by("parent") >= 105);
    assert_eq!(block_on(store.next_due("mail", &["架空市"])).unwrap(), None);
    assert_eq!(block_on(store.verify(None)).unwrap(), []);
}
