//! One's own account: password, one-time codes, sessions.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::year::{Account, Refusal};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::sign_in::{hashed, set_password};
use super::{Form, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::when;
use crate::{one_time_code, password};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/account",
            Access::Viewer,
            "自分のサインインの設定",
            show,
        )
        .post(
            "/{slug}/account/password",
            Access::Viewer,
            "ログイン名とパスワードを決める",
            change_password,
        )
        .takes(&[
            ("current", "いまのパスワード"),
            ("login", "ログイン名"),
            ("password", "新しいパスワード"),
            ("again", "新しいパスワードをもう一度"),
        ])
        .post(
            "/{slug}/account/sessions/end",
            Access::Viewer,
            "ほかの画面をすべてサインアウトする",
            end_sessions,
        )
        .get(
            "/{slug}/account/codes",
            Access::Viewer,
            "確認コードを使い始める画面",
            begin_codes,
        )
        .post(
            "/{slug}/account/codes",
            Access::Viewer,
            "確認コードを使い始める",
            confirm_codes,
        )
        .takes(&[("secret", "画面に出た文字"), ("code", "アプリに出た6桁")])
        .post(
            "/{slug}/account/codes/off",
            Access::Viewer,
            "確認コードを使うのをやめる",
            codes_off,
        )
        .takes(&[("current", "いまのパスワード")])
}

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    page(&app, &signed, "", None).await
}

async fn page(
    app: &App,
    signed: &SignedIn,
    login: &str,
    wrong: Option<&str>,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let today = app.act("").today();
    let account = year.account(&signed.person).await?;
    let roles = year.pack.municipality.roles_of(&signed.person, today);
    let roles: Vec<Value> = roles
        .map(|(role, access)| context! { name => role.name.as_str(), access => access.label() })
        .collect();
    let known = year.state(|state| state.accounts.get(&signed.person).cloned());
    pages::page(
        "desk/account.html",
        context! {
            roles,
            has_password => account.is_some(),
            password_at => known.and_then(|known| known.password_at).map(when::moment),
            codes => account.as_ref().is_some_and(|account| account.codes.is_some()),
            recovery_left => account.as_ref().map(|account| account.recovery.len()),
            login => match login { "" => account.map(|account| account.login).unwrap_or_default(), typed => typed.to_owned() },
            sessions => year.session_count(app.clock.now(), &signed.person).await?,
            shortest => password::SHORTEST,
            wrong,
            ..frame(app, signed, "account")
        },
    )
}

async fn change_password(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let login = own(&fields, "login");
    let changed = async {
        let account = signed.year.account(&signed.person).await?;
        is_me(account.as_ref(), own(&fields, "current")).await?;
        let (password, again) = (own(&fields, "password"), own(&fields, "again"));
        let act = app.act(&signed.person);
        set_password(&signed.year, &act, &signed.person, login, password, again).await?;
        // Whoever knew the old one is out.
        let year = &signed.year;
        Ok(year
            .end_sessions(&act, &signed.person, Some(&signed.token))
            .await?)
    };
    told(&app, &signed, login, changed.await).await
}

async fn end_sessions(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let (year, act) = (&signed.year, app.act(&signed.person));
    year.end_sessions(&act, &signed.person, Some(&signed.token))
        .await?;
    Ok(back(&signed))
}

async fn begin_codes(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let account = signed.year.account(&signed.person).await?;
    let account =
        account.ok_or_else(|| Refusal::Cycle("先にパスワードを決めてください。".into()))?;
    codes_form(&app, &signed, &account, &one_time_code::secret(), None)
}

fn codes_form(
    app: &App,
    signed: &SignedIn,
    account: &Account,
    secret: &[u8],
    wrong: Option<&str>,
) -> Result<Page, PageError> {
    let name = &signed.year.pack.municipality.name;
    let address = one_time_code::address(secret, &format!("めぐり {name}"), &account.login);
    let code = papers::qr::svg(&address).map_err(PageError::broken)?;
    let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    pages::page(
        "desk/account_codes.html",
        context! {
            secret => hex(secret),
            spelled => one_time_code::spelled(secret),
            picture => format!("data:image/svg+xml,{}", code.replace('+', "%20")),
            address,
            wrong,
            ..frame(app, signed, "account")
        },
    )
}

async fn confirm_codes(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let account = signed.year.account(&signed.person).await?;
    let account =
        account.ok_or_else(|| Refusal::Cycle("先にパスワードを決めてください。".into()))?;
    let secret = unhex(own(&fields, "secret")).ok_or(PageError::BadRequest(
        "画面を開き直して、もう一度行ってください。",
    ))?;
    let Some(step) = one_time_code::step_of(own(&fields, "code"), &secret, app.clock.now()) else {
        let wrong = "確認コードが違います。アプリに登録し直すか、次の6桁が出るのを待って入れてください。電話の時計が合っているかも確かめてください。";
        let page = codes_form(&app, &signed, &account, &secret, Some(wrong))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let recovery = one_time_code::recovery_codes();
    let hashes = recovery
        .iter()
        .map(|code| one_time_code::recovery_hash(code));
    let act = app.act(&signed.person);
    let codes = Some((secret, hashes.collect(), step));
    signed.year.set_codes(&act, &signed.person, codes).await?;
    let page = pages::page(
        "desk/account_recovery.html",
        context! { codes => Serde(recovery), ..frame(&app, &signed, "account") },
    )?;
    Ok(page.into_response())
}

async fn codes_off(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let changed = async {
        let account = signed.year.account(&signed.person).await?;
        is_me(account.as_ref(), own(&fields, "current")).await?;
        let act = app.act(&signed.person);
        Ok(signed.year.set_codes(&act, &signed.person, None).await?)
    };
    told(&app, &signed, "", changed.await).await
}

/// Somebody at an unwatched screen does not know the password.
async fn is_me(account: Option<&Account>, current: &str) -> Result<(), PageError> {
    let Some(account) = account else {
        return Ok(());
    };
    match password::is(current.to_owned(), hashed(account)).await? {
        true => Ok(()),
        false => Err(
            Refusal::Cycle("いまのパスワードが違います。もう一度入れてください。".into()).into(),
        ),
    }
}

/// Back to the page; with a sentence where something was wrong.
async fn told(
    app: &App,
    signed: &SignedIn,
    login: &str,
    changed: Result<(), PageError>,
) -> Result<Response, PageError> {
    match changed {
        Ok(()) => Ok(back(signed).into_response()),
        Err(PageError::Refused(Refusal::Cycle(wrong))) => {
            let page = page(app, signed, login, Some(&wrong)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

fn back(signed: &SignedIn) -> Redirect {
    Redirect::to(&format!("/{}/account", signed.year.slug()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 40 || !text.is_ascii() {
        return None;
    }
    let bytes = (0..20).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16));
    bytes.collect::<Result<_, _>>().ok()
}
