//! Jobs of the embedded store: in which order they are due, and who has claimed which.
//!
//! Both are in memory only. The order is read from the values at every opening, so it cannot be damaged; a claim
//! belongs to a caller in this process and ends with it. A job that is written takes its place here only when it
//! is on the disk, and leaves it as soon as it is written again or removed.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use crate::embedded::{layout, open_value, prefixed};
use crate::error::StoreError;
use crate::job::{self, Claim, Job, Ticket};
use crate::key::Key;

#[derive(Default)]
pub(super) struct Jobs {
    /// Municipality, queue, due, key.
    order: BTreeSet<(String, String, DateTime<Utc>, Key)>,
    places: HashMap<Key, Place>,
    claims: i64,
}

struct Place {
    due: DateTime<Utc>,
    claim: Option<Taken>,
}

struct Taken {
    number: i64,
    until: DateTime<Utc>,
}

impl Jobs {
    /// All jobs of all municipalities. What is no job, or is damaged, is not given out; verification lists it.
    pub(super) fn read(tree: &sled::Tree, municipalities: &[String]) -> Result<Jobs, StoreError> {
        let mut jobs = Jobs::default();
        for municipality in municipalities {
            for (key, due) in stored(tree, municipality)? {
                jobs.add(key, due);
            }
        }
        Ok(jobs)
    }

    pub(super) fn add(&mut self, key: Key, due: DateTime<Utc>) {
        if let Some((queue, _)) = job::place(&key) {
            let municipality = key.municipality().to_owned();
            self.order
                .insert((municipality, queue.to_owned(), due, key.clone()));
            self.places.insert(key, Place { due, claim: None });
        }
    }

    /// Takes a job out of the order, and with it whoever has claimed it.
    pub(super) fn remove(&mut self, key: &Key) {
        if let Some(place) = self.places.remove(key)
            && let Some((queue, _)) = job::place(key)
        {
            let municipality = key.municipality().to_owned();
            self.order
                .remove(&(municipality, queue.to_owned(), place.due, key.clone()));
        }
    }

    pub(super) fn holds(&self, ticket: &Ticket) -> bool {
        let claim = self.places.get(&ticket.key).and_then(|p| p.claim.as_ref());
        claim.is_some_and(|taken| taken.number == ticket.number)
    }

    pub(super) fn release(&mut self, ticket: &Ticket) {
        if self.holds(ticket)
            && let Some(place) = self.places.get_mut(&ticket.key)
        {
            place.claim = None;
        }
    }

    pub(super) fn claim(
        &mut self,
        queue: &str,
        municipalities: &[&str],
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: usize,
        value: impl Fn(&Key) -> Result<Option<Vec<u8>>, StoreError>,
    ) -> Result<Vec<Claim>, StoreError> {
        let mut due: Vec<(DateTime<Utc>, &Key)> = Vec::new();
        for municipality in municipalities.iter().collect::<BTreeSet<_>>() {
            let free = self.queue(municipality, queue).filter(|(_, _, place)| {
                place.claim.as_ref().is_none_or(|taken| taken.until <= now)
            });
            let ready = free.take_while(|(due, _, _)| *due <= now);
            due.extend(ready.take(limit).map(|(due, key, _)| (due, key)));
        }
        due.sort_unstable();
        let mut jobs = Vec::new();
        for (_, key) in due.into_iter().take(limit) {
            // A commit that is being written may have removed or changed it already.
            let job = value(key)?.and_then(|value| Job::read(key, &value));
            jobs.extend(job.map(|job| (key.clone(), job)));
        }
        let until = now
            .checked_add_signed(lease)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut claims = Vec::with_capacity(jobs.len());
        for (key, job) in jobs {
            self.claims += 1;
            let number = self.claims;
            if let Some(place) = self.places.get_mut(&key) {
                place.claim = Some(Taken { number, until });
                claims.push(Claim {
                    job,
                    ticket: Ticket { key, number },
                });
            }
        }
        Ok(claims)
    }

    pub(super) fn next_due(&self, queue: &str, municipalities: &[&str]) -> Option<DateTime<Utc>> {
        municipalities
            .iter()
            .filter_map(|municipality| self.next_of(municipality, queue))
            .min()
    }

    fn next_of(&self, municipality: &str, queue: &str) -> Option<DateTime<Utc>> {
        let mut first: Option<DateTime<Utc>> = None;
        for (due, _, place) in self.queue(municipality, queue) {
            let free_at = place.claim.as_ref().map_or(due, |taken| taken.until);
            first = Some(first.map_or(free_at, |first| first.min(free_at)));
            if place.claim.is_none() {
                break;
            }
        }
        first
    }

    /// The jobs of one municipality's queue, longest due first.
    fn queue(
        &self,
        municipality: &str,
        queue: &str,
    ) -> impl Iterator<Item = (DateTime<Utc>, &Key, &Place)> {
        let (municipality, queue) = (municipality.to_owned(), queue.to_owned());
        // No key is less than the municipality's own.
        let first = Key::new([&municipality]).ok().map(|key| {
            let from = DateTime::<Utc>::MIN_UTC;
            (municipality.clone(), queue.clone(), from, key)
        });
        let from = first
            .into_iter()
            .flat_map(|first| self.order.range(first..));
        from.take_while(move |(m, q, _, _)| *m == municipality && *q == queue)
            .filter_map(|(_, _, due, key)| Some((*due, key, self.places.get(key)?)))
    }
}

/// The jobs of a municipality as they stand on the disk, with the instant at which each is due.
pub(super) fn stored(
    tree: &sled::Tree,
    municipality: &str,
) -> Result<Vec<(Key, DateTime<Utc>)>, StoreError> {
    let Ok(area) = job::area(municipality) else {
        return Ok(Vec::new());
    };
    let entries = prefixed(tree, &layout::values_below(&area))?;
    let job = |(name, framed): &(sled::IVec, sled::IVec)| {
        let (key, value) = open_value(name, framed).ok()?;
        let job = Job::read(&key, &value)?;
        Some((key, job.due))
    };
    Ok(entries.iter().filter_map(job).collect())
}
