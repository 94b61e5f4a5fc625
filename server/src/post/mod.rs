//! Mail: letters leave the outbox through an SMTP server.

mod deliver;
mod message;
mod settings;

use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::year::Outgoing;
use lettre::message::Mailbox;
use lettre::transport::smtp::{self, AsyncSmtpTransportBuilder};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::sync::{Mutex, Notify};

pub use deliver::{deliver, send_due};
pub use settings::MailServer;

/// How long one letter may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Replies that are about our sign-in and not about the letter (RFC 4954).
const SIGN_IN: std::ops::RangeInclusive<u16> = 530..=538;

/// The way to the mail server.
pub struct Post {
    server: AsyncSmtpTransportBuilder,
    /// Connections are kept and used again.
    connected: Mutex<AsyncSmtpTransport<Tokio1Executor>>,
    from: Mailbox,
    queued: Notify,
}

/// Why a letter was not sent.
struct NotSent {
    why: String,
    /// Trying again would be in vain.
    for_good: bool,
}

impl Post {
    fn new(server: AsyncSmtpTransportBuilder, from: Mailbox) -> Post {
        Post {
            connected: Mutex::new(server.clone().build()),
            server,
            from,
            queued: Notify::new(),
        }
    }

    /// Something may have been put into an outbox.
    pub fn wake(&self) {
        self.queued.notify_one();
    }

    async fn send(&self, slug: &str, letter: &Outgoing, at: DateTime<Utc>) -> Result<(), NotSent> {
        let message = message::message(&self.from, slug, letter, at).map_err(|why| NotSent {
            why,
            for_good: true,
        })?;
        let mut connected = self.connected.lock().await;
        match tokio::time::timeout(PATIENCE, connected.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(not_sent(&error)),
            Err(_) => {
                // The answer may still come. On this connection it would be taken for the answer
                // to the next letter.
                *connected = self.server.clone().build();
                Err(no_answer())
            }
        }
    }
}

fn not_sent(error: &smtp::Error) -> NotSent {
    use std::error::Error as _;
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let (why, for_good) = match error.status() {
        Some(code) if SIGN_IN.contains(&u16::from(code)) => (
            format!("メールサーバーにサインインできません（{code} {said}）"),
            false,
        ),
        Some(code) => (
            format!("メールサーバーが受け取りませんでした（{code} {said}）"),
            error.is_permanent(),
        ),
        None if error.is_timeout() => return no_answer(),
        None => (format!("メールサーバーにつながりません（{said}）"), false),
    };
    NotSent { why, for_good }
}

fn no_answer() -> NotSent {
    NotSent {
        why: format!(
            "メールサーバーが{}秒たっても答えませんでした",
            PATIENCE.as_secs()
        ),
        for_good: false,
    }
}
