//! The server as a process of its own, stopped whatever happens.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::connection::Connection;
use super::machine;
use super::pack::SLUG;
use super::scene::Scene;

pub struct Server {
    process: Child,
    pub address: SocketAddr,
    /// From starting the process until the first question page had arrived.
    pub started_in: Duration,
}

impl Server {
    /// Starts `binary serve` on a free port of the loopback interface and reads the first page.
    ///
    /// # Errors
    /// It does not start, or shows no page.
    pub fn start(binary: &Path, scene: &Scene) -> Result<Server> {
        let begun = Instant::now();
        let mut process = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(scene.data())
            .arg(scene.pack())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| {
                format!(
                    "{} does not start; build it with --release",
                    binary.display()
                )
            })?;
        let mut messages = BufReader::new(process.stderr.take().context("its messages")?);
        // On an error the process ends when `server` is dropped.
        let mut server = Server {
            process,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            started_in: Duration::ZERO,
        };
        let mut all = String::new();
        loop {
            let mut line = String::new();
            ensure!(messages.read_line(&mut line)? > 0, "the server says: {all}");
            all.push_str(&line);
            let address = line
                .strip_prefix("http://")
                .and_then(|rest| rest.split(' ').next()?.parse().ok());
            if let Some(address) = address {
                server.address = address;
                break;
            }
        }
        // What it says later must not fill the pipe.
        thread::spawn(move || {
            let mut rest = String::new();
            if messages.read_to_string(&mut rest).is_ok() {
                eprint!("{rest}");
            }
        });
        let mut connection = Connection::open(server.address)?;
        let mut page = connection.ask(&format!("/{SLUG}/r/{}/1", scene.tokens[0]), None, false)?;
        if let Some(receipt) = page.location {
            page = connection.ask(&receipt, None, false)?;
        }
        ensure!(page.status == 200, "the first page: {}", page.status);
        server.started_in = begun.elapsed();
        Ok(server)
    }

    /// Resident memory now and at most so far, in MB.
    ///
    /// # Errors
    /// The process has ended.
    pub fn memory(&self) -> Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let of = |name: &str| -> Option<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0 / 1e6)
        };
        Ok((
            of("VmRSS:").context("VmRSS")?,
            of("VmHWM:").context("VmHWM")?,
        ))
    }

    /// Processor time so far.
    ///
    /// # Errors
    /// The process has ended.
    pub fn cpu(&self) -> Result<Duration> {
        machine::of_process(&self.process.id().to_string())
    }

    /// Kills it: what it has acknowledged must be on the disk without a farewell.
    ///
    /// # Errors
    /// It cannot be killed.
    pub fn stop(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        if self.process.kill().is_ok() {
            drop(self.process.wait());
        }
    }
}
