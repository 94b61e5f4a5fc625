//! The timeline of a running cycle, as the secretariat sees it on the home page.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use engine::year::Door;

use crate::form::{Browser, Form};
use crate::site::Site;

pub async fn signed_in<'a>(site: &'a Site, byte: u8, person: &str) -> Browser<'a> {
    let person = person.to_owned();
    let link = site.link(byte, Door::SignIn { person }).await;
    let mut browser = Browser::new(site);
    let form = Form {
        action: format!("/{}/sign-in/{link}", site.slug()),
        fields: Vec::new(),
    };
    let home = browser.press(&form, None).await;
    assert_eq!(home.status, StatusCode::OK);
    browser
}

#[tokio::test]
async fn the_home_page_shows_facts_until_today_and_the_dry_run_after_it() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let home = browser.open("/kasou").await;
    home.expect(&[
        "src=\"/kasou/cycles/annual-2026/timeline.svg\"",
        "令和8年11月16日（月）から令和9年6月2日（水）まで。会議1回、調査1回。事務局の仕事1件。課長の仕事2件。今日は令和8年12月10日（木）。",
        // What lies ahead, and nothing of what is past.
        "令和8年12月25日（金）</td><th scope=\"row\">回答を受け付ける：締切",
        "令和9年6月2日（水）</td><th scope=\"row\">会議を開く",
    ]);
    assert!(
        !home.html.contains("令和8年11月16日（月）</td>"),
        "{}",
        home.html
    );

    let cookie = browser.cookie.clone().expect("signed in");
    let request = Request::get("/kasou/cycles/annual-2026/timeline.svg");
    let request = request.header(header::COOKIE, cookie).body(Body::empty());
    let picture = site.send(request.expect("a request")).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(
        picture.header("content-type"),
        "image/svg+xml; charset=utf-8"
    );
    let svg = picture.text();
    for text in [
        "<title id=",
        "<desc id=",
        "role=\"img\"",
        "今日</text>",
        "調査票を設計する</text>",
        "回答を受け付ける</text>",
        "会議を開く</text>",
        "課長</text>",
    ] {
        assert!(svg.contains(text), "no {text} in {svg}");
    }
    // It stands under a policy without scripts and inline styles.
    for not in ["<script", "style=", "<style", "onload", "href="] {
        assert!(!svg.contains(not), "{not} in {svg}");
    }
    // What the secretariat did is solid, the meeting in June is hollow.
    let before = |text: &str| svg.split(text).next().expect("text before").to_owned();
    let mark = |text: &str| {
        let before = before(text);
        before[before.rfind("fill=\"#").expect("a mark")..][..12].to_owned()
    };
    assert_eq!(mark("調査票を設計する</text>"), "fill=\"#1a1a1");
    assert_eq!(mark("会議を開く</text>"), "fill=\"#fff\" ");
}
