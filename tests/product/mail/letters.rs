//! What arrives, and at whom.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use engine::letter::Letter;
use engine::year::{Fate, Needless};

use super::scene::{self, REMINDER, free_port, opened};
use super::server::{MailServer, Received};
use crate::form::Browser;
use crate::site::Site;

/// Those asked: characters beyond JIS, somebody without an address, names that try to be more.
const ROSTER: [(&str, &str, &str); 5] = [
    ("K001", "ケアプラン髙﨑（架空）", "k001@office.example"),
    (
        "K002",
        "居宅介護支援センター𠮷野・Ｃａｒｅ ＆ 〜（架空）",
        "k002@office.example",
    ),
    ("K003", "電話だけの事業所（架空）", ""),
    (
        "K004",
        "架空\r\nBcc: everybody@office.example\r\nSubject: 偽の件名\r\n\r\n偽の本文",
        "k004@office.example",
    ),
    (
        "H01",
        "\"\"; \"\"<h02@office.example>, h03@office.example（架空）",
        "h01@office.example",
    ),
];

const ANSWER: &str = r#"{"answers":{"rule_used":"no","why_not":"使う機会がなかった","discharged":1,"coordinated":1}}"#;

fn addresses(letters: &[Received]) -> Vec<&str> {
    letters.iter().map(Received::to).collect()
}

async fn answer(site: &Site, token: &str) {
    let path = format!("/kasou/api/r/{token}");
    let answer = site.post_json(&path, ANSWER).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

#[tokio::test]
async fn an_invitation_reaches_everybody_who_has_an_address() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = opened(&ROSTER, &server.url()).await;
    assert_eq!(site.waiting().await, 4);
    site.send_letters().await;
    assert_eq!(site.waiting().await, 0);
    let letters = server.stop();
    assert_eq!(
        addresses(&letters),
        [
            "h01@office.example",
            "k001@office.example",
            "k002@office.example",
            "k004@office.example"
        ]
    );
    for letter in &letters {
        assert_eq!(
            letter.header("subject"),
            "【架空市】入退院連携に関する調査へのご協力のお願い"
        );
        assert_eq!(
            letter.header("from"),
            "架空市 事務局 <jimukyoku@city.example.jp>"
        );
        assert_eq!(letter.header("auto-submitted"), "auto-generated");
        assert_eq!(letter.header("date"), "Tue, 01 Dec 2026 01:00:00 +0000");
        assert_eq!(letter.header("bcc"), "");
        assert!(
            letter.header("content-type").contains("utf-8"),
            "{}",
            letter.raw
        );
        assert!(
            letter.body.contains("締切: 令和8年12月25日（金）"),
            "{}",
            letter.body
        );
        assert!(
            letter.raw.is_ascii(),
            "old mail servers read ASCII only: {}",
            letter.raw
        );
        let longest = letter.raw.lines().map(str::len).max();
        assert!(longest <= Some(998), "RFC 5321: {longest:?}");
    }
    // One connection for all.
    let connections: BTreeSet<&str> = letters.iter().map(|l| l.connection.as_str()).collect();
    assert_eq!(connections.len(), 1);
    let ids: BTreeSet<&str> = letters
        .iter()
        .map(|letter| letter.header("message-id"))
        .collect();
    assert_eq!(ids.len(), 4);
    let id = letters[1].header("message-id");
    let (local, host) = id[1..id.len() - 1].split_once('@').expect("an id");
    assert_eq!(host, "city.example.jp");
    let (effect, rest) = local.split_at(16);
    assert!(effect.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    assert_eq!(rest, "-K001.kasou");
    // Who asks, and who is asked.
    assert_eq!(
        letters[1].header("to"),
        "ケアプラン髙﨑（架空） <k001@office.example>"
    );
    assert!(
        letters[1]
            .body
            .starts_with("ケアプラン髙﨑（架空） ご担当者 様"),
        "{}",
        letters[1].body
    );
    assert!(
        letters[2]
            .body
            .contains("𠮷野・Ｃａｒｅ ＆ 〜（架空） ご担当者 様"),
        "{}",
        letters[2].body
    );
    assert_eq!(site.fate("K001", Letter::Invitation), Some(Fate::Sent));
    assert_eq!(site.fate("K003", Letter::Invitation), None);
}

#[tokio::test]
async fn a_name_cannot_write_a_header_or_another_address() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = opened(&ROSTER, &server.url()).await;
    site.send_letters().await;
    let letters = server.stop();
    // The recipients are in the order of addresses: h01, k001, k002, k004.
    let known = [
        "message-id",
        "from",
        "to",
        "subject",
        "date",
        "content-type",
        "content-transfer-encoding",
        "mime-version",
        "auto-submitted",
    ];
    for letter in &letters {
        assert_eq!(letter.recipients.len(), 1);
        for (name, _) in &letter.headers {
            assert!(known.contains(&name.as_str()), "{name}: {}", letter.raw);
        }
    }
    let broken = &letters[3].body;
    let first = broken.lines().next().expect("a line");
    assert!(
        first.starts_with("架空") && first.ends_with("偽の本文 ご担当者 様"),
        "{broken}"
    );
    assert!(
        letters[0].header("to").ends_with(" <h01@office.example>"),
        "{}",
        letters[0].raw
    );
}

#[tokio::test]
async fn the_link_of_a_letter_opens_the_questionnaire_and_takes_the_answer() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = opened(&ROSTER, &server.url()).await;
    site.send_letters().await;
    let letters = server.stop();
    let token = letters[1].token();
    let page = Browser::new(&site).open(&format!("/kasou/r/{token}")).await;
    page.expect(&["入退院連携に関する調査", "ケアプラン髙﨑（架空）"]);
    answer(&site, token).await;
    let answered = site.year.state(|state| {
        state.surveys[scene::SURVEY]
            .responded
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    });
    assert_eq!(answered, ["K001"]);
    // Nothing that is stored gives anybody a link.
    let stored = String::from_utf8(site.stored().await).expect("UTF-8");
    for letter in &letters {
        assert!(!stored.contains(letter.token()), "a link is in the store");
    }
}

#[tokio::test]
async fn a_reminder_reaches_exactly_those_who_have_not_answered() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = opened(&ROSTER, &server.url()).await;
    site.send_letters().await;
    let first: Vec<Received> = (0..4).map(|_| server.next()).collect();
    let k001 = first
        .iter()
        .find(|letter| letter.to().starts_with("k001"))
        .expect("k001");
    answer(&site, k001.token()).await;
    site.send_letters().await;
    site.at_time(REMINDER).await;
    site.send_letters().await;
    let letters = server.stop();
    assert_eq!(
        addresses(&letters),
        [
            "h01@office.example",
            "k002@office.example",
            "k004@office.example"
        ]
    );
    for letter in &letters {
        let subject =
            "【架空市】入退院連携に関する調査のご回答について（締切 令和8年12月25日（金））";
        assert_eq!(letter.header("subject"), subject);
        assert_eq!(letter.header("date"), "Fri, 18 Dec 2026 00:00:00 +0000");
    }
    // The new links work, and so do the old ones.
    for letter in letters.iter().chain(&first) {
        let page = Browser::new(&site)
            .open(&format!("/kasou/r/{}", letter.token()))
            .await;
        page.expect(&["入退院連携に関する調査"]);
    }
    assert_eq!(site.fate("K001", Letter::Reminder), None);
    assert_eq!(site.fate("K002", Letter::Reminder), Some(Fate::Sent));
    let due = site
        .year
        .state(|state| state.surveys[scene::SURVEY].letters.clone());
    let counts: Vec<_> = due
        .iter()
        .map(|d| (d.letter, d.respondents, d.by_mail))
        .collect();
    assert_eq!(
        counts,
        [(Letter::Invitation, 5, 4), (Letter::Reminder, 4, 3)]
    );
}

#[tokio::test]
async fn who_has_answered_meanwhile_gets_no_letter() {
    let port = free_port();
    let site = opened(&ROSTER, &format!("smtp://127.0.0.1:{port}")).await;
    let link = site.respondent(7, "K001").await;
    answer(&site, &link.to_string()).await;
    let Some(server) = MailServer::start(port) else {
        return;
    };
    site.send_letters().await;
    assert_eq!(
        addresses(&server.stop()),
        [
            "h01@office.example",
            "k002@office.example",
            "k004@office.example"
        ]
    );
    let dropped = Fate::Dropped {
        why: Needless::Answered,
    };
    assert_eq!(site.fate("K001", Letter::Invitation), Some(dropped));
    assert_eq!(site.waiting().await, 0);
}

#[tokio::test]
async fn after_the_survey_has_closed_no_letter_goes_out() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = opened(&ROSTER, &server.url()).await;
    site.at_time("2026-12-28T10:00:00+09:00").await;
    site.send_letters().await;
    assert_eq!(addresses(&server.stop()), [""; 0]);
    for respondent in ["K001", "K002", "K004", "H01"] {
        let dropped = Fate::Dropped {
            why: Needless::Closed,
        };
        assert_eq!(site.fate(respondent, Letter::Invitation), Some(dropped));
    }
    assert_eq!(site.waiting().await, 0);
}

#[tokio::test]
async fn two_processes_send_each_letter_once() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let rows: Vec<(String, String)> = (0..60)
        .map(|n| (format!("K{n:03}"), format!("k{n:03}@office.example")))
        .collect();
    let roster: Vec<_> = rows
        .iter()
        .map(|(id, mail)| (id.as_str(), "架空事業所", mail.as_str()))
        .collect();
    let site = opened(&roster, &server.url()).await;
    tokio::join!(
        site.send_letters(),
        site.send_letters(),
        site.send_letters()
    );
    let letters = server.stop();
    let expected: Vec<&str> = rows.iter().map(|(_, mail)| mail.as_str()).collect();
    assert_eq!(addresses(&letters), expected);
    assert_eq!(site.waiting().await, 0);
    assert_eq!(site.store.verify(None).await.expect("a look"), []);
}
