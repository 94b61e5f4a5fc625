//! Signing in with a password, one-time codes, rights that end, people who move in April.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use engine::year::{Act, Door};
use hmac::{Hmac, KeyInit, Mac};

use crate::form::{Browser, Form, Page};
use crate::site::Site;

const YAMADA: &str = "山田 花子（架空）";
const SUZUKI: &str = "鈴木 一郎（架空）";
const CHIEF: &str = "佐藤 次郎（架空）";
const PASSWORD: &str = "雨の日の自転車は冷たい";

/// Somebody who used an invitation and set a password there.
async fn invited<'a>(site: &'a Site, byte: u8, person: &str, login: &str) -> Browser<'a> {
    let door = Door::SignIn {
        person: person.to_owned(),
    };
    let year = site.app.years.get("kasou").expect("the municipality");
    let link = site.link_of(&year, byte, door).await;
    let mut browser = Browser::new(site);
    let mut form = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    for (name, value) in [
        ("login", login),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ] {
        form.fields.push((name.to_owned(), value.to_owned()));
    }
    let entered = browser.press(&form, None).await;
    assert_eq!(
        (entered.status, entered.path.as_str()),
        (StatusCode::OK, "/kasou")
    );
    browser
}

async fn sign_in(browser: &mut Browser<'_>, login: &str, password: &str, next: &str) -> Page {
    let form = Form {
        action: "/kasou/sign-in".to_owned(),
        fields: [("login", login), ("password", password), ("next", next)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    };
    browser.press(&form, None).await
}

fn later(site: &Site, minutes: i64) {
    let to = site.app.clock.now() + chrono::TimeDelta::minutes(minutes);
    site.app.clock.advance(to);
}

#[tokio::test]
async fn a_password_signs_in_where_one_wanted_to_go() {
    let site = Site::open().await;
    invited(&site, 40, YAMADA, "yamada@example.jp").await;
    let stored = String::from_utf8_lossy(&site.stored().await).into_owned();
    assert!(!stored.contains(PASSWORD), "the password itself is stored");

    // An address of the desk without a session shows the form, which leads on.
    let mut browser = Browser::new(&site);
    let asked = browser.open("/kasou/people").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let form = asked.form("/kasou/sign-in");
    let form = form
        .set("login", &["ＹＡＭＡＤＡ@example.jp"])
        .set("password", &[PASSWORD]);
    let entered = browser.press(&form, None).await;
    assert_eq!(
        (entered.status, entered.path.as_str()),
        (StatusCode::OK, "/kasou/people")
    );
    entered.expect(&[YAMADA]);

    // A wrong password and a name that nobody has get the same answer.
    let mut stranger = Browser::new(&site);
    let wrong = sign_in(&mut stranger, "yamada@example.jp", "違うパスワードです", "").await;
    let unknown = sign_in(&mut stranger, "nobody@example.jp", PASSWORD, "").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.status, unknown.status);
    assert_eq!(
        wrong.html.replace("yamada@example.jp", ""),
        unknown.html.replace("nobody@example.jp", "")
    );
    assert!(stranger.cookie.is_none());
    // Nobody is led to another site.
    let elsewhere = sign_in(
        &mut stranger,
        "yamada@example.jp",
        PASSWORD,
        "https://evil.example/",
    )
    .await;
    assert_eq!(elsewhere.path, "/kasou");
    // A program is told with a status and no form.
    let answer = site.get_json_as("", "/kasou/people").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.json()["message"].is_string());
}

#[tokio::test]
async fn a_link_still_signs_in_without_a_password_and_a_bad_one_does_not_use_it_up() {
    let site = Site::open().await;
    let door = Door::SignIn {
        person: YAMADA.to_owned(),
    };
    let link = site.link(41, door).await;
    let action = format!("/kasou/sign-in/{link}");
    let mut browser = Browser::new(&site);
    let page = browser.open(&action).await;
    page.expect(&[YAMADA, "一度だけ使えます", "ログイン名"]);
    let typed = |password: &str, again: &str| Form {
        action: action.clone(),
        fields: [
            ("login", "yamada"),
            ("password", password),
            ("again", again),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
    };
    for (password, again, why) in [
        ("みじかい", "みじかい", "10文字以上"),
        (
            PASSWORD,
            "雨の日の自転車は暖かい",
            "2つのパスワードが違います",
        ),
    ] {
        let refused = browser.press(&typed(password, again), None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.expect(&[why, "value=\"yamada\""]);
    }
    let plain = Form {
        action: action.clone(),
        fields: Vec::new(),
    };
    let entered = browser.press(&plain, None).await;
    assert_eq!(
        (entered.status, entered.path.as_str()),
        (StatusCode::OK, "/kasou")
    );
}

#[tokio::test]
async fn two_people_cannot_have_one_name_and_a_new_password_ends_other_sessions() {
    let site = Site::open().await;
    let mut first = invited(&site, 42, YAMADA, "yamada").await;
    let mut second = Browser::new(&site);
    sign_in(&mut second, "yamada", PASSWORD, "").await;
    let mut suzuki = invited(&site, 43, SUZUKI, "suzuki").await;
    let form = |page: &Page, login: &str, current: &str| {
        page.form("/account/password")
            .set("login", &[login])
            .set("current", &[current])
            .set("password", &["きょうは晴れて風が強い"])
            .set("again", &["きょうは晴れて風が強い"])
    };
    let page = suzuki.open("/kasou/account").await;
    let refused = suzuki.press(&form(&page, "Yamada", PASSWORD), None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["「yamada」は、ほかの人が使っています"]);
    let refused = suzuki
        .press(&form(&page, "suzuki", "違います違います"), None)
        .await;
    refused.expect(&["いまのパスワードが違います"]);

    let page = first.open("/kasou/account").await;
    page.expect(&["2台でサインイン中"]);
    let changed = first.press(&form(&page, "yamada2", PASSWORD), None).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.html);
    changed.expect(&["1台でサインイン中", "yamada2"]);
    assert_eq!(second.open("/kasou").await.status, StatusCode::UNAUTHORIZED);
    // Neither the old name nor the old password signs in any more.
    for (login, password, entered) in [
        ("yamada", "きょうは晴れて風が強い", false),
        ("yamada2", PASSWORD, false),
        ("yamada2", "きょうは晴れて風が強い", true),
    ] {
        let page = sign_in(&mut second, login, password, "").await;
        assert_eq!(page.status == StatusCode::OK, entered, "{login}");
    }
}

#[tokio::test]
async fn ten_wrong_passwords_stop_an_account_for_a_while() {
    let site = Site::open().await;
    invited(&site, 44, YAMADA, "yamada").await;
    invited(&site, 45, SUZUKI, "suzuki").await;
    let mut browser = Browser::new(&site);
    for _ in 0..10 {
        let wrong = sign_in(&mut browser, "yamada", "違うパスワードです", "").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Now the right one is not taken either; somebody else is not touched.
    let stopped = sign_in(&mut browser, "yamada", PASSWORD, "").await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
    stopped.expect(&["15分ほど待って"]);
    let other = sign_in(&mut Browser::new(&site), "suzuki", PASSWORD, "").await;
    assert_eq!(other.status, StatusCode::OK);
    later(&site, 16);
    let again = sign_in(&mut browser, "yamada", PASSWORD, "/kasou/audit?kind=people").await;
    assert_eq!(again.status, StatusCode::OK);
    again.expect(&["山田 花子（架空）のサインインを止めた"]);
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_and_good_once() {
    let site = Site::open().await;
    let mut browser = invited(&site, 46, YAMADA, "yamada").await;
    let page = browser.open("/kasou/account/codes").await;
    let form = page.form("/account/codes");
    let secret = form.fields.iter().find(|(name, _)| name == "secret");
    let secret = unhex(&secret.expect("a secret").1);
    let refused = browser
        .press(&form.clone().set("code", &["000000"]), None)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = || code(&secret, site.app.clock.now().timestamp());
    let on = browser.press(&form.set("code", &[&code()]), None).await;
    on.expect(&["確認コードを使い始めました"]);
    let (_, rest) = on
        .html
        .split_once("<li class=\"key\">")
        .expect("recovery codes");
    let recovery = rest.split('<').next().expect("a code").to_owned();

    let mut other = Browser::new(&site);
    let asked = sign_in(&mut other, "yamada", PASSWORD, "/kasou/map").await;
    asked.expect(&["確認コードを入れてください"]);
    assert!(other.cookie.is_none(), "the password alone signs nobody in");
    // The code with which it was begun is used up.
    let used = other
        .press(&asked.form("/sign-in/code").set("code", &[&code()]), None)
        .await;
    used.expect(&["このコードはすでに使われました"]);
    later(&site, 1);
    let asked = sign_in(&mut other, "yamada", PASSWORD, "/kasou/map").await;
    let entered = other
        .press(&asked.form("/sign-in/code").set("code", &[&code()]), None)
        .await;
    assert_eq!(
        (entered.status, entered.path.as_str()),
        (StatusCode::OK, "/kasou/map")
    );

    // Without the telephone: a recovery code, once.
    for (attempt, works) in [(1, true), (2, false)] {
        let mut third = Browser::new(&site);
        let asked = sign_in(&mut third, "yamada", PASSWORD, "").await;
        let form = asked
            .form("/sign-in/code")
            .set("code", &[&recovery.to_uppercase()]);
        let page = third.press(&form, None).await;
        assert_eq!(page.status == StatusCode::OK, works, "attempt {attempt}");
    }
    // The right password waits five minutes for its code.
    let asked = sign_in(&mut other, "yamada", PASSWORD, "").await;
    later(&site, 6);
    let late = other
        .press(&asked.form("/sign-in/code").set("code", &[&code()]), None)
        .await;
    late.expect(&["確認コードを待つ時間が過ぎました"]);
}

/// A right that ends while a page is open: the act is refused, and what was typed is shown back.
#[tokio::test]
async fn who_lost_a_role_while_a_page_was_open_loses_no_text() {
    let site = Site::open().await;
    let mut admin = invited(&site, 47, YAMADA, "yamada").await;
    let mut suzuki = invited(&site, 48, SUZUKI, "suzuki").await;
    let page = suzuki.open("/kasou/people").await;
    let mut form = page.form("/people/delegations");
    let reason = "長い理由を考えて書いていたところ <b>です</b>";
    form.fields.retain(|(name, _)| name == "_csrf");
    form.fields.push(("reason".to_owned(), reason.to_owned()));

    let people = admin.open("/kasou/people").await;
    let page = admin.open(&person_page(&people, SUZUKI)).await;
    let left = page.form("/people/leave");
    let mut sure = left.clone();
    sure.fields.push(("sure".to_owned(), "yes".to_owned()));
    assert_eq!(
        admin.press(&left, None).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(admin.press(&sure, None).await.status, StatusCode::OK);

    // Leaving ends the sessions; the text comes back with the way to sign in.
    let refused = suzuki.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    refused.expect(&["長い理由を考えて書いていたところ &lt;b&gt;です"]);
    assert_eq!(refused.links("サインインする"), ["/kasou/sign-in"]);
    let out = sign_in(&mut suzuki, "suzuki", PASSWORD, "").await;
    assert_eq!(out.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Of a session that goes on, only the right is gone: 課長 is a member, and reads on.
    let mut chief = invited(&site, 49, CHIEF, "sato").await;
    assert_eq!(chief.open("/kasou/people").await.status, StatusCode::OK);
    form.action = "/kasou/people/delegations".to_owned();
    let refused = chief.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.expect(&[
        "「事務局」の方だけが行えます",
        "長い理由を考えて書いていたところ",
    ]);
}

/// 4月の異動を3月に入れておく。
#[tokio::test]
async fn who_comes_in_april_is_entered_before_and_can_do_nothing_until_then() {
    let site = Site::at("2027-03-10T10:00:00+09:00").await;
    let mut admin = invited(&site, 50, YAMADA, "yamada").await;
    let page = admin.open("/kasou/people").await;
    let mut form = page.form("/people/holders");
    form.fields.retain(|(name, _)| name == "_csrf");
    for (name, value) in [
        ("name", "高橋 三郎（架空）"),
        ("role", "secretariat"),
        ("from", "2027-04-01"),
        ("until", ""),
    ] {
        form.fields.push((name.to_owned(), value.to_owned()));
    }
    let added = admin.press(&form, None).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.html);
    added.expect(&[
        "高橋 三郎（架空）",
        "これから",
        "いま受け持っている役割がありません",
    ]);

    let year = site.app.years.get("kasou").expect("the municipality");
    let door = Door::SignIn {
        person: "高橋 三郎（架空）".to_owned(),
    };
    let link = site.link_of(&year, 51, door).await;
    let form = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    let mut new = Browser::new(&site);
    let early = new.press(&form, None).await;
    assert_eq!(early.status, StatusCode::FORBIDDEN);
    early.expect(&["いま受け持っている役割がありません"]);
    let april = "2027-04-01T08:30:00+09:00".parse().expect("an instant");
    site.app.clock.advance(april);
    // The session of March 10 is long over.
    assert_eq!(new.open("/kasou").await.status, StatusCode::UNAUTHORIZED);
    let door = Door::SignIn {
        person: "高橋 三郎（架空）".to_owned(),
    };
    let link = site.link_of(&year, 52, door).await;
    let form = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    assert_eq!(new.press(&form, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let site = Site::open().await;
    let mut admin = invited(&site, 53, YAMADA, "yamada").await;
    let remove = |page: &Page, name: &str| {
        let mut form = page.form("/people/holders");
        form.action = "/kasou/people/holders/remove".to_owned();
        form.fields.retain(|(field, _)| field == "_csrf");
        form.fields
            .push(("role".to_owned(), "secretariat".to_owned()));
        form.fields.push(("name".to_owned(), name.to_owned()));
        form
    };
    let page = admin.open("/kasou/people").await;
    let gone = admin.press(&remove(&page, SUZUKI), None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.html);
    let refused = admin.press(&remove(&page, YAMADA), None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["管理者がいなくなるため"]);
    // Nor by editing the file.
    let page = admin
        .open("/kasou/settings/file?path=municipality.json")
        .await;
    let form = page.form("/settings/file");
    let text = form.fields.iter().find(|(name, _)| name == "text");
    let text = text.expect("the text").1.replace(YAMADA, "");
    let refused = admin.press(&form.set("text", &[&text]), None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(admin.open("/kasou/settings").await.status, StatusCode::OK);
}

/// A form that was open while one signed in anew: the token is of the earlier session.
#[tokio::test]
async fn a_page_older_than_the_session_loses_no_text() {
    let site = Site::open().await;
    let mut browser = invited(&site, 54, YAMADA, "yamada").await;
    let mut form = browser
        .open("/kasou/people")
        .await
        .form("/people/delegations");
    form.fields
        .push(("reason".to_owned(), "出張のため".to_owned()));
    sign_in(&mut browser, "yamada", PASSWORD, "").await;
    let refused = browser.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.expect(&["出張のため", "画面を開き直して"]);
}

#[tokio::test]
async fn a_respondents_link_is_not_used_without_end() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await;
    let other = site.respondent(2, "K002").await;
    for _ in 0..1200 {
        let answer = site.get(&format!("/kasou/r/{token}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let answer = site.get(&format!("/kasou/r/{token}")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.text().contains("1分ほど待って"));
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(
        site.get(&format!("/kasou/r/{other}")).await.status,
        StatusCode::SEE_OTHER
    );
    later(&site, 2);
    assert_eq!(
        site.get(&format!("/kasou/r/{token}")).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn who_never_had_a_role_signs_in_and_sees_nothing() {
    let site = Site::open().await;
    let act = Act::new(site.app.clock.now(), "test");
    let session = engine::year::Token::new([77; 16]);
    let stranger = "知らない人";
    site.year
        .sign_in_by_password(&act, stranger, session)
        .await
        .expect("a session");
    let request = Request::get("/kasou").header(header::COOKIE, format!("meguri={session}"));
    let answer = site
        .send(request.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

fn person_page(people: &Page, name: &str) -> String {
    let links = people.links(name);
    let link = links.into_iter().find(|link| link.contains("/people/of/"));
    link.unwrap_or_else(|| panic!("no page of {name}: {}", people.html))
}

/// RFC 6238, written once more: the code of an app.
fn code(secret: &[u8], seconds: i64) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret).expect("any key");
    mac.update(&(seconds as u64 / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([hash[at] & 127, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

fn unhex(text: &str) -> Vec<u8> {
    let bytes = (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16));
    bytes.collect::<Result<_, _>>().expect("hexadecimal")
}
