//! Who is signed in: the session cookie, the check in every staff handler, the token of every form.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use engine::year::{Token, Year};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::access::Access;
use crate::app::App;
use crate::error::PageError;

pub const COOKIE_NAME: &str = "meguri";

/// Somebody who is signed in to the municipality of the address.
///
/// Which access a route asks for stands in its list; `access::guard` has checked it by then.
#[derive(Clone)]
pub struct SignedIn {
    pub year: Arc<Year>,
    pub person: String,
    pub access: Access,
    pub token: Token,
    /// A program with a token of its own. No browser sends that by itself, so its forms need no token of a page.
    pub program: bool,
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, PageError> {
        let signed = parts.extensions.get::<SignedIn>();
        signed.cloned().ok_or(PageError::SignInNeeded)
    }
}

impl SignedIn {
    /// Who sends a request, with the rights of this moment.
    ///
    /// # Errors
    /// There is no such municipality, nobody is signed in, or the person holds no role any more.
    pub async fn of(app: &App, uri: &Uri, headers: &HeaderMap) -> Result<SignedIn, PageError> {
        let slug = uri.path().split('/').nth(1).unwrap_or_default();
        let year = app.year(slug)?;
        if let Some(secret) = bearer(headers) {
            return SignedIn::program(app, year, &secret?, uri.path()).await;
        }
        let token = session_token(headers).ok_or(PageError::SignInNeeded)?;
        let session = year.session(app.clock.now(), &token).await?;
        let person = session.ok_or(PageError::SignInNeeded)?.person;
        let access = year
            .pack
            .municipality
            .access_of(&person, app.act("").today());
        Ok(SignedIn {
            access: access.ok_or(PageError::NoRole)?,
            year,
            person,
            token,
            program: false,
        })
    }

    /// A program that acts with a token of this municipality.
    async fn program(
        app: &App,
        year: Arc<Year>,
        secret: &Token,
        path: &str,
    ) -> Result<SignedIn, PageError> {
        let act = app.act("");
        let token = year
            .token(act.today(), secret)
            .ok_or(PageError::SignInNeeded)?;
        if !token.reaches(area(path)) {
            return Err(PageError::OutOfReach);
        }
        let act = app.act(&token.actor());
        if let Err(refusal) = year.token_used(&act, &secret.hash()).await {
            tracing::warn!(municipality = year.slug(), "{refusal}");
        }
        Ok(SignedIn {
            access: token.access,
            person: act.by,
            year,
            token: *secret,
            program: true,
        })
    }

    /// The token that a form of this session carries.
    pub fn csrf(&self) -> String {
        Sha256::digest(format!("form/{}", self.token))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Refuses a form that was not made for this session.
    ///
    /// # Errors
    /// The token is absent or of another session.
    pub fn check(&self, fields: &[(String, String)]) -> Result<(), PageError> {
        if self.program {
            return Ok(());
        }
        let sent = fields
            .iter()
            .find(|(name, _)| name == "_csrf")
            .map_or("", |(_, value)| value.as_str());
        if bool::from(sent.as_bytes().ct_eq(self.csrf().as_bytes())) {
            Ok(())
        } else {
            Err(PageError::ForeignForm)
        }
    }
}

/// The part of an address by which the tokens of programs are kept to some of them: what comes after the
/// municipality, `home` where nothing does.
fn area(path: &str) -> &str {
    let area = path.split('/').nth(2).unwrap_or_default();
    if area.is_empty() { "home" } else { area }
}

/// The token of a program in a request that names one.
fn bearer(headers: &HeaderMap) -> Option<Result<Token, PageError>> {
    let value = headers.get(AUTHORIZATION)?.to_str().unwrap_or_default();
    let secret = value
        .strip_prefix("Bearer ")
        .or_else(|| value.strip_prefix("bearer "));
    Some(
        secret
            .and_then(|secret| secret.trim().parse().ok())
            .ok_or(PageError::SignInNeeded),
    )
}

/// The session's token in a request, if it has the form of one.
pub fn session_token(headers: &HeaderMap) -> Option<Token> {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .and_then(|(_, value)| value.parse().ok())
}

/// The cookie of a session, seen only by the pages of its municipality; without a token, its end.
pub fn cookie(slug: &str, token: Option<&Token>, address: &str) -> HeaderValue {
    let secure = if address.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let text = match token {
        Some(token) => {
            format!("{COOKIE_NAME}={token}; Path=/{slug}; HttpOnly; SameSite=Lax{secure}")
        }
        None => format!("{COOKIE_NAME}=; Path=/{slug}; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
    };
    HeaderValue::from_str(&text).expect("a slug and a token have no control characters")
}
