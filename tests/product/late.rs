//! Pages that come too late: the response was handed in from another page.

use axum::http::StatusCode;

use crate::form::{Browser, Page};
use crate::site::Site;

const NEXT: Option<(&str, &str)> = Some(("_act", "next"));
const WHOLE: &str =
    r#"{"answers":{"rule_used":"no","why_not":"はじめの理由","discharged":3,"coordinated":1}}"#;

/// Somebody has a page open, and hands in elsewhere.
async fn open_page<'a>(site: &'a Site, browser: &mut Browser<'a>) -> (String, Page) {
    let token = site.respondent(1, "K001").await;
    let link = format!("/kasou/r/{token}");
    let page = browser.open(&link).await;
    let grown = browser
        .press(&page.form("/1").set("rule_used", &["no"]), NEXT)
        .await;
    let sent = site
        .post_json(&format!("/kasou/api/r/{token}"), WHOLE)
        .await;
    assert_eq!(sent.status, StatusCode::OK);
    (link, grown)
}

#[tokio::test]
async fn what_was_typed_after_handing_in_is_shown_and_changes_nothing() {
    let site = Site::open().await;
    let mut browser = Browser::new(&site);
    let (link, page) = open_page(&site, &mut browser).await;
    let late = browser
        .press(
            &page.form("/1").set("why_not", &["あとから書いた理由"]),
            NEXT,
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.expect(&[
        "もう提出されています",
        "あとから書いた理由",
        "お問い合わせ先：架空市",
    ]);
    assert_eq!(late.links("回答の控えを見る"), [format!("{link}/receipt")]);
    let answers = site.year.answers(&site.survey()).await.expect("answers");
    assert_eq!(answers["K001"].text("why_not"), Some("はじめの理由"));
}

#[tokio::test]
async fn the_same_answers_lead_to_the_receipt() {
    let site = Site::open().await;
    let mut browser = Browser::new(&site);
    let (link, page) = open_page(&site, &mut browser).await;
    let same = browser
        .press(&page.form("/1").set("why_not", &["はじめの理由"]), NEXT)
        .await;
    assert_eq!(
        (same.status, same.path),
        (StatusCode::OK, format!("{link}/receipt"))
    );
}

/// Two that answered the same are told apart when they quote their numbers.
#[tokio::test]
async fn every_receipt_has_a_number_of_its_own() {
    let site = Site::open().await;
    let mut numbers = Vec::new();
    for (byte, office) in [(1, "K001"), (2, "K002")] {
        let token = site.respondent(byte, office).await;
        site.post_json(&format!("/kasou/api/r/{token}"), WHOLE)
            .await;
        let receipt = site.get(&format!("/kasou/r/{token}/receipt")).await.text();
        let (_, rest) = receipt.split_once("受付番号</dt><dd>").expect("a number");
        numbers.push(rest.split_once('<').expect("its end").0.to_owned());
    }
    assert_eq!(numbers[0].len(), 12, "{numbers:?}");
    assert_ne!(numbers[0], numbers[1]);
}
