//! A running `meguri serve`, and somebody who talks to it over a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

/// The program, without the settings of whoever runs the tests.
pub fn meguri() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meguri"));
    for setting in [
        "RUST_LOG",
        "RUST_BACKTRACE",
        "MEGURI_DATA",
        "MEGURI_STORE",
        "MEGURI_LISTEN",
        "MEGURI_ADDRESS",
        "MEGURI_BACKUPS",
        "MEGURI_SMTP",
        "MEGURI_MAIL_FROM",
    ] {
        command.env_remove(setting);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a verb on a data folder to its end.
pub fn run(verb: &[&str], data: &Path) -> Output {
    let mut command = meguri();
    command.args(verb).arg("--data").arg(data);
    command.output().expect("meguri runs")
}

pub struct Server {
    child: Child,
    reader: JoinHandle<String>,
    /// `127.0.0.1:43210`
    pub address: String,
    /// The token of the sign-in link.
    pub sign_in: String,
}

impl Server {
    /// Starts it on a free port and waits until it listens.
    pub fn start(pack: &Path, data: &Path, log: &str) -> Server {
        Server::start_with(pack, data, log, &[])
    }

    /// As `start`, with further arguments.
    pub fn start_with(pack: &Path, data: &Path, log: &str, more: &[&str]) -> Server {
        let mut command = meguri();
        command
            .arg("serve")
            .arg(pack)
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0"])
            .args(more);
        command
            .env("RUST_LOG", log)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("meguri starts");
        let stderr = child.stderr.take().expect("piped");
        let (sender, lines) = channel();
        let reader = std::thread::spawn(move || {
            let mut all = String::new();
            for line in BufReader::new(stderr).lines() {
                let line = line.expect("UTF-8");
                all.push_str(&line);
                all.push('\n');
                // Nobody listens any more once the server runs.
                drop(sender.send(line));
            }
            all
        });
        let sign_in = awaited(&lines, "/sign-in/");
        let sign_in = sign_in.rsplit('/').next().expect("a token").to_owned();
        let listens = awaited(&lines, "で待っています");
        let address = listens
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .expect("an address");
        Server {
            address: address.to_owned(),
            sign_in,
            child,
            reader,
        }
    }

    /// SIGKILL: nothing is finished.
    pub fn kill(mut self) -> String {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it ends");
        self.reader.join().expect("its stderr")
    }

    /// SIGTERM: it finishes what it has begun.
    pub fn stop(mut self) -> (ExitStatus, String) {
        let told = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status();
        assert!(told.expect("kill").success());
        let status = self.child.wait().expect("it ends");
        (status, self.reader.join().expect("its stderr"))
    }
}

fn awaited(lines: &Receiver<String>, text: &str) -> String {
    lines
        .iter()
        .find(|line| line.contains(text))
        .unwrap_or_else(|| panic!("it ended without saying {text}"))
}

/// A status and everything that came back; nothing when the connection broke.
pub struct Reply {
    pub status: u16,
    pub text: String,
}

/// One request on a connection of its own.
pub fn send(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).ok()?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).expect("UTF-8");
    let status = text.split(' ').nth(1)?.parse().ok()?;
    Some(Reply { status, text })
}

/// Signs in and gives the cookie.
pub fn sign_in(server: &Server) -> String {
    let reply = send(
        &server.address,
        "POST",
        &format!("/kasou/sign-in/{}", server.sign_in),
        &[],
        b"",
    )
    .expect("an answer");
    assert_eq!(reply.status, 303, "{}", reply.text);
    let cookie = reply
        .text
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .expect("a cookie");
    cookie.split(';').next().expect("a cookie").to_owned()
}

/// Waits until the cycle has opened the survey, and makes a link for each of these offices.
pub fn links(server: &Server, offices: &[String]) -> Vec<String> {
    let cookie = sign_in(server);
    let cookie = [("cookie", cookie.as_str())];
    // The cycle runs in the background; asking again is the only way to see that it has got there.
    let page = loop {
        let page = send(
            &server.address,
            "GET",
            "/kasou/surveys/discharge",
            &cookie,
            b"",
        )
        .expect("an answer");
        assert_eq!(page.status, 200, "{}", page.text);
        if page.text.contains("受付中") {
            break page.text;
        }
    };
    let csrf = page
        .split("name=\"_csrf\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a token");
    let action = "/kasou/surveys/discharge/links";
    let made = offices.iter().map(|office| {
        let body = format!("_csrf={csrf}&respondent={office}");
        let reply =
            send(&server.address, "POST", action, &cookie, body.as_bytes()).expect("an answer");
        let text = reply.text.replace("&#x2f;", "/");
        let link = text
            .split("/kasou/r/")
            .nth(1)
            .unwrap_or_else(|| panic!("{text}"));
        link[..32].to_owned()
    });
    made.collect()
}
