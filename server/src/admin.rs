//! The administration socket: how `meguri backup` and `meguri export` reach the store of a running server.
//!
//! `admin.sock` in the data folder, for its owner only. A line comes in: `export`, or `export <municipality>`.
//! The lines of the export go out. When it fails on the way, the last line is `{"error":"…"}`.

use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use store::{Exported, Store};
use tokio::runtime::Handle;

const NAME: &str = "admin.sock";
/// Who does not read on for so long is given up: the next one waits.
const PATIENCE: Duration = Duration::from_secs(60);
const FAILED: &[u8] = b"{\"error\":";

/// Answers on the socket of the data folder for as long as the process lives. What an earlier process left there
/// is replaced.
///
/// # Errors
/// The socket cannot be made: the folder cannot be written, or its path is too long for a socket.
pub fn listen(data: &Path, store: Store) -> anyhow::Result<()> {
    let (place, fresh) = (data.join(NAME), data.join("admin.sock.new"));
    let make = || -> io::Result<UnixListener> {
        if fresh.exists() {
            fs::remove_file(&fresh)?;
        }
        let listener = UnixListener::bind(&fresh)?;
        fs::set_permissions(&fresh, Permissions::from_mode(0o600))?;
        fs::rename(&fresh, &place)?;
        Ok(listener)
    };
    let listener = make().with_context(|| {
        format!(
            "{} を開けません。データフォルダーの権限と、パスの長さ（100 バイトまで）を確かめてください",
            place.display()
        )
    })?;
    let runtime = Handle::current();
    thread::Builder::new()
        .name("admin".to_owned())
        .spawn(move || {
            for stream in listener.incoming() {
                let answered = stream.and_then(|stream| answer(&stream, &store, &runtime));
                if let Err(error) = answered {
                    tracing::warn!("admin.sock: {error}");
                }
            }
        })?;
    Ok(())
}

fn answer(stream: &UnixStream, store: &Store, runtime: &Handle) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut request = String::new();
    BufReader::new(stream).read_line(&mut request)?;
    let mut out = BufWriter::new(stream);
    let municipality = match request.trim_end().split_once(' ') {
        None if request == "export\n" => None,
        Some(("export", municipality)) => Some(municipality),
        _ => {
            return refuse(
                &mut out,
                "知らない頼みです。同じ版の meguri を使ってください。",
            );
        }
    };
    match runtime.block_on(store.export(municipality, &mut out)) {
        Ok(_) => out.flush(),
        Err(error) => refuse(&mut out, &error.to_string()),
    }
}

fn refuse(out: &mut impl Write, reason: &str) -> io::Result<()> {
    writeln!(out, "{}", serde_json::json!({ "error": reason }))?;
    out.flush()
}

/// The running server of this data folder; `None` when there is none.
pub fn connect(data: &Path) -> Option<UnixStream> {
    UnixStream::connect(data.join(NAME)).ok()
}

/// Has the server export everything, or one municipality, and passes its lines on to `out`.
///
/// # Errors
/// The server says why it cannot; it goes away on the way; `out` fails.
pub fn export(
    mut server: UnixStream,
    municipality: Option<&str>,
    out: &mut dyn Write,
) -> anyhow::Result<Exported> {
    match municipality {
        None => writeln!(server, "export")?,
        Some(municipality) => writeln!(server, "export {municipality}")?,
    }
    let mut exported = Exported::default();
    let mut lines = BufReader::new(server);
    let mut line = Vec::new();
    let mut ended = false;
    while lines.read_until(b'\n', &mut line)? > 0 {
        if line.starts_with(FAILED) {
            let said: serde_json::Value = serde_json::from_slice(&line)?;
            bail!("{}", said["error"].as_str().unwrap_or_default());
        }
        // The name of a line stands before the first colon: {"record":…
        match line.split(|byte| *byte == b':').next() {
            Some(b"{\"municipality\"") => exported.municipalities += 1,
            Some(b"{\"record\"") => exported.records += 1,
            Some(b"{\"json\"" | b"{\"bytes\"") => exported.values += 1,
            Some(b"{\"file\"") => exported.files += 1,
            Some(b"{\"end\"") => ended = true,
            _ => {}
        }
        out.write_all(&line)?;
        line.clear();
    }
    out.flush()?;
    if !ended {
        bail!("サーバーからの書き出しが途中で切れました。もう一度実行してください。");
    }
    Ok(exported)
}
