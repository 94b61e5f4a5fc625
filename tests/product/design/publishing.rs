//! What becomes of a design: versions of a live survey, what a plan waits for, the survey of the next year.

use axum::http::StatusCode;
use engine::year::Act;
use serde_json::Value;

use super::{Desk, SECRETARIAT};
use crate::form::Browser;
use crate::site::Site;

/// A live survey gets a new version: what was answered stays with the old one, everybody else meets the new one.
#[tokio::test]
async fn a_change_of_a_live_survey_is_a_new_version() {
    let site = Site::open().await;
    let turn = site.survey();
    let link = site.respondent(1, "K001").await;
    let answers = r#"{"answers":{"rule_used":"no","discharged":3,"coordinated":2}}"#;
    let handed_in = site
        .post_json(&format!("/kasou/api/r/{link}"), answers)
        .await;
    assert_eq!(handed_in.status, StatusCode::OK, "{}", handed_in.text());

    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let steps: [&[(&str, &str)]; 4] = [
        &[
            ("edit", "add_item"),
            ("kind", "integer"),
            ("title", "入院した利用者"),
            ("page", "2"),
        ],
        &[
            ("edit", "set_required"),
            ("item", "why_not"),
            ("required", "true"),
        ],
        &[("edit", "remove_item pillars")],
        &[
            ("edit", "add_option"),
            ("item", "rule_used"),
            ("title", "これから使う"),
        ],
    ];
    for step in steps {
        let page = desk.post(here, step).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    }
    let compared = desk
        .browser
        .open(&format!("{here}/compare?with={turn}@1"))
        .await;
    compared.expect(&[
        "すでに1件の回答があります",
        "新しい設問です",
        "すでに出された1件は、この設問を尋ねられていません",
        "選択肢「これから使う」が加わりました",
        "利用したもの",
        "なくなりました",
        "必須になりました",
        "1件は、必須になったこの設問に答えていません",
    ]);

    let published = desk
        .post(&format!("{here}/publish"), &[("survey", "discharge")])
        .await;
    published.expect(&["公開しました", "公開中：第2版"]);
    let text = desk.file("forms/discharge.json").await.expect("saved");
    assert_eq!(
        serde_json::from_str::<Value>(&text).expect("JSON")["x-version"],
        2
    );
    let year = site.app.years.get("kasou").expect("a municipality");
    assert_eq!(year.state(|state| state.surveys[&turn].version), 2);
    let response = year
        .response(&turn, "K001")
        .await
        .expect("read")
        .expect("a response");
    assert_eq!(response.version, 1);
    assert_eq!(year.answers(&turn).await.expect("answers").len(), 1);

    // Whoever has not answered is asked the new questions, and the old version is still there to compare with.
    let other = site.respondent(2, "K002").await;
    let page = Browser::new(&site)
        .open(&format!("/kasou/r/{other}/2"))
        .await;
    page.expect(&["入院した利用者"]);
    let versions = desk.browser.open(&format!("{here}/compare")).await;
    versions.expect(&[
        "第2版（公開）",
        "第1版（公開）",
        "違いはありません",
        "いまの調査票が公開されています",
    ]);
}

/// Where a plan publishes, nobody goes past it.
#[tokio::test]
async fn a_plan_that_publishes_is_waited_for() {
    let site = Site::at("2026-11-04T10:00:00+09:00").await;
    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let added = [("edit", "add_item"), ("kind", "text"), ("title", "一言")];
    desk.post(here, &added).await;
    let waiting = desk.browser.open(&format!("{here}/compare")).await;
    waiting.expect(&["が公開します", "調査票を設計する（事務局"]);
    let refused = desk
        .post(&format!("{here}/publish"), &[("survey", "discharge")])
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.html);
    let year = site.app.years.get("kasou").expect("a municipality");
    assert!(year.state(|state| state.surveys.is_empty()));
}

/// A survey that is over is moved to its next year and asks the same again.
#[tokio::test]
async fn a_survey_is_held_again_the_next_year() {
    let site = Site::at("2027-01-20T10:00:00+09:00").await;
    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let over = desk.browser.open(&format!("{here}/compare")).await;
    over.expect(&["受付は終わっています", "次の年度の調査にする"]);
    let next = [
        ("survey", "discharge"),
        ("survey_year", "2027"),
        ("period_from", "2027/11/1"),
        ("period_to", "2027/11/30"),
        ("period_label", "令和９年１１月分"),
    ];
    let moved = desk.post(&format!("{here}/next-year"), &next).await;
    moved.expect(&["まだ公開していません"]);
    let year = site.app.years.get("kasou").expect("a municipality");
    let survey = year.pack.survey("discharge").expect("the survey");
    assert_eq!(
        (
            survey.turn().as_str(),
            survey.period.as_ref().map(|p| p.label.as_str())
        ),
        ("discharge-2027", Some("令和９年１１月分"))
    );
    // What was held stays as it was.
    assert!(year.state(|state| state.surveys["discharge-2026"].closed_at.is_some()));
    let act = Act::new(site.app.clock.now(), SECRETARIAT);
    assert!(year.publish_by_hand(&act, "nothing").await.is_err());
}
