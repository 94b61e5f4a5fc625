//! Other programs: tokens with what they may do, the document of the API, and its viewer.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;

use crate::form::{Browser, Page};
use crate::site::{Answer, Site};
use crate::timeline::signed_in;

const YAMADA: &str = "山田 花子（架空）";

/// Makes a token on the page; the secret that is shown once.
async fn token(browser: &mut Browser<'_>, name: &str, access: &str, areas: &[&str]) -> String {
    let made = made(browser, name, access, areas, "2027-03-31").await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.html);
    made.expect(&["この画面でだけ表示されます"]);
    let secret = made
        .html
        .split("class=\"secret\">")
        .nth(1)
        .expect("a secret");
    let secret = secret.split('<').next().expect("a secret").to_owned();
    assert!(!browser.open("/kasou/tokens").await.html.contains(&secret));
    secret
}

async fn made(
    browser: &mut Browser<'_>,
    name: &str,
    access: &str,
    areas: &[&str],
    until: &str,
) -> Page {
    let page = browser.open("/kasou/tokens").await;
    let mut form = page
        .form("/tokens")
        .set("name", &[name])
        .set("until", &[until]);
    form.fields.retain(|(name, _)| name != "access");
    form.fields.push(("access".to_owned(), access.to_owned()));
    let areas = areas.iter();
    form.fields
        .extend(areas.map(|area| ("areas".to_owned(), (*area).to_owned())));
    browser.press(&form, None).await
}

async fn get(site: &Site, secret: &str, path: &str) -> Answer {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {secret}"))
        .header(header::ACCEPT, "application/json");
    site.send(request.body(Body::empty()).expect("a request"))
        .await
}

async fn post(site: &Site, secret: &str, path: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {secret}"))
        .header(header::ACCEPT, "application/json");
    let request = request.body(Body::from(body.to_owned()));
    site.send(request.expect("a request")).await
}

#[tokio::test]
async fn a_program_reads_what_its_token_is_for() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let secret = token(&mut browser, "統計基盤", "viewer", &[]).await;
    let home = get(&site, &secret, "/kasou").await;
    assert_eq!(home.status, StatusCode::OK);
    assert_eq!(home.header("content-type"), "application/json");
    assert_eq!(home.json()["surveys"][0]["asked"], 3);
    // Not more than that.
    let keyed = get(&site, &secret, "/kasou/surveys/discharge/keyed").await;
    assert_eq!(keyed.status, StatusCode::FORBIDDEN);
    assert!(
        keyed.json()["message"]
            .as_str()
            .expect("a message")
            .contains("取りまとめ")
    );
    // The page says that it is used.
    browser
        .open("/kasou/tokens")
        .await
        .expect(&["統計基盤", "令和8年12月10日（木）午前10時"]);
    let stored = String::from_utf8_lossy(&site.stored().await).into_owned();
    assert!(!stored.contains(&secret), "only its hash is stored");
}

#[tokio::test]
async fn a_token_can_be_kept_to_some_addresses() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let secret = token(&mut browser, "台帳連携", "administrator", &["rates"]).await;
    assert_eq!(
        get(&site, &secret, "/kasou/rates").await.status,
        StatusCode::OK
    );
    for path in [
        "/kasou",
        "/kasou/tokens",
        "/kasou/surveys/discharge",
        "/kasou/webhooks",
    ] {
        let refused = get(&site, &secret, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.text().contains("別のアドレスのため"), "{path}");
    }
}

#[tokio::test]
async fn a_program_acts_and_the_journal_names_it() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let secret = token(&mut browser, "予定連携", "secretariat", &[]).await;
    let path = "/kasou/cycles/annual-2026/dates";
    let body = r#"{"field": "close", "to": "2027-01-15", "reason": "年末の休みに重なるため"}"#;
    let moved = post(&site, &secret, path, body).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text());
    let journal = site.store.journal("kasou", 1).await.expect("a journal");
    assert!(journal.iter().any(|record| record.by == "API：予定連携"));
    // Deciding is for people.
    let decide = r#"{"cycle": "annual-2026", "step": "approve_papers", "item": "", "round": 1, "role": "課長", "outcome": "approved"}"#;
    let refused = post(&site, &secret, "/kasou/tasks", decide).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.json()["message"]
            .as_str()
            .expect("a message")
            .contains("課長の仕事")
    );
    // What cannot be read is told as JSON too.
    let nested = post(&site, &secret, path, r#"{"field": {"a": 1}}"#).await;
    assert_eq!(nested.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_token_ends_when_it_is_taken_back_and_on_its_day() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let first = token(&mut browser, "一つ目", "viewer", &[]).await;
    let second = token(&mut browser, "二つ目", "viewer", &[]).await;
    let page = browser.open("/kasou/tokens").await;
    let page = browser.press(&page.form("/revoke"), None).await;
    page.expect(&["に取り消し"]);
    let after = [
        get(&site, &first, "/kasou").await.status,
        get(&site, &second, "/kasou").await.status,
    ];
    let revoked = after
        .iter()
        .filter(|status| **status == StatusCode::UNAUTHORIZED);
    assert_eq!(revoked.count(), 1, "{after:?}");
    site.app
        .clock
        .advance("2027-04-01T09:00:00+09:00".parse().expect("an instant"));
    for secret in [&first, &second] {
        assert_eq!(
            get(&site, secret, "/kasou").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    for wrong in ["", "0", &"0".repeat(32), "あ"] {
        let request = Request::get("/kasou")
            .header(header::AUTHORIZATION, format!("Bearer {wrong}").as_bytes());
        let answer = site
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_not_made() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    token(&mut browser, "統計基盤", "viewer", &[]).await;
    for (name, access, until, said) in [
        ("", "viewer", "2027-03-31", "使う仕組みの名"),
        (
            "統計基盤",
            "viewer",
            "2027-03-31",
            "同じ名のトークンが使われています",
        ),
        ("別", "viewer", "2026-12-09", "今日から2年以内"),
        ("別", "viewer", "2029-01-01", "今日から2年以内"),
        ("別", "viewer", "いつか", "2027-03-31 の形"),
        ("別", "member", "2027-03-31", "できることを選んで"),
    ] {
        let refused = made(&mut browser, name, access, &[], until).await;
        assert!(refused.status.is_client_error(), "{name} {until}");
        refused.expect(&[said]);
    }
}

#[tokio::test]
async fn the_document_has_every_route_with_its_fields() {
    let site = Site::open().await;
    let answer = site.get("/api/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    let routes = server::routes::all();
    let routes = routes.list();
    assert!(routes.len() > 50, "{}", routes.len());
    let mut ids = BTreeSet::new();
    for route in routes {
        let method = route.method.as_str().to_lowercase();
        let operation = &document["paths"][route.path][&method];
        assert!(operation.is_object(), "{method} {}", route.path);
        assert_eq!(operation["summary"], route.what);
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id.to_owned()), "{id} twice");
        assert_eq!(
            operation["security"].is_array(),
            route.access.is_some(),
            "{}",
            route.path
        );
        let content = &operation["requestBody"]["content"];
        let asked = operation["parameters"].as_array();
        for (name, _) in route.takes {
            let has = |kind: &str| content[kind]["schema"]["properties"][*name].is_object();
            let kinds = ["application/json", "multipart/form-data"];
            // A page takes its fields with the address.
            let in_address = asked.is_some_and(|all| all.iter().any(|one| one["name"] == *name));
            assert!(
                in_address || kinds.iter().any(|kind| has(kind)),
                "{} has no {name}",
                route.path
            );
        }
        let path: usize = route.path.matches('{').count();
        let in_path = |one: &&serde_json::Value| one["in"] == "path";
        let parameters = operation["parameters"].as_array();
        let parameters = parameters.map_or(0, |all| all.iter().filter(in_path).count());
        assert_eq!(parameters, path, "{}", route.path);
    }
    let known: usize = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|item| item.as_object().map_or(0, serde_json::Map::len))
        .sum();
    assert_eq!(known, routes.len(), "and nothing else");
    // Everything that it points to is there.
    let mut wanted = Vec::new();
    references(&document, &mut wanted);
    assert!(!wanted.is_empty());
    for reference in wanted {
        let path = reference.strip_prefix('#').expect("of this document");
        assert!(document.pointer(path).is_some(), "{reference}");
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.push(reference.clone());
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_viewer_leads_to_every_part() {
    let site = Site::open().await;
    let mut browser = Browser::new(&site);
    let overview = browser.open("/api").await;
    overview.expect(&["OpenAPI 3.1", "X-Meguri-Signature"]);
    let parts: BTreeSet<String> = overview.links("/api/").into_iter().collect();
    assert!(parts.len() > 10, "{parts:?}");
    for part in parts.iter().filter(|part| !part.ends_with(".json")) {
        let page = browser.open(part).await;
        assert_eq!(page.status, StatusCode::OK, "{part}");
        page.expect(&["curl http:&#x2f;&#x2f;meguri.test"]);
    }
    assert_eq!(
        browser.open("/api/nothing").await.status,
        StatusCode::NOT_FOUND
    );
}
