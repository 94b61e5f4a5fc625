//! The mail server, as it is given on the command line.

use anyhow::{Context, anyhow, bail};
use axum::http::Uri;
use clap::Args;
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};

use super::{PATIENCE, Post};

/// Hosts to which a password does not cross a network.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Where mail to respondents goes out. Without it, letters are shown for copying.
#[derive(Args, Clone)]
pub struct MailServer {
    /// Mail server (メールサーバー): smtps://user:password@host, smtp://user:password@host:587?tls=required,
    /// or smtp://host:25 for a relay in one's own network. Better in the environment than in the
    /// list of processes.
    #[arg(long, value_name = "URL", env = "MEGURI_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// Sender of the mail (差出人): 架空市 事務局 <jimukyoku@city.example.jp>. Answers go there.
    #[arg(long, value_name = "ADDRESS", env = "MEGURI_MAIL_FROM")]
    mail_from: Option<String>,
}

impl MailServer {
    /// The way to the mail server, if one is given. It is not tried yet.
    ///
    /// # Errors
    /// A setting is missing or cannot be read, or a password would cross a network in the clear.
    /// The message never has the password in it.
    pub fn post(&self) -> anyhow::Result<Option<Post>> {
        let (url, from) = match (&self.smtp, &self.mail_from) {
            (None, None) => return Ok(None),
            (Some(url), Some(from)) => (url, from),
            (Some(_), None) => {
                bail!("--smtp には差出人も要ります。--mail-from で指定してください。")
            }
            (None, Some(_)) => bail!(
                "--mail-from にはメールサーバーも要ります。--smtp か環境変数 MEGURI_SMTP で指定してください。"
            ),
        };
        let from = from.parse::<Mailbox>().map_err(|error| {
            anyhow!("--mail-from を読めません（{error}）。架空市 事務局 <jimukyoku@city.example.jp> の形にしてください。")
        })?;
        let form = "--smtp は smtps://利用者:パスワード@サーバー の形にしてください（記号は %40 のように書きます）";
        let uri: Uri = url.parse().map_err(|_| anyhow!("{form}。"))?;
        let host = uri.host().unwrap_or_default();
        let signs_in = uri.authority().is_some_and(|a| a.as_str().contains('@'));
        let in_the_clear = uri.scheme_str() != Some("smtps")
            && !uri
                .query()
                .unwrap_or_default()
                .split('&')
                .any(|q| q == "tls=required");
        if signs_in && in_the_clear && !HERE.contains(&host) {
            bail!(
                "--smtp のパスワードが暗号化されずに送られます。smtps:// にするか、終わりに ?tls=required を付けてください。"
            );
        }
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).context(form)?;
        Ok(Some(Post::new(server.timeout(Some(PATIENCE)), from)))
    }
}
