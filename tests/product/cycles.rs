//! 「計画の変更」「休止」「再開」「中止」: what the secretariat sees and does, what is refused, and to whom.

use std::fs;
use std::path::Path;

use axum::http::StatusCode;
use engine::year::Door;
use tempfile::TempDir;

use crate::form::{Browser, Form, Page};
use crate::site::{Site, write_pack};

const PLAN: &str = "/kasou/cycles/annual-2026/plan";

/// 架空市 while its survey is open, with the folder of its pack.
async fn site() -> (Site, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), "kasou", "2026-12-10T10:00:00+09:00");
    let site = Site::told(&[folder.path().to_owned()]).await;
    (site, folder)
}

async fn signed_in<'a>(site: &'a Site, byte: u8, person: &str) -> Browser<'a> {
    let person = person.to_owned();
    let link = site.link(byte, Door::SignIn { person }).await;
    let mut browser = Browser::new(site);
    let enter = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    browser.press(&enter, None).await;
    browser
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(path, text.replace(from, to)).expect("written");
}

async fn press(browser: &mut Browser<'_>, page: &Page, ending: &str, reason: &str) -> Page {
    let form = page.form(ending).set("reason", &[reason]);
    browser.press(&form, None).await
}

#[tokio::test]
async fn an_edited_pack_is_previewed_and_adopted() {
    let (site, folder) = site().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let home = browser.open("/kasou").await;
    assert_eq!(home.links("計画の変更・休止"), [PLAN]);
    let page = browser.open(PLAN).await;
    page.expect(&["いま進んでいる計画と同じです", "休止する理由"]);

    // A pack that is broken on the disk changes nothing.
    edit(
        folder.path(),
        "cycles/annual.json",
        "2026-12-25",
        "2026-11-25",
    );
    let page = browser.open(PLAN).await;
    page.expect(&["パックに直すところがあるため", "cycle.date_order"]);

    edit(
        folder.path(),
        "cycles/annual.json",
        "2026-11-25",
        "2027-01-15",
    );
    let page = browser.open(PLAN).await;
    page.expect(&[
        "回答締切: 令和8年12月25日（金） → 令和9年1月15日（金）",
        "「回答を受け付ける」の締切",
        "計画を変える理由",
    ]);
    let refused = press(&mut browser, &page, "/plan", " ").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["計画の変更には理由を書いてください。"]);
    let page = browser.open(PLAN).await;
    let home = press(&mut browser, &page, "/plan", "大雪のため").await;
    assert_eq!(
        (home.status, home.path.as_str()),
        (StatusCode::OK, "/kasou")
    );
    home.expect(&["締切 令和9年1月15日（金）"]);

    // The same form once more: that plan is in force already.
    let again = press(&mut browser, &page, "/plan", "大雪のため").await;
    assert_eq!(again.status, StatusCode::OK);
    browser
        .open(PLAN)
        .await
        .expect(&["いま進んでいる計画と同じです"]);

    // A form of a page that is older than the pack.
    edit(
        folder.path(),
        "cycles/annual.json",
        "2027-01-15",
        "2027-01-22",
    );
    let stale = press(&mut browser, &page, "/plan", "大雪のため").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.expect(&["変更案を開き直してください"]);
}

#[tokio::test]
async fn an_open_step_goes_only_when_it_was_chosen() {
    let (site, folder) = site().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let script = fs::read_to_string(folder.path().join("cycles/annual.rhai")).expect("a script");
    let left =
        |line: &&str| !line.contains("step(\"answers\")") && !line.contains("step(\"remind\")");
    let lines: Vec<&str> = script.lines().filter(left).collect();
    let without = lines
        .join("\n")
        .replace(".after(\"answers\")", ".after(\"distribute\")");
    fs::write(folder.path().join("cycles/annual.rhai"), without).expect("written");
    let page = browser.open(PLAN).await;
    page.expect(&["「回答を受け付ける」を取りやめる", "value=\"answers\""]);
    let refused = press(&mut browser, &page, "/plan", "紙で集める").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["いま進んでいる「回答を受け付ける」がなくなります"]);
    let mut form = browser
        .open(PLAN)
        .await
        .form("/plan")
        .set("reason", &["紙で集める"]);
    form.fields
        .push(("cancel".to_owned(), "answers".to_owned()));
    let home = browser.press(&form, None).await;
    assert_eq!(home.status, StatusCode::OK);
    let year = site.app.years.get("kasou").expect("a year");
    assert!(year.state(|state| state.surveys.values().all(|held| !held.is_open())));
}

#[tokio::test]
async fn a_cycle_rests_goes_on_and_is_given_up() {
    let (site, _folder) = site().await;
    let mut browser = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = browser.open(PLAN).await;
    let refused = press(&mut browser, &page, "/suspend", "").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let long = "長".repeat(501);
    let refused = press(&mut browser, &page, "/suspend", &long).await;
    refused.expect(&["理由や意見が長すぎます。500文字までにしてください。"]);
    let home = press(&mut browser, &page, "/suspend", "<b>大雪</b>のため").await;
    home.expect(&["から休止しています（理由：&lt;b&gt;大雪"]);
    let page = browser.open(PLAN).await;
    page.expect(&["再開する理由", "中止する理由", "から休止しています"]);
    let home = press(&mut browser, &page, "/resume", "片付いた").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(!home.html.contains("休止しています"));
    let again = press(&mut browser, &page, "/resume", "片付いた").await;
    again.expect(&["このサイクルは休止していません。"]);
    let home = press(&mut browser, &page, "/terminate", "今年は行わない").await;
    home.expect(&["途中で中止しました。"]);
    let page = browser.open(PLAN).await;
    page.expect(&["途中で中止しました。"]);
    assert!(!page.html.contains("<textarea") && !page.html.contains("name=\"reason\""));
}

#[tokio::test]
async fn others_may_not_change_a_cycle() {
    let (site, _folder) = site().await;
    assert_eq!(site.get(PLAN).await.status, StatusCode::UNAUTHORIZED);
    let mut secretariat = signed_in(&site, 9, "山田 花子（架空）").await;
    let page = secretariat.open(PLAN).await;
    let before = site.year.state(|state| state.cycles.clone());

    let mut chief = signed_in(&site, 8, "佐藤 次郎（架空）").await;
    let refused = chief.open(PLAN).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.expect(&["これは「事務局」の方だけが行えます。"]);
    for ending in ["/suspend", "/terminate"] {
        // The secretariat's form in another's session, and without anybody's.
        let foreign = press(&mut chief, &page, ending, "理由").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let nobody = press(&mut Browser::new(&site), &page, ending, "理由").await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    }
    let home = chief.open("/kasou").await;
    assert_eq!(home.links("/plan"), [""; 0]);
    let csrf = home.form("/sign-out").fields;
    for verb in ["plan", "suspend", "resume", "terminate"] {
        let mut fields = csrf.clone();
        fields.push(("reason".to_owned(), "理由".to_owned()));
        let action = format!("/kasou/cycles/annual-2026/{verb}");
        let refused = chief.press(&Form { action, fields }, None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{verb}");
        refused.expect(&["これは「事務局」の方だけが行えます。"]);
    }
    for cycle in ["annual-2031", "x", "%E3%81%82"] {
        let path = format!("/kasou/cycles/{cycle}/plan");
        assert_eq!(secretariat.open(&path).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(site.year.state(|state| state.cycles.clone()), before);
}
