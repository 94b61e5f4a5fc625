//! The time for which answers are kept: what is deleted when it is over, what remains, and what is refused before.

use axum::http::StatusCode;
use engine::figure::FigureKey;
use engine::year::{Door, Year, astray};
use store::Store;

use crate::form::{Browser, Page};
use crate::results::revised;
use crate::site::{Site, packs_with_a_story};
use crate::timeline::signed_in;

const SURVEY: &str = "discharge-rule-2023";
const NAME: &str = "入退院連携ルール運用状況調査";

/// A city at the end of its story: the survey of 令和5年度 has closed, 76 offices have answered.
async fn told() -> Site {
    Site::told(&packs_with_a_story()[..1]).await
}

async fn keep_for(browser: &mut Browser<'_>, years: &str) -> Page {
    let page = browser.open("/~/keeping").await;
    let form = page.form("/keeping/years").set("years", &[years]);
    assert_eq!(
        form.fields
            .iter()
            .find(|(name, _)| name == "survey")
            .map(|(_, id)| id.as_str()),
        Some("discharge-rule")
    );
    browser.press(&form, None).await
}

fn delete(page: &Page, name: &str, why: &str) -> crate::form::Form {
    page.form("/delete").set("name", &[name]).set("why", &[why])
}

/// The figure of 78.1 %: 189 of 242.
async fn figure(year: &Year) -> FigureKey {
    let book = year.counted().await.expect("counted").book;
    let figures = book.figures();
    let found = figures
        .iter()
        .find(|figure| (figure.numerator(), figure.denominator()) == (Some(189), Some(242)));
    found.expect("189 of 242").key.clone()
}

#[tokio::test]
async fn answers_go_when_their_time_is_over_and_counts_remain() {
    let site = told().await;
    let mut browser = signed_in(&site, 9, "山田 架空子（架空）").await;
    let key = figure(&site.year).await;
    let page = browser.open(&format!("/~/figures/{key}")).await;
    page.expect(&["189", "242", "回答者ごと"]);
    let stored = String::from_utf8_lossy(&site.stored().await).into_owned();
    assert!(stored.contains("/response/discharge-rule-2023/"));
    let meetings = site.year.state(|state| state.meetings.clone());
    let handouts = meetings
        .values()
        .filter_map(|meeting| meeting.handout.clone());
    let handouts: Vec<String> = handouts.collect();

    let set = keep_for(&mut browser, "0").await;
    set.expect(&["令和6年3月31日（日）まで", "過ぎた"]);
    let page = browser.open(&format!("/~/keeping/{SURVEY}")).await;
    page.expect(&["76件の回答", "元に戻せません"]);
    let before = site.stored().await;
    for (name, why, said) in [
        ("調査", "保存期間の満了", "調査の名前が違います"),
        (NAME, " ", "削除の理由を書いてください"),
    ] {
        let refused = browser.press(&delete(&page, name, why), None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.expect(&[said]);
    }
    assert!(
        site.stored().await == before,
        "nothing is deleted by a refusal"
    );
    let done = browser
        .press(&delete(&page, NAME, "保存期間の満了"), None)
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    done.expect(&["残っている数", "保存期間の満了", "n="]);

    // The answers are gone, from the store and from the papers' figures; the files that had them are gone too.
    let stored = String::from_utf8_lossy(&site.stored().await).into_owned();
    for gone in [
        "/response/discharge-rule-2023/",
        "/draft/discharge-rule-2023/",
    ] {
        assert!(!stored.contains(gone), "{gone} is there still");
    }
    let year = site.app.years.get(site.slug()).expect("the municipality");
    let now = year.state(|state| state.meetings.clone());
    let now: Vec<String> = now
        .values()
        .filter_map(|meeting| meeting.handout.clone())
        .collect();
    assert_ne!(now, handouts);
    for file in handouts.iter().filter(|file| !now.contains(file)) {
        let hash = file.parse().expect("a hash");
        assert_eq!(
            site.store.file(&hash).await.expect("looked"),
            None,
            "{file}"
        );
    }
    for meeting in year.state(|state| state.meetings.keys().cloned().collect::<Vec<_>>()) {
        for frozen in year.handout(&meeting).await.expect("read").figures {
            let provenance = frozen.provenance.into_iter();
            let of_survey = frozen.figure.key.year == key.year;
            let mut single = provenance
                .flat_map(|of| of.breakdowns)
                .filter(|one| one.by_respondent);
            assert!(
                !of_survey || single.next().is_none(),
                "{}",
                frozen.figure.key
            );
        }
    }
    // The counts are as they were, and every page opens.
    assert_eq!(figure(&year).await, key);
    let page = browser.open(&format!("/~/figures/{key}")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.expect(&["189", "242"]);
    assert!(!page.html.contains("回答者ごと"), "{}", page.html);
    for path in [
        "/~",
        "/~/map",
        "/~/surveys/discharge-rule-2023",
        "/~/surveys/discharge-rule-2023/results",
        "/~/surveys/discharge-rule-2023/remains",
        "/~/keeping",
    ] {
        let page = browser.open(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
    }
    let audit = browser.open("/~/audit?kind=answer").await;
    audit.expect(&["の回答 76件を削除した（保存期間の満了）"]);
    // A respondent who comes back finds a page and no defect.
    let respondent = year.state(|state| state.surveys[SURVEY].responded.keys().next().cloned());
    let door = Door::Survey {
        survey: SURVEY.to_owned(),
        respondent: respondent.expect("somebody"),
    };
    let link = site.link_of(&year, 12, door).await;
    let receipt = Browser::new(&site).open(&format!("/~/r/{link}")).await;
    assert!(!receipt.status.is_server_error(), "{}", receipt.html);
}

/// What is left cannot be made smaller any more, so it is not for those from whom small counts are hidden.
#[tokio::test]
async fn what_is_left_shows_no_small_counts_either() {
    let site = revised(
        "style.json",
        "\"difference\"",
        "\"hide_below\": 10, \"difference\"",
    )
    .await;
    let mut browser = signed_in(&site, 9, "山田 架空子（架空）").await;
    keep_for(&mut browser, "0").await;
    let page = browser.open(&format!("/~/keeping/{SURVEY}")).await;
    browser
        .press(&delete(&page, NAME, "保存期間の満了"), None)
        .await;
    let chair = site.session("赤羽 見本（架空）").await;
    for path in ["results", "remains"] {
        let path = format!("/~/surveys/{SURVEY}/{path}");
        browser
            .open(&path)
            .await
            .expect(&["活用していない", "n=76"]);
        let shielded = site.get_as(&chair, &path).await;
        assert_eq!(shielded.status, StatusCode::OK, "{path}");
        let text = shielded.text();
        assert!(text.contains("集計は事務局だけが見られます"), "{text}");
        assert!(!text.contains("活用していない"), "{text}");
    }
}

/// Nothing is astray for the doctor, and a backup taken afterwards comes back without the answers.
#[tokio::test]
async fn the_doctor_and_a_restore_agree() {
    let site = told().await;
    let mut browser = signed_in(&site, 9, "山田 架空子（架空）").await;
    keep_for(&mut browser, "0").await;
    let page = browser.open(&format!("/~/keeping/{SURVEY}")).await;
    browser
        .press(&delete(&page, NAME, "保存期間の満了"), None)
        .await;
    let now = site.app.clock.now();
    let found = astray(&site.store, site.slug(), now).await.expect("looked");
    assert!(found.is_empty(), "{}", found[0]);
    assert_eq!(site.store.verify(None).await.expect("verified"), []);

    let backup = site.stored().await;
    let folder = tempfile::tempdir().expect("a folder");
    let other = Store::open(folder.path()).expect("a store");
    other
        .import(&mut backup.as_slice())
        .await
        .expect("imported");
    assert_eq!(other.verify(None).await.expect("verified"), []);
    let year = Year::look(other.clone(), site.year.pack.clone())
        .await
        .expect("opened");
    figure(&year).await;
    assert!(year.answers(SURVEY).await.expect("read").is_empty());

    // What an interrupted deletion left is found, and mended.
    let key = store::Key::new([site.slug(), "response", SURVEY, "left over"]).expect("a key");
    let commit = store::Commit {
        municipality: site.slug().to_owned(),
        at: now,
        by: "test".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: Vec::new(),
        events: Vec::new(),
        writes: vec![(key.clone(), Some(b"{}".to_vec()))],
    };
    other.commit(commit).await.expect("stored");
    let found = astray(&other, site.slug(), now).await.expect("looked");
    assert_eq!(found.len(), 1);
    engine::year::mend(&other, site.slug(), now, found)
        .await
        .expect("mended");
    assert_eq!(other.get(&key).await.expect("read"), None);
}

#[tokio::test]
async fn nothing_is_deleted_before_its_time() {
    let site = told().await;
    let mut browser = signed_in(&site, 9, "山田 架空子（架空）").await;
    let page = browser.open(&format!("/~/keeping/{SURVEY}")).await;
    page.expect(&["保存期間が決まっていないので、削除できません"]);
    // Also for whoever sends the form without the page.
    let mut form = browser.open("/~/keeping").await.form("/keeping/years");
    form.action = format!("/~/keeping/{SURVEY}/delete");
    form.fields.retain(|(name, _)| name == "_csrf");
    form.fields.push(("name".to_owned(), NAME.to_owned()));
    form.fields.push(("why".to_owned(), "早く".to_owned()));
    let refused = browser.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["保存期間が決まっていません"]);

    let set = keep_for(&mut browser, "3").await;
    // 令和5年12月に終わった調査の3年は、令和9年3月31日まで。
    set.expect(&["令和9年3月31日（水）まで"]);
    let refused = browser.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["2027-03-31まで保存することになっています"]);
    for years in ["三", "-1", "101"] {
        let refused = keep_for(&mut browser, years).await;
        assert!(refused.status.is_client_error(), "{years}");
    }
    form.action = "/~/keeping/readiness-2099/delete".to_owned();
    assert_eq!(
        browser.press(&form, None).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(!site.year.answers(SURVEY).await.expect("read").is_empty());
}
