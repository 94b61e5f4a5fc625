//! Results, texts, exports, indicators and the map of a city's played year. What is expected is what the city's paper
//! prints (73 of 76, 61 of 64, 189 of 242), or counted from the responses by another program.

mod indicators;
mod texts;

use axum::http::StatusCode;
use engine::year::Act;
use serde_json::Value;

use crate::site::{Site, packs_with_a_story};

const RESULTS: &str = "/~/surveys/discharge-rule/results";
const CHAIR: &str = "赤羽 見本（架空）";

async fn told() -> Site {
    Site::told(&packs_with_a_story()[..1]).await
}

/// A site in whose pack a text of a file stands differently.
pub(super) async fn revised(path: &str, from: &str, to: &str) -> Site {
    let site = told().await;
    let files = site.app.years.files(&site.year).await.expect("texts");
    let text = files.get(path).expect("the file");
    assert!(text.contains(from), "{path} has no {from}");
    let changes = vec![(path.to_owned(), Some(text.replacen(from, to, 1)))];
    let act = Act::new(site.app.clock.now(), "test");
    let year = site.app.years.revise(&site.year, &act, changes).await;
    assert!(year.is_ok(), "{path} is taken up");
    site
}

async fn json(site: &Site, session: &str, path: &str) -> Value {
    let answer = site.get_json_as(session, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.json()
}

fn question<'a>(page: &'a Value, path: &str) -> &'a Value {
    let questions = page["questions"].as_array().expect("questions");
    questions
        .iter()
        .find(|one| one["path"] == path)
        .expect(path)
}

/// `73 96.1%`, one for each head; a hidden one is `＊`.
fn cells(question: &Value, line: usize, label: &str) -> Vec<String> {
    let rows = question["lines"][line]["table"]["rows"]
        .as_array()
        .expect("rows");
    let row = rows.iter().find(|row| row["label"] == label).expect(label);
    let values = row["values"].as_array().expect("values").iter();
    values
        .map(|value| match value["count"].as_u64() {
            Some(count) => format!("{count} {}", value["share"].as_str().expect("a share")),
            None => "＊".to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn every_question_has_its_base_its_blanks_and_its_chart() {
    let site = told().await;
    let session = site.session(&site.secretariat()).await;
    let page = json(&site, &session, RESULTS).await;
    let used = question(&page, "rule_used");
    assert_eq!(cells(used, 0, "活用している"), ["73 96.1%"]);
    assert_eq!(cells(used, 0, "活用していない"), ["3 3.9%"]);
    assert_eq!(used["lines"][0]["n"], 76);
    // 3 do not use the rule and are not asked; 2 of the other 73 leave it blank.
    let pillars = question(&page, "pillars");
    assert_eq!(cells(pillars, 0, "窓口一覧表"), ["57 78.1%"]);
    assert_eq!(cells(pillars, 0, "無回答"), ["2 2.7%"]);
    let blanks = &pillars["lines"][0]["blanks"];
    assert_eq!(
        (&blanks["not_shown"], &blanks["no_answer"]),
        (&3.into(), &2.into())
    );
    assert_eq!(pillars["lines"][0]["n"], 73);
    // Rows of a repeat are counted as rows: 242 discharges in all.
    let discharged = question(&page, "hospitals.discharged");
    assert_eq!(discharged["lines"][0]["spreads"][0]["sum"], "242");

    let html = site.get_as(&session, RESULTS).await;
    assert!(
        html.body.len() < 70 * 1024,
        "{} bytes of html",
        html.body.len()
    );
    for (picture, kind) in [
        ("rule_used.svg", "image/svg+xml"),
        ("rule_used.png", "image/png"),
        ("pillars.svg?look=bars", "image/svg+xml"),
    ] {
        let answer = site
            .get_as(
                &session,
                &format!("/~/surveys/discharge-rule/charts/{picture}"),
            )
            .await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, kind),
            "{picture}"
        );
    }
    let drawn = site
        .get_as(
            &session,
            "/~/surveys/discharge-rule/charts/rule_used.svg?narrow=1",
        )
        .await
        .text();
    assert!(
        drawn.contains("width=\"356\"") && drawn.contains("96.1%"),
        "{drawn}"
    );
    for nothing in [
        "charts/rule_used.gif",
        "charts/nothing.svg",
        "charts/went_well.svg",
        "results/nothing",
    ] {
        let answer = site
            .get_as(&session, &format!("/~/surveys/discharge-rule/{nothing}"))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[tokio::test]
async fn results_are_filtered_and_crossed() {
    let site = told().await;
    let session = site.session(&site.secretariat()).await;
    let crossed = json(&site, &session, &format!("{RESULTS}?by=respondent.kind")).await;
    let used = question(&crossed, "rule_used");
    let heads: Vec<&str> = used["heads"]
        .as_array()
        .expect("heads")
        .iter()
        .filter_map(|head| head["label"].as_str())
        .collect();
    assert_eq!(
        heads,
        ["全体", "地域包括支援センター", "居宅介護支援事業所"]
    );
    assert_eq!(
        cells(used, 0, "活用している"),
        ["73 96.1%", "12 100%", "61 95.3%"]
    );
    assert_eq!(
        used["lines"][0]["table"]["bases"][1]["reference"], true,
        "12 are 参考値"
    );

    let filtered = json(
        &site,
        &session,
        &format!("{RESULTS}?respondent.kind=houkatsu"),
    )
    .await;
    assert_eq!(filtered["responses"], 12);
    assert_eq!(
        cells(question(&filtered, "rule_used"), 0, "活用している"),
        ["12 100%"]
    );
    let both = json(
        &site,
        &session,
        &format!("{RESULTS}?respondent.kind=kyotaku&rule_used=no"),
    )
    .await;
    assert_eq!(both["responses"], 3);
    // An address that asks for what is not there is the page without it.
    let unknown = json(
        &site,
        &session,
        &format!("{RESULTS}?respondent.kind=nobody&by=nothing"),
    )
    .await;
    assert_eq!(
        (&unknown["responses"], &unknown["by"]),
        (&76.into(), &Value::Null)
    );
}

/// The chair sees figures and no single returns: groups of fewer than three are not shown, and two filters at once
/// would make such groups.
#[tokio::test]
async fn who_does_not_see_the_returns_gets_no_small_groups() {
    let site = told().await;
    let chair = site.session(CHAIR).await;
    let crossed = json(&site, &chair, &format!("{RESULTS}?by=respondent.kind")).await;
    assert_eq!(
        cells(question(&crossed, "rule_used"), 0, "活用していない"),
        ["3 3.9%", "0 -", "3 4.7%"]
    );
    let several = json(
        &site,
        &chair,
        &format!("{RESULTS}?respondent.kind=kyotaku&rule_used=no"),
    )
    .await;
    assert_eq!(several["responses"], 76);
    assert!(several["refused"].is_string(), "{several}");
    let multiple = json(&site, &chair, &format!("{RESULTS}?pillars=list")).await;
    assert!(multiple["refused"].is_string(), "{multiple}");
    for path in [
        "texts/went_well",
        "answers.xlsx",
        "answers.csv",
        "answers-long.csv",
    ] {
        let answer = site
            .get_as(&chair, &format!("/~/surveys/discharge-rule/{path}"))
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let figure = site
        .get_as(&chair, "/~/figures/discharge-rate@city@2023")
        .await
        .text();
    assert!(
        figure.contains("189") && figure.contains("病院ごと") && !figure.contains("回答者ごと"),
        "{figure}"
    );
}

/// With a limit of 10: the 3 of 76 is hidden, the 73 that would give it away too, and nothing of a crosstab shows them.
#[tokio::test]
async fn small_counts_are_hidden_where_the_style_says_so() {
    let site = revised(
        "style.json",
        "\"difference\"",
        "\"hide_below\": 10, \"difference\"",
    )
    .await;
    let chair = site.session(CHAIR).await;
    let page = json(&site, &chair, RESULTS).await;
    let used = question(&page, "rule_used");
    assert_eq!(cells(used, 0, "活用していない"), ["＊"]);
    assert_eq!(cells(used, 0, "活用している"), ["＊"]);
    assert_eq!(used["lines"][0]["n"], 76);
    // Three were not asked, and they are those who said no.
    assert_eq!(question(&page, "pillars")["lines"][0]["withheld"], true);
    let crossed = json(&site, &chair, &format!("{RESULTS}?by=respondent.kind")).await;
    let used = question(&crossed, "rule_used");
    let (yes, no) = (
        cells(used, 0, "活用している"),
        cells(used, 0, "活用していない"),
    );
    assert_eq!(
        (&yes[0], &no[0], &yes[2], &no[2]),
        (&"＊".into(), &"＊".into(), &"＊".into(), &"＊".into())
    );
    let html = site.get_as(&chair, RESULTS).await.text();
    assert!(
        !html.contains("96.1")
            || html
                .split("設問ごとの結果")
                .nth(1)
                .is_some_and(|below| !below.contains("96.1")),
        "{html}"
    );
    let tally = site
        .get_as(&chair, "/~/surveys/discharge-rule/tally.xlsx")
        .await;
    assert_eq!(tally.status, StatusCode::FORBIDDEN);
    // The secretariat sees everything, and what the others see if it wants.
    let session = site.session(&site.secretariat()).await;
    let own = json(&site, &session, RESULTS).await;
    assert_eq!(
        cells(question(&own, "rule_used"), 0, "活用していない"),
        ["3 3.9%"]
    );
    let public = json(&site, &session, &format!("{RESULTS}?public=1")).await;
    assert_eq!(
        cells(question(&public, "rule_used"), 0, "活用していない"),
        ["＊"]
    );
}
