//! What is typed from paper, and the workbook that goes out and comes back.

use authoring::Source;
use engine::keyed::{
    Choice, NotOurs, compare, finds, merged, read, read_workbook, shown, workbook,
};
use engine::roster::Respondent;
use engine::survey::Survey;
use forms::{Answers, Questionnaire};
use serde_json::json;

fn form() -> Questionnaire {
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "架空の調査", "x-id": "paper", "x-version": 3, "type": "object",
        "properties": {
            "used": { "title": "使いましたか", "oneOf": [{ "const": "2", "title": "はい" }, { "const": "1", "title": "いいえ" }] },
            "ways": { "title": "使ったもの", "type": "array", "uniqueItems": true,
                      "items": { "oneOf": [{ "const": "a", "title": "電話" }, { "const": "b", "title": "ＦＡＸ" }, { "const": "c", "title": "その他、文書" }] } },
            "scenes": { "title": "場面ごと", "x-matrix": true, "type": "object", "properties": {
                          "in": { "title": "入院", "oneOf": [{ "const": "y", "title": "できた" }, { "const": "n", "title": "できない" }] },
                          "out": { "title": "退院", "oneOf": [{ "const": "y", "title": "できた" }, { "const": "n", "title": "できない" }] } } },
            "hospitals": { "title": "病院", "type": "array", "x-repeat": "病院", "items": { "type": "object", "properties": {
                          "name": { "title": "病院名", "type": "string", "maxLength": 40 },
                          "left": { "title": "退院数", "type": "integer", "minimum": 0, "x-unit": "件" } } } },
            "on": { "title": "記入日", "type": "string", "format": "date" },
            "words": { "title": "ご意見", "type": "string", "maxLength": 400 }
        }
    });
    let source = Source::json("forms/paper.json", &text.to_string()).expect("JSON");
    forms::read(&source).unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn fields(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    all.iter().map(own).collect()
}

fn typed(all: &[(&str, &str)]) -> Answers {
    let read = read(&form(), &fields(all), &Answers::new());
    assert_eq!(read.misread, [], "{all:?}");
    read.answers
}

fn json_of(answers: &Answers) -> serde_json::Value {
    serde_json::to_value(answers).expect("JSON")
}

#[test]
fn a_number_is_the_place_of_an_option() {
    let cases = [
        // Also where the codes are numbers themselves.
        ("used", "1", json!({ "used": "2" })),
        ("used", "２", json!({ "used": "1" })),
        ("used", "いいえ", json!({ "used": "1" })),
        ("ways", "1,3", json!({ "ways": ["a", "c"] })),
        ("ways", "３、１", json!({ "ways": ["c", "a"] })),
        ("ways", "2 2", json!({ "ways": ["b"] })),
        ("ways", "FAX", json!({ "ways": ["b"] })),
        ("ways", "その他、文書", json!({ "ways": ["c"] })),
        ("scenes.out", "2", json!({ "scenes": { "out": "n" } })),
        (
            "words",
            " =cmd|' /C calc'!A0 ",
            json!({ "words": "=cmd|' /C calc'!A0" }),
        ),
        ("used", "", json!({})),
        ("nothing", "1", json!({})),
    ];
    for (field, text, expected) in cases {
        assert_eq!(
            json_of(&typed(&[(field, text)])),
            expected,
            "{field} {text}"
        );
    }
}

#[test]
fn what_is_no_option_is_told() {
    for (field, text, said) in [
        ("used", "1,2", "二つ以上"),
        ("used", "3", "1から2まで"),
        ("ways", "0", "「0」という選択肢はありません"),
        ("ways", "1,手紙", "「手紙」という選択肢はありません"),
        ("scenes.in", "9", "1から2まで"),
    ] {
        let read = read(&form(), &fields(&[(field, text)]), &Answers::new());
        assert_eq!(json_of(&read.answers), json!({}), "{text}");
        let [one] = read.misread.as_slice() else {
            panic!("{:?}", read.misread)
        };
        assert_eq!((one.path.as_str(), one.typed.as_str()), (field, text));
        assert!(one.message.contains(said), "{}", one.message);
    }
}

#[test]
fn an_answer_is_shown_as_it_was_typed() {
    let form = form();
    let answers = typed(&[("ways", "3,1"), ("scenes.out", "2"), ("words", "髙﨑")]);
    for (path, expected) in [
        ("ways", "3,1"),
        ("scenes.out", "2"),
        ("words", "髙﨑"),
        ("used", ""),
    ] {
        let item = form.item_at(path).expect("an item");
        assert_eq!(shown(item, &answers, path), expected);
    }
}

#[test]
fn only_what_differs_is_compared_and_decided() {
    let first = typed(&[
        ("used", "1"),
        ("ways", "1,2"),
        ("hospitals.0.name", "架空病院"),
        ("hospitals.0.left", "12"),
        ("words", "よい。"),
    ]);
    let second = typed(&[
        ("used", "1"),
        ("ways", "2,1"),
        ("hospitals.0.name", "架空病院 "),
        ("hospitals.0.left", "１３"),
        ("hospitals.1.name", "架空医院"),
        ("on", "R6.9.30"),
        ("words", "よい。"),
    ]);
    let differences = compare(&form(), &first, &second);
    let told: Vec<(&str, &str, &str, &str)> = differences
        .iter()
        .map(|one| {
            (
                one.path.as_str(),
                one.title.as_str(),
                one.first.as_str(),
                one.second.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("hospitals.0.left", "病院1 退院数", "12件", "１３件"),
            ("hospitals.1.name", "病院2 病院名", "", "架空医院"),
            ("on", "記入日", "", "R6.9.30"),
        ]
    );
    let choices = [
        ("hospitals.0.left", Choice::Typed("11".into())),
        ("hospitals.1.name", Choice::Second),
        ("on", Choice::First),
    ];
    let choices: Vec<(String, Choice)> = choices
        .into_iter()
        .map(|(path, choice)| (path.to_owned(), choice))
        .collect();
    let read = merged(&form(), &first, &second, &choices);
    assert_eq!(
        json_of(&read.answers),
        json!({
            "used": "2", "ways": ["a", "b"], "words": "よい。",
            "hospitals": [{ "name": "架空病院", "left": "11" }, { "name": "架空医院" }],
        })
    );
    // Taking the second entry's blank takes the first one's answer away.
    let blank = [("words".to_owned(), Choice::Second)];
    let read = merged(&form(), &first, &typed(&[]), &blank);
    assert!(json_of(&read.answers).get("words").is_none());
}

#[test]
fn a_workbook_comes_back_with_what_was_written_into_it() {
    let survey: Survey = serde_json::from_value(json!({
        "id": "paper", "name": "架空の調査", "forms": ["paper"], "roster": "offices", "survey_year": 2026
    }))
    .expect("a survey");
    let office = Respondent {
        id: "K001".into(),
        name: "ケアプラン髙﨑（架空）".into(),
        columns: Default::default(),
    };
    let answers = typed(&[
        ("used", "1"),
        ("ways", "1,3"),
        ("scenes.in", "2"),
        ("hospitals.1.name", "=HYPERLINK(\"http://nowhere.example\")"),
        ("hospitals.1.left", "12"),
        ("on", "令和6年9月30日"),
        ("words", "一行目\n二行目 😀 ﾊﾝｶｸ"),
    ]);
    let form = form();
    let sheet = workbook(
        &form,
        &survey,
        &office,
        Some("令和6年10月31日（木）"),
        &answers,
    );
    let bytes = papers::form_xlsx(&sheet).expect("a workbook");
    assert_eq!(bytes, papers::form_xlsx(&sheet).expect("a workbook"));
    let returned = read_workbook(&bytes).expect("ours");
    assert_eq!(
        (
            returned.survey.as_str(),
            returned.version,
            returned.respondent.as_str()
        ),
        ("paper-2026", 3, "K001")
    );
    let read = returned.read(&form);
    assert_eq!(read.misread, []);
    // Rows of the group that nobody filled in say nothing.
    let clean = |answers: &Answers| json_of(&form.examine(answers).answers);
    assert_eq!(clean(&read.answers), clean(&answers));
    assert_eq!(clean(&answers)["hospitals"][0]["left"], 12);
}

#[test]
fn what_is_no_workbook_of_ours_is_refused() {
    let table = papers::xlsx(&papers::Workbook {
        title: "表".into(),
        sheets: vec![papers::Sheet {
            name: "表".into(),
            head: vec!["meguri-2/paper-2026/3/K001".into(), "b".into()],
            rows: Vec::new(),
            plot: None,
        }],
    });
    for (bytes, expected) in [
        (Vec::new(), NotOurs::NotAWorkbook),
        (b"<html>".to_vec(), NotOurs::NotAWorkbook),
        (b"PK\x05\x06".to_vec(), NotOurs::NotAWorkbook),
        (table.expect("a workbook"), NotOurs::NoMark),
        (vec![0; (1 << 20) + 1], NotOurs::TooLarge),
    ] {
        assert_eq!(read_workbook(&bytes), Err(expected));
    }
}

#[test]
fn an_office_is_found_in_letters_of_any_width() {
    assert!(finds("ｋ００１", &["K001", "ケアプラン"]));
    assert!(finds("ｹｱﾌﾟﾗﾝ", &["K001", "ケアプランあおぞら"]));
    assert!(!finds("K002", &["K001", "ケアプラン"]));
}
