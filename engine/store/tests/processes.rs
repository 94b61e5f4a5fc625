//! What happens to a data folder when processes die, meet, or meet a full disk.
//!
//! The binary of this test is also the child process: `processes child <role> <folder> …`.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::{env, thread};

use chrono::DateTime;
use futures_executor::block_on;
use libtest_mimic::{Arguments, Failed, Trial};
use store::{Commit, CommitError, Key, Store, StoreError};

const WRITERS: u64 = 8;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[1..] {
        ["child", "write", folder, round] => write_for_ever(Path::new(folder), round),
        ["child", "open", folder] => {
            print!(
                "{}",
                Store::open(Path::new(folder))
                    .err()
                    .map_or_else(|| "opened".to_owned(), |error| error.to_string())
            );
            ExitCode::SUCCESS
        }
        ["child", "fill", folder] => fill(Path::new(folder)),
        _ => {
            let trials = vec![
                Trial::test("a_killed_process_loses_nothing_it_acknowledged", killed),
                Trial::test("another_process_is_told_who_has_the_folder", second_process),
                Trial::test("a_failed_write_stops_all_later_commits", full_disk),
            ];
            libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
        }
    }
}

fn child(role: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().expect("the path of this test"));
    command.arg("child").args(role).stdout(Stdio::piped());
    command
}

fn commit(key: &Key, value: Vec<u8>) -> Commit {
    Commit {
        municipality: key.municipality().to_owned(),
        at: DateTime::UNIX_EPOCH,
        by: "test".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: Vec::new(),
        events: vec![serde_json::json!({ "type": "wrote", "key": key })],
        writes: vec![(key.clone(), Some(value))],
    }
}

/// From 1 byte to 64 KiB, mostly small, and known from the key alone.
fn value_for(key: &Key) -> Vec<u8> {
    let seed = key.as_str().bytes().fold(7_u64, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let bytes = if seed % 16 == 0 {
        seed % 65_536 + 1
    } else {
        seed % 2_000 + 1
    };
    (0..bytes)
        .map(|nth| (seed.wrapping_add(nth) % 251) as u8)
        .collect()
}

/// Child: eight writers; each key is printed after its commit was acknowledged.
fn write_for_ever(folder: &Path, round: &str) -> ExitCode {
    let store = Store::open(folder).expect("the folder opens after a kill");
    let out = Mutex::new(std::io::stdout());
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, out) = (&store, &out);
            scope.spawn(move || {
                for n in 0_u64.. {
                    let key = Key::new(["架空市", round, &writer.to_string(), &n.to_string()])
                        .expect("a key");
                    block_on(store.commit(commit(&key, value_for(&key)))).expect("a commit");
                    let mut out = out.lock().expect("no writer panics while printing");
                    writeln!(out, "{key}")
                        .and_then(|()| out.flush())
                        .expect("the parent reads");
                }
            });
        }
    });
    ExitCode::SUCCESS
}

fn killed() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut acknowledged: Vec<Key> = Vec::new();
    for round in 0..20 {
        let mut writer = child(&[
            "write",
            &folder.path().display().to_string(),
            &round.to_string(),
        ])
        .spawn()?;
        let out = writer.stdout.take().ok_or("the child has no output")?;
        let mut lines = BufReader::new(out).lines();
        // A different moment in every run; the lines that follow the kill were acknowledged too.
        let until = RandomState::new().build_hasher().finish() % 400;
        for _ in 0..=until {
            acknowledged.push(lines.next().ok_or("the child ended by itself")??.parse()?);
        }
        writer.kill()?;
        writer.wait()?;
        for line in lines {
            acknowledged.extend(line?.parse::<Key>());
        }
        let store = Store::open(folder.path())?;
        for key in &acknowledged {
            if block_on(store.get(key))?.as_deref() != Some(value_for(key).as_slice()) {
                return Err(format!("round {round}: {key} was acknowledged and is gone").into());
            }
        }
        let problems = block_on(store.verify(None))?;
        if !problems.is_empty() {
            return Err(format!("round {round}: {problems:?}").into());
        }
        // A commit is atomic: a value has its record and a record its value.
        let (records, values) = (
            block_on(store.journal("架空市", 1))?.len(),
            block_on(store.scan(&Key::new(["架空市"])?))?.len(),
        );
        if records != values || values < acknowledged.len() {
            return Err(format!("round {round}: {records} records, {values} values").into());
        }
    }
    Ok(())
}

fn second_process() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().display().to_string();
    let open_elsewhere = || -> Result<String, Failed> {
        Ok(String::from_utf8(child(&["open", &path]).output()?.stdout)?)
    };

    let store = Store::open(folder.path())?;
    let refused = open_elsewhere()?;
    let expected = format!(
        "データフォルダー {path} は別の meguri（プロセス {}）が使用中です。動いているサーバーの管理画面から操作するか、サーバーを止めてからもう一度実行してください。",
        std::process::id()
    );
    if refused != expected {
        return Err(refused.into());
    }
    // The one that was refused has harmed nothing.
    let key = Key::new(["架空市", "a"])?;
    block_on(store.commit(commit(&key, vec![1])))?;
    drop(store);
    let opened = open_elsewhere()?;
    if opened == "opened" {
        Ok(())
    } else {
        Err(opened.into())
    }
}

/// Child under a limit on the size of files: writes until it fails, then must refuse everything.
fn fill(folder: &Path) -> ExitCode {
    let store = Store::open(folder).expect("a new folder opens");
    for n in 0..10_000 {
        let key = Key::new(["架空市".to_owned(), n.to_string()]).expect("a key");
        match block_on(store.commit(commit(&key, vec![1; 60_000]))) {
            Ok(_) => println!("{key}"),
            Err(CommitError::Stopped { .. }) => {
                // Even the smallest, which would still fit.
                for later in 0..3 {
                    let key =
                        Key::new(["架空市".to_owned(), format!("later-{later}")]).expect("a key");
                    let refused = block_on(store.commit(commit(&key, Vec::new())));
                    assert!(
                        matches!(refused, Err(CommitError::Stopped { .. })),
                        "{refused:?}"
                    );
                }
                println!("stopped");
                return ExitCode::SUCCESS;
            }
            Err(error) => panic!("{error}"),
        }
    }
    ExitCode::FAILURE
}

fn full_disk() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let exe = env::current_exe()?;
    // 40,000 blocks of 512 bytes. Without XFSZ the signal would kill the child instead of failing the write.
    let limited = r#"trap '' XFSZ; ulimit -f 40000; exec "$0" child fill "$1""#;
    let output = Command::new("sh")
        .args(["-c", limited])
        .arg(exe)
        .arg(folder.path())
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let Some(acknowledged) = text.strip_suffix("stopped\n") else {
        return Err(format!("the child did not stop as it should: {text}").into());
    };
    // Without the limit everything that was acknowledged is there.
    let store = Store::open(folder.path()).map_err(|error: StoreError| error.to_string())?;
    for path in acknowledged.lines() {
        if block_on(store.get(&path.parse()?))?.is_none_or(|value| value != vec![1; 60_000]) {
            return Err(format!("{path} was acknowledged and is gone").into());
        }
    }
    if acknowledged.lines().count() < 10 {
        return Err("the limit was met before anything was written".into());
    }
    Ok(())
}
