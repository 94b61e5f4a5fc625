//! The conformance suite on PostgreSQL, and what only happens to a server: moves, other processes, its going away.
//!
//! One private server for all of it; each case has a database of its own. Where PostgreSQL is not installed,
//! nothing is tested, and that is said.

#![expect(
    clippy::unwrap_used,
    reason = "tests with a main of their own are no tests to clippy"
)]

#[path = "../conformance/mod.rs"]
mod conformance;

mod away;
mod beside;
mod damage;
mod killed;
mod refused;
mod server;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    // The binary is also the other process that gets killed.
    if let Some(url) = std::env::args()
        .skip_while(|argument| argument != "child")
        .nth(1)
    {
        killed::work_for_ever(&url);
    }
    let arguments = Arguments::from_args();
    if !arguments.list
        && let Err(missing) = server::start()
    {
        eprintln!("\n*** SKIPPED: nothing is tested on PostgreSQL. {missing}\n");
        return ExitCode::SUCCESS;
    }
    let mut trials = conformance::trials(server::open);
    trials.extend(beside::trials());
    trials.extend(damage::trials());
    trials.extend(killed::trials());
    trials.extend(refused::trials());
    trials.extend(away::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A test named for its function.
fn trial(name: &str, case: fn()) -> Trial {
    Trial::test(name, move || {
        case();
        Ok::<(), Failed>(())
    })
}
