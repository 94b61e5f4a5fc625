//! What a power cut leaves: a store on ext4 on a disk that forgets, cut at random moments while 16 writers work.
//!
//! ```text
//! this binary, `session`   unshare --mount: its mounts are seen by nobody else and end with it
//!   ├─ `disk`              FUSE: files that are disks with a volatile write cache (disk.rs)
//!   ├─ `write`             16 writers on a Store on ext4 on a loop device on such a file (work.rs)
//!   └─ `check`             for each cut: mounts the cut disk, opens the Store, compares (work.rs)
//! ```
//!
//! A writer acknowledges through the disk process too, so for each cut it is known exactly what had been
//! acknowledged before it. A cut disk has everything up to its last flush, and of what was written since then
//! all, nothing, or parts chosen by chance, torn at sectors: what a real disk may do.
//!
//! `MEGURI_POWER_CUTS` sets the number of cuts; the usual 100 take about a minute of processor time. Where the
//! machine cannot mount (no root, no FUSE, no loop devices), the test is listed as ignored and says why.

#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod machine;
#[cfg(target_os = "linux")]
mod session;
#[cfg(target_os = "linux")]
mod work;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use std::path::Path;

    use libtest_mimic::{Arguments, Trial};

    let arguments: Vec<String> = std::env::args().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[1..] {
        ["child", "session", cuts] => session::run(cuts.parse().expect("a number of cuts")),
        ["child", "disk", folder] => machine::serve(Path::new(folder)),
        ["child", "write", folder, acknowledged] => {
            work::write_for_ever(Path::new(folder), Path::new(acknowledged))
        }
        ["child", "check", folder, acknowledged] => work::check(Path::new(folder), acknowledged),
        _ => {
            let hindrance = session::hindrance();
            if let Some(reason) = &hindrance {
                eprintln!("SKIPPED: the power cut test cannot run here: {reason}");
            }
            let name = "no_power_cut_loses_what_was_acknowledged";
            let trial = Trial::test(name, session::apart).with_ignored_flag(hindrance.is_some());
            libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("SKIPPED: the power cut test needs FUSE and loop devices of Linux");
    ExitCode::SUCCESS
}
