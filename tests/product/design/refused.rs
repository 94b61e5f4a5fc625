//! Who may not design, and what does not go.

use axum::http::StatusCode;
use serde_json::json;

use super::Desk;
use crate::site::Site;

#[tokio::test]
async fn what_does_not_go_is_said_and_changes_nothing() {
    let site = Site::open().await;
    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let before = desk.json("discharge").await;

    let empty = [
        ("edit", "item"),
        ("_on", "item"),
        ("item", "rule_used"),
        ("title", "  "),
        ("help", "消えない補足"),
    ];
    let refused = desk.post(here, &empty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["設問の文が空です", "消えない補足"]);
    for (fields, said) in [
        (vec![("edit", "shift_item.up rule_used")], "いちばん上"),
        (
            vec![("edit", "remove_item nothing")],
            "設問 nothing はありません",
        ),
        (vec![("edit", "explode")], "この操作はできません"),
        (
            vec![("edit", "remove_option rule_used yes")],
            "この選択肢を使っています",
        ),
        (
            vec![
                ("edit", "condition"),
                ("_on", "item"),
                ("item", "hospitals"),
                ("what:0", "discharged"),
                ("is:0", "is"),
            ],
            "選択肢のない設問です",
        ),
        (
            vec![
                ("edit", "condition"),
                ("_on", "item"),
                ("item", "hospitals"),
                ("what:0", "discharged"),
                ("is:0", "at_least"),
                ("value:0", "多い"),
            ],
            "数でも日付でもありません",
        ),
    ] {
        let refused = desk.post(here, &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        refused.expect(&[said]);
    }
    assert_eq!(desk.json("discharge").await, before);

    // JSON that is none stays in its field; JSON that says something wrong is taken, and says so at the line.
    let broken = desk
        .post(
            &format!("{here}/json"),
            &[("_seen", "0"), ("text", "{ \"title\": ")],
        )
        .await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    broken.expect(&["JSON として読めない", "{ &quot;title&quot;: "]);
    let other = before
        .to_string()
        .replace("\"x-id\":\"discharge\"", "\"x-id\":\"other\"");
    let other = desk
        .post(&format!("{here}/json"), &[("_seen", "0"), ("text", &other)])
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = before
        .to_string()
        .replace("rule_used == \\\"no\\\"", "rule_usd == \\\"no\\\"");
    let taken = desk
        .post(
            &format!("{here}/json"),
            &[("_seen", "0"), ("text", &unknown)],
        )
        .await;
    taken.expect(&["取り込みました", "行目", "「rule_used」ではありませんか"]);
    let at_item = desk.browser.open(&format!("{here}/items/why_not")).await;
    at_item.expect(&["この設問についての指摘", "rule_usd"]);
    // Somebody else's page is older than this step.
    let late = desk
        .post(
            &format!("{here}/json"),
            &[("_seen", "0"), ("text", &unknown.replace("入退院", "入院"))],
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.html);
    let unsaved = desk.post(&format!("{here}/save"), &[]).await;
    assert_eq!(unsaved.status, StatusCode::UNPROCESSABLE_ENTITY);
    unsaved.expect(&["まだ指摘が残っている"]);
    desk.post(&format!("{here}/discard"), &[]).await;
    assert_eq!(desk.json("discharge").await, before);

    // An indicator counts this item: the pack would not be whole without it.
    desk.post(here, &[("edit", "remove_item coordinated")])
        .await;
    let unfit = desk.post(&format!("{here}/save"), &[]).await;
    assert_eq!(
        unfit.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        unfit.html
    );
    unfit.expect(&["ほかの資料と合わなくなる", "map.json"]);
    let year = site.app.years.get("kasou").expect("a municipality");
    assert!(year.state(|state| state.revised.is_empty()));
}

#[tokio::test]
async fn a_new_questionnaire_needs_a_name_and_an_id_of_its_own() {
    let site = Site::open().await;
    let mut desk = Desk::of(&site).await;
    for (id, name, year, said) in [
        ("", "調査", "2026", "id は、半角の英小文字"),
        ("研修", "調査", "2026", "id は、半角の英小文字"),
        ("discharge", "調査", "2026", "もう使われています"),
        ("issues", "調査", "2026", "もう使われています"),
        ("training", "", "2026", "調査の名を書いてください"),
        ("training", "調査", "令和8", "西暦の4桁"),
    ] {
        let fields = [
            ("from", ""),
            ("id", id),
            ("name", name),
            ("roster", "offices"),
            ("survey_year", year),
        ];
        let refused = desk.post("/kasou/design/new", &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{id} {name} {year}"
        );
        refused.expect(&[said]);
    }
    // A copy keeps the concepts of its items, and what was copied stays as it was.
    let copy = [
        ("from", "discharge"),
        ("id", "discharge-2027"),
        ("name", "翌年の<b>調査</b>"),
        ("roster", "offices"),
        ("survey_year", "2027"),
    ];
    let made = desk.post("/kasou/design/new", &copy).await;
    made.expect(&["翌年の&lt;b&gt;調査&lt;&#x2f;b&gt;"]);
    let (own, other) = (
        desk.json("discharge-2027").await,
        desk.json("discharge").await,
    );
    assert_eq!(own["properties"], other["properties"]);
    assert_eq!(
        (&own["x-id"], &own["x-version"]),
        (&json!("discharge-2027"), &json!(1))
    );
}

#[tokio::test]
async fn only_the_secretariat_designs() {
    let site = Site::open().await;
    let chief = site.session("佐藤 次郎（架空）").await;
    for path in [
        "/kasou/design",
        "/kasou/design/new",
        "/kasou/design/discharge",
        "/kasou/design/discharge/items/rule_used",
        "/kasou/design/discharge/json",
        "/kasou/design/discharge/compare",
    ] {
        assert_eq!(
            site.get_as(&chief, path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(
            site.get(path).await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    // Who approves a questionnaire sees it, and nothing to change it with.
    let path = "/kasou/design/discharge/preview";
    assert_eq!(site.get(path).await.status, StatusCode::UNAUTHORIZED);
    let seen = site.get_as(&chief, path).await;
    assert_eq!(seen.status, StatusCode::OK);
    let page = seen.text();
    assert!(page.contains("<iframe"), "{page}");
    assert!(!page.contains("discharge/json"), "{page}");
    let mut desk = Desk::of(&site).await;
    for path in [
        "/kasou/design/nothing",
        "/kasou/design/discharge/items/nothing",
    ] {
        assert_eq!(
            desk.browser.open(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    desk.csrf = "0".repeat(64);
    let forged = desk
        .post(
            "/kasou/design/discharge",
            &[("edit", "remove_item rule_used")],
        )
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}
