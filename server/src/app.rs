//! The application: municipalities, clock, and the router with what holds for every answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use engine::year::{Act, Year};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::clock::Clock;
use crate::error::PageError;
use crate::{pages, routes};

/// The largest request that is read, in bytes. A whole questionnaire is far below it.
const LARGEST_REQUEST: usize = 1 << 20;

/// No script, style, picture or form target of another host, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every handler can reach.
pub struct App {
    pub years: BTreeMap<String, Arc<Year>>,
    pub clock: Clock,
    /// `http://localhost:8080`: the beginning of the links that are handed out.
    pub address: String,
}

impl App {
    /// The municipality of an address.
    ///
    /// # Errors
    /// This server has no such municipality.
    pub fn year(&self, slug: &str) -> Result<&Arc<Year>, PageError> {
        self.years.get(slug).ok_or(PageError::NotFound)
    }

    /// An act of this moment.
    pub fn act(&self, by: &str) -> Act {
        Act::new(self.clock.now(), by)
    }
}

/// All routes, with the headers and limits of every answer.
pub fn router(app: Arc<App>) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    routes::all()
        .fallback(|| async { PageError::NotFound })
        .layer(middleware::from_fn_with_state(app.clone(), own_forms_only))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            std::time::Duration::from_secs(30),
        ))
        .layer(CatchPanicLayer::custom(|_| {
            pages::message(
                "うまくいきませんでした",
                &["しばらくしてから、もう一度お試しください。".to_owned()],
                None,
            )
        }))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Browsers say where a form comes from; one of another site is refused. Programs that are no
/// browsers send neither header and carry their own secret in the address.
async fn own_forms_only(State(_): State<Arc<App>>, request: Request, next: Next) -> Response {
    let foreign = request
        .headers()
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    if foreign && !matches!(*request.method(), Method::GET | Method::HEAD) {
        return PageError::ForeignForm.into_response();
    }
    next.run(request).await
}
