//! The worker that empties the outboxes. Several processes on one store share the work: a letter is
//! claimed by one of them at a time.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::year::{Act, OUTBOX, Refusal, Year};
use store::{Claim, Store, StoreError};
use tokio::sync::watch;

use super::Post;
use crate::app::App;
use crate::random;

/// Letters claimed at once: [`super::PATIENCE`] for each of them is less than [`LEASE`], which is how long the
/// letter of a killed process waits for another.
const AT_ONCE: usize = 1;

/// How long a claim holds: after a crash, somebody else sends this letter then.
const LEASE: TimeDelta = TimeDelta::minutes(1);

/// The outboxes are looked at this often at the least, and at the most.
const NAPS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Sends what is due, until told to stop; then what is claimed and not begun is given back.
pub async fn deliver(
    app: Arc<App>,
    post: Arc<Post>,
    store: Store,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let nap = match send_due(&app, &post, &store, &stop).await {
            Ok(nap) => nap,
            Err(error) => {
                tracing::error!("{error}");
                NAPS.1
            }
        };
        tokio::select! {
            () = tokio::time::sleep(nap) => {}
            () = post.queued.notified() => {}
            // An error means that nobody is left who could tell.
            _ = stop.changed() => {}
        }
    }
}

/// Sends what is due now and says how long there is nothing to do.
///
/// # Errors
/// The store cannot be read. What becomes of a letter is in the journal.
pub async fn send_due(
    app: &App,
    post: &Post,
    store: &Store,
    stop: &watch::Receiver<bool>,
) -> Result<Duration, StoreError> {
    let years = app.years.all();
    let slugs: Vec<&str> = years.iter().map(|year| year.slug()).collect();
    loop {
        let now = app.clock.now();
        let claims = store.claim(OUTBOX, &slugs, now, LEASE, AT_ONCE).await?;
        if claims.is_empty() || *stop.borrow() {
            give_back(store, &claims).await?;
            let next = store.next_due(OUTBOX, &slugs).await?;
            let nap = next.map_or(NAPS.1, |due| (due - now).to_std().unwrap_or_default());
            return Ok(nap.clamp(NAPS.0, NAPS.1));
        }
        for (nth, claim) in claims.iter().enumerate() {
            if *stop.borrow() {
                give_back(store, &claims[nth..]).await?;
                break;
            }
            let Some(year) = app.years.get(&claim.job.municipality) else {
                continue;
            };
            if let Err(refusal) = one(app, post, &year, claim).await {
                // The lease ends, and it is tried again.
                let (municipality, id) = (year.slug(), &claim.job.id);
                tracing::error!(municipality, id, "{refusal}");
            }
        }
    }
}

async fn give_back(store: &Store, claims: &[Claim]) -> Result<(), StoreError> {
    for claim in claims {
        store.release(claim).await?;
    }
    Ok(())
}

/// Sends one letter and records what became of it.
async fn one(app: &App, post: &Post, year: &Year, claim: &Claim) -> Result<(), Refusal> {
    let act = || Act::by_meguri(app.clock.now());
    let token = random::token();
    let letter = match year.prepare(&act(), claim, token, &app.address).await {
        Ok(Some(letter)) => letter,
        Ok(None) => return Ok(()),
        Err(lost @ (Refusal::Store(_) | Refusal::Commit(_))) => return Err(lost),
        Err(refusal) => {
            return year
                .not_sent(&act(), claim, &refusal.to_string(), false)
                .await;
        }
    };
    match post.send(year.slug(), &letter, app.clock.now()).await {
        Ok(()) => year.sent(&act(), claim).await,
        Err(error) => {
            let (municipality, id) = (year.slug(), &claim.job.id);
            tracing::warn!(
                municipality,
                id,
                "a letter was not sent; the survey's page says why"
            );
            // A server may quote what it refuses.
            let why = error.why.replace(&token.to_string(), "…");
            year.not_sent(&act(), claim, &why, error.for_good).await
        }
    }
}
