//! Results, texts, exports, indicators and the map of a city's played year. What is expected is what the city's paper
//! prints (73 of 76, 61 of 64, 189 of 242), or counted from the responses by another program.

use axum::http::StatusCode;
use engine::year::Act;
use serde_json::Value;

use crate::form::{Browser, Page};
use crate::site::{Answer, Site, packs_with_a_story};

const RESULTS: &str = "/~/surveys/discharge-rule/results";
const CHAIR: &str = "赤羽 見本（架空）";

async fn told() -> Site {
    Site::told(&packs_with_a_story()[..1]).await
}

/// A site in whose pack a text of a file stands differently.
async fn revised(path: &str, from: &str, to: &str) -> Site {
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

#[tokio::test]
async fn an_indicator_stands_beside_its_years_and_areas() {
    let site = told().await;
    let session = site.session(&site.secretariat()).await;
    let page = json(&site, &session, "/~/indicators/discharge-rate").await;
    assert_eq!(page["now"]["printed"], "78.1%");
    let levels = page["levels"].as_array().expect("levels");
    let level = |at: usize| {
        let of = |name: &str| levels[at][name].as_str().unwrap_or_default().to_owned();
        [
            of("area"),
            of("text"),
            of("before"),
            of("points"),
            of("said"),
        ]
    };
    // 78.1 − 78.0 and 78.1 − 77.7, as the paper has it: 同程度, 若干高く.
    assert_eq!(
        level(1),
        ["松本圏域", "78.0%", "72.5%", "＋0.1", "松本圏域と同程度"]
    );
    assert_eq!(
        level(2),
        [
            "長野県全体",
            "77.7%",
            "79.9%",
            "＋0.4",
            "県全体より若干高い"
        ]
    );
    let years: Vec<&str> = page["years"]
        .as_array()
        .expect("years")
        .iter()
        .filter_map(|year| year["counts"].as_str())
        .collect();
    assert_eq!(years, ["189/242", "172/226"]);
    assert_eq!(page["standing"]["label"], "判断しない");
    assert!(!page["papers"].as_array().expect("papers").is_empty());
    let html = site
        .get_as(&session, "/~/indicators/discharge-rate")
        .await
        .text();
    assert!(html.contains("2.0ポイントあがった"), "{html}");
    let chart = site
        .get_as(&session, "/~/indicators/discharge-rate/trend.svg")
        .await;
    assert!(chart.text().contains("78.1%"));
    for nothing in [
        "indicators/nothing",
        "indicators/discharge-rate/trend.exe",
        "indicators/hospitals-full/nothing",
    ] {
        let answer = site.get_as(&session, &format!("/~/{nothing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

/// 78.1 % from the map to the offices, and back to the paper.
#[tokio::test]
async fn a_number_is_followed_to_the_offices() {
    let site = told().await;
    let session = site.session(&site.secretariat()).await;
    let map = json(&site, &session, "/~/map?scene=transition").await;
    assert_eq!(map["scene"], "入退院支援");
    let layers = map["layers"].as_array().expect("layers");
    let titles: Vec<&str> = layers
        .iter()
        .flat_map(|layer| layer["nodes"].as_array().expect("nodes"))
        .filter_map(|node| node["title"].as_str())
        .collect();
    assert!(titles.contains(&"松本圏域入退院連携ルールの運用と運用状況調査"));
    assert!(
        !titles.iter().any(|title| title.contains("お薬手帳")),
        "that one is of another scene: {titles:?}"
    );
    let picture = map["svg"].as_str().expect("a picture");
    assert!(
        !picture.contains("お薬手帳") && picture.contains(&format!("/{}/figures/", site.slug()))
    );

    let figure = site
        .get_as(&session, "/~/figures/discharge-rate@city@2023")
        .await
        .text();
    for part in [
        "78.1%",
        "189",
        "242",
        "回答者ごと",
        "ケアプランあおぞら（架空）",
        "この数字から",
        "資料１",
    ] {
        assert!(figure.contains(part), "{part}: {figure}");
    }
}
