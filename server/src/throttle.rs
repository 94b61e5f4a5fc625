//! Limits on how often something is tried, counted in memory and by the clock of the product.
//!
//! | What | By | Limit |
//! |---|---|---|
//! | a wrong password or code | account | 10 in 15 minutes |
//! | a wrong password or code | address | 100 in 15 minutes: a whole office stands behind one address |
//! | a request with a respondent's link | link | 1,200 in a minute, far more than anybody's typing asks for |
//!
//! What is counted is forgotten with the process, and each process of several counts for itself.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};

use crate::error::PageError;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Account,
    Address,
    Link,
}

/// The counts of one server.
#[derive(Default)]
pub struct Throttle(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    tried: HashMap<(What, String), VecDeque<DateTime<Utc>>>,
    swept_at: Option<DateTime<Utc>>,
}

/// From so many on, what has run out is thrown away now and then; looking through all of them takes its time.
const MANY: usize = 50_000;
const BETWEEN_SWEEPS: TimeDelta = TimeDelta::seconds(10);

impl What {
    fn limit(self) -> (usize, TimeDelta) {
        match self {
            What::Account => (10, TimeDelta::minutes(15)),
            What::Address => (100, TimeDelta::minutes(15)),
            What::Link => (1200, TimeDelta::minutes(1)),
        }
    }
}

impl Throttle {
    /// Refuses when the limit is reached. Nothing is counted.
    ///
    /// # Errors
    /// [`PageError::TooMany`] with the minutes until the oldest is forgotten.
    pub fn check(&self, what: What, whose: &str, now: DateTime<Utc>) -> Result<(), PageError> {
        let (most, span) = what.limit();
        let mut counts = self.0.lock().expect("nothing panics while it is held");
        let Some(times) = counts.tried.get_mut(&(what, whose.to_owned())) else {
            return Ok(());
        };
        forget(times, now - span);
        match times.front() {
            Some(oldest) if times.len() >= most => {
                let left = (*oldest + span - now).num_seconds().max(1);
                let minutes = (left + 59) / 60;
                Err(PageError::TooMany { minutes })
            }
            _ => Ok(()),
        }
    }

    /// Counts one more; true when the limit is reached by it.
    pub fn count(&self, what: What, whose: &str, now: DateTime<Utc>) -> bool {
        let (most, span) = what.limit();
        let mut counts = self.0.lock().expect("nothing panics while it is held");
        let swept = counts.swept_at.is_some_and(|at| now < at + BETWEEN_SWEEPS);
        if counts.tried.len() >= MANY && !swept {
            counts.swept_at = Some(now);
            counts.tried.retain(|(what, _), times| {
                times
                    .back()
                    .is_some_and(|last| now < *last + what.limit().1)
            });
        }
        let times = counts.tried.entry((what, whose.to_owned())).or_default();
        forget(times, now - span);
        times.push_back(now);
        times.len() == most
    }

    /// Somebody got it right: what was counted is forgotten.
    pub fn forgive(&self, what: What, whose: &str) {
        let mut counts = self.0.lock().expect("nothing panics while it is held");
        counts.tried.remove(&(what, whose.to_owned()));
    }
}

fn forget(times: &mut VecDeque<DateTime<Utc>>, until: DateTime<Utc>) {
    while times.front().is_some_and(|first| *first <= until) {
        times.pop_front();
    }
}

/// Where a request comes from. A proxy on the same machine names who asked it, as the last of its list; what anybody
/// else writes there is not believed.
pub fn address(extensions: &Extensions, headers: &HeaderMap) -> String {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let Some(ConnectInfo(peer)) = peer else {
        return "unknown".to_owned();
    };
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded
        .and_then(|list| list.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse::<IpAddr>().ok());
    match forwarded {
        Some(named) if peer.ip().is_loopback() => named.to_string(),
        _ => peer.ip().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn ten_wrong_ones_and_then_none_until_the_first_is_forgotten() {
        let throttle = Throttle::default();
        for nth in 0..10 {
            assert!(throttle.check(What::Account, "yamada", at(nth)).is_ok());
            assert_eq!(throttle.count(What::Account, "yamada", at(nth)), nth == 9);
        }
        let refused = throttle.check(What::Account, "yamada", at(10));
        assert!(matches!(refused, Err(PageError::TooMany { minutes: 15 })));
        assert!(throttle.check(What::Account, "suzuki", at(10)).is_ok());
        assert!(throttle.check(What::Account, "yamada", at(899)).is_err());
        assert!(throttle.check(What::Account, "yamada", at(900)).is_ok());
        throttle.count(What::Account, "yamada", at(900));
        assert!(throttle.check(What::Account, "yamada", at(900)).is_err());
        throttle.forgive(What::Account, "yamada");
        assert!(throttle.check(What::Account, "yamada", at(900)).is_ok());
    }

    #[test]
    fn only_a_proxy_on_this_machine_says_who_asks() {
        let mut headers = HeaderMap::new();
        headers.append(
            "x-forwarded-for",
            "203.0.113.9, 198.51.100.7".parse().unwrap(),
        );
        let asked_by = |peer: &str| {
            let mut extensions = Extensions::new();
            let peer: SocketAddr = peer.parse().unwrap();
            extensions.insert(ConnectInfo(peer));
            address(&extensions, &headers)
        };
        assert_eq!(asked_by("127.0.0.1:40000"), "198.51.100.7");
        assert_eq!(asked_by("192.0.2.1:40000"), "192.0.2.1");
        assert_eq!(address(&Extensions::new(), &headers), "unknown");
    }
}
