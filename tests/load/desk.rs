//! Every page of the desk, with as many responses as a large survey has: how long the server takes, how large it is.
//!
//! Nobody else is there. The pages are found as a person would find them, by the links of those already seen; of
//! those that differ only in an office or a number, a few are taken.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::connection::{Answer, Body, Connection, FORM};
use super::crowd::percentile;
use super::pack::{Closes, SLUG};
use super::process::Server;
use super::scene::Scene;

/// Measures every page that the secretariat can open.
#[derive(Args)]
pub struct Desk {
    /// The release binary.
    #[arg(long, default_value = "target/release/meguri")]
    server: PathBuf,
    /// Responses that are in.
    #[arg(long, default_value_t = 1000)]
    responses: usize,
    /// How often each page is opened.
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// How many of the slowest are named.
    #[arg(long, default_value_t = 20)]
    named: usize,
}

/// Pages of a shape that are looked at.
const OF_A_SHAPE: usize = 3;

/// What was measured of an address.
struct Seen {
    path: String,
    kind: String,
    bytes: usize,
    /// Opened for the first time, when nothing is in memory.
    first: Duration,
    /// Sorted, without the first.
    took: Vec<Duration>,
}

impl Seen {
    fn at(&self, percent: usize) -> Duration {
        percentile(&self.took, percent)
    }
}

impl Desk {
    /// # Errors
    /// A page does not open.
    pub fn run(&self) -> Result<()> {
        println!("{}", super::machine::description());
        let scene = Scene::prepare(self.responses, 2, Closes::LongAgo)?;
        let link = scene.answered()?;
        let server = Server::start(&self.server, &scene)?;
        let mut connection = Connection::open(server.address)?;
        let form = Body {
            kind: FORM,
            bytes: b"",
        };
        let entered = connection.ask(&format!("/{SLUG}/sign-in/{link}"), Some(&form), false)?;
        ensure!(entered.status == 303, "signing in: {}", entered.status);
        papers(&mut connection)?;
        let mut seen = self.all(&mut connection)?;
        server.stop()?;

        let (pages, files): (Vec<_>, Vec<_>) = seen
            .iter()
            .partition(|one| one.kind.starts_with("text/html"));
        for (name, some) in [("pages", pages), ("files and data", files)] {
            let mut took: Vec<Duration> = some.iter().flat_map(|one| one.took.clone()).collect();
            took.sort_unstable();
            ensure!(!took.is_empty(), "no {name}");
            let at = |percent| ms(percentile(&took, percent));
            let largest = some.iter().map(|one| one.bytes).max().unwrap_or(0);
            println!(
                "{} {name}, {} requests: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms; the largest {:.0} KB",
                some.len(),
                took.len(),
                at(50),
                at(95),
                at(99),
                largest as f64 / 1e3,
            );
        }
        seen.sort_by_key(|one| std::cmp::Reverse(one.at(99)));
        println!("\n     p50      p99    first       KB  the slowest");
        for one in seen.iter().take(self.named) {
            let kb = one.bytes as f64 / 1e3;
            let (p50, p99, first) = (ms(one.at(50)), ms(one.at(99)), ms(one.first));
            println!("{p50:8.1} {p99:8.1} {first:8.1} {kb:8.0}  {}", one.path);
        }
        seen.sort_by_key(|one| std::cmp::Reverse(one.bytes));
        println!("\n      KB  the largest pages");
        let pages = seen.iter().filter(|one| one.kind.starts_with("text/html"));
        for one in pages.take(self.named) {
            println!("{:8.0}  {}", one.bytes as f64 / 1e3, one.path);
        }
        Ok(())
    }

    /// Opens whatever can be reached from the first page.
    fn all(&self, connection: &mut Connection) -> Result<Vec<Seen>> {
        let mut way = Way::default();
        way.add(format!("/{SLUG}"), "the beginning");
        let mut shapes = BTreeMap::<String, usize>::new();
        let mut seen = Vec::new();
        while let Some((path, from)) = way.next.pop_front() {
            let shape = shapes.entry(shape(&path)).or_default();
            *shape += 1;
            if *shape > OF_A_SHAPE {
                continue;
            }
            let (answer, first) = open(connection, &path)?;
            if let Some(on) = answer.location {
                way.add(on, &from);
                continue;
            }
            ensure!(
                answer.status == 200,
                "{from} leads to {path}: {}",
                answer.status
            );
            if answer.kind.starts_with("text/html") {
                way.add_all(&text(&answer), &path);
            }
            let mut took = Vec::new();
            for _ in 0..self.times {
                took.push(open(connection, &path)?.1);
            }
            took.sort_unstable();
            seen.push(Seen {
                path,
                kind: answer.kind,
                bytes: answer.body.len(),
                first,
                took,
            });
        }
        Ok(seen)
    }
}

fn open(connection: &mut Connection, path: &str) -> Result<(Answer, Duration)> {
    let begun = Instant::now();
    let answer = connection
        .ask(path, None, false)
        .with_context(|| path.to_owned())?;
    Ok((answer, begun.elapsed()))
}

/// A page with its addresses as they are meant.
fn text(page: &Answer) -> String {
    let text = String::from_utf8_lossy(&page.body);
    text.replace("&#x2f;", "/").replace("&amp;", "&")
}

/// Waits until the server has drafted the papers of the meeting.
fn papers(connection: &mut Connection) -> Result<()> {
    for _ in 0..100 {
        let (page, _) = open(connection, &format!("/{SLUG}/meetings/committee-1"))?;
        if text(&page).contains("/papers/report-") {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("there are no papers after ten seconds")
}

/// The pages that are still to be seen, each with the page that leads to it.
#[derive(Default)]
struct Way {
    known: BTreeSet<String>,
    next: VecDeque<(String, String)>,
}

impl Way {
    fn add(&mut self, address: String, from: &str) {
        if self.known.insert(address.clone()) {
            self.next.push_back((address, from.to_owned()));
        }
    }

    /// The addresses of the municipality that a page leads to.
    fn add_all(&mut self, page: &str, from: &str) {
        let here = format!("/{SLUG}/");
        let begun = page.split("href=\"").skip(1);
        for begun in begun.chain(page.split("src=\"").skip(1)) {
            let address = begun.split(['"', '#']).next().unwrap_or_default();
            if address.starts_with(&here) {
                self.add(address.to_owned(), from);
            }
        }
    }
}

/// An address without what names one of many: numbers, and the values of a query.
fn shape(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let segments = path.split('/').map(|segment| match segment {
        some if some.contains(|c: char| c.is_ascii_digit()) => "*",
        some => some,
    });
    let asked = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default());
    segments.chain(asked).collect::<Vec<_>>().join("/")
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
