//! Signing in, by name and password or by a one-time link, and out again.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{FromRequest, RawQuery, Request, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use engine::year::{Account, Door, Proof, Refusal, Token, Year};
use minijinja::context;

use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::{SignedIn, cookie};
use crate::throttle::{self, Throttle, What};
use crate::view::frame;
use crate::{one_time_code, password, random};

pub fn routes() -> Routes {
    Routes::new()
        .open_get("/{slug}/sign-in", "サインインの画面", show)
        .open_post(
            "/{slug}/sign-in",
            "名前とパスワードでサインインする",
            by_password,
        )
        .takes(&[
            ("login", "ログイン名"),
            ("password", "パスワード"),
            ("next", "サインインしたあとに開くアドレス"),
        ])
        .open_post(
            "/{slug}/sign-in/code",
            "確認コードでサインインする",
            by_code,
        )
        .takes(&[
            ("half", "パスワードの画面で渡されたもの"),
            ("code", "確認コードまたは回復コード"),
            ("next", "サインインしたあとに開くアドレス"),
        ])
        .open_get(
            "/{slug}/sign-in/{link}",
            "一度だけのリンクの画面",
            show_link,
        )
        .open_post(
            "/{slug}/sign-in/{link}",
            "一度だけのリンクでサインインする",
            by_link,
        )
        .takes(&[
            ("login", "これから使うログイン名（任意）"),
            ("password", "これから使うパスワード（任意）"),
            ("again", "同じパスワードをもう一度"),
        ])
        .post(
            "/{slug}/sign-out",
            Access::Viewer,
            "サインアウトする",
            leave,
        )
}

type Link = Path<(String, String)>;

/// What is the same for a name that nobody has and for a wrong password.
const WRONG: &str = "ログイン名かパスワードが違います。もう一度入れてください。忘れたときは、管理者からサインイン用のリンクを受け取ってください。";

async fn show(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Page, PageError> {
    let year = app.year(&slug)?;
    let query = query.unwrap_or_default();
    let mut query = form_urlencoded::parse(query.as_bytes());
    let next = query.find(|(name, _)| name == "next");
    let next = next.map_or_else(String::new, |(_, next)| next.into_owned());
    form(&app, &year, &next, "", None)
}

/// The form for name and password.
pub fn form(
    app: &App,
    year: &Year,
    next: &str,
    login: &str,
    wrong: Option<&str>,
) -> Result<Page, PageError> {
    pages::page(
        "desk/sign_in.html",
        context! {
            slug => year.slug(),
            municipality => year.pack.municipality.name.as_str(),
            contact => year.pack.municipality.contact(),
            next, login, wrong,
            story => frame::story(app),
        },
    )
}

async fn by_password(
    State(app): State<Arc<App>>,
    Extension(throttle): Extension<Arc<Throttle>>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let year = app.year(&slug)?;
    let address = throttle::address(request.extensions(), request.headers());
    let Form(fields) = Form::from_request(request, &app).await?;
    let (login, next) = (own(&fields, "login"), own(&fields, "next"));
    let tries = Tries::new(&throttle, &app, &slug, login, &address);
    tries.check()?;
    let known = year.who_signs_in(login).await?;
    let hashed = known.as_ref().and_then(|(_, account)| hashed(account));
    let right = password::is(own(&fields, "password").to_owned(), hashed).await?;
    let Some((person, account)) = known.filter(|_| right) else {
        if tries.wrong()
            && let Some((person, _)) = year.who_signs_in(login).await?
        {
            year.halt_sign_in(&app.act("meguri"), &person).await?;
        }
        let page = form(&app, &year, next, login, Some(WRONG))?;
        return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let act = app.act(&person);
    if account.codes.is_some() {
        let half = random::token();
        year.wait_for_code(&act, &person, &half).await?;
        return Ok(code_form(&app, &year, &half.to_string(), next, None)?.into_response());
    }
    tries.right();
    let session = random::token();
    year.sign_in_by_password(&act, &person, session).await?;
    Ok(entered(&app, &slug, &session, next))
}

/// The form for the second proof.
fn code_form(
    app: &App,
    year: &Year,
    half: &str,
    next: &str,
    wrong: Option<&str>,
) -> Result<Page, PageError> {
    pages::page(
        "desk/sign_in_code.html",
        context! {
            slug => year.slug(),
            municipality => year.pack.municipality.name.as_str(),
            half, next, wrong,
            story => frame::story(app),
        },
    )
}

async fn by_code(
    State(app): State<Arc<App>>,
    Extension(throttle): Extension<Arc<Throttle>>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let year = app.year(&slug)?;
    let address = throttle::address(request.extensions(), request.headers());
    let Form(fields) = Form::from_request(request, &app).await?;
    let (half, next, code) = (
        own(&fields, "half"),
        own(&fields, "next"),
        own(&fields, "code"),
    );
    let token: Token = half.parse().map_err(|_| Refusal::UnknownLink)?;
    let person = year.waits_for_code(app.clock.now(), &token).await?;
    let account = year.account(&person).await?.unwrap_or_default();
    let tries = Tries::new(&throttle, &app, &slug, &account.login, &address);
    tries.check()?;
    let session = random::token();
    let begun = match proof(&account, code, &app) {
        Some(proof) => {
            let act = app.act(&person);
            year.sign_in_by_code(&act, &token, proof, session).await
        }
        None => Err(Refusal::Cycle(
            "確認コードが違います。アプリにいま出ている6桁を入れてください。電話がないときは、回復コードを入れてください。".to_owned(),
        )),
    };
    match begun {
        Ok(_) => {
            tries.right();
            Ok(entered(&app, &slug, &session, next))
        }
        Err(Refusal::Cycle(wrong)) => {
            if tries.wrong() {
                year.halt_sign_in(&app.act("meguri"), &person).await?;
            }
            let page = code_form(&app, &year, half, next, Some(&wrong))?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The link is used by a button, not by opening it: mail programs open links to look at them.
async fn show_link(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
) -> Result<Page, PageError> {
    let year = app.year(&slug)?;
    let person = invited(&year, &link)?;
    link_form(&app, &year, &person, "", None).await
}

async fn link_form(
    app: &App,
    year: &Year,
    person: &str,
    login: &str,
    wrong: Option<&str>,
) -> Result<Page, PageError> {
    let account = year.account(person).await?;
    pages::page(
        "desk/sign_in_link.html",
        context! {
            municipality => year.pack.municipality.name.as_str(),
            person,
            has_password => account.is_some(),
            login => match login { "" => account.map(|account| account.login).unwrap_or_default(), typed => typed.to_owned() },
            shortest => password::SHORTEST,
            wrong,
            story => frame::story(app),
        },
    )
}

/// Signs in, and sets a password where one was typed. What is wrong with it is told before the link is used.
async fn by_link(
    State(app): State<Arc<App>>,
    Path((slug, link)): Link,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = app.year(&slug)?;
    let person = invited(&year, &link)?;
    let (login, password) = (own(&fields, "login"), own(&fields, "password"));
    let act = app.act(&person);
    if !password.is_empty() {
        let set = set_password(&year, &act, &person, login, password, own(&fields, "again")).await;
        if let Err(PageError::Refused(Refusal::Cycle(wrong))) = set {
            let page = link_form(&app, &year, &person, login, Some(&wrong)).await?;
            return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        set?;
    }
    let link = link.parse().map_err(|_| Refusal::UnknownLink)?;
    let session = random::token();
    year.sign_in(&act, &link, session).await?;
    Ok(entered(&app, &slug, &session, ""))
}

/// Checks and sets a password.
///
/// # Errors
/// [`Refusal::Cycle`] with what is wrong with it.
pub async fn set_password(
    year: &Year,
    act: &engine::year::Act,
    person: &str,
    login: &str,
    password: &str,
    again: &str,
) -> Result<(), PageError> {
    if let Some(wrong) = password::objection(password, again, login) {
        return Err(Refusal::Cycle(wrong).into());
    }
    let hashed = password::hash(password.to_owned()).await?;
    let hashed = serde_json::to_value(hashed).map_err(PageError::broken)?;
    Ok(year.set_password(act, person, login, hashed).await?)
}

/// The hash of an account's password.
pub fn hashed(account: &Account) -> Option<password::Hashed> {
    serde_json::from_value(account.password.clone()).ok()
}

async fn leave(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    _: Form,
) -> Result<Response, PageError> {
    signed
        .year
        .sign_out(&app.act(&signed.person), &signed.token)
        .await?;
    let message = pages::message(
        "サインアウトしました",
        &["この画面は閉じてかまいません。".to_owned()],
        context! {},
    );
    Ok(([(SET_COOKIE, cookie(&slug, None, &app.address))], message).into_response())
}

/// Whom a link signs in.
fn invited(year: &Year, link: &str) -> Result<String, PageError> {
    match year.door(&link.parse().map_err(|_| Refusal::UnknownLink)?)? {
        Door::SignIn { person } => Ok(person),
        _ => Err(Refusal::UnknownLink.into()),
    }
}

fn proof(account: &Account, code: &str, app: &App) -> Option<Proof> {
    let secret = account.codes.as_ref()?;
    if let Some(step) = one_time_code::step_of(code, secret, app.clock.now()) {
        return Some(Proof::Step(step));
    }
    let hash = one_time_code::recovery_hash(code);
    let known = account.recovery.contains(&hash);
    known.then_some(Proof::Recovery(hash))
}

fn entered(app: &App, slug: &str, session: &Token, next: &str) -> Response {
    let cookie = [(SET_COOKIE, cookie(slug, Some(session), &app.address))];
    (cookie, Redirect::to(&within(slug, next))).into_response()
}

/// The address after signing in: one of this municipality's pages, and of nobody else's.
fn within(slug: &str, next: &str) -> String {
    let home = format!("/{slug}");
    let rest = next.strip_prefix(&home);
    let inside = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let odd = |c: char| c.is_control() || c == '\\' || c == '#';
    match inside && next.is_ascii() && !next.contains(odd) && !next.contains("//") {
        true => next.to_owned(),
        false => home,
    }
}

/// How often somebody has tried, as the limits count it.
struct Tries<'a> {
    throttle: &'a Throttle,
    now: chrono::DateTime<chrono::Utc>,
    account: String,
    address: &'a str,
}

impl Tries<'_> {
    fn new<'a>(
        throttle: &'a Throttle,
        app: &App,
        slug: &str,
        login: &str,
        address: &'a str,
    ) -> Tries<'a> {
        let login = engine::year::login_name(login);
        Tries {
            throttle,
            now: app.clock.now(),
            account: format!("{slug}/{login}"),
            address,
        }
    }

    fn check(&self) -> Result<(), PageError> {
        self.throttle
            .check(What::Account, &self.account, self.now)?;
        self.throttle.check(What::Address, self.address, self.now)
    }

    /// Counts a wrong one; true when the account is halted by it.
    fn wrong(&self) -> bool {
        self.throttle.count(What::Address, self.address, self.now);
        self.throttle.count(What::Account, &self.account, self.now)
    }

    fn right(&self) {
        self.throttle.forgive(What::Account, &self.account);
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn after_signing_in_nobody_is_led_elsewhere() {
        for next in [
            "/kasou",
            "/kasou/map",
            "/kasou/audit?who=a",
            "/kasou?lang=en",
        ] {
            assert_eq!(within("kasou", next), next);
        }
        for next in [
            "",
            "/",
            "/kasou2",
            "/tonari/map",
            "https://evil.example/kasou",
            "//evil.example",
            "/kasou//evil.example",
            "/kasou/\\evil.example",
            "/kasou/あ",
            "/kasou/\r\nSet-Cookie: a=b",
            "kasou",
        ] {
            assert_eq!(within("kasou", next), "/kasou", "{next}");
        }
    }
}
