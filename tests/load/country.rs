//! A year of the whole country in one store: how long it takes, how large it becomes, how long it opens.
//!
//! Each municipality has 3,000 events in 1,100 commits: 600 responses of 1.5 KB, each handed in by itself; 200
//! commits that make three links each; 300 commands of the cycle with six events each.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chrono::DateTime;
use clap::Args;
use engine::year::{Event, Source};
use futures_executor::block_on;
use serde_json::json;
use store::{Commit, FileHash, Guard, Key, Store};

const RESPONSES: u64 = 600;
const LINK_COMMITS: u64 = 200;
const LINKS_A_COMMIT: u64 = 3;
const COMMANDS: u64 = 300;
const EVENTS_A_COMMAND: u64 = 6;
const EVENTS: u64 = RESPONSES + LINK_COMMITS * LINKS_A_COMMIT + COMMANDS * EVENTS_A_COMMAND;
const COMMITS: u64 = RESPONSES + LINK_COMMITS + COMMANDS;

/// Writes a year of all municipalities of Japan into one embedded store, durably, and opens it again.
#[derive(Args)]
pub struct Country {
    #[arg(long, default_value_t = 1741)]
    municipalities: u64,
    /// How many write at the same time.
    #[arg(long, default_value_t = 64)]
    writers: usize,
    /// An empty folder to keep; without it, a temporary one.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Read and verify everything at the end.
    #[arg(long)]
    verify: bool,
}

impl Country {
    /// # Errors
    /// The store fails, or does not have what was acknowledged.
    pub fn run(&self) -> Result<()> {
        let temporary = tempfile::tempdir()?;
        let data = self
            .data
            .clone()
            .unwrap_or_else(|| temporary.path().join("data"));
        println!("{}", super::machine::description());
        self.live(&data)?;
        let (bytes, files) = size(&data)?;
        println!(
            "on the disk: {:.2} GB in {files} files, {:.0} bytes an event",
            bytes as f64 / 1e9,
            bytes as f64 / (self.municipalities * EVENTS) as f64
        );
        let begun = Instant::now();
        let store = Store::open(&data)?;
        println!("opened again in {:.1} s", begun.elapsed().as_secs_f64());
        let heads = block_on(store.municipalities())?;
        ensure!(
            heads.len() as u64 == self.municipalities
                && heads.iter().all(|(_, head)| head.seq == EVENTS),
            "not everything that was acknowledged is there"
        );
        if self.verify {
            let begun = Instant::now();
            let problems = block_on(store.verify(None))?;
            ensure!(problems.is_empty(), "{problems:?}");
            println!("verified in {:.1} s", begun.elapsed().as_secs_f64());
        }
        Ok(())
    }

    fn live(&self, data: &Path) -> Result<()> {
        let store = Store::open(data)?;
        let next = AtomicU64::new(0);
        let failed = Mutex::new(None);
        let begun = Instant::now();
        thread::scope(|scope| {
            for _ in 0..self.writers {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= self.municipalities {
                            break;
                        }
                        if let Err(error) = year(&store, number) {
                            failed
                                .lock()
                                .expect("nothing panics here")
                                .get_or_insert(error);
                            break;
                        }
                        if number % 200 == 199 {
                            let seconds = begun.elapsed().as_secs_f64();
                            println!("{} municipalities begun after {seconds:.0} s", number + 1);
                        }
                    }
                });
            }
        });
        if let Some(error) = failed.into_inner().context("nothing panics here")? {
            return Err(error);
        }
        let seconds = begun.elapsed().as_secs_f64();
        let (events, commits) = (self.municipalities * EVENTS, self.municipalities * COMMITS);
        println!(
            "{} municipalities, {events} events in {commits} durable commits by {} writers: {seconds:.0} s = {:.0} events, {:.0} commits a second",
            self.municipalities,
            self.writers,
            events as f64 / seconds,
            commits as f64 / seconds
        );
        Ok(())
    }
}

/// A municipality's year. Responses, links and commands take turns.
fn year(store: &Store, number: u64) -> Result<()> {
    let municipality = format!("m{number:04}");
    for n in 0..RESPONSES {
        block_on(store.commit(response(&municipality, n)?))?;
        if n < COMMANDS {
            block_on(store.commit(command(&municipality, n)))?;
        }
        if n < LINK_COMMITS {
            block_on(store.commit(links(&municipality, n)))?;
        }
    }
    Ok(())
}

fn commit(municipality: &str, events: Vec<Event>) -> Commit {
    Commit {
        municipality: municipality.to_owned(),
        at: DateTime::UNIX_EPOCH,
        by: "事務局".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: Vec::new(),
        events: events.iter().map(|event| json!(event)).collect(),
        writes: Vec::new(),
    }
}

/// As a respondent hands in: once, and the draft goes.
fn response(municipality: &str, n: u64) -> Result<Commit> {
    let respondent = format!("K{n:04}");
    let answers: serde_json::Map<_, _> = (0..40)
        .map(|item| {
            (
                format!("item_{item:02}"),
                json!(format!("選択肢 {}", (n + item) % 7)),
            )
        })
        .collect();
    let content = serde_json::to_vec(&answers)?;
    let key = |area| Key::new([municipality, area, "discharge-2026", &respondent]);
    let (kept, draft) = (key("response")?, key("draft")?);
    let event = Event::Responded {
        survey: "discharge-2026".to_owned(),
        respondent: respondent.clone(),
        source: Source::Web,
        digest: FileHash::of(&content).to_string(),
    };
    Ok(Commit {
        guards: vec![Guard::Absent(kept.clone())],
        writes: vec![(kept, Some(content)), (draft, None)],
        ..commit(municipality, vec![event])
    })
}

fn links(municipality: &str, n: u64) -> Commit {
    let spent = (0..LINKS_A_COMMIT).map(|nth| Event::LinkSpent {
        hash: hash(municipality, n, nth),
    });
    commit(municipality, spent.collect())
}

fn command(municipality: &str, n: u64) -> Commit {
    let counted = (0..EVENTS_A_COMMAND).map(|nth| Event::FiguresCounted {
        survey: "discharge-2026".to_owned(),
        responses: n,
        digest: hash(municipality, n, nth),
    });
    commit(municipality, counted.collect())
}

fn hash(municipality: &str, n: u64, nth: u64) -> String {
    FileHash::of(format!("{municipality} {n} {nth}").as_bytes()).to_string()
}

/// Bytes that the folder takes on the disk, and its files.
fn size(folder: &Path) -> Result<(u64, u64)> {
    let (mut bytes, mut files) = (0, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        if meta.is_dir() {
            let (more, others) = size(&entry.path())?;
            bytes += more;
            files += others;
        } else {
            bytes += meta.blocks() * 512;
            files += 1;
        }
    }
    Ok((bytes, files))
}
