//! What happens to a running cycle when processes are killed, meet, or lose their database.
//!
//! The binary of this test is also the program that is killed: `faults child <role> …`.

mod killed;
mod pack;

use std::env;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[1..] {
        ["child", "live", folder] => killed::live(folder.as_ref()),
        _ => {
            let trials = vec![Trial::test(
                "a_killed_cycle_goes_on",
                killed::a_hundred_times,
            )];
            libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
        }
    }
}
