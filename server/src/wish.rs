//! How a request wants its answer: in which language, as a page or as JSON. Known while it is answered.

use axum::extract::Request;
use axum::http::header::{ACCEPT, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

/// Japanese, unless somebody has asked for English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    Japanese,
    English,
}

impl Language {
    fn named(code: &str) -> Option<Language> {
        match code {
            "ja" => Some(Language::Japanese),
            "en" => Some(Language::English),
            _ => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Language::Japanese => "ja",
            Language::English => "en",
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    pub language: Language,
    pub json: bool,
    /// Nothing is sent: the same address shows the same again.
    pub reading: bool,
}

const COOKIE_NAME: &str = "meguri-language";

tokio::task_local! {
    static WISH: Wish;
}

impl Wish {
    /// Of the request that is being answered; a page in Japanese outside of any.
    pub fn current() -> Wish {
        WISH.try_with(|wish| *wish).unwrap_or_default()
    }
}

/// Reads the wish, answers by it, and remembers a language that was chosen with `?lang=en`.
pub async fn heard(request: Request, next: Next) -> Response {
    let chosen = chosen(request.uri().query().unwrap_or_default());
    let wish = Wish {
        language: chosen
            .or_else(|| remembered(request.headers()))
            .unwrap_or_default(),
        json: wants_json(request.headers()),
        reading: matches!(*request.method(), Method::GET | Method::HEAD),
    };
    let mut response = WISH.scope(wish, next.run(request)).await;
    if let Some(language) = chosen {
        let cookie = format!(
            "{COOKIE_NAME}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax",
            language.code()
        );
        let cookie = HeaderValue::from_str(&cookie).expect("a language code is ASCII");
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn chosen(query: &str) -> Option<Language> {
    let code = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))?;
    Language::named(code)
}

fn remembered(headers: &HeaderMap) -> Option<Language> {
    let lines = headers.get_all(COOKIE).iter();
    let lines = lines.filter_map(|value| value.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    Language::named(pairs.find(|(name, _)| *name == COOKIE_NAME)?.1)
}

/// A browser names HTML first; a program that wants JSON names nothing else before it.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.trim_start().starts_with("application/json"))
}
