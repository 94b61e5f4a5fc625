//! Drafts: form fields become answers, nothing typed is lost, rows come and go.

use authoring::Source;
use forms::{Answers, Questionnaire, field_name};
use serde_json::{Value, json};

fn questionnaire() -> Questionnaire {
    let text = include_str!("cases/valid/every_kind.json");
    forms::read(&Source::json("every_kind.json", text).expect("JSON")).expect("valid")
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn json_of(answers: &Answers) -> Value {
    serde_json::to_value(answers).expect("answers are JSON")
}

#[test]
fn fields_become_answers_exactly_as_typed() {
    let typed = fields(&[
        ("used", "yes"),
        ("pillars", ""),
        ("pillars", "flow"),
        ("pillars", "list"),
        ("stages.quake", "done"),
        ("staff", "１２人"),
        ("hospitals.0.hospital", "h1"),
        ("hospitals.0.discharged", "たくさん"),
        ("hospitals.1.discharged", "3"),
        ("_csrf", "token"),
    ]);
    let draft = questionnaire().decode(None, &typed, &Answers::new());
    let expected = json!({
        "used": "yes", "pillars": ["flow", "list"], "stages": { "quake": "done" }, "staff": "１２人",
        "hospitals": [{ "hospital": "h1", "discharged": "たくさん" }, { "discharged": "3" }]
    });
    assert_eq!(json_of(&draft), expected);
    assert_eq!(draft.typed("hospitals.0.discharged"), ["たくさん"]);
    assert_eq!(draft.typed("pillars"), ["flow", "list"]);
    assert_eq!(draft.typed(&field_name(&["stages", "quake"])), ["done"]);
    assert_eq!(draft.typed("stages.flood"), Vec::<String>::new());
}

#[test]
fn saving_one_field_keeps_the_rest_and_an_empty_field_takes_back() {
    let questionnaire = questionnaire();
    let first = fields(&[
        ("used", "yes"),
        ("pillars", "flow"),
        ("opinion", "助かる"),
        ("stages.quake", "done"),
    ]);
    let draft = questionnaire.decode(None, &first, &Answers::new());
    let draft = questionnaire.decode(None, &fields(&[("used", "no")]), &draft);
    // Hidden now, but kept in the draft in case the respondent changes back.
    assert_eq!(draft.typed("pillars"), ["flow"]);
    let draft = questionnaire.decode(
        None,
        &fields(&[("pillars", ""), ("opinion", ""), ("stages.quake", "")]),
        &draft,
    );
    assert_eq!(json_of(&draft), json!({ "used": "no" }));
}

#[test]
fn only_the_items_of_the_page_are_taken() {
    let typed = fields(&[("used", "yes"), ("opinion", "別のページ"), ("ghost", "1")]);
    let draft = questionnaire().decode(Some(0), &typed, &Answers::new());
    assert_eq!(json_of(&draft), json!({ "used": "yes", "ghost": "1" }));
}

#[test]
fn hostile_field_names_are_kept_and_named_but_never_followed() {
    let questionnaire = questionnaire();
    let typed = fields(&[
        ("hospitals.4000000000.discharged", "1"),
        ("hospitals.x.discharged", "1"),
        ("hospitals.0.ghost", "1"),
        ("used.deep.path", "1"),
        ("......", "1"),
        ("", "1"),
    ]);
    let draft = questionnaire.decode(None, &typed, &Answers::new());
    let items: Vec<String> = questionnaire
        .examine(&draft)
        .issues
        .into_iter()
        .filter(|issue| issue.code == "answer.unknown_item")
        .map(|issue| issue.item)
        .collect();
    assert_eq!(items.len(), 5, "{items:?}");
    assert!(draft.rows("hospitals") <= 1);
}

#[test]
fn rows_are_added_and_removed() {
    let mut draft = Answers::new();
    draft.add_row("hospitals");
    draft.add_row("hospitals");
    let draft_fields = fields(&[
        ("hospitals.0.discharged", "1"),
        ("hospitals.1.discharged", "2"),
    ]);
    let mut draft = questionnaire().decode(None, &draft_fields, &draft);
    assert_eq!(draft.rows("hospitals"), 2);
    draft.remove_row("hospitals", 0);
    draft.remove_row("hospitals", 9);
    assert_eq!(
        json_of(&draft),
        json!({ "hospitals": [{ "discharged": "2" }] })
    );
    assert_eq!(
        draft
            .row("hospitals", 0)
            .and_then(|row| row.text("discharged").map(str::to_owned))
            .as_deref(),
        Some("2")
    );
    for _ in 0..2_000 {
        draft.add_row("hospitals");
    }
    assert_eq!(draft.rows("hospitals"), 1_000);
}

/// A body of a megabyte of fields is read in one go, not once for each pair of fields.
#[test]
fn many_fields_are_many_answers_to_one_issue_list() {
    let typed: Vec<(String, String)> = (0..200_000)
        .map(|n| (format!("x{n}"), "1".to_owned()))
        .collect();
    let questionnaire = questionnaire();
    let draft = questionnaire.decode(None, &typed, &Answers::new());
    assert_eq!(draft.items().count(), 200_000);
    assert!(questionnaire.examine(&draft).issues.len() < 30);
}
