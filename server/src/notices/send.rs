//! One notice over HTTP: a connection of its own, no redirects followed, nothing of the answer kept but its status.
//!
//! Addresses of one's own network are as good as any: only an administrator may set one.

use std::sync::{Arc, OnceLock};

use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{Request, Uri};
use engine::year::OutgoingNotice;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Sends a notice; the status of the answer, or why there is none.
pub(super) async fn post(notice: &OutgoingNotice) -> Result<u16, String> {
    let uri: Uri = notice
        .address
        .parse()
        .map_err(|_| "アドレスを読めません".to_owned())?;
    let authority = uri
        .authority()
        .ok_or("アドレスにサーバーの名がありません")?;
    let tls = uri.scheme_str() == Some("https");
    let host = authority.host().trim_matches(['[', ']']);
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let away = |error: &dyn std::fmt::Display| format!("つながりません（{error}）");
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(|error| away(&error))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(HOST, authority.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("meguri/", env!("CARGO_PKG_VERSION")))
        .header("x-meguri-event", notice.occasion.word())
        .header("x-meguri-id", &notice.id)
        .header("idempotency-key", &notice.id)
        .header("x-meguri-signature", format!("sha256={}", notice.signature))
        .body(Full::new(Bytes::from(notice.body.clone())))
        .map_err(|error| away(&error))?;
    if !tls {
        return exchange(stream, request).await;
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| away(&error))?;
    let connector = TlsConnector::from(trust()?);
    let stream = connector
        .connect(name, stream)
        .await
        .map_err(|error| away(&error))?;
    exchange(stream, request).await
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Result<u16, String> {
    let broken = |error: hyper::Error| format!("つながりが切れました（{error}）");
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driven = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    // The rest of the answer is of no interest.
    driven.abort();
    Ok(answer.map_err(broken)?.status().as_u16())
}

/// The certificates that this machine trusts.
fn trust() -> Result<Arc<ClientConfig>, String> {
    static TRUST: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(known) = TRUST.get() {
        return Ok(known.clone());
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err("このサーバーに、信頼する証明書がありません".to_owned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TRUST.get_or_init(|| Arc::new(config)).clone())
}
