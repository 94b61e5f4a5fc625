//! The tally and the measures of six responses that can be counted by hand.
//!
//! | | used | 場所 of each row: 退院/調整 | 職員 | 常勤換算 | 外来 |
//! |---|---|---|---|---|---|
//! | K1 居宅 | yes | h1 12/12, h2 8/6 | 10 | 0.1 | わからない |
//! | K2 居宅 | yes | h1 3/3 | 5 | 0.2 | – |
//! | K3 居宅 | no | – | 7 | – | 非該当 |
//! | K4 居宅 | – | h2 2/1 | 0 | – | 非該当 |
//! | H1 包括 | yes | h2 10/10 | 3 | 0.3 | yes |
//! | H2 包括 | no | h1 20/(blank) | – | – | 無回答 |

use std::collections::BTreeMap;

use authoring::Source;
use forms::tally::{Blanks, Break, Detail, Row, crosstab, tally};
use forms::{Answers, Measure, Questionnaire};
use serde_json::{Value, json};

fn questionnaire() -> Questionnaire {
    let text = include_str!("cases/valid/every_kind.json");
    forms::read(&Source::json("every_kind.json", text).expect("JSON")).expect("valid")
}

type Roster = BTreeMap<String, String>;

fn office(kind: &str) -> Roster {
    BTreeMap::from([("kind".to_owned(), kind.to_owned())])
}

fn responses() -> Vec<(Answers, Roster)> {
    let six = [
        (
            "居宅",
            json!({ "used": "yes", "pillars": ["flow", "list"], "staff": 10, "fulltime": 0.1, "外来": "unknown", "hospitals": [
            { "hospital": "h1", "discharged": 12, "coordinated": 12 }, { "hospital": "h2", "discharged": 8, "coordinated": 6 }] }),
        ),
        (
            "居宅",
            json!({ "used": "yes", "pillars": ["flow"], "staff": 5, "fulltime": 0.2,
            "hospitals": [{ "hospital": "h1", "discharged": 3, "coordinated": 3 }] }),
        ),
        ("居宅", json!({ "used": "no", "staff": 7 })),
        (
            "居宅",
            json!({ "staff": 0, "hospitals": [{ "hospital": "h2", "discharged": 2, "coordinated": 1 }] }),
        ),
        (
            "包括",
            json!({ "used": "yes", "staff": 3, "fulltime": 0.3, "外来": "yes",
            "hospitals": [{ "hospital": "h2", "discharged": 11, "coordinated": 10 }] }),
        ),
        (
            "包括",
            json!({ "used": "no", "hospitals": [{ "hospital": "h1", "discharged": 20 }] }),
        ),
    ];
    let questionnaire = questionnaire();
    six.into_iter()
        .map(|(kind, answers)| {
            let answers: Answers = serde_json::from_value(answers).expect("answers");
            (questionnaire.examine(&answers).answers, office(kind))
        })
        .collect()
}

fn rows(responses: &[(Answers, Roster)]) -> Vec<Row<'_>> {
    responses
        .iter()
        .map(|(answers, respondent)| Row {
            answers,
            respondent,
        })
        .collect()
}

#[test]
fn every_blank_is_counted_as_what_it_is() {
    let responses = responses();
    let counted = tally(&questionnaire(), rows(&responses));
    let used = counted.item("used").expect("used");
    assert_eq!((used.base, used.shown(), used.answered), (6, 6, 5));
    assert_eq!(
        (used.count("yes"), used.count("no"), used.blanks.no_answer),
        (Some(3), Some(2), 1)
    );
    let pillars = counted.item("pillars").expect("pillars");
    assert_eq!((pillars.base, pillars.shown(), pillars.answered), (6, 3, 2));
    assert_eq!(
        (
            pillars.count("flow"),
            pillars.count("list"),
            pillars.count("none")
        ),
        (Some(2), Some(1), Some(0))
    );
    let outpatients = counted.item("外来").expect("外来");
    let expected = Blanks {
        not_in_version: 0,
        not_shown: 3,
        no_answer: 1,
        dont_know: 1,
    };
    assert_eq!(
        (outpatients.blanks, outpatients.count("yes")),
        (expected, Some(1))
    );
}

#[test]
fn numbers_are_added_exactly() {
    let responses = responses();
    let counted = tally(&questionnaire(), rows(&responses));
    let staff = counted
        .item("staff")
        .and_then(|item| item.numbers())
        .expect("staff");
    let text = |number: Option<forms::Decimal>| {
        number.map(|number| number.to_string()).unwrap_or_default()
    };
    assert_eq!(
        (staff.n, text(staff.sum), text(staff.min), text(staff.max)),
        (5, "25".into(), "0".into(), "10".into())
    );
    // 0.1 + 0.2 + 0.3 is 0.6000000000000001 in binary floats.
    let fulltime = counted
        .item("fulltime")
        .and_then(|item| item.numbers())
        .expect("fulltime");
    assert_eq!((fulltime.n, text(fulltime.sum)), (3, "0.6".to_owned()));
}

#[test]
fn rows_of_a_repeat_are_their_own_base() {
    let responses = responses();
    let counted = tally(&questionnaire(), rows(&responses));
    let hospitals = counted.item("hospitals").expect("hospitals");
    assert_eq!(
        (hospitals.base, hospitals.answered, &hospitals.detail),
        (6, 5, &Detail::Rows { rows: 6 })
    );
    let coordinated = counted.item("hospitals.coordinated").expect("coordinated");
    assert_eq!(
        (
            coordinated.base,
            coordinated.answered,
            coordinated.blanks.no_answer
        ),
        (6, 5, 1)
    );
    assert_eq!(
        coordinated.numbers().and_then(|numbers| numbers.sum),
        Some(32.into())
    );
    assert_eq!(
        counted
            .item("hospitals.hospital")
            .and_then(|item| item.count("h1")),
        Some(3)
    );
}

#[test]
fn crossing_leaves_out_who_did_not_answer_the_break() {
    let responses = responses();
    let by_item = crosstab(
        &questionnaire(),
        rows(&responses),
        &Break::Item("used".to_owned()),
    );
    let sizes: Vec<(&str, u64)> = by_item
        .columns
        .iter()
        .map(|column| (column.title.as_str(), column.tally.responses))
        .collect();
    assert_eq!(
        (sizes, by_item.left_out),
        (vec![("はい", 3), ("いいえ", 2)], 1)
    );
    let by_kind = crosstab(
        &questionnaire(),
        rows(&responses),
        &Break::Respondent("kind".to_owned()),
    );
    let yes: Vec<(&str, Option<u64>)> = by_kind
        .columns
        .iter()
        .map(|column| {
            (
                column.code.as_str(),
                column.tally.item("used").and_then(|item| item.count("yes")),
            )
        })
        .collect();
    assert_eq!(yes, [("包括", Some(1)), ("居宅", Some(2))]);
    let nothing = crosstab(
        &questionnaire(),
        rows(&responses),
        &Break::Item("ghost".to_owned()),
    );
    assert_eq!((nothing.columns.len(), nothing.left_out), (0, 6));
}

#[test]
fn an_older_version_did_not_ask_everything() {
    let old = r#"{"title":"架空市の調査","x-id":"sample","x-version":1,"type":"object","properties":{
        "used":{"title":"活用","oneOf":[{"const":"yes","title":"はい"},{"const":"no","title":"いいえ"}]}}}"#;
    let old = forms::read(&Source::json("old.json", old).expect("JSON")).expect("valid");
    let answers: Answers = serde_json::from_value(json!({ "used": "yes" })).expect("answers");
    let mut counted = tally(&questionnaire(), []);
    counted.add_version(
        &old,
        &Row {
            answers: &answers,
            respondent: &Roster::new(),
        },
    );
    assert_eq!(
        counted.item("used").and_then(|item| item.count("yes")),
        Some(1)
    );
    let not_asked = |path: &str| {
        counted
            .item(path)
            .map(|item| (item.base, item.blanks.not_in_version))
    };
    assert_eq!(
        (
            not_asked("staff"),
            not_asked("stages.quake"),
            not_asked("hospitals")
        ),
        (Some((1, 1)), Some((1, 1)), Some((1, 1)))
    );
}

fn measure(json: Value) -> Measure {
    let source = Source::json("map.json", &json.to_string()).expect("JSON");
    Measure::read(&source, "", &questionnaire()).unwrap_or_else(|findings| panic!("{findings:?}"))
}

#[test]
fn measures_count_what_they_say() {
    let responses = responses();
    let rows = rows(&responses);
    let roster: Vec<Roster> = ["居宅", "居宅", "居宅", "居宅", "居宅", "包括", "包括"]
        .iter()
        .map(|kind| office(kind))
        .collect();
    let cases = [
        (json!({ "of": "roster" }), 7, "調査対象の名簿の数"),
        (
            json!({ "of": "roster", "where": "respondent.kind == \"居宅\"" }),
            5,
            "調査対象の名簿のうち「名簿のkind」が「居宅」であるものの数",
        ),
        (json!({ "of": "responses" }), 6, "回答の数"),
        (
            json!({ "of": "responses", "where": "used == \"yes\"" }),
            3,
            "回答のうち「ルールを活用していますか」が「はい」であるものの数",
        ),
        (
            json!({ "of": "responses", "where": "respondent.kind == \"包括\" && used == \"yes\"" }),
            1,
            "回答のうち「名簿のkind」が「包括」、「ルールを活用していますか」が「はい」であるものの数",
        ),
        (
            json!({ "of": "responses", "where": "respondent.ghost == \"x\"" }),
            0,
            "回答のうち「名簿のghost」が「x」であるものの数",
        ),
        (
            json!({ "of": "hospitals" }),
            6,
            "「病院ごとの件数」の行の数",
        ),
        (
            json!({ "of": "hospitals", "sum": "discharged" }),
            56,
            "「病院ごとの件数」の行の「退院数」の合計",
        ),
        (
            json!({ "of": "hospitals", "sum": ["discharged"], "minus": "coordinated" }),
            24,
            "「病院ごとの件数」の行の「退院数」の合計から「退院調整実施数」の合計を引いた数",
        ),
        (
            json!({ "of": "hospitals", "where": "hospital_place == \"city\"", "sum": "coordinated" }),
            15,
            "「病院ごとの件数」の行のうち「病院のplace」が「city」であるものの「退院調整実施数」の合計",
        ),
        (
            json!({ "of": "hospitals", "where": "used == \"yes\"", "sum": "discharged" }),
            34,
            "「病院ごとの件数」の行のうち「ルールを活用していますか」が「はい」であるものの「退院数」の合計",
        ),
        (
            json!({ "of": "hospitals", "by": "hospital" }),
            2,
            "「病院ごとの件数」の行を「病院」ごとにまとめたものの数",
        ),
        // h1: 15 of 35, h2: 17 of 21.
        (
            json!({ "of": "hospitals", "by": "hospital", "having": "coordinated * 100 < discharged * 80" }),
            1,
            "「病院ごとの件数」の行を「病院」ごとにまとめ、「coordinated * 100」が",
        ),
        (
            json!({ "of": "hospitals", "by": "hospital", "having": "coordinated > 16 && hospital_place == \"region\"" }),
            1,
            "「病院ごとの件数」の行を「病院」ごとにまとめ、",
        ),
    ];
    for (json, expected, said) in cases {
        let measure = measure(json.clone());
        assert_eq!(measure.evaluate(&rows, &roster), expected, "{json}");
        if !said.contains("まとめ、") {
            assert_eq!(measure.describe("回答"), said);
        }
    }
}

#[test]
fn a_measure_can_be_taken_apart() {
    let responses = responses();
    let rows = rows(&responses);
    let sum = measure(json!({ "of": "hospitals", "sum": "discharged" }));
    let part = |name: &str, n: u64| (name.to_owned(), n);
    assert_eq!(
        sum.breakdown(&rows, &[], "hospital"),
        Some(vec![part("架空中央病院", 35), part("架空川病院", 21)])
    );
    assert_eq!(
        sum.breakdown(&rows, &[], "used"),
        Some(vec![
            part("はい", 34),
            part("いいえ", 20),
            part("無回答", 2)
        ])
    );
    assert_eq!(
        sum.breakdown(&rows, &[], "respondent.kind"),
        Some(vec![part("包括", 31), part("居宅", 25)])
    );
    assert_eq!(sum.breakdown(&rows, &[], "ghost"), None);
    let groups = measure(
        json!({ "of": "hospitals", "by": "hospital", "having": "coordinated > 16", "sum": "coordinated" }),
    );
    assert_eq!(groups.groups(&rows, &[]), [part("架空川病院", 17)]);
    let kinds = measure(json!({ "of": "responses", "where": "respondent.kind == \"居宅\"" }));
    assert_eq!(kinds.respondent_columns().collect::<Vec<_>>(), ["kind"]);
}

#[test]
fn err_measures_are_refused_with_a_way_out() {
    let refused = |json: Value| -> Vec<String> {
        let text = serde_json::to_string_pretty(&json).expect("JSON");
        let source = Source::json("map.json", &text).expect("JSON");
        let findings = Measure::read(&source, "", &questionnaire()).expect_err("a refusal");
        findings.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        refused(json!({ "of": "hospital" })),
        [
            "map.json:2: [form.measure] of の「hospital」は数えられません。 → responses、roster、hospitals のどれかを書いてください。"
        ]
    );
    assert_eq!(
        refused(json!({ "of": "responses", "where": "usde == \"yes\"", "sums": "staff" })),
        [
            "map.json:4: [form.measure] 数え方に「sums」という項目は書けません。 → 書けるのは of、where、sum、minus、by、having です。",
            "map.json:3: [form.unknown_item] where の式「usde == \"yes\"」にある「usde」という設問はありません。 → 「used」ではありませんか。",
        ]
    );
    let all = refused(
        json!({ "of": "hospitals", "sum": ["hospital", "dischraged"], "by": "ghost", "having": "1 > 0" }),
    );
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(
        refused(json!({ "of": "roster", "where": "sleep(1)" })).len(),
        1
    );
    assert_eq!(
        refused(json!({ "of": "hospitals", "by": "hospital", "having": "reason == \"x\"" })).len(),
        1
    );
    assert_eq!(refused(json!([])).len(), 1);
}
