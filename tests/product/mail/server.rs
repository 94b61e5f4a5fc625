//! A real mail server for the tests: Debian's python3-aiosmtpd, with `server.py` beside this file.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Deserialize;

/// Longer than the lease of a letter that a killed process had claimed.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running mail server.
pub struct MailServer {
    child: Child,
    pub port: u16,
    lines: Receiver<String>,
}

/// A message that it has accepted, decoded by Python's mail library.
#[derive(Debug, Deserialize)]
pub struct Received {
    pub recipients: Vec<String>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub raw: String,
    /// Of which connection it came.
    pub connection: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let value = found.next().map_or("", |(_, value)| value);
        assert!(found.next().is_none(), "{name} stands there twice");
        value
    }

    /// The secret of the personal link.
    pub fn token(&self) -> &str {
        let link = self.body.split("/kasou/r/").nth(1).expect("a link");
        &link[..32]
    }

    pub fn to(&self) -> &str {
        assert_eq!(self.recipients.len(), 1, "{:?}", self.recipients);
        &self.recipients[0]
    }
}

impl MailServer {
    /// Starts it on a port, or on any free one for 0. Nothing where it is not installed.
    pub fn start(port: u16) -> Option<MailServer> {
        let Some(python) = python() else {
            eprintln!("SKIPPED: no python3 with aiosmtpd here (apt-get install python3-aiosmtpd)");
            return None;
        };
        let mut child = Command::new(python)
            .args(["-c", include_str!("server.py")])
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                // Nobody looks any more.
                if sender.send(line.expect("UTF-8")).is_err() {
                    break;
                }
            }
        });
        let port = lines.recv().expect("it says its port");
        let port = port.parse().expect("a port");
        Some(MailServer { child, port, lines })
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Waits for the next message.
    pub fn next(&self) -> Received {
        let line = self.lines.recv_timeout(PATIENCE);
        read(&line.expect("a message within three minutes"))
    }

    /// Ends it; everything that it has accepted and that was not looked at, in the order of addresses.
    pub fn stop(mut self) -> Vec<Received> {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        let mut all: Vec<Received> = self.lines.iter().map(|line| read(&line)).collect();
        all.sort_by(|a, b| a.recipients.cmp(&b.recipients));
        all
    }
}

fn read(line: &str) -> Received {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// The first Python that has the library: Debian's, or that of the path.
fn python() -> Option<PathBuf> {
    let has_it = |python: &PathBuf| {
        let mut tried = Command::new(python);
        let tried = tried
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null())
            .status();
        tried.is_ok_and(|status| status.success())
    };
    ["/usr/bin/python3", "python3"]
        .map(PathBuf::from)
        .into_iter()
        .find(has_it)
}
