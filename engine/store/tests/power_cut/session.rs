//! The session: mounts, cuts, and the comparison after each cut.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

use libtest_mimic::Failed;

use crate::disk::random;

const CUTS: u64 = 100;
/// Each round begins with a new disk, so that a comparison does not take longer and longer.
const CUTS_A_ROUND: u64 = 10;
/// Block writes between two cuts, at most.
const WRITES_BETWEEN: u64 = 150;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn me() -> Command {
    let mut command = Command::new(env::current_exe().expect("the path of this test"));
    command.arg("child");
    command
}

/// Runs a program to its end; what it prints, or what it complains about.
fn run_to_end(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{command:?}: {complaint}").into())
}

/// A command in a mount namespace of its own.
fn unshared() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "--"]);
    command
}

/// Why this machine cannot run the test, if it cannot.
pub fn hindrance() -> Option<String> {
    for device in ["/dev/fuse", "/dev/loop-control"] {
        if let Err(error) = fs::OpenOptions::new().read(true).write(true).open(device) {
            return Some(format!("{device}: {error}"));
        }
    }
    let (mut format, mut mount) = (Command::new("mkfs.ext4"), unshared());
    let tries = [
        format.arg("-V"),
        mount.args(["mount", "-t", "tmpfs", "none", "/mnt"]),
    ];
    tries
        .into_iter()
        .find_map(|command| Some(run_to_end(command).err()?.to_string()))
}

/// Runs the session where its mounts harm nobody.
pub fn apart() -> Result<(), Failed> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test has no command line for settings"
    )]
    let cuts = env::var("MEGURI_POWER_CUTS").unwrap_or_else(|_| CUTS.to_string());
    let mut command = unshared();
    command
        .arg(env::current_exe()?)
        .args(["child", "session", &cuts]);
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the session ended with {status}").into())
    }
}

pub fn run(cuts: u64) -> ExitCode {
    match cut_and_compare(cuts) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn cut_and_compare(cuts: u64) -> Outcome<String> {
    let folder = tempfile::tempdir()?;
    let place = |name: &str| -> Outcome<PathBuf> {
        let path = folder.path().join(name);
        fs::create_dir_all(&path)?;
        Ok(path)
    };
    let (machine, before, after) = (place("machine")?, place("before")?, place("after")?);
    let mut disks = Disks::start(&machine)?;
    let (mut compared, mut cached, mut lost, mut done) = (0, 0, 0, 0);
    while done < cuts {
        let disk = disks.ask("new")?;
        let image = machine.join(format!("disk-{disk}"));
        // No discard: FUSE has none, and the disk is empty anyway.
        run_to_end(
            Command::new("mkfs.ext4")
                .args(["-q", "-F", "-E", "nodiscard"])
                .arg(&image),
        )?;
        let mounted = Mounted::ext4(&image, &before)?;
        let mut writers = Killed(
            me().arg("write")
                .args([before.join("data"), machine.join("acknowledged")])
                .spawn()?,
        );
        for _ in 0..CUTS_A_ROUND.min(cuts - done) {
            let answer = disks.ask(&format!("cut {disk} {}", random(WRITES_BETWEEN)))?;
            let mut answer = answer.split(' ');
            let mut word = || answer.next().ok_or("a short answer");
            let cut = word()?.to_owned();
            cached += word()?.parse::<u64>()?;
            lost += word()?.parse::<u64>()?;
            if let Some(status) = writers.0.try_wait()? {
                return Err(format!("the writers ended by themselves: {status}").into());
            }
            // While this cut is looked at: else the disk would be full before the next one.
            writers.signal("STOP")?;
            let told = |error| format!("cut {}: {error}", done + 1);
            let revived =
                Mounted::ext4(&machine.join(format!("disk-{cut}")), &after).map_err(told)?;
            let mut check = me();
            check.arg("check").arg(after.join("data")).arg(word()?);
            compared += run_to_end(&mut check)
                .map_err(told)?
                .trim()
                .parse::<u64>()?;
            revived.unmount()?;
            disks.ask(&format!("drop {cut}"))?;
            writers.signal("CONT")?;
            done += 1;
        }
        drop(writers);
        mounted.unmount()?;
        disks.ask(&format!("drop {disk}"))?;
    }
    if cuts >= CUTS_A_ROUND && (lost == 0 || compared == 0) {
        return Err(format!("{cuts} cuts: {lost} writes lost, {compared} compared").into());
    }
    Ok(format!(
        "{cuts} power cuts: {cached} block writes in the disk's cache, {lost} of them lost or torn; {compared} acknowledged commits compared, all there"
    ))
}

/// The process with the disks.
struct Disks {
    process: Killed,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Disks {
    fn start(folder: &Path) -> Outcome<Disks> {
        let mut process = me()
            .arg("disk")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let commands = process.stdin.take().ok_or("no stdin")?;
        let answers = BufReader::new(process.stdout.take().ok_or("no stdout")?);
        let mut disks = Disks {
            process: Killed(process),
            commands,
            answers,
        };
        disks.answer()?;
        Ok(disks)
    }

    fn ask(&mut self, command: &str) -> Outcome<String> {
        writeln!(self.commands, "{command}")?;
        self.answer()
    }

    fn answer(&mut self) -> Outcome<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(format!("the disk process ended: {:?}", self.process.0.wait()).into());
        }
        Ok(line.trim_end_matches('\n').to_owned())
    }
}

/// A process that does not outlive its owner.
struct Killed(Child);

impl Killed {
    fn signal(&self, name: &str) -> Outcome<()> {
        let process = self.0.id().to_string();
        run_to_end(Command::new("kill").args(["-s", name, &process])).map(drop)
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        if self.0.kill().is_ok() {
            drop(self.0.wait());
        }
    }
}

/// A mounted disk, unmounted also when a comparison fails.
struct Mounted(Option<PathBuf>);

impl Mounted {
    fn ext4(image: &Path, folder: &Path) -> Outcome<Mounted> {
        run_to_end(
            Command::new("mount")
                .args(["-t", "ext4", "-o", "loop"])
                .args([image, folder]),
        )?;
        Ok(Mounted(Some(folder.to_owned())))
    }

    fn unmount(mut self) -> Outcome<()> {
        match self.0.take() {
            Some(folder) => run_to_end(Command::new("umount").arg(folder)).map(drop),
            None => Ok(()),
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            drop(run_to_end(Command::new("umount").arg("--lazy").arg(folder)));
        }
    }
}
