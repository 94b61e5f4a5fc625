//! The application: municipalities, clock, and the router with what holds for every answer.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Router};
use engine::year::{Act, Year};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::access::guard;
use crate::clock::Clock;
use crate::error::PageError;
use crate::post::Post;
use crate::routes;
use crate::throttle::{Throttle, What};
use crate::wish::heard;
use crate::years::Years;

/// The largest request that is read, in bytes. A whole questionnaire is far below it.
pub const LARGEST_REQUEST: usize = 1 << 20;

/// No script, style, picture or form target of another host, and nothing inline.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every handler can reach.
pub struct App {
    pub years: Years,
    pub clock: Clock,
    /// `http://localhost:8080`: the beginning of the links that are handed out.
    pub address: String,
    /// The way to a mail server, where there is one.
    pub post: Option<Arc<Post>>,
    /// The folder of the daily backups, where there are any.
    pub backups: Option<PathBuf>,
}

impl App {
    /// The municipality of an address.
    ///
    /// # Errors
    /// This server has no such municipality.
    pub fn year(&self, slug: &str) -> Result<Arc<Year>, PageError> {
        self.years.get(slug).ok_or(PageError::NotFound)
    }

    /// Tells the mail worker that something may have been put into an outbox.
    pub fn wake_post(&self) {
        if let Some(post) = &self.post {
            post.wake();
        }
    }

    /// An act of this moment.
    pub fn act(&self, by: &str) -> Act {
        Act::new(self.clock.now(), by)
    }
}

/// All routes, with the headers and limits of every answer.
pub fn router(app: Arc<App>) -> Router {
    let (routes, guarded) = routes::all().into_router();
    let throttle = Arc::new(Throttle::default());
    protected(
        routes
            .fallback(elsewhere)
            .method_not_allowed_fallback(|| async { PageError::WrongMethod })
            .layer(middleware::from_fn_with_state(
                (app.clone(), guarded),
                guard,
            ))
            .layer(middleware::from_fn_with_state(
                (app.clone(), throttle.clone()),
                unhurried,
            ))
            .layer(Extension(throttle))
            .layer(middleware::from_fn_with_state(app.clone(), refreshed))
            .layer(middleware::from_fn(samples_in_frames))
            .layer(middleware::from_fn_with_state(app.clone(), own_forms_only))
            .layer(middleware::from_fn(heard)),
    )
    .with_state(app)
}

/// What holds for every answer, also for those that a handler did not come to give: the headers
/// are the outermost, behind compression only.
fn protected<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    // In one go: each layer of its own would be cloned and boxed again for every request.
    routes.layer(
        ServiceBuilder::new()
            // The usual level saves a sixth of the bytes and takes two and a half times as long.
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(header(header::CACHE_CONTROL, "no-store"))
            .layer(header(header::REFERRER_POLICY, "no-referrer"))
            .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
            .layer(CatchPanicLayer::custom(
                |_: Box<dyn std::any::Any + Send>| PageError::broken(Panicked).into_response(),
            ))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::SERVICE_UNAVAILABLE,
                std::time::Duration::from_secs(30),
            ))
            .layer(DefaultBodyLimit::max(LARGEST_REQUEST)),
    )
}

/// A respondent's link with a stroke behind it is still theirs; nothing else is guessed.
async fn elsewhere(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let steps: Vec<&str> = uri.path().split('/').collect();
    match steps[..] {
        ["", slug, "r", link, ""] if app.years.get(slug).is_some() && !link.is_empty() => {
            Redirect::to(&format!("/{slug}/r/{link}")).into_response()
        }
        _ => PageError::NotFound.into_response(),
    }
}

/// What it panicked with may hold an answer, so it is not noted; stderr has the place.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

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

/// A respondent's link is used as often as a person types, and a good deal more, but not without end.
async fn unhurried(
    State((app, throttle)): State<(Arc<App>, Arc<Throttle>)>,
    request: Request,
    next: Next,
) -> Response {
    let mut parts = request.uri().path().split('/').skip(2);
    let link = match parts.next() {
        Some("r") => parts.next(),
        Some("api") if parts.next() == Some("r") => parts.next(),
        _ => None,
    };
    if let Some(link) = link {
        let now = app.clock.now();
        if let Err(error) = throttle.check(What::Link, link, now) {
            return error.into_response();
        }
        throttle.count(What::Link, link, now);
    }
    next.run(request).await
}

/// What others have committed is seen by every request that comes after it.
async fn refreshed(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let slug = request.uri().path().split('/').nth(1).unwrap_or_default();
    if let Some(year) = app.years.get(slug) {
        if let Err(refusal) = year.refresh().await {
            return PageError::from(refusal).into_response();
        }
        if let Err(error) = app.years.renewed(&year, app.clock.now()).await {
            return error.into_response();
        }
    }
    next.run(request).await
}

/// The sample of a questionnaire under design stands in a frame of the designer's page; nothing else does.
async fn samples_in_frames(request: Request, next: Next) -> Response {
    let framed = routes::may_be_framed(request.uri().path());
    let mut response = next.run(request).await;
    if framed {
        let own = response.headers().get(header::CONTENT_SECURITY_POLICY);
        let own = own.and_then(|own| own.to_str().ok()).unwrap_or(POLICY);
        let policy = own.replace("frame-ancestors 'none'", "frame-ancestors 'self'");
        let policy = HeaderValue::from_str(&policy).expect("a policy is ASCII");
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::util::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_page_with_all_headers() {
        async fn defect() -> Response {
            panic!("a defect of ours")
        }
        let routes: Router = protected(Router::new().route("/", get(defect)));
        let request = Request::get("/").body(Body::empty()).expect("a request");
        let response = routes.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cache-control",
        ] {
            assert!(response.headers().contains_key(name), "{name}");
        }
        let body = to_bytes(response.into_body(), 1 << 20)
            .await
            .expect("a body");
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains("うまくいきませんでした"), "{body}");
        assert!(!body.contains("a defect of ours"), "{body}");
    }
}
