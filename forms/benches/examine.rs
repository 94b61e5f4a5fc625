//! How long it takes to examine one response of a 40-item questionnaire: 20 single, 6 multiple, 2 matrices of four
//! rows, 8 integers, 2 texts, 1 date and a repeat with 3 rows of 4 items; 10 items are conditional, 4 constrained,
//! 1 calculated.

use authoring::Source;
use criterion::{Criterion, criterion_group, criterion_main};
use forms::{Answers, Questionnaire, read};
use serde_json::{Map, Value, json};

fn questionnaire() -> (Questionnaire, Answers) {
    let options = json!([{ "const": "1", "title": "よくある" }, { "const": "2", "title": "時々ある" },
        { "const": "3", "title": "あまりない" }, { "const": "4", "title": "ない" }]);
    let (mut items, mut answers) = (Map::new(), Map::new());
    for n in 0..20 {
        let mut item = json!({ "title": format!("単一選択{n}"), "oneOf": options });
        if n % 2 == 1 {
            item["x-relevant"] = json!(format!("s{} == \"1\"", n - 1));
        }
        items.insert(format!("s{n}"), item);
        answers.insert(format!("s{n}"), json!("1"));
    }
    for n in 0..6 {
        let item = json!({ "title": format!("複数選択{n}"), "type": "array", "uniqueItems": true, "items": { "oneOf": options } });
        items.insert(format!("m{n}"), item);
        answers.insert(format!("m{n}"), json!(["1", "3"]));
    }
    for n in 0..2 {
        let row = |title: &str| json!({ "title": title, "oneOf": options });
        let rows =
            json!({ "a": row("日常"), "b": row("入退院"), "c": row("急変"), "d": row("看取り") });
        let item = json!({ "title": format!("表{n}"), "type": "object", "x-matrix": true, "properties": rows });
        items.insert(format!("x{n}"), item);
        answers.insert(
            format!("x{n}"),
            json!({ "a": "1", "b": "2", "c": "3", "d": "4" }),
        );
    }
    for n in 0..8 {
        let mut item =
            json!({ "title": format!("件数{n}"), "type": "integer", "minimum": 0, "x-unit": "件" });
        if n % 2 == 1 {
            let rule = format!("n{n} <= n{}", n - 1);
            item["x-constraint"] = json!({ "rule": rule, "message": "件数を確かめてください。" });
        }
        items.insert(format!("n{n}"), item);
        answers.insert(
            format!("n{n}"),
            json!(if n % 2 == 1 { "１２" } else { "20" }),
        );
    }
    items.insert(
        "t0".into(),
        json!({ "title": "意見", "type": "string", "x-long": true }),
    );
    items.insert("t1".into(), json!({ "title": "要望", "type": "string" }));
    answers.insert(
        "t0".into(),
        json!("病院との連絡がとりやすくなりました。".repeat(5)),
    );
    answers.insert("t1".into(), json!("特になし"));
    items.insert(
        "d0".into(),
        json!({ "title": "日付", "type": "string", "format": "date" }),
    );
    answers.insert("d0".into(), json!("令和６年６月５日"));
    let cells = json!({ "name": { "title": "病院", "oneOf": options },
        "a": { "title": "退院数", "type": "integer" },
        "b": { "title": "調整数", "type": "integer", "x-constraint": { "rule": "b <= a", "message": "退院数以下です。" } },
        "c": { "title": "残り", "type": "integer", "x-calculate": "a - b" } });
    items.insert(
        "r0".into(),
        json!({ "title": "病院ごと", "type": "array", "x-repeat": "病院", "items": { "type": "object", "properties": cells } }),
    );
    let row = json!({ "name": "1", "a": "12", "b": "10" });
    answers.insert("r0".into(), json!([row, row, row]));
    assert_eq!(items.len(), 40);
    let document = json!({ "title": "40問", "x-id": "forty", "x-version": 1, "type": "object", "properties": items });
    let source = Source::json("forty.json", &document.to_string()).expect("JSON");
    let questionnaire = read(&source).expect("valid");
    (
        questionnaire,
        serde_json::from_value(Value::Object(answers)).expect("answers"),
    )
}

fn examine(c: &mut Criterion) {
    let (questionnaire, answers) = questionnaire();
    assert!(questionnaire.examine(&answers).issues.is_empty());
    c.bench_function("examine 40 items", |b| {
        b.iter(|| questionnaire.examine(&answers))
    });
    let json = serde_json::to_string(&answers).expect("JSON");
    c.bench_function("parse and examine 40 items", |b| {
        b.iter(|| {
            let answers: Answers = serde_json::from_str(&json).expect("answers");
            questionnaire.examine(&answers)
        });
    });
}

criterion_group!(benches, examine);
criterion_main!(benches);
