//! Running: the pages on a socket, and the cycles in the background.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, router};
use crate::cycles;
use crate::notices;
use crate::post::deliver;

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
pub async fn serve(app: Arc<App>, store: Store, listener: TcpListener) -> anyhow::Result<()> {
    let cycles = tokio::spawn(cycles::keep(app.clone(), store.clone()));
    let (stop, stopped) = watch::channel(false);
    let sending = app
        .post
        .clone()
        .map(|post| tokio::spawn(deliver(app.clone(), post, store.clone(), stopped.clone())));
    let telling = tokio::spawn(notices::deliver(app.clone(), store, stopped));
    axum::serve(
        listener,
        router(app).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(told_to_stop())
    .await?;
    cycles.abort();
    // What is on its way gets its record.
    stop.send_replace(true);
    telling.await?;
    if let Some(sending) = sending {
        sending.await?;
    }
    Ok(())
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
