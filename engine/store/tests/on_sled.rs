//! The conformance suite on the embedded store.

#![expect(
    clippy::unwrap_used,
    reason = "tests with a main of their own are no tests to clippy"
)]

mod conformance;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::Arguments;
use store::Store;

fn main() -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), conformance::trials(open)).exit_code()
}

fn open(folder: &Path) -> Store {
    Store::open(folder).expect("a folder that can be opened")
}
