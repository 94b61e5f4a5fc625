//! A PostgreSQL of a test's own: its data in a temporary folder, on a port of its own, gone when the test is.
//!
//! PostgreSQL refuses to run as root, so root starts it as the user `postgres`, which Debian's package makes.
//! Nothing is left behind, however the test ends: a small shell waits at a pipe that closes with this process,
//! then stops the server and removes the folder.

use std::env;
use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where Debian puts the programs: below, one folder a version.
const DEBIAN: &str = "/usr/lib/postgresql";
const USER: &str = "postgres";

/// A running server, or one that was stopped and can be started again.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    watch: Child,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "PostgreSQL is not installed here: neither on the PATH nor below /usr/lib/postgresql (Debian: apt-get install postgresql)"
    )]
    NotInstalled,
    #[error("there is no user postgres to run it as, and root must not")]
    NoUser,
    #[error("{program}: {output}")]
    Failed { program: String, output: String },
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Server {
    /// Makes a new, empty server and starts it. It is as durable as PostgreSQL is by default.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub fn start() -> Result<Server, StartError> {
        let programs = programs().ok_or(StartError::NotInstalled)?;
        let user = match fs::metadata("/proc/self")?.uid() {
            0 => Some(account(USER).ok_or(StartError::NoUser)?),
            _ => None,
        };
        let folder = tempfile::Builder::new()
            .prefix("private-postgres-")
            .tempdir()?;
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        // From here on the watching shell removes the folder.
        let folder = folder.keep();
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let watch = watch(&folder)?;
        let server = Server {
            programs,
            folder,
            port,
            user,
            watch,
        };
        let data = server.data();
        server.run(
            "initdb",
            &[
                "-D",
                &data,
                "-U",
                USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
        )?;
        server.restart()?;
        Ok(server)
    }

    /// Starts it again, on the same port with the same data.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&self) -> Result<(), StartError> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=300",
            self.port,
            self.folder.display()
        );
        let log = self.folder.join("log").display().to_string();
        let data = self.data();
        self.run(
            "pg_ctl",
            &["start", "-w", "-D", &data, "-l", &log, "-o", &options],
        )
    }

    /// Stops it in good order; open connections are closed.
    ///
    /// # Errors
    /// It does not stop.
    pub fn stop(&self) -> Result<(), StartError> {
        self.run("pg_ctl", &["stop", "-w", "-m", "fast", "-D", &self.data()])
    }

    /// Ends it as a crash would: nothing is finished, and the next start recovers from the log.
    ///
    /// # Errors
    /// It does not stop.
    pub fn kill(&self) -> Result<(), StartError> {
        self.run(
            "pg_ctl",
            &["stop", "-w", "-m", "immediate", "-D", &self.data()],
        )
    }

    /// Makes a new, empty database and gives its address.
    ///
    /// # Errors
    /// It exists already, or the server does not answer.
    pub fn create(&self, database: &str) -> Result<String, StartError> {
        self.sql(
            "postgres",
            &format!(r#"CREATE DATABASE "{database}" TEMPLATE template0"#),
        )?;
        Ok(self.url(database))
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs SQL in a database as an administrator would and gives what it prints: a row a line, `|` between columns.
    ///
    /// # Errors
    /// PostgreSQL refuses it, or does not answer.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, StartError> {
        let url = self.url(database);
        let output = self
            .command("psql")
            .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-d", &url, "-c", sql])
            .output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout)
                .trim_end()
                .to_owned())
        } else {
            Err(failed("psql", &output.stderr))
        }
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    /// Not through a pipe: the server inherits what `pg_ctl` has open, and would keep it open.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), StartError> {
        let said = self.folder.join("said");
        let out = File::create(&said)?;
        let status = self
            .command(program)
            .args(arguments)
            .stderr(out.try_clone()?)
            .stdout(out)
            .status()?;
        if status.success() {
            return Ok(());
        }
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        Err(failed(program, &[fs::read(&said)?, log].concat()))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.folder).stdin(Stdio::null());
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Server {
    /// Stops the server and removes its folder.
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        // Nothing can be done about a shell that failed.
        drop(self.watch.wait());
    }
}

fn failed(program: &str, output: &[u8]) -> StartError {
    StartError::Failed {
        program: program.to_owned(),
        output: String::from_utf8_lossy(output).into_owned(),
    }
}

/// The folder with PostgreSQL's programs: on the PATH, or the newest that Debian has installed.
fn programs() -> Option<PathBuf> {
    let has_them = |folder: &PathBuf| {
        let there = |program| folder.join(program).is_file();
        ["initdb", "pg_ctl", "psql"].into_iter().all(there)
    };
    let path = env::var_os("PATH").unwrap_or_default();
    if let Some(found) = env::split_paths(&path).find(has_them) {
        return Some(found);
    }
    let versions = fs::read_dir(DEBIAN).ok()?;
    let version = |folder: &Path| -> Option<u32> { folder.file_name()?.to_str()?.parse().ok() };
    versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|folder| Some((version(&folder)?, folder.join("bin"))))
        .filter(|(_, folder)| has_them(folder))
        .max()
        .map(|(_, folder)| folder)
}

/// User and group number of an account.
fn account(name: &str) -> Option<(u32, u32)> {
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        // name:password:uid:gid:…
        let fields: Vec<&str> = line.split(':').collect();
        match fields[..] {
            [user, _, uid, gid, ..] if user == name => Some((uid.parse().ok()?, gid.parse().ok()?)),
            _ => None,
        }
    })
}

/// A shell that outlives this process for as long as it takes to stop the server and to remove `folder`.
fn watch(folder: &Path) -> io::Result<Child> {
    let script = r#"
        trap '' INT TERM HUP
        cat
        if server=$(head -n 1 "$0/data/postmaster.pid"); then
            kill -QUIT "$server"
            for _ in $(seq 100); do kill -0 "$server" || break; sleep 0.05; done
        fi
        rm -rf "$0"
    "#;
    Command::new("sh")
        .args(["-c", script])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
