//! Connecting, and what a server must be to be used.

use std::time::Duration;

use deadpool_postgres::{Manager, Pool, PoolError, Runtime, Timeouts};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

use crate::error::StoreError;
use crate::postgres::fault::{describe, fault, unavailable};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Connections for reading, each process.
const READERS: usize = 8;

/// PostgreSQL 15.
const OLDEST: i32 = 150_000;

/// For every connection, whatever the server or the role is set to. An acknowledgement means "on the disk"; nobody
/// waits for ever for another's lock; a process that stands still in a transaction does not stop the others. Every
/// query is by key: a plan that was made while a table was empty must not read it whole when it has grown.
const SETTINGS: &str = "-c synchronous_commit=on -c lock_timeout=5s \
    -c idle_in_transaction_session_timeout=20s -c enable_seqscan=off";

pub(super) fn config(url: &str) -> Result<Config, StoreError> {
    let unreadable = |cause: &str| {
        unusable(format!(
            "アドレスを読めません（{cause}）。postgres://利用者@ホスト/データベース の形で書いてください。"
        ))
    };
    // The parser's message names what is wrong and repeats no password.
    let mut config: Config = url.parse().map_err(|error| unreadable(&describe(&error)))?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(unreadable("ホストがありません"));
    }
    if config.get_ssl_mode() == SslMode::Require {
        return Err(unusable(
            "TLS（sslmode=require）には対応していません。信頼できる回線か Unix ソケットでつなぎ、sslmode を外してください。".to_owned(),
        ));
    }
    let options = match config.get_options() {
        Some(given) => format!("{given} {SETTINGS}"),
        None => SETTINGS.to_owned(),
    };
    config
        .options(options)
        .connect_timeout(CONNECT)
        .tcp_user_timeout(Duration::from_secs(10))
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(3))
        .keepalives_retries(3);
    if config.get_application_name().is_none() {
        config.application_name("meguri");
    }
    Ok(config)
}

/// A connection of its own, outside the pool. Needs to run in tokio.
pub(super) async fn client(config: &Config) -> Result<Client, StoreError> {
    let connected = tokio::time::timeout(CONNECT, config.connect(NoTls));
    let (client, connection) = connected
        .await
        .map_err(unavailable)?
        .map_err(fault("接続"))?;
    // Ends with the client. Why it ended, the client's next request is told.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

pub(super) fn pool(config: &Config) -> Result<Pool, StoreError> {
    let timeouts = Timeouts {
        wait: Some(CONNECT),
        create: Some(CONNECT),
        recycle: Some(CONNECT),
    };
    Pool::builder(Manager::new(config.clone(), NoTls))
        .max_size(READERS)
        .runtime(Runtime::Tokio1)
        .timeouts(timeouts)
        .build()
        .map_err(unavailable)
}

/// Why the pool has no connection to give.
pub(super) fn no_connection(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => fault("接続")(error),
        other => unavailable(other),
    }
}

/// Refuses a server that cannot keep the store's promises.
pub(super) async fn check(client: &Client) -> Result<(), StoreError> {
    let settings = "SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('server_encoding')";
    let row = client
        .query_one(settings, &[])
        .await
        .map_err(fault("読み込み"))?;
    let (version, fsync, encoding): (i32, &str, &str) = (row.get(0), row.get(1), row.get(2));
    let what = if version < OLDEST {
        format!(
            "PostgreSQL 15 以降が必要です（いまは {}）。",
            version / 10_000
        )
    } else if fsync != "on" {
        "設定 fsync が off なので、停電で保存済みのものが失われます。on にしてください。".to_owned()
    } else if encoding != "UTF8" {
        format!("文字コードが {encoding} です。UTF8 のデータベースを作ってください。")
    } else {
        return Ok(());
    };
    Err(unusable(what))
}

fn unusable(what: String) -> StoreError {
    StoreError::Unusable { what }
}
