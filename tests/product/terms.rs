//! What a survey promises those who are asked: an open link, correction, anonymity, the results handed back; and last
//! year's answers beside the questions.

use std::fs;
use std::sync::Arc;

use axum::http::StatusCode;
use engine::year::{Act, Door, Year};
use engine::{Files, Pack};
use serde_json::json;
use server::app::{App, router};
use server::clock::Clock;
use server::story::{Story, play};

use crate::form::{Browser, Form, Page};
use crate::site::Site;

const NEXT: Option<(&str, &str)> = Some(("_act", "next"));
const OPEN: &str = "2026-12-10T10:00:00+09:00";

/// Fills in both pages from wherever the first one is, and comes to the review.
async fn to_the_review(browser: &mut Browser<'_>, first: Page, discharged: &str) -> Page {
    let form = first.form("/1").set("rule_used", &["yes"]);
    let grown = browser.press(&form, NEXT).await;
    let second = browser.press(&grown.form("/1"), NEXT).await;
    let form = second.form("/2").set("discharged", &[discharged]);
    browser.press(&form.set("coordinated", &["1"]), NEXT).await
}

async fn close(site: &Site) {
    let after = "2026-12-28T10:00:00+09:00".parse().expect("an instant");
    site.app.clock.advance(after);
    site.year
        .work(&Act::new(after, "test"))
        .await
        .expect("the survey closes");
    assert!(site.year.check_open(&site.survey()).is_err());
}

#[tokio::test]
async fn anybody_with_the_open_link_answers_for_himself() {
    let site = Site::promising(&["open_link"], 3, OPEN).await;
    let door = Door::Open {
        survey: site.survey(),
    };
    let open = format!("/kasou/r/{}", site.link(9, door).await);
    let mut somebody = Browser::new(&site);
    let begin = somebody.open(&open).await;
    begin.expect(&["回答を始める", "お名前は伺いません"]);
    let first = somebody.press(&begin.form("/begin"), None).await;
    assert!(!first.path.starts_with(&open), "{}", first.path);
    let own = first.path.trim_end_matches("/1").to_owned();
    let review = to_the_review(&mut somebody, first, "3").await;

    // Somebody else has a draft of his own.
    let mut other = Browser::new(&site);
    let begin = other.open(&open).await;
    let blank = other.press(&begin.form("/begin"), None).await;
    let answered = ("rule_used".to_owned(), "yes".to_owned());
    assert!(
        !blank.form("/1").fields.contains(&answered),
        "{}",
        blank.html
    );

    // His own address goes on, on any device.
    let elsewhere = Browser::new(&site).open(&format!("{own}/2")).await;
    elsewhere.expect(&["value=\"3\""]);
    let receipt = somebody.press(&review.form("/submit"), None).await;
    receipt.expect(&["回答を受け付けました", "受付番号"]);
    let counted = site.year.counted().await.expect("counted");
    assert_eq!(counted.answers[&site.survey()].len(), 1);
    // Nobody on the roster has answered.
    assert_eq!(site.year.unanswered(&site.survey()).await.len(), 3);

    // The open link itself leads to no page of the questionnaire.
    for page in ["1", "review", "receipt"] {
        let answer = site.get(&format!("{open}/{page}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
    }
    close(&site).await;
    let late = somebody.open(&open).await;
    assert_eq!(late.status, StatusCode::GONE);
    late.expect(&["受付は終わりました", "お問い合わせください"]);
}

#[tokio::test]
async fn err_a_survey_that_does_not_allow_it_has_no_open_link() {
    let site = Site::open().await;
    let door = Door::Open {
        survey: site.survey(),
    };
    let open = format!("/kasou/r/{}", site.link(9, door).await);
    let begin = Form {
        action: format!("{open}/begin"),
        fields: Vec::new(),
    };
    let refused = Browser::new(&site).press(&begin, None).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_response_can_be_corrected_until_the_survey_closes() {
    let site = Site::promising(&["correctable"], 3, OPEN).await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let mut browser = Browser::new(&site);
    let first = browser.open(&link).await;
    let review = to_the_review(&mut browser, first, "3").await;
    review.expect(&["提出した後も"]);
    let receipt = browser.press(&review.form("/submit"), None).await;
    receipt.expect(&["この回答を直せます"]);
    let survey = site.survey();
    let before = site.year.receipt(&survey, "K001").expect("a receipt");

    let page = browser.press(&receipt.form("/correct"), None).await;
    page.expect(&["提出した回答を直しています", "checked"]);
    // Until it is handed in again, the first response counts.
    let second = browser.open(&format!("{link}/2")).await;
    let review = browser
        .press(&second.form("/2").set("discharged", &["8"]), NEXT)
        .await;
    let counted = site.year.answers(&survey).await.expect("answers");
    assert_eq!(counted["K001"].integer("discharged"), Some(3));
    let corrected = browser.press(&review.form("/submit"), None).await;
    corrected.expect(&["直した回答を受け付けました", "1回直しました", ">8人<"]);
    let counted = site.year.answers(&survey).await.expect("answers");
    assert_eq!(counted["K001"].integer("discharged"), Some(8));
    let after = site.year.receipt(&survey, "K001").expect("a receipt");
    assert_ne!(before.digest, after.digest);
    assert_eq!(site.year.unanswered(&survey).await.len(), 2);
    // Another process folds the same from the journal, and reads the newest response.
    let other = Year::look(site.store.clone(), site.year.pack.clone())
        .await
        .expect("a year");
    assert_eq!(
        other.answers(&survey).await.expect("answers")["K001"].integer("discharged"),
        Some(8)
    );

    // Giving it up leaves everything as it is.
    browser.press(&corrected.form("/correct"), None).await;
    let form = Form {
        action: format!("{link}/uncorrect"),
        fields: Vec::new(),
    };
    browser
        .press(&form, None)
        .await
        .expect(&["回答を直す", ">8人<"]);

    // A correction that is half done when the survey closes changes nothing.
    browser.press(&corrected.form("/correct"), None).await;
    close(&site).await;
    let over = browser.open(&link).await;
    over.expect(&["直した回答を受け付けました", "受付が終わったため"]);
    let refused = browser.press(&corrected.form("/correct"), None).await;
    assert_eq!(refused.status, StatusCode::GONE);
}

#[tokio::test]
async fn err_what_is_not_correctable_stays() {
    let site = Site::open().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let mut browser = Browser::new(&site);
    let first = browser.open(&link).await;
    let review = to_the_review(&mut browser, first, "3").await;
    let receipt = browser.press(&review.form("/submit"), None).await;
    assert!(!receipt.html.contains("/correct"), "{}", receipt.html);
    let form = Form {
        action: format!("{link}/correct"),
        fields: Vec::new(),
    };
    let refused = browser.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["事務局にご連絡ください"]);
}

/// Everything that is stored is searched: nothing in it ties the office to what it answered.
#[tokio::test]
async fn an_anonymous_answer_is_nobodys() {
    let site = Site::promising(&["anonymous"], 3, OPEN).await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K002").await);
    let mut browser = Browser::new(&site);
    let first = browser.open(&link).await;
    first.expect(&["この調査は匿名です"]);
    let review = to_the_review(&mut browser, first, "37").await;
    review.expect(&["後から直すことはできません"]);
    let receipt = browser.press(&review.form("/submit"), None).await;
    assert!(!receipt.path.starts_with(&link), "{}", receipt.path);
    receipt.expect(&["だれのものかが分からない形で", ">37人<"]);
    assert!(!receipt.html.contains("ケアプラン2"), "{}", receipt.html);
    assert!(!receipt.html.contains("受け付けた日時"), "{}", receipt.html);

    // Over the personal link: answered, and no more. Pressing again changes nothing.
    for page in [
        browser.open(&link).await,
        browser.press(&review.form("/submit"), None).await,
    ] {
        page.expect(&["回答済みです"]);
        assert!(!page.html.contains("37人"), "{}", page.html);
    }
    let survey = site.survey();
    assert_eq!(site.year.unanswered(&survey).await, ["K001", "K003"]);
    let answers = site.year.answers(&survey).await.expect("answers");
    assert_eq!(answers.len(), 1);
    let (id, counted) = answers.first_key_value().expect("one");
    assert!(id.starts_with("w_"), "{id}");
    assert_eq!(counted.integer("discharged"), Some(37));

    let stored = String::from_utf8(site.stored().await).expect("UTF-8");
    let own = receipt
        .path
        .split('/')
        .nth(3)
        .expect("the link of the receipt");
    assert!(!stored.contains(own));
    for line in stored.lines().filter(|line| line.contains("K002")) {
        assert!(!line.contains(id.as_str()), "{line}");
    }
    // Neither the journal nor the response says when it was given.
    let responses: Vec<&str> = stored
        .lines()
        .filter(|line| line.contains(id.as_str()))
        .collect();
    assert!(!responses.is_empty());
    let opened = site
        .year
        .state(|state| state.surveys[&survey].opened_at)
        .expect("open");
    let response = site
        .year
        .response(&survey, id)
        .await
        .expect("read")
        .expect("a response");
    assert_eq!(response.submitted_at, opened);
    // Another process counts it too.
    let other = Year::look(site.store.clone(), site.year.pack.clone())
        .await
        .expect("a year");
    assert_eq!(other.answers(&survey).await.expect("answers").len(), 1);
}

/// Twelve answer "yes": the numbers come back. With eleven "yes" and one "no" they would name the one.
#[tokio::test]
async fn results_are_handed_back_without_small_numbers() {
    let site = Site::promising(&["handed_back"], 24, OPEN).await;
    let mut last = String::new();
    for n in 1..=24_u8 {
        let id = format!("K{n:03}");
        let link = site.respondent(n, &id).await;
        let used = if n <= 12 { "yes" } else { "no" };
        let answers = json!({ "answers": { "rule_used": used, "why_not": "内緒の理由", "discharged": 1, "coordinated": if n == 5 { 1 } else { 0 } } });
        let mut answers = answers;
        if used == "yes" {
            answers["answers"]
                .as_object_mut()
                .expect("answers")
                .remove("why_not");
        }
        let sent = site
            .post_json(&format!("/kasou/api/r/{link}"), answers.to_string())
            .await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
        last = format!("/kasou/r/{link}");
    }
    let results = format!("{last}/results");
    assert_eq!(site.get(&results).await.status, StatusCode::NOT_FOUND);
    close(&site).await;
    assert_eq!(site.get(&results).await.status, StatusCode::NOT_FOUND);

    let cookie = site.session("山田 花子（架空）").await;
    let mut secretariat = Browser::new(&site);
    secretariat.cookie = Some(cookie);
    let look = secretariat
        .open("/kasou/surveys/discharge/handed-back")
        .await;
    look.expect(&["まだ回答者には見せていません", "50.0%"]);
    let released = secretariat.press(&look.form("/handed-back"), None).await;
    released.expect(&["回答者は、自分のリンクから"]);

    let page = Browser::new(&site).open(&results).await;
    page.expect(&["回答数：24件", "n＝24", ">12<", "50.0%", "24人"]);
    assert!(!page.html.contains("内緒の理由"), "{}", page.html);
    Browser::new(&site)
        .open(&last)
        .await
        .expect(&["調査の結果を見る"]);
}

#[tokio::test]
async fn err_results_are_not_released_before_the_end_or_without_the_promise() {
    for terms in [&["handed_back"][..], &[]] {
        let site = Site::promising(terms, 3, OPEN).await;
        let mut secretariat = Browser::new(&site);
        secretariat.cookie = Some(site.session("山田 花子（架空）").await);
        let home = secretariat.open("/kasou").await;
        let csrf = home.form("/sign-out");
        let form = Form {
            action: "/kasou/surveys/discharge/handed-back".into(),
            fields: csrf.fields,
        };
        let refused = secretariat.press(&form, None).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.html);
    }
}

/// A year later: what was answered then stands beside the same question, and is not put in.
#[tokio::test]
async fn last_years_answer_is_shown_and_not_put_in() {
    let folder = tempfile::tempdir().expect("a folder");
    crate::site::write_pack(folder.path(), "kasou", OPEN);
    let form = folder.path().join("forms/discharge.json");
    let text = fs::read_to_string(&form).expect("a form");
    let mut questionnaire: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    questionnaire["properties"]["discharged"]["x-concept"] = "discharge.left".into();
    fs::write(&form, questionnaire.to_string()).expect("written");
    let site = Site::told(&[folder.path().to_owned()]).await;
    let link = site.respondent(1, "K001").await;
    let answers = r#"{"answers":{"rule_used":"yes","discharged":"５","coordinated":1}}"#;
    assert_eq!(
        site.post_json(&format!("/kasou/api/r/{link}"), answers)
            .await
            .status,
        StatusCode::OK
    );

    // The next year, on the same store. The question has another id now, and the same concept.
    questionnaire["properties"]["left_home"] = questionnaire["properties"]["discharged"].take();
    let text = questionnaire
        .to_string()
        .replace("\"discharged\":null,", "")
        .replace("discharged\"", "left_home\"");
    let text = text
        .replace("<= discharged", "<= left_home")
        .replace("\"x-version\":1", "\"x-version\":2");
    fs::write(&form, text).expect("written");
    for file in [
        "surveys.json",
        "agenda.json",
        "cycles/annual.json",
        "cases/year.json",
        "map.json",
    ] {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).expect(file);
        let text = text.replace("2027", "2028").replace("2026", "2027");
        fs::write(path, text.replace("discharged", "left_home")).expect("written");
    }
    let (files, _) = Files::read(folder.path()).expect("a pack");
    let pack = Arc::new(Pack::read(&files).unwrap_or_else(|findings| panic!("{findings:?}")));
    let story = Story::read(folder.path(), &pack).expect("a story");
    let clock = Clock::story(story.starts(&pack));
    let year = Arc::new(
        Year::open(site.store.clone(), pack, clock.now())
            .await
            .expect("a year"),
    );
    let app = Arc::new(App {
        years: [("kasou".to_owned(), year.clone())].into(),
        clock,
        address: "http://meguri.test".into(),
        post: None,
        backups: None,
    });
    play(&app, &year, &story, &|_| {}, &|_| {})
        .await
        .expect("the story");
    let mut later = site;
    (later.routes, later.app, later.year) = (router(app.clone()), app, year);
    let survey = "discharge-2027".to_owned();
    let door = |respondent: &str| Door::Survey {
        survey: survey.clone(),
        respondent: respondent.to_owned(),
    };
    let link = later.link(2, door("K001")).await;
    let page = Browser::new(&later)
        .open(&format!("/kasou/r/{link}/2"))
        .await;
    page.expect(&["令和8年度の回答", "5人"]);
    let blank = page
        .form("/2")
        .fields
        .into_iter()
        .find(|(name, _)| name == "left_home");
    assert_eq!(blank.map(|(_, value)| value), Some(String::new()));
    // Of another office nothing is known.
    let link = later.link(3, door("K002")).await;
    let page = Browser::new(&later)
        .open(&format!("/kasou/r/{link}/2"))
        .await;
    assert!(!page.html.contains("令和8年度の回答"), "{}", page.html);
}
