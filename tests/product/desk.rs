//! The secretariat, at the end of the story of every pack that tells one: from the sign-in link to the
//! number and where it comes from.

use std::collections::HashSet;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::{Request, header};
use engine::year::Door;

use crate::form::{Browser, Form};
use crate::site::{Site, has, packs_with_a_story};

const SIGN_IN: Option<(&str, &str)> = None;

async fn signed_in(site: &Site) -> (Browser<'_>, crate::form::Page) {
    let person = site.secretariat();
    let door = Door::SignIn {
        person: person.clone(),
    };
    let link = site.link(9, door).await;
    let mut browser = Browser::new(site);
    let page = browser
        .open(&format!("/{}/sign-in/{link}", site.slug()))
        .await;
    let entered = browser
        .press(&sign_in(site, &link.to_string()), SIGN_IN)
        .await;
    page.expect(&[&person]);
    (browser, entered)
}

fn sign_in(site: &Site, link: &str) -> Form {
    Form {
        action: format!("/{}/sign-in/{link}", site.slug()),
        fields: Vec::new(),
    }
}

#[tokio::test]
async fn a_sign_in_link_is_used_once() {
    let site = Site::open().await;
    let link = site
        .link(
            9,
            Door::SignIn {
                person: "山田 花子（架空）".into(),
            },
        )
        .await
        .to_string();
    let path = format!("/kasou/sign-in/{link}");
    // Mail programs look at links: that does not use them.
    for _ in 0..3 {
        assert_eq!(site.get(&path).await.status, StatusCode::OK);
    }
    let mut browser = Browser::new(&site);
    let home = browser.press(&sign_in(&site, &link), SIGN_IN).await;
    assert_eq!(
        (home.status, home.path.as_str()),
        (StatusCode::OK, "/kasou")
    );

    let again = Browser::new(&site)
        .press(&sign_in(&site, &link), SIGN_IN)
        .await;
    assert_eq!(again.status, StatusCode::GONE);
    again.expect(&["このリンクはすでに使われました"]);
    assert_eq!(site.get(&path).await.status, StatusCode::GONE);

    // A respondent's link signs nobody in, and a spent link is no respondent's.
    let respondent = site.respondent(1, "K001").await;
    let refused = Browser::new(&site)
        .press(&sign_in(&site, &respondent.to_string()), SIGN_IN)
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(
        site.get(&format!("/kasou/r/{link}")).await.status,
        StatusCode::GONE
    );

    let out = browser.press(&home.form("/sign-out"), None).await;
    assert!(!out.html.contains("/sign-out"), "{}", out.html);
    let mut stale = Browser::new(&site);
    stale.cookie = browser.cookie.clone();
    assert_eq!(stale.open("/kasou").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_year_is_there_to_be_read() {
    for folder in packs_with_a_story() {
        let site = Site::told(&[folder]).await;
        let slug = site.slug().to_owned();
        let (mut browser, home) = signed_in(&site).await;
        home.expect(&[&site.year.pack.municipality.name, "施策・指標マップ"]);

        // Every page that can be reached by links from the home page opens.
        let mut waiting = vec![home.path.clone()];
        let mut seen = HashSet::new();
        let mut figures = 0;
        while let Some(path) = waiting.pop() {
            let address = path.split('#').next().unwrap_or(&path).to_owned();
            if !address.starts_with(&format!("/{slug}")) || !seen.insert(address.clone()) {
                continue;
            }
            let plain = address.split('?').next().unwrap_or_default();
            if [".svg", ".png"]
                .iter()
                .any(|ending| plain.ends_with(ending))
            {
                let picture = browser.file(&address).await;
                assert_eq!(picture.status, StatusCode::OK, "{address}");
                continue;
            }
            if [".docx", ".pdf", ".xlsx", ".zip", ".csv"]
                .iter()
                .any(|ending| {
                    address
                        .split('?')
                        .next()
                        .is_some_and(|path| path.ends_with(ending))
                })
            {
                file(&site, &browser, &address).await;
                continue;
            }
            let page = browser.open(&address).await;
            assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.html);
            page.expect(&["<html lang=\"ja\">", "</html>"]);
            figures += usize::from(address.contains("/figures/"));
            waiting.extend(page.links("href="));
        }
        assert!(figures >= 10, "only {figures} pages of figures");
        for ending in [".docx", ".pdf", ".xlsx"]
            .into_iter()
            .filter(|ending| has(&ending[1..]))
        {
            assert!(
                seen.iter().any(|path| path.ends_with(ending)),
                "no {ending} can be reached: {seen:?}"
            );
        }
        for part in [
            "/surveys/",
            "/results",
            "/meetings/",
            "/papers/",
            "/map",
            "/handover",
        ] {
            assert!(
                seen.iter().any(|path| path.contains(part)),
                "no {part} can be reached: {seen:?}"
            );
        }
        counts(&site, &mut browser).await;
    }
}

async fn file(site: &Site, browser: &Browser<'_>, address: &str) {
    let request =
        Request::get(address).header(header::COOKIE, browser.cookie.clone().expect("signed in"));
    let answer = site
        .send(request.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{address}");
    let begins: &[u8] = if address.contains(".pdf") {
        b"%PDF-"
    } else if address.contains("cp932") {
        // That encoding has no mark at its beginning.
        b""
    } else if address.contains(".csv") {
        "\u{feff}".as_bytes()
    } else {
        b"PK"
    };
    assert!(answer.body.starts_with(begins), "{address}");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment"),
        "{address}"
    );
    let least = if address.contains(".csv") { 40 } else { 2_000 };
    assert!(
        answer.body.len() > least,
        "{address} has {} bytes",
        answer.body.len()
    );
}

/// 78.1 % is 189 of 242: what the pack's cases say was published.
async fn counts(site: &Site, browser: &mut Browser<'_>) {
    let slug = site.slug().to_owned();
    let book = site.year.counted().await.expect("counted").book;
    let figures = book.figures();
    let figure = figures
        .iter()
        .find(|figure| (figure.numerator(), figure.denominator()) == (Some(189), Some(242)))
        .expect("no figure is 189 of 242");
    let page = browser
        .open(&format!("/{slug}/figures/{}", figure.key))
        .await;
    page.expect(&["78.1", "189", "242", "76件の回答から", "回答者ごと"]);
    // However it is divided, the parts add up to the whole.
    let provenance = book.provenance(&figure.key).expect("counted here");
    assert!(!provenance.breakdowns.is_empty());
    for breakdown in &provenance.breakdowns {
        let parts = breakdown.groups.iter();
        let whole = parts.fold((0, 0), |(num, den), group| {
            (num + group.numerator, den + group.denominator.unwrap_or(0))
        });
        assert_eq!(whole, (189, 242), "{}", breakdown.title);
    }
}

#[tokio::test]
async fn what_is_not_there_and_who_may_not() {
    let site = Site::open().await;
    let (mut browser, home) = signed_in(&site).await;
    for path in [
        "/kasou/surveys/nothing",
        "/kasou/surveys/nothing/results",
        "/kasou/meetings/nothing",
        "/kasou/figures/nothing@city@2026",
        "/kasou/figures/nothing",
        "/kasou/meetings/committee-1/papers/agenda",
        "/kasou/people/nobody/handover",
        "/kasou/people/secretariat/handover.exe",
        "/kasou/people/secretariat/nothing",
        "/kasou/cycles/nothing/timeline.svg",
    ] {
        let page = browser.open(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.html);
        page.expect(&["lang=\"ja\""]);
    }
    // Without a session nothing of the secretariat opens.
    let survey = site.year.pack.surveys[0].id.clone();
    for path in [
        "/kasou",
        "/kasou/map",
        "/kasou/people",
        "/kasou/people/secretariat/handover",
        "/kasou/people/secretariat/handover.docx",
        "/kasou/cycles/annual-2026/timeline.svg",
        &format!("/kasou/surveys/{survey}"),
        &format!("/kasou/surveys/{survey}/results"),
        &format!("/kasou/surveys/{survey}/tally.xlsx"),
        "/kasou/meetings/committee-1",
        "/kasou/figures/discharge-rate@city@2025",
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.text().contains("サインイン"), "{path}");
    }
    // Nor with a cookie that is no session.
    browser.cookie = Some(format!("meguri={}", "0".repeat(32)));
    assert_eq!(
        browser.open("/kasou").await.status,
        StatusCode::UNAUTHORIZED
    );
    drop(home);
}

/// A form of the secretariat needs the token of the session that it was made for.
#[tokio::test]
async fn forms_of_others_are_refused() {
    let site = Site::open().await;
    let (mut browser, home) = signed_in(&site).await;
    let survey = site.year.pack.surveys[0].id.clone();
    let page = browser
        .open(&format!("/kasou/surveys/{survey}/respondents/K001"))
        .await;
    let form = page.form("/links");
    let before = site.stored().await;
    let tokens = ["", "0", &"0".repeat(64)];
    for token in tokens {
        let mut forged = form.clone();
        forged.fields.retain(|(name, _)| name != "_csrf");
        forged.fields.push(("_csrf".into(), token.to_string()));
        let refused = browser.press(&forged, None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.html);
    }
    for action in [
        "/kasou/tasks",
        "/kasou/sign-out",
        &format!("/kasou/surveys/{survey}/trial"),
    ] {
        let refused = browser
            .press(
                &Form {
                    action: action.into(),
                    fields: Vec::new(),
                },
                None,
            )
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}");
    }
    assert!(site.stored().await == before);
    drop(home);

    // The right one makes a link that opens.
    let made = browser.press(&form, None).await;
    let link = made.links("/r/").into_iter().next().expect("a link");
    let link = link
        .strip_prefix("http://meguri.test")
        .expect("the address of the site")
        .to_owned();
    Browser::new(&site)
        .open(&link)
        .await
        .expect(&["入退院連携に関する調査"]);
}

/// A trial is asked the same questions, hands nothing in, and knows nobody.
#[tokio::test]
async fn a_trial_leaves_no_response() {
    let site = Site::open().await;
    let (mut browser, _) = signed_in(&site).await;
    let survey = site.year.pack.surveys[0].id.clone();
    let page = browser.open(&format!("/kasou/surveys/{survey}")).await;
    let first = browser.press(&page.form("/trial"), None).await;
    first.expect(&["見本"]);
    let next = browser
        .press(
            &first.form("/1").set("rule_used", &["yes"]),
            Some(("_act", "next")),
        )
        .await;
    next.expect(&["利用したもの"]);
    let link = first.path.trim_end_matches("/1").to_owned();
    let submitted = browser
        .press(
            &Form {
                action: format!("{link}/submit"),
                fields: Vec::new(),
            },
            None,
        )
        .await;
    submitted.expect(&["見本の回答"]);
    assert_eq!(site.year.unanswered(&site.survey()).await.len(), 3);
    let whole = site
        .post_json(
            &format!("/kasou/api{}", link.trim_start_matches("/kasou")),
            r#"{"answers":{"rule_used":"yes","discharged":1,"coordinated":1}}"#,
        )
        .await;
    assert_eq!(whole.status, StatusCode::NOT_FOUND);
}
