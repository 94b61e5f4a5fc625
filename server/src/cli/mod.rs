//! The command line: one file a verb. Data to stdout, messages to stderr.
//!
//! | Exit | Means |
//! |---|---|
//! | 0 | done |
//! | 1 | something is wrong with the input: findings, a refusal |
//! | 2 | it could not be tried: wrong arguments, no such file, store in use |

mod adopt;
mod area;
mod backup;
mod cases;
mod check;
mod data;
mod demo;
mod doctor;
mod export;
mod figures;
mod handover;
mod import;
mod keygen;
mod ledger;
mod new;
mod out;
mod packs;
mod receive;
mod render;
mod restore;
mod schema;
mod serve;
mod simulate;
mod source;
mod tally;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use data::Data;

/// めぐり: the yearly cycle of a municipal committee, from the questionnaire to the 次第 and the 資料.
///
/// 調査票を配り、答えを集め、指標と施策・指標マップにし、次の会議の次第と資料を書き出します。
/// まず `meguri demo` で一年を通して見てください。
#[derive(Parser)]
#[command(name = "meguri", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Check(check::Check),
    Cases(cases::Cases),
    Simulate(simulate::Simulate),
    Adopt(adopt::Adopt),
    Ledger(ledger::Ledger),
    Tally(tally::Tally),
    Render(render::Render),
    Area(area::Area),
    Figures(figures::Figures),
    Receive(receive::Receive),
    Keygen(keygen::Keygen),
    Handover(handover::Handover),
    Export(export::Export),
    Import(import::Import),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Doctor(doctor::Doctor),
    New(new::New),
    Schema(schema::Schema),
}

/// Where papers are written.
#[derive(Args, Clone)]
struct Out {
    /// Folder for the papers (次第・資料の書き出し先). Made when it is not there.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

/// Where the pages are served.
#[derive(Args, Clone)]
struct Listen {
    /// Address and port of the pages.
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8080",
        env = "MEGURI_LISTEN"
    )]
    listen: String,
    /// What the links begin with, where it is not http:// and the address: behind a proxy with TLS.
    #[arg(long, value_name = "URL", env = "MEGURI_ADDRESS")]
    address: Option<String>,
}

/// Why a verb did not do its work.
enum Failure {
    /// The input is wrong; what to mend has been said.
    Wrong,
    /// It could not be tried.
    Stopped(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Stopped(error.into())
    }
}

/// Writes to stdout. That who reads it has seen enough (`meguri check … | head`) is no failure.
fn say(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// The municipalities of an export, with the ends of their journals.
fn say_heads(imported: &store::Imported) {
    for (municipality, head) in &imported.municipalities {
        eprintln!("{municipality}：記録{}件（末尾 {}）", head.seq, head.hash);
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing_subscriber::filter::LevelFilter::WARN.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("動き始められません（{error}）。");
            return ExitCode::from(2);
        }
    };
    let outcome = runtime.block_on(async {
        match Cli::parse().verb {
            Verb::Demo(verb) => verb.run().await,
            Verb::Serve(verb) => verb.run().await,
            Verb::Check(verb) => verb.run(),
            Verb::Cases(verb) => verb.run(),
            Verb::Ledger(verb) => verb.run().await,
            Verb::Simulate(verb) => verb.run(),
            Verb::Adopt(verb) => verb.run().await,
            Verb::Tally(verb) => verb.run().await,
            Verb::Render(verb) => verb.run().await,
            Verb::Area(verb) => verb.run().await,
            Verb::Figures(verb) => verb.run().await,
            Verb::Receive(verb) => verb.run().await,
            Verb::Keygen(verb) => verb.run(),
            Verb::Handover(verb) => verb.run().await,
            Verb::Export(verb) => verb.run().await,
            Verb::Import(verb) => verb.run().await,
            Verb::Backup(verb) => verb.run().await,
            Verb::Restore(verb) => verb.run().await,
            Verb::Doctor(verb) => verb.run().await,
            Verb::New(verb) => verb.run(),
            Verb::Schema(verb) => verb.run(),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Wrong) => ExitCode::from(1),
        Err(Failure::Stopped(error)) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}
