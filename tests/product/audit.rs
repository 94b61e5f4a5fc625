//! The journal in words: search, pages, file, check of the chain. Never an answer.

use axum::http::StatusCode;
use engine::year::{Act, Source, Submission};
use serde_json::json;

use crate::form::{Browser, Form};
use crate::site::Site;
use crate::timeline::signed_in;

/// 架空市 while its survey is open, with one answer in it that must not be seen here.
async fn answered() -> Site {
    let site = Site::open().await;
    let answers = json!({
        "rule_used": "no", "why_not": "様式が長くて使いにくいという秘密の答え",
        "discharged": 3, "coordinated": 2
    });
    let answers = serde_json::from_value(answers).expect("answers");
    let act = Act::new(site.app.clock.now(), "K001");
    let submission = Submission {
        answers,
        source: Source::Web,
        apart: None,
    };
    let survey = site.survey();
    let handed_in = site.year.submit(&act, &survey, "K001", submission).await;
    handed_in.expect("handed in");
    site
}

#[tokio::test]
async fn what_happened_is_told_in_sentences() {
    let site = answered().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = browser.open("/kasou/audit").await;
    assert_eq!(page.status, StatusCode::OK);
    page.expect(&[
        "山田 花子（架空）がサインインした（リンク）",
        "に K001 が回答した（ウェブ）",
        "の受付を始めた（対象 3件）",
        "めぐり（自動）",
    ]);
    assert!(
        !page.html.contains("秘密の答え"),
        "an answer is in the journal"
    );
}

#[tokio::test]
async fn a_search_finds_by_who_what_and_when() {
    let site = answered().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let count = |html: &str| html.matches("<th scope=\"row\">").count();
    for (query, expected) in [
        ("kind=answer", 1),
        ("who=K001", 1),
        ("who=k0", 0),
        ("words=%E5%9B%9E%E7%AD%94%E3%81%97%E3%81%9F", 1),
        ("kind=answer&until=2026-12-09", 0),
        ("kind=answer&from=2026-12-10&until=2026-12-10", 1),
        ("words=%3Cscript%3E", 0),
        ("kind=nothing&who=K001", 1),
    ] {
        let page = browser.open(&format!("/kasou/audit?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert_eq!(count(&page.html), expected, "{query}: {}", page.html);
    }
    let wrong = browser.open("/kasou/audit?from=12/10").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    wrong.expect(&["2026-04-01 の形で"]);
}

/// Fifty a page, the newest first, each record once, down to the first.
#[tokio::test]
async fn pages_lead_down_to_the_first_record() {
    let site = answered().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let year = site.app.years.get("kasou").expect("the municipality");
    let act = Act::new(site.app.clock.now(), "meguri");
    for _ in 0..60 {
        year.halt_sign_in(&act, "山田 花子（架空）")
            .await
            .expect("stored");
    }
    let head = year.state(|state| state.head);
    let mut path = "/kasou/audit".to_owned();
    let mut numbers: Vec<u64> = Vec::new();
    loop {
        let page = browser.open(&path).await;
        let rows = page.html.split("<td class=\"num\">").skip(1);
        let on_page: Vec<u64> = rows
            .map(|row| {
                let (_, rest) = row.split_once('>').expect("a span");
                let number = rest.split('<').next().expect("a number");
                number.parse().expect("a number")
            })
            .collect();
        assert!(on_page.len() <= 50);
        numbers.extend(on_page);
        match page.links("前の50件").into_iter().next() {
            Some(next) => path = next,
            None => break,
        }
    }
    let expected: Vec<u64> = (1..=head).rev().collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn the_file_has_the_same_records_and_formulas_stay_text() {
    let site = answered().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let year = site.app.years.get("kasou").expect("the municipality");
    let act = Act::new(site.app.clock.now(), "=cmd|'/c calc'!A0");
    year.halt_sign_in(&act, "山田 花子（架空）")
        .await
        .expect("stored");
    let file = browser.file("/kasou/audit.csv?kind=people").await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.header("content-disposition").starts_with("attachment"));
    let text = file.text();
    assert!(text.starts_with('\u{feff}'));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].contains("\"'=cmd|'/c calc'!A0\""), "{}", lines[1]);
    let page = browser.open("/kasou/audit?kind=people").await;
    assert_eq!(
        lines.len() - 1,
        page.html.matches("<th scope=\"row\">").count()
    );
}

#[tokio::test]
async fn the_chain_is_checked_on_demand() {
    let site = answered().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = browser.open("/kasou/audit").await;
    let checked = browser.press(&page.form("/audit/verify"), None).await;
    assert_eq!(checked.status, StatusCode::OK);
    checked.expect(&["異常はありません"]);
}

/// A backup is taken away whole, and that it was is in the journal.
#[tokio::test]
async fn a_backup_can_be_taken_and_is_whole() {
    let site = answered().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = browser.open("/kasou/backup").await;
    page.expect(&["毎日の控えは、取っていません"]);
    let Form { action, fields } = page.form("/backup/export");
    let mut encoder = form_urlencoded::Serializer::new(String::new());
    encoder.extend_pairs(&fields);
    let request = axum::http::Request::post(action)
        .header("cookie", browser.cookie.clone().expect("signed in"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(encoder.finish()))
        .expect("a request");
    let answer = site.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    let checked = store::check_export(&mut answer.body.as_slice()).expect("whole");
    assert_eq!(checked.municipalities.len(), 1);
    assert_eq!(checked.municipalities[0].0, "kasou");
    // It comes back in another store as it was.
    let folder = tempfile::tempdir().expect("a folder");
    let other = store::Store::open(folder.path()).expect("a store");
    other
        .import(&mut answer.body.as_slice())
        .await
        .expect("imported");
    assert_eq!(other.verify(None).await.expect("verified"), []);
    let page = browser.open("/kasou/audit?kind=settings").await;
    page.expect(&["すべてのデータの控えを受け取った"]);
    drop(Browser::new(&site));
}
