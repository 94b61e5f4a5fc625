//! What the secretariat sees of the letters.

use engine::year::Door;

use super::scene::{opened, site};
use super::server::MailServer;
use crate::form::{Browser, Form, Page};
use crate::site::Site;

const ROSTER: [(&str, &str, &str); 3] = [
    ("K001", "ケアプラン髙﨑（架空）", "k001@office.example"),
    ("K002", "架空事業所二", "refused@office.example"),
    ("K003", "電話だけの事業所", ""),
];

async fn signed_in(site: &Site) -> Browser<'_> {
    let person = "山田 花子（架空）".to_owned();
    let link = site.link(9, Door::SignIn { person }).await;
    let mut browser = Browser::new(site);
    let enter = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    browser.press(&enter, None).await;
    browser
}

/// The row of a respondent.
fn row(page: &Page, respondent: &str) -> String {
    let rows = page.html.split("<tr>");
    let row = rows
        .into_iter()
        .find(|row| row.contains(&format!(">{respondent}</td>")));
    let row = row.unwrap_or_else(|| panic!("{}", page.html));
    row.replace("&#x2f;", "/")
}

#[tokio::test]
async fn the_survey_says_what_became_of_each_letter() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = opened(&ROSTER, &server.url()).await;
    site.send_letters().await;
    let mut desk = signed_in(&site).await;
    let page = desk.open("/kasou/surveys/discharge").await;
    page.expect(&[
        "依頼と督促",
        "依頼　未回答3件が対象（メール2件、メールの宛先なし1件）",
    ]);
    assert!(!page.html.contains("送信が設定されていません"));
    assert!(
        row(&page, "K001").contains("依頼 送信済み 12/1 10:00"),
        "{}",
        row(&page, "K001")
    );
    let refused = row(&page, "K002");
    assert!(
        refused.contains(
            "送れませんでした: メールサーバーが受け取りませんでした（550 5.1.1 no such user）"
        ),
        "{refused}"
    );
    assert!(row(&page, "K003").contains("宛先なし"));
}

#[tokio::test]
async fn without_a_mail_server_each_letter_can_be_copied() {
    let site = site(&ROSTER).await;
    let mut desk = signed_in(&site).await;
    let page = desk.open("/kasou/surveys/discharge").await;
    page.expect(&["このサーバーにはメールの送信が設定されていません"]);
    let page = desk.open("/kasou/surveys/discharge/respondents/K001").await;
    let shown = desk.press(&page.form("/links"), None).await;
    shown.expect(&[
        "送付文（依頼）",
        "k001@office.example",
        "【架空市】入退院連携に関する調査へのご協力のお願い",
        "ケアプラン髙﨑（架空） ご担当者 様",
        "締切: 令和8年12月25日（金）",
    ]);
    let link = shown.html.replace("&#x2f;", "/");
    let (_, rest) = link.split_once("http://meguri.test").expect("a link");
    let page = desk.open(&rest[.."/kasou/r/".len() + 32]).await;
    page.expect(&["入退院連携に関する調査"]);
}
