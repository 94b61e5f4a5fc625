//! The worker that tells other programs: what waits in the queue is claimed, sent and recorded. Several processes
//! on one store share the work, as they share the letters.

mod send;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::year::{Act, NOTICES, Refusal, Year};
use store::{Claim, Store, StoreError};
use tokio::sync::watch;

use crate::app::App;

/// How long one notice may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a claim holds: longer than [`PATIENCE`].
const LEASE: TimeDelta = TimeDelta::minutes(1);

/// Where there are webhooks, the queue is looked at this often at the least, and at the most.
const NAPS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));

/// Where there are none.
const LONG_NAP: Duration = Duration::from_secs(60);

/// Sends what is due, until told to stop.
pub async fn deliver(app: Arc<App>, store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let nap = match send_due(&app, &store).await {
            Ok(nap) => nap,
            Err(error) => {
                tracing::error!("{error}");
                LONG_NAP
            }
        };
        tokio::select! {
            () = tokio::time::sleep(nap) => {}
            // An error means that nobody is left who could tell.
            _ = stop.changed() => {}
        }
    }
}

/// Sends what is due now and says how long there is nothing to do.
///
/// # Errors
/// The store cannot be read. What becomes of a notice is in the journal.
pub async fn send_due(app: &App, store: &Store) -> Result<Duration, StoreError> {
    let years = app.years.all();
    let slugs: Vec<&str> = years.iter().map(|year| year.slug()).collect();
    loop {
        let now = app.clock.now();
        let claims = store.claim(NOTICES, &slugs, now, LEASE, 1).await?;
        if claims.is_empty() {
            let hooked = |year: &Arc<Year>| year.state(|state| !state.webhooks.is_empty());
            if !years.iter().any(hooked) {
                return Ok(LONG_NAP);
            }
            let next = store.next_due(NOTICES, &slugs).await?;
            let nap = next.map_or(NAPS.1, |due| (due - now).to_std().unwrap_or_default());
            return Ok(nap.clamp(NAPS.0, NAPS.1));
        }
        for claim in &claims {
            let Some(year) = app.years.get(&claim.job.municipality) else {
                continue;
            };
            if let Err(refusal) = one(app, &year, claim).await {
                // The lease ends, and it is tried again.
                let (municipality, id) = (year.slug(), &claim.job.id);
                tracing::error!(municipality, id, "{refusal}");
            }
        }
    }
}

async fn one(app: &App, year: &Year, claim: &Claim) -> Result<(), Refusal> {
    let act = || Act::by_meguri(app.clock.now());
    let Some(notice) = year.prepare_notice(&act(), claim).await? else {
        return Ok(());
    };
    let answer = tokio::time::timeout(PATIENCE, send::post(&notice)).await;
    let why = match answer {
        Ok(Ok(status)) if (200..300).contains(&status) => {
            return year.notice_sent(&act(), claim, status).await;
        }
        Ok(Ok(status)) => format!("{status} と答えました"),
        Ok(Err(why)) => why,
        Err(_) => format!("{}秒たっても答えませんでした", PATIENCE.as_secs()),
    };
    year.notice_not_sent(&act(), claim, &why).await
}
