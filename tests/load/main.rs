//! Load driver: many respondents at once against the release binary on the loopback interface.
//!
//! It makes a pack with invented offices and a questionnaire of 40 items, mints their links, starts
//! `meguri serve` on them, and measures four things:
//!
//! | Scene | What is done |
//! |---|---|
//! | start | the process is started; until the first question page has arrived; memory at rest |
//! | together | 76 respondents begin at the same moment and go through all pages |
//! | pages | `--respondents` go through all pages, one survey after the other |
//! | whole | `--respondents` post whole responses to the API |
//!
//! Afterwards the server is stopped and the store is opened: every response whose receipt was shown
//! must be there, unchanged, and the store must verify. Exit 1 when one is missing.
//!
//! ```text
//! cargo build --release -p server --no-default-features
//! cargo run --release -p tests --bin load
//! cargo run --release -p tests --bin load -- desk
//! cargo run --release -p tests --bin load -- country
//! ```
//!
//! `desk` opens every page of the secretariat once 1,000 have answered (desk.rs). `country` needs no server: it is a
//! year of all municipalities in one store (country.rs).

mod connection;
mod country;
mod crowd;
mod desk;
mod kept;
mod machine;
mod pack;
mod process;
mod respondent;
mod scene;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};

use crowd::{Crowd, Way};
use pack::Closes;
use process::Server;
use scene::Scene;

/// Offices of a municipality of the usual size.
const OFFICES: usize = 76;

/// Measures `meguri serve` with many respondents at once, and checks that no answer was lost.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Load {
    #[command(subcommand)]
    instead: Option<Instead>,
    /// The release binary.
    #[arg(long, default_value = "target/release/meguri")]
    server: PathBuf,
    /// How many answer at the same time.
    #[arg(long, default_value_t = 32)]
    respondents: usize,
    /// Pages of the questionnaire. A survey takes two requests a page and four more.
    #[arg(long, default_value_t = 2)]
    pages: usize,
    /// Surveys to answer page by page, at most.
    #[arg(long, default_value_t = 10_000)]
    flows: usize,
    /// Whole responses to post, at most.
    #[arg(long, default_value_t = 40_000)]
    whole: usize,
    /// Times that 76 begin together.
    #[arg(long, default_value_t = 5)]
    together: usize,
    /// Each scene ends after this many seconds at the latest.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Ask for compressed pages, as browsers do.
    #[arg(long)]
    gzip: bool,
}

#[derive(Subcommand)]
enum Instead {
    Country(country::Country),
    Desk(desk::Desk),
}

fn main() -> ExitCode {
    let load = Load::parse();
    let done = match &load.instead {
        Some(Instead::Country(country)) => country.run(),
        Some(Instead::Desk(desk)) => desk.run(),
        None => load.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Load {
    fn run(&self) -> Result<()> {
        ensure!(
            self.respondents > 0 && self.pages > 0,
            "at least one respondent and one page"
        );
        println!("{}", machine::description());
        let small = Scene::prepare(OFFICES * self.together.max(1), self.pages, Closes::Never)?;
        self.few(&small)?;
        let large = Scene::prepare(self.flows + self.whole, self.pages, Closes::Never)?;
        self.many(&large)
    }

    /// A municipality of the usual size: start, rest, everybody at once.
    fn few(&self, scene: &Scene) -> Result<()> {
        let server = Server::start(&self.server, scene)?;
        println!(
            "start to first page: {:.0} ms ({} links)",
            server.started_in.as_secs_f64() * 1e3,
            scene.tokens.len()
        );
        std::thread::sleep(Duration::from_secs(1));
        println!("memory at rest: {:.1} MB", server.memory()?.0);
        let mut shown = Vec::new();
        for round in 0..self.together {
            let offices = round * OFFICES..(round + 1) * OFFICES;
            let crowd = Crowd {
                at_once: OFFICES,
                way: Way::Pages { gzip: self.gzip },
                offices,
                limit: self.limit(),
            };
            let report = crowd.run(scene, &server)?;
            println!("76 together, round {}: {report}", round + 1);
            shown.extend(report.receipts);
        }
        server.stop()?;
        kept::check(scene, &shown)
    }

    /// Many responses one after the other, page by page and whole.
    fn many(&self, scene: &Scene) -> Result<()> {
        let server = Server::start(&self.server, scene)?;
        println!(
            "start to first page: {:.0} ms ({} links)",
            server.started_in.as_secs_f64() * 1e3,
            scene.tokens.len()
        );
        let mut shown = Vec::new();
        let scenes = [
            ("pages", Way::Pages { gzip: self.gzip }, 0..self.flows),
            ("whole", Way::Whole, self.flows..self.flows + self.whole),
        ];
        for (name, way, offices) in scenes {
            let crowd = Crowd {
                at_once: self.respondents,
                way,
                offices,
                limit: self.limit(),
            };
            let report = crowd.run(scene, &server)?;
            println!("{name}, {} at once: {report}", self.respondents);
            shown.extend(report.receipts);
        }
        let (now, most) = server.memory()?;
        println!("memory under load: {now:.1} MB, at most {most:.1} MB");
        server.stop()?;
        let again = Server::start(&self.server, scene).context("the second start")?;
        println!(
            "start to first page: {:.0} ms ({} responses)",
            again.started_in.as_secs_f64() * 1e3,
            shown.len()
        );
        again.stop()?;
        kept::check(scene, &shown)
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}
