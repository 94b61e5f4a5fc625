//! The pack changed in the pages, and who may do what.

use axum::http::StatusCode;
use engine::year::Act;

use crate::site::Site;

const CHIEF: &str = "佐藤 次郎（架空）";

#[tokio::test]
async fn a_change_lies_over_the_folder_and_is_checked_whole() {
    let site = Site::open().await;
    let years = &site.app.years;
    let act = Act::new(site.app.clock.now(), "山田 花子（架空）");
    let path = "municipality.json";
    let files = years.files(&site.year).await.expect("the pack's texts");
    let text = files.get(path).expect("the file").to_owned();

    let wrong = text.replace("\"home_area\": \"city\"", "\"home_area\": \"nowhere\"");
    let refused = years
        .revise(&site.year, &act, vec![(path.into(), Some(wrong))])
        .await;
    assert!(refused.is_err(), "a pack that is wrong is not taken up");
    assert!(
        site.year.state(|state| state.revised.is_empty()),
        "and nothing is stored"
    );

    let renamed = text.replace("\"name\": \"架空市\"", "\"name\": \"架空新市\"");
    let year = years
        .revise(&site.year, &act, vec![(path.into(), Some(renamed.clone()))])
        .await;
    let year = year.unwrap_or_else(|_| panic!("a pack that is whole is taken up"));
    assert_eq!(year.pack.municipality.name, "架空新市");
    let session = site.session("山田 花子（架空）").await;
    let home = site.get_as(&session, "/kasou").await;
    assert!(home.text().contains("架空新市"));

    // Whoever looked before that change is told.
    let late = site
        .year
        .revise(&act, &Default::default(), &[(path.into(), None)])
        .await;
    assert!(late.is_err());

    // A program that opens the same store reads the same pack; the folder is as it was.
    let (files, _) = engine::Files::read(site.folder()).expect("a folder");
    let pack = engine::Pack::read(&files).expect("a pack");
    assert_eq!(pack.municipality.name, "架空市");
    let again = engine::year::Year::open_revised(site.store.clone(), pack.into(), &files, act.at);
    let again = again.await.expect("opened");
    assert_eq!(again.pack.municipality.name, "架空新市");
}

#[tokio::test]
async fn a_role_says_what_its_holders_may_do() {
    let site = Site::open().await;
    let chair = site.session(CHIEF).await;
    assert_eq!(
        site.get_as(&chair, "/kasou/map").await.status,
        StatusCode::OK
    );
    let plan = site.get_as(&chair, "/kasou/cycles/annual-2026/plan").await;
    assert_eq!(plan.status, StatusCode::FORBIDDEN);
    assert!(plan.text().contains("事務局"), "{}", plan.text());

    // The right is asked at every request: the chair loses the role while the page is open.
    let path = "municipality.json";
    let files = site.app.years.files(&site.year).await.expect("texts");
    let text = files
        .get(path)
        .expect("the file")
        .replace("\"佐藤 次郎（架空）\"", "\"別人 見本（架空）\"");
    let act = Act::new(site.app.clock.now(), "山田 花子（架空）");
    let changed = site
        .app
        .years
        .revise(&site.year, &act, vec![(path.into(), Some(text))])
        .await;
    assert!(changed.is_ok());
    let map = site.get_as(&chair, "/kasou/map").await;
    assert_eq!(map.status, StatusCode::FORBIDDEN);
    assert!(
        map.text().contains("受け持っている役割がありません"),
        "{}",
        map.text()
    );
}

#[tokio::test]
async fn every_page_is_json_where_json_is_asked_for() {
    let site = Site::open().await;
    let session = site.session("山田 花子（架空）").await;
    let answer = site.get_json_as(&session, "/kasou/surveys/discharge").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json()["survey"]["answered"], 0);
    let refused = site.get_json_as("", "/kasou").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.json()["message"].is_string());
}
