//! Running: the pages on a socket, and the cycles in the background.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use engine::year::Act;
use tokio::net::TcpListener;

use crate::app::{App, router};

/// Timers are looked at this often at the least.
const NAP: Duration = Duration::from_secs(60);

/// Binds the address, so that a taken port is noticed before anything else is done.
///
/// # Errors
/// The address is taken or is none.
pub async fn bind(listen: &str) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("{listen} で待ち受けられません。ほかのプログラムが使っていれば、--listen 127.0.0.1:8081 のように別の番号にしてください")
    })?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until the program is told to stop, and finishes what it has begun.
///
/// # Errors
/// The socket fails.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> anyhow::Result<()> {
    let cycles = tokio::spawn(keep_cycles(app.clone()));
    axum::serve(listener, router(app))
        .with_graceful_shutdown(told_to_stop())
        .await?;
    cycles.abort();
    Ok(())
}

/// Lets time pass in every cycle.
async fn keep_cycles(app: Arc<App>) {
    loop {
        for (slug, year) in &app.years {
            if let Err(error) = year.work(&Act::by_meguri(app.clock.now())).await {
                tracing::error!(municipality = slug, "{error}");
            }
        }
        tokio::time::sleep(NAP).await;
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                .expect("the process may listen to its own signals");
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt
        .await
        .expect("the process may listen to its own signals");
}
