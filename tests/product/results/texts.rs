//! Free texts: read, put into groups, names taken out; and what is taken away as tables.

use axum::http::StatusCode;
use serde_json::Value;

use super::{RESULTS, cells, json, question, revised, told};
use crate::form::{Browser, Page};
use crate::site::Answer;

async fn texts(browser: &mut Browser<'_>, query: &str) -> Page {
    browser
        .open(&format!("/~/surveys/discharge-rule/texts/went_well{query}"))
        .await
}

#[tokio::test]
async fn texts_are_put_into_groups_and_names_taken_out() {
    let site = told().await;
    let mut browser = Browser::new(&site);
    browser.cookie = Some(site.session(&site.secretariat()).await);
    let page = texts(&mut browser, "").await;
    page.expect(&["窓口一覧表のとおりに電話した", "グループはまだありません"]);
    let stale = page.form("/groups");
    let page = browser
        .press(&page.form("/groups").set("title", &["早い連絡"]), None)
        .await;
    page.expect(&["保存しました", "早い連絡"]);
    let again = texts(&mut browser, "").await;
    let add = |page: &Page| {
        // The form that adds is the last one; the first is that of the group.
        let mut form = page.form("/groups");
        form.fields
            .retain(|(name, _)| name != "id" && name != "title");
        form.fields.push(("title".into(), "早い連絡".into()));
        form
    };
    let twice = browser.press(&add(&again), None).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    twice.expect(&["同じ名前のグループがあります"]);
    let late = browser.press(&stale.set("title", &["様式"]), None).await;
    assert_eq!(
        late.status,
        StatusCode::CONFLICT,
        "somebody has coded since: {}",
        late.html
    );

    let form = again.form("/texts/went_well");
    let at = form
        .fields
        .iter()
        .find(|(name, _)| name == "at")
        .expect("a text")
        .1
        .clone();
    let mut coded = form.clone();
    coded.fields.push((format!("group.{at}"), "g1".into()));
    coded.fields.push((format!("confirm.{at}"), "1".into()));
    let coded = coded.set(&format!("text.{at}"), &["○○病院の話として載せる文"]);
    browser.press(&coded, None).await.expect(&["保存しました"]);
    texts(&mut browser, "?group=g1")
        .await
        .expect(&["確かめ済み", "○○病院の話として載せる文"]);

    let session = browser.cookie.clone().expect("a session");
    let results = json(&site, &session, RESULTS).await;
    let went_well = question(&results, "went_well");
    assert!(
        cells(went_well, 0, "早い連絡")[0].starts_with("1 "),
        "{went_well}"
    );
    let rest: u64 = cells(went_well, 0, "未分類")[0]
        .split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a count");
    assert_eq!(went_well["lines"][0]["answered"], rest + 1);

    // The journal says that texts were coded, not which; files are exported beside it.
    let stored = String::from_utf8_lossy(&site.stored().await).into_owned();
    let events: Vec<&str> = stored
        .lines()
        .filter(|line| line.contains("texts_coded"))
        .collect();
    assert_eq!(events.len(), 2);
    assert!(
        events
            .iter()
            .all(|event| !event.contains("載せる文") && !event.contains("早い連絡"))
    );
    // What was confirmed is what is exported and printed; the response is as it was.
    let csv = site
        .get_as(&session, "/~/surveys/discharge-rule/answers.csv")
        .await
        .text();
    assert!(csv.contains("○○病院の話として載せる文"), "{csv}");
    let counted = site.year.counted().await.expect("counted");
    let answers = counted
        .by_survey()
        .remove("discharge-rule-2023")
        .expect("answers");
    let printed = engine::meeting::free_texts(&counted.pack, "discharge-rule", &answers);
    assert_eq!(printed[0].groups[0].answers, ["○○病院の話として載せる文"]);
    assert!(
        !answers
            .values()
            .any(|answers| answers.text("went_well") == Some("○○病院の話として載せる文"))
    );
}

fn lines(answer: &Answer) -> Vec<String> {
    answer
        .text()
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn answers_are_taken_away_as_tables() {
    let site = told().await;
    let session = site.session(&site.secretariat()).await;
    let under = "/~/surveys/discharge-rule";
    let csv = site.get_as(&session, &format!("{under}/answers.csv")).await;
    assert!(
        csv.body
            .starts_with("\u{feff}回答番号,管理番号,".as_bytes()),
        "{}",
        csv.text()
    );
    assert!(
        csv.header("content-disposition")
            .contains("discharge-rule-answers.csv")
    );
    let long = site
        .get_as(&session, &format!("{under}/answers-long.csv"))
        .await;
    let long = lines(&long);
    // 57 offices have 窓口一覧表, three were not asked, two left it blank.
    let of = |what: &[&str]| {
        long.iter()
            .filter(|line| what.iter().all(|what| line.contains(what)))
            .count()
    };
    assert_eq!(of(&[",pillars,", ",list,窓口一覧表,"]), 57);
    assert_eq!(of(&[",pillars,", "非該当"]), 3);
    assert_eq!(of(&[",pillars,", "無回答"]), 2);
    let old = site
        .get_as(&session, &format!("{under}/answers.csv?encoding=cp932"))
        .await;
    assert_eq!(old.status, StatusCode::OK);
    assert!(
        old.body.starts_with(b"\x89\xf1\x93\x9a\x94\xd4\x8d\x86,"),
        "「回答番号」 in CP932"
    );
    let book = site
        .get_as(&session, &format!("{under}/answers.xlsx"))
        .await;
    assert!(book.body.starts_with(b"PK"));
}

/// Who has answered what is not known of an anonymous survey, whoever asks.
#[tokio::test]
async fn an_anonymous_survey_says_nothing_about_anybody() {
    let site = revised(
        "surveys.json",
        "\"roster\": \"offices\",",
        "\"roster\": \"offices\", \"anonymous\": true,",
    )
    .await;
    let session = site.session(&site.secretariat()).await;
    let csv = site
        .get_as(&session, "/~/surveys/discharge-rule/answers.csv")
        .await
        .text();
    assert!(!csv.contains("K0"), "{csv}");
    let heading = csv.lines().next().expect("a heading");
    assert!(
        !heading.contains("管理番号") && !heading.contains("地区"),
        "{heading}"
    );
    let long = site
        .get_as(&session, "/~/surveys/discharge-rule/answers-long.csv")
        .await
        .text();
    assert!(!long.contains("K0"), "{long}");
    let page = json(&site, &session, &format!("{RESULTS}?by=respondent.kind")).await;
    assert_eq!(
        page["by"],
        Value::Null,
        "there are no columns of the roster to divide by"
    );
    let figure = site
        .get_as(&session, "/~/figures/discharge-rate@city@2023")
        .await
        .text();
    assert!(
        figure.contains("189")
            && !figure.contains("回答者ごと")
            && !figure.contains("（架空）事業"),
        "{figure}"
    );
}
