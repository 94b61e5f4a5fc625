//! The respondent's view of a design: the pages that a respondent would see, in frames of a phone's and a desk's width.
//!
//! A sample has an address of its own that carries its secret, as a respondent's link does; it is made from the session
//! and shows the design as it is at every moment. Only these addresses may stand in a frame, and only in one of ours.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{IntoResponse, Response};
use engine::year::Token;
use minijinja::context;
use sha2::{Digest, Sha256};

use super::Opened;
use crate::access::{Access, Routes};
use crate::app::{App, POLICY};
use crate::error::PageError;
use crate::pages;
use crate::routes::{Path, respond, submit};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;

/// The pages of a sample are those of a respondent.
pub(super) fn samples() -> Routes {
    Routes::new()
        .open_get(
            "/{slug}/sample/{link}/{page}",
            "見本：設問のページ",
            respond::show,
        )
        .open_post(
            "/{slug}/sample/{link}/{page}",
            "見本：次へ進む",
            respond::turn,
        )
        .open_post(
            "/{slug}/sample/{link}/{page}/save",
            "見本：入力の途中",
            respond::save,
        )
        .open_get(
            "/{slug}/sample/{link}/review",
            "見本：回答の確認",
            respond::review,
        )
        .open_post(
            "/{slug}/sample/{link}/submit",
            "見本：提出の画面",
            submit::submit,
        )
}

/// Whether the pages at an address may stand in a frame of ours.
pub fn may_be_framed(path: &str) -> bool {
    path.split('/').nth(2) == Some("sample")
}

/// An answer whose page holds frames of ours.
pub(super) fn framing(page: impl IntoResponse) -> Response {
    let mut response = page.into_response();
    let policy = format!("{POLICY}; frame-src 'self'");
    let policy = HeaderValue::from_str(&policy).expect("the policy is ASCII");
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// The address of the sample of a design for this session, opened where it was not.
pub(super) async fn address(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
) -> Result<String, PageError> {
    let digest = Sha256::digest(format!("sample/{}/{}", signed.token, opened.form));
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    let token = Token::new(half);
    let act = app.act(&signed.person);
    signed.year.open_sample(&act, &token, &opened.form).await?;
    Ok(format!("/{}/sample/{token}", signed.year.slug()))
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &signed.year, &form).await?;
    let sample = address(&app, &signed, &opened).await?;
    let page = pages::page(
        "desk/design/preview.html",
        context! {
            form => opened.head(&signed.year),
            sample => format!("{sample}/1"),
            secretariat => signed.access >= Access::Secretariat,
            ..frame(&app, &signed, "design")
        },
    )?;
    Ok(framing(page))
}
