//! The cycles in the background: what is due is claimed, done, and left where the next thing is due.
//!
//! Several processes can do this on one database: each due cycle is given to one of them, and what a process
//! that dies has claimed is given to another when its lease ends.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use engine::year::{Act, CYCLES};
use store::{Claim, Store};

use crate::app::App;

/// The loop looks at least this often.
const NAP: Duration = Duration::from_secs(60);

/// How long a due cycle is one process's own.
const LEASE: TimeDelta = TimeDelta::minutes(1);

/// Due cycles that are claimed at once.
const AT_ONCE: usize = 16;

/// Until the program ends. What fails is logged and tried again.
pub async fn keep(app: Arc<App>, store: Store) {
    let years = app.years.all();
    for year in &years {
        if let Err(refusal) = year.wake_all(&Act::by_meguri(app.clock.now())).await {
            tracing::error!(municipality = year.slug(), "{refusal}");
        }
    }
    let municipalities: Vec<&str> = years.iter().map(|year| year.slug()).collect();
    loop {
        let now = app.clock.now();
        match store
            .claim(CYCLES, &municipalities, now, LEASE, AT_ONCE)
            .await
        {
            Ok(claims) if !claims.is_empty() => {
                for claim in &claims {
                    work(&app, claim).await;
                }
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!("{error}"),
        }
        let due = store.next_due(CYCLES, &municipalities).await;
        tokio::time::sleep(until(due.ok().flatten(), app.clock.now())).await;
    }
}

async fn work(app: &App, claim: &Claim) {
    let Some(year) = app.years.get(&claim.job.municipality) else {
        return;
    };
    let act = Act::by_meguri(app.clock.now());
    let done = year.work_claimed(&act, claim).await;
    let kept = year.snapshot(&act).await;
    for refusal in [done, kept].into_iter().filter_map(Result::err) {
        tracing::error!(municipality = year.slug(), "{refusal}");
    }
}

fn until(due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let wait = due.map_or(NAP, |due| (due - now).to_std().unwrap_or_default());
    // An instant of the past belongs to somebody else's claim: not without a breath.
    wait.clamp(Duration::from_millis(200), NAP)
}
