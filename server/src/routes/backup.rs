//! Backups: what there is, and one to take away now.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use minijinja::value::Value;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::Form;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::backups;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::when;

/// Bytes that are handed on at once.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for a slow reader; then the export waits.
const AHEAD: usize = 8;

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/backup", Access::Administrator, "控えの状態", show)
        .post(
            "/{slug}/backup/export",
            Access::Administrator,
            "いまの控えを受け取る",
            export,
        )
}

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let today = app.act("").today();
    let kept = match &app.backups {
        Some(folder) => {
            let folder = folder.clone();
            let listed = tokio::task::spawn_blocking(move || backups::kept(&folder));
            Some(listed.await.map_err(PageError::broken)?)
        }
        None => None,
    };
    let (rows, unreadable) = match kept {
        Some(Ok(kept)) => (kept, false),
        Some(Err(_)) => (Vec::new(), true),
        None => (Vec::new(), false),
    };
    let newest = rows.first().map(|one| one.on);
    let rows: Vec<Value> = rows
        .iter()
        .map(|one| context! { on => when::day(one.on), file => one.file.as_str(), size => size(one.bytes) })
        .collect();
    pages::page(
        "desk/backup.html",
        context! {
            daily => app.backups.is_some(),
            rows, unreadable,
            late => newest.is_none_or(|on| (today - on).num_days() > 1),
            story_day => today.to_string(),
            ..frame(&app, &signed, "settings")
        },
    )
}

/// Everything of this municipality, as it is written. A download that ends early is cut and will not be restored:
/// the last line of an export says that it is whole.
async fn export(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    _: Form,
) -> Result<Response, PageError> {
    let act = app.act(&signed.person);
    signed.year.note_export(&act).await?;
    let (pieces, written) = sync_channel::<io::Result<Bytes>>(AHEAD);
    let (forward, mut waiting) = mpsc::channel::<io::Result<Bytes>>(AHEAD);
    // Who exports waits for a slow reader, and may not wait on what belongs to the runtime: that is done here.
    tokio::task::spawn_blocking(move || {
        for piece in written {
            if forward.blocking_send(piece).is_err() {
                break;
            }
        }
    });
    let (year, runtime) = (signed.year.clone(), Handle::current());
    // The embedded store blocks while it exports: not on a thread that serves pages.
    tokio::task::spawn_blocking(move || {
        let mut out = Pieces {
            pieces,
            piece: Vec::with_capacity(PIECE),
        };
        let exported = runtime.block_on(year.export(&mut out));
        let written = exported.map_err(io::Error::other).and_then(|_| out.flush());
        if let Err(error) = written {
            // Nobody may be reading any more; then nobody needs to be told.
            drop(out.pieces.send(Err(error)));
        }
    });
    let stream = futures_util::stream::poll_fn(move |context| waiting.poll_recv(context));
    let name = format!("{}-{}.jsonl", signed.year.slug(), act.today());
    let name = format!("attachment; filename=\"{name}\"");
    Ok((
        [
            (CONTENT_TYPE, "application/x-ndjson".to_owned()),
            (CONTENT_DISPOSITION, name),
        ],
        Body::from_stream(stream),
    )
        .into_response())
}

/// Hands on what is written, piece by piece.
struct Pieces {
    pieces: SyncSender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.pieces
            .send(Ok(piece.into()))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} バイト"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}
