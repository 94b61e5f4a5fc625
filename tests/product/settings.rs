//! The settings of a municipality: forms, closed days, files with their history.

use std::io::{Cursor, Read};

use axum::http::StatusCode;

use crate::form::Page;
use crate::site::Site;
use crate::timeline::signed_in;

#[tokio::test]
async fn a_form_changes_what_it_shows_and_nothing_else() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = browser.open("/kasou/settings").await;
    let form = page
        .form("/kasou/settings")
        .set("contact", &["架空市高齢福祉課 <0000>"])
        .set("same_below", &["4"]);
    let mut form = form;
    for (name, value) in [
        ("decimals", "2"),
        ("body_digits", "half"),
        ("table_digits", "half"),
    ] {
        form.fields.push((name.to_owned(), value.to_owned()));
    }
    let changed = browser.press(&form, None).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.html);
    changed.expect(&["架空市高齢福祉課 &lt;0000&gt;"]);
    let year = site.app.years.get("kasou").expect("the municipality");
    let pack = &year.pack;
    assert_eq!(pack.municipality.contact(), "架空市高齢福祉課 <0000>");
    assert_eq!(pack.style.percent.decimals, 2);
    assert_eq!(pack.style.closeness.same_below, 4);
    assert_eq!(
        pack.municipality.roles.len(),
        site.year.pack.municipality.roles.len()
    );
    assert_eq!(
        pack.municipality.bodies.len(),
        site.year.pack.municipality.bodies.len()
    );

    // What cannot be is refused with the sentence of the check, and what was typed stays.
    let wrong = form.clone().set("same_below", &["たくさん"]);
    let refused = browser.press(&wrong, None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["変えられませんでした", "value=\"たくさん\""]);
}

#[tokio::test]
async fn closed_days_come_and_go_and_what_moves_is_told_before() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = browser.open("/kasou/settings/calendar").await;
    page.expect(&["閉庁日はまだ入っていません"]);
    let form = page.form("/settings/calendar#add");
    let wrong = form.clone().set("days", &["2026-12-28\nお盆"]);
    let refused = browser.press(&wrong, Some(("_act", "save"))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["2行目を日付として読めません", "お盆"]);
    let days = form.set("days", &["2026-12-28,仕事納め\r\n2027/1/4"]);
    let seen = browser.press(&days, Some(("_act", "preview"))).await;
    seen.expect(&["加えると動く予定"]);
    let year = || site.app.years.get("kasou").expect("the municipality");
    assert!(
        year().pack.municipality.calendar.closed.is_empty(),
        "a look changes nothing"
    );
    let added = browser.press(&days, Some(("_act", "save"))).await;
    added.expect(&["令和8年12月28日（月）", "令和9年1月4日（月）"]);
    assert!(
        !year()
            .pack
            .calendar()
            .is_business_day("2026-12-28".parse().expect("a day"))
    );
    let gone = browser.press(&added.form("/settings/calendar"), None).await;
    assert!(!gone.html.contains("令和8年12月28日"), "{}", gone.html);
}

#[tokio::test]
async fn members_of_a_body_are_a_form() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = browser.open("/kasou/settings/bodies/committee").await;
    let mut form = page.form("/settings/bodies/committee");
    let org = form.fields.iter_mut().find(|(name, _)| name == "org");
    "架空市医師会（架空）".clone_into(&mut org.expect("a row").1);
    let changed = browser.press(&form, None).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.html);
    let year = site.app.years.get("kasou").expect("the municipality");
    let body = year.pack.municipality.body("committee").expect("the body");
    assert_eq!(body.members.len(), 1);
    assert_eq!(body.members[0].org, "架空市医師会（架空）");
}

fn text(page: &Page) -> String {
    let form = page.form("/settings/file");
    let text = form.fields.into_iter().find(|(name, _)| name == "text");
    text.expect("the text").1
}

#[tokio::test]
async fn a_file_is_checked_kept_and_taken_back() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let list = browser.open("/kasou/settings/files").await;
    for file in ["municipality.json", "rosters/offices.csv"] {
        assert_eq!(list.links(file).len(), 1, "{file}");
    }
    let path = "/kasou/settings/file?path=municipality.json";
    let page = browser.open(path).await;
    let before = text(&page);
    let wrong = before.replace("\"home_area\": \"city\"", "\"home_area\": \"nowhere\"");
    let form = |text: &str| page.form("/settings/file").set("text", &[text]);
    let refused = browser.press(&form(&wrong), None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["行目", "pack.unknown_reference", "nowhere"]);
    let broken = browser.press(&form("{"), None).await;
    broken.expect(&["pack.broken_json"]);

    let first = before.replace("名簿・担当者・回答は架空です。", "一回目の断り");
    let second = before.replace("名簿・担当者・回答は架空です。", "二回目の断り");
    for text in [&first, &second] {
        let saved = browser.press(&form(text), None).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.html);
    }
    let history = browser.open("/kasou/settings/history").await;
    history.expect(&["municipality.json", "山田 花子（架空）"]);
    let links = history.links("/settings/history/");
    assert_eq!(links.len(), 2);
    let oldest = browser.open(&links[1]).await;
    oldest.expect(&["一回目の断り"]);
    browser.press(&oldest.form("/restore"), None).await;
    assert_eq!(text(&browser.open(path).await).trim(), first.trim());
    let history = browser.open("/kasou/settings/history").await;
    assert_eq!(history.links("/settings/history/").len(), 3);

    // All of it as a folder.
    let file = browser.file("/kasou/settings/pack.zip").await;
    let mut zip = zip::ZipArchive::new(Cursor::new(file.body)).expect("an archive");
    let mut inside = String::new();
    let mut municipality = zip.by_name("kasou/municipality.json").expect("the file");
    municipality.read_to_string(&mut inside).expect("read");
    assert!(inside.contains("一回目の断り"));
}

#[tokio::test]
async fn a_file_stands_in_the_pack_and_nowhere_else() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    for path in [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../b.json",
        "run.sh",
        "",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        let page = browser
            .open(&format!("/kasou/settings/file?path={encoded}"))
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = browser
        .open("/kasou/settings/file?path=municipality.json")
        .await;
    let before = site.stored().await;
    let form = page.form("/settings/file");
    for path in ["../municipality.json", "notes.exe"] {
        let refused = browser
            .press(&form.clone().set("path", &[path]), None)
            .await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
    }
    assert!(site.stored().await == before);
}
