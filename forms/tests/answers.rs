//! Answers as files: each of `cases/answers` names a questionnaire and what was typed; the text beside it says what a
//! respondent is told and which clean answers remain.

use std::fs;
use std::path::{Path, PathBuf};

use authoring::Source;
use forms::{Answers, Questionnaire, Severity};
use serde_json::Value;

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn questionnaire(name: &str) -> Questionnaire {
    let text = fs::read_to_string(cases().join("valid").join(name)).expect("a questionnaire");
    let source = Source::json(name, &text).expect("JSON");
    forms::read(&source).expect("a valid questionnaire")
}

fn said(questionnaire: &Questionnaire, answers: &Answers) -> String {
    let examined = questionnaire.examine(answers);
    let mut said = String::new();
    for issue in &examined.issues {
        let mark = if issue.severity == Severity::Warning {
            "？"
        } else {
            "！"
        };
        said += &format!("{mark} {} [{}] {}\n", issue.item, issue.code, issue.message);
    }
    let answers = serde_json::to_string(&examined.answers).expect("answers are JSON");
    format!("{said}{answers}\n")
}

#[test]
fn answers_are_examined_as_the_cases_say() {
    let mut files: Vec<PathBuf> = fs::read_dir(cases().join("answers"))
        .expect("cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    assert!(files.len() >= 10);
    let mut wrong = Vec::new();
    for path in files {
        let case: Value =
            serde_json::from_str(&fs::read_to_string(&path).expect("a case")).expect("JSON");
        let questionnaire = questionnaire(case["questionnaire"].as_str().expect("a name"));
        let answers: Answers = serde_json::from_value(case["answers"].clone()).expect("answers");
        let expected = fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        let found = said(&questionnaire, &answers);
        if found != expected {
            wrong.push(format!(
                "{}\n--- expected\n{expected}--- found\n{found}",
                path.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ten megabytes in one answer: one short issue, and nothing of it in the clean answers.
#[test]
fn err_too_long() {
    let questionnaire = questionnaire("every_kind.json");
    for (item, code) in [
        ("opinion", "answer.too_long"),
        ("used", "answer.not_option"),
        ("pillars", "answer.not_option"),
        ("staff", "answer.not_number"),
        ("fulltime", "answer.not_number"),
        ("opened_on", "answer.not_date"),
        ("stages", "answer.wrong_type"),
        ("hospitals", "answer.wrong_type"),
    ] {
        let mut fields = vec![("used".to_owned(), "yes".to_owned())];
        fields.retain(|(name, _)| name != item);
        let mut typed = serde_json::Map::new();
        typed.insert("used".to_owned(), "yes".into());
        typed.insert(item.to_owned(), "あ".repeat(10_000_000 / 3).into());
        let answers: Answers = serde_json::from_value(Value::Object(typed)).expect("answers");
        let examined = questionnaire.examine(&answers);
        let issues: Vec<_> = examined
            .issues
            .iter()
            .filter(|issue| issue.item == item)
            .collect();
        assert_eq!(
            issues.iter().map(|issue| issue.code).collect::<Vec<_>>(),
            [code],
            "{item}"
        );
        assert!(
            issues[0].message.chars().count() < 120,
            "{}",
            issues[0].message
        );
        assert!(examined.answers.is_blank(item));
    }
    let text: Answers =
        serde_json::from_value(serde_json::json!({ "opinion": "あ".repeat(3_333_333) }))
            .expect("answers");
    let examined = questionnaire.examine(&text);
    let issue = examined
        .issues
        .iter()
        .find(|issue| issue.item == "opinion")
        .expect("an issue");
    assert_eq!(
        issue.message,
        "「ご意見」は1,000文字までです（今は3,333,333文字）。短くしてください。"
    );
}

/// A million unknown items are not a million issues.
#[test]
fn err_too_many_unknown_items() {
    let questionnaire = questionnaire("smallest.json");
    let typed: serde_json::Map<String, Value> =
        (0..1_000).map(|n| (format!("x{n}"), n.into())).collect();
    let answers: Answers = serde_json::from_value(Value::Object(typed)).expect("answers");
    let examined = questionnaire.examine(&answers);
    assert_eq!(examined.issues.len(), 21);
    assert_eq!(
        examined.issues[20].message,
        "この調査票にない設問への回答が、ほかに980件あります。"
    );
    assert!(examined.answers.is_empty());
}

#[test]
fn what_is_shown_is_known_by_path() {
    let questionnaire = questionnaire("every_kind.json");
    let answers: Answers = serde_json::from_value(serde_json::json!({
        "used": "yes",
        "hospitals": [{ "discharged": 5, "coordinated": 5 }, { "discharged": 5, "coordinated": 4 }]
    }))
    .expect("answers");
    let examined = questionnaire.examine(&answers);
    assert!(examined.is_shown("pillars") && examined.is_shown("hospitals.1.reason"));
    assert!(!examined.is_shown("hospitals.0.reason") && !examined.is_shown("外来"));
}
