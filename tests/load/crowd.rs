//! Many respondents at once, each on a connection of its own, and how long everything took.

use std::fmt;
use std::ops::Range;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::connection::Connection;
use super::machine::{Cpu, cpu};
use super::process::Server;
use super::respondent::{Receipt, Visit};
use super::scene::Scene;

#[derive(Clone, Copy)]
pub enum Way {
    Pages { gzip: bool },
    Whole,
}

pub struct Crowd {
    pub at_once: usize,
    pub way: Way,
    pub offices: Range<usize>,
    /// Nobody begins after this time.
    pub limit: Duration,
}

#[derive(Default)]
struct Seen {
    took: Vec<Duration>,
    receipts: Vec<Receipt>,
}

pub struct Report {
    pub receipts: Vec<Receipt>,
    /// Sorted.
    took: Vec<Duration>,
    elapsed: Duration,
    server: Duration,
    machine: Cpu,
}

impl Crowd {
    /// Lets them answer until all offices have, or the time is over.
    ///
    /// # Errors
    /// Any answer of the server that is not the expected one.
    pub fn run(self, scene: &Scene, server: &Server) -> Result<Report> {
        let next = AtomicUsize::new(self.offices.start);
        let ready = Barrier::new(self.at_once + 1);
        let cpu_before = (server.cpu()?, cpu()?);
        let (elapsed, seen) = thread::scope(|scope| {
            let crowd: Vec<_> = (0..self.at_once)
                .map(|_| scope.spawn(|| self.one(scene, server, &next, &ready)))
                .collect();
            ready.wait();
            let begun = Instant::now();
            let seen: Vec<_> = crowd
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect();
            (begun.elapsed(), seen)
        });
        let cpu_after = (server.cpu()?, cpu()?);
        let mut report = Report {
            receipts: Vec::new(),
            took: Vec::new(),
            elapsed,
            server: cpu_after.0 - cpu_before.0,
            machine: cpu_after.1 - cpu_before.1,
        };
        for seen in seen {
            let seen = seen.ok().context("a respondent panicked")??;
            report.took.extend(seen.took);
            report.receipts.extend(seen.receipts);
        }
        ensure!(!report.took.is_empty(), "nobody answered");
        report.took.sort_unstable();
        Ok(report)
    }

    fn one(
        &self,
        scene: &Scene,
        server: &Server,
        next: &AtomicUsize,
        ready: &Barrier,
    ) -> Result<Seen> {
        ready.wait();
        let begun = Instant::now();
        let mut connection = Connection::open(server.address)?;
        let mut seen = Seen::default();
        while begun.elapsed() < self.limit {
            let office = next.fetch_add(1, Ordering::Relaxed);
            if office >= self.offices.end {
                break;
            }
            let gzip = matches!(self.way, Way::Pages { gzip: true });
            let mut visit = Visit {
                connection: &mut connection,
                took: &mut seen.took,
                gzip,
            };
            let token = &scene.tokens[office];
            let receipt = match self.way {
                Way::Pages { .. } => visit.pages(token, &scene.questionnaire, office)?,
                Way::Whole => visit.whole(token, &scene.questionnaire, office)?,
            };
            seen.receipts.push(receipt);
        }
        Ok(seen)
    }
}

/// The time within which so many percent were done; the slowest for 100. Of at least one, sorted.
pub fn percentile(took: &[Duration], percent: usize) -> Duration {
    took[(took.len() - 1) * percent / 100]
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let at = |percent| percentile(&self.took, percent).as_secs_f64() * 1e3;
        let (responses, requests) = (self.receipts.len() as f64, self.took.len() as f64);
        write!(
            f,
            "{responses} responses in {seconds:.3} s = {:.0} a second, {:.0} requests a second; \
             a request p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms; \
             processor: server {:.2} s ({:.2} ms a response), driver {:.2} s, others {:.2} s",
            responses / seconds,
            requests / seconds,
            at(50),
            at(95),
            at(99),
            at(100),
            self.server.as_secs_f64(),
            self.server.as_secs_f64() * 1e3 / responses,
            self.machine.own.as_secs_f64(),
            self.machine
                .all
                .saturating_sub(self.machine.own)
                .saturating_sub(self.server)
                .as_secs_f64(),
        )
    }
}
