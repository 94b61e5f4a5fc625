//! The binary `meguri`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
