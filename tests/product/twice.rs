//! Handing in twice is one response, from however many devices at once.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::site::Site;

fn answers(discharged: u32) -> String {
    json!({ "answers": { "rule_used": "yes", "discharged": discharged, "coordinated": 1 } })
        .to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_at_once_are_one_response() {
    let site = Site::open().await;
    let path = format!("/kasou/api/r/{}", site.respondent(1, "K001").await);
    let before = site.year.state(|state| state.head);
    let all = (0..32).map(|_| site.post_json(&path, answers(2)));
    let answers = futures_util::future::join_all(all).await;
    let receipts: Vec<Value> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            answer.json()
        })
        .collect();
    let first = receipts
        .iter()
        .filter(|receipt| receipt["again"] == false)
        .count();
    assert_eq!(first, 1);
    assert!(
        receipts
            .iter()
            .all(|receipt| receipt["digest"] == receipts[0]["digest"])
    );
    assert_eq!(site.year.state(|state| state.head), before + 1);
    assert_eq!(
        site.year.counted().await.expect("counted").answers[&site.survey()].len(),
        1
    );
}

#[tokio::test]
async fn other_answers_are_refused_kindly_and_the_first_stay() {
    let site = Site::open().await;
    let path = format!("/kasou/api/r/{}", site.respondent(1, "K001").await);
    assert_eq!(
        site.post_json(&path, answers(2)).await.status,
        StatusCode::OK
    );
    let before = site.stored().await;
    let other = site.post_json(&path, answers(3)).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert_eq!(
        other.json()["message"],
        "すでに別の内容で回答をいただいています。直したいときは事務局にご連絡ください。"
    );
    assert_eq!(site.stored().await, before);

    // The same answers in another order are the same answers.
    let same = r#"{"answers":{"coordinated":1,"discharged":2,"rule_used":"yes"}}"#;
    let again = site.post_json(&path, same).await;
    assert_eq!(
        (again.status, &again.json()["again"]),
        (StatusCode::OK, &json!(true))
    );

    // Another link of the same office is the same office.
    let second = format!("/kasou/api/r/{}", site.respondent(2, "K001").await);
    assert_eq!(
        site.post_json(&second, answers(2)).await.json()["again"],
        true
    );
}
