//! Building a questionnaire by steps: each case of `tests/design` takes `base.json` through its steps. Those that begin
//! with `err_` end with a refusal, and then nothing has changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use authoring::Source;
use forms::design::{Clause, Edit, Joined, Relation, Relevance, Spot, Used, apply, print};
use forms::{Answers, read, sketch};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default, rename = "what")]
    _what: String,
    edits: Vec<Edit>,
    /// What stands at a pointer afterwards; null: nothing.
    #[serde(default)]
    then: BTreeMap<String, Value>,
    /// Ids in the order of asking.
    order: Option<Vec<String>>,
    /// Ids inside a repeat, in their order.
    #[serde(default)]
    rows: BTreeMap<String, Vec<String>>,
    /// Codes of what is still wrong.
    #[serde(default)]
    findings: Vec<String>,
    /// How the refusal begins.
    refused: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/design")
}

fn base() -> Value {
    let text = fs::read_to_string(folder().join("base.json")).expect("the base");
    serde_json::from_str(&text).expect("JSON")
}

/// The document after all steps; each is taken with everything that was ever used.
fn taken(edits: &[Edit]) -> Result<Value, String> {
    let (mut document, mut used) = (base(), Used::default());
    for edit in edits {
        used.note(&document);
        document = apply(&document, edit, &used).map_err(|refused| refused.to_string())?;
    }
    Ok(document)
}

fn source(document: &Value) -> Source {
    Source::json("base.json", &print(document)).expect("what is printed is JSON")
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().expect("an object").keys().collect()
}

#[test]
fn every_case_ends_as_it_says() {
    let entries = fs::read_dir(folder()).expect("the folder of the cases");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths.retain(|path| !path.ends_with("base.json"));
    assert!(paths.len() > 50, "only {} cases", paths.len());
    for path in paths {
        let name = path.display();
        let text = fs::read_to_string(&path).expect("a case");
        let case: Case =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let document = match (taken(&case.edits), &case.refused) {
            (Err(said), Some(refused)) => {
                assert!(said.starts_with(refused.as_str()), "{name}: {said}");
                continue;
            }
            (Err(said), None) => panic!("{name}: refused: {said}"),
            (Ok(_), Some(_)) => panic!("{name}: not refused"),
            (Ok(document), None) => document,
        };
        for (pointer, expected) in &case.then {
            let found = document.pointer(pointer).unwrap_or(&Value::Null);
            // The order of the words counts too: it is what an author reads.
            assert_eq!(found.to_string(), expected.to_string(), "{name}: {pointer}");
        }
        if let Some(order) = &case.order {
            assert_eq!(
                keys(&document["properties"]),
                order.iter().collect::<Vec<_>>(),
                "{name}"
            );
        }
        for (repeat, order) in &case.rows {
            let rows = &document["properties"][repeat]["items"]["properties"];
            assert_eq!(keys(rows), order.iter().collect::<Vec<_>>(), "{name}");
        }
        let found = read(&source(&document)).err().unwrap_or_default();
        let codes: Vec<&str> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, case.findings, "{name}: {found:?}");
    }
}

#[test]
fn a_refused_step_changes_nothing() {
    let before = base();
    let edit = Edit::RemoveOption {
        item: "rule_used".into(),
        code: "no".into(),
    };
    assert!(apply(&before, &edit, &Used::default()).is_err());
    assert_eq!(before, base());
}

#[test]
fn what_other_versions_used_is_not_used_again() {
    let mut used = Used::default();
    let mut earlier = base();
    earlier["properties"]["q7"] = json!({ "title": "昨年の設問", "type": "string" });
    earlier["properties"]["means"]["items"]["oneOf"][0] =
        json!({ "const": "a4", "title": "昨年の選択肢" });
    used.note(&earlier);
    let add = Edit::AddOption {
        item: "means".into(),
        title: "その他".into(),
    };
    let document = apply(&base(), &add, &used).expect("taken");
    assert_eq!(
        document["properties"]["means"]["items"]["oneOf"][2]["const"],
        "a5"
    );
    let copy = Edit::CopyItem {
        item: "means".into(),
    };
    let document = apply(&document, &copy, &used).expect("taken");
    assert!(document["properties"]["q8"].is_object());
}

/// What is wrong is said at the item that it concerns, also inside a row and at a page.
#[test]
fn a_finding_has_its_place() {
    let mut document = base();
    document["properties"]["hospitals"]["items"]["properties"]["contacted"]["x-relevant"] =
        json!("nobody > 1");
    document["properties"]["means"]["items"]["oneOf"][1]["const"] = json!("phone");
    document["x-pages"][1]["items"] = json!(["discharged", "coordinated", "hospitals", "gone"]);
    document["$defs"]["degree"]["oneOf"] = json!([]);
    document["required"] = json!(["rule_used", "absent"]);
    let source = source(&document);
    let (_, findings) = sketch(&source);
    let mut spots: Vec<(&str, Spot)> = findings
        .iter()
        .map(|finding| (finding.code, Spot::of(&source, finding)))
        .collect();
    spots.sort();
    spots.dedup();
    let item = |path: &str| Spot::Item(path.to_owned());
    for expected in [
        ("form.unknown_item", item("hospitals.contacted")),
        ("form.duplicate_option", item("means")),
        ("form.page_unknown_item", Spot::Page(2)),
        ("form.required_unknown_item", Spot::Whole),
        ("pack.shape", Spot::List("degree".to_owned())),
    ] {
        assert!(spots.contains(&expected), "{expected:?} not in {spots:?}");
    }
}

#[test]
fn an_option_stands_on_a_line() {
    let text = print(&base());
    assert_eq!(
        serde_json::from_str::<Value>(&text)
            .expect("JSON")
            .to_string(),
        base().to_string()
    );
    assert!(
        text.contains("\n      \"oneOf\": [{ \"const\": \"yes\", \"title\": \"使っている\" }, "),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 160),
        "{text}"
    );
}

/// The conditions of the picker mean what they say: a hand count of who is asked.
#[test]
fn a_clicked_condition_asks_the_right_ones() {
    let clause = |item: &str, is, value: &str| Clause {
        item: item.into(),
        is,
        value: value.into(),
    };
    let answers = [
        json!({ "rule_used": "yes", "means": ["phone", "fax"], "discharged": 3 }),
        json!({ "rule_used": "no", "means": ["fax"], "discharged": 10 }),
        json!({ "rule_used": "yes", "discharged": 0, "satisfied": { "speed": "bad" } }),
        json!({}),
    ];
    let cases = [
        (
            vec![clause("rule_used", Relation::Is, "yes")],
            Joined::All,
            [true, false, true, false],
        ),
        (
            vec![clause("means", Relation::Has, "phone")],
            Joined::All,
            [true, false, false, false],
        ),
        // Who has not answered is not asked further.
        (
            vec![clause("means", Relation::HasNot, "phone")],
            Joined::All,
            [false, true, false, false],
        ),
        (
            vec![clause("discharged", Relation::AtLeast, "3")],
            Joined::All,
            [true, true, false, false],
        ),
        (
            vec![clause("discharged", Relation::Blank, "")],
            Joined::All,
            [false, false, false, true],
        ),
        (
            vec![clause("satisfied.speed", Relation::Is, "bad")],
            Joined::All,
            [false, false, true, false],
        ),
        (
            vec![
                clause("rule_used", Relation::Is, "yes"),
                clause("discharged", Relation::MoreThan, "0"),
            ],
            Joined::All,
            [true, false, false, false],
        ),
        (
            vec![
                clause("rule_used", Relation::Is, "no"),
                clause("discharged", Relation::Equals, "0"),
            ],
            Joined::Any,
            [false, true, true, false],
        ),
    ];
    for (clauses, joined, expected) in cases {
        let rule = Relevance { joined, clauses }.write();
        let mut document = base();
        document["properties"]["hospitals"]["x-relevant"] = json!(rule);
        let form =
            read(&source(&document)).unwrap_or_else(|findings| panic!("{rule}: {findings:?}"));
        let asked = answers.each_ref().map(|answers| {
            let answers: Answers = serde_json::from_value(answers.clone()).expect("answers");
            form.examine(&answers).is_shown("hospitals")
        });
        assert_eq!(asked, expected, "{rule}");
    }
}

#[test]
fn a_condition_is_told_in_words() {
    let form = read(&source(&base())).expect("valid");
    let words = |rule: &str| {
        Relevance::read(rule)
            .expect("known")
            .in_words(&form, Some("hospitals"))
    };
    assert_eq!(
        words("rule_used == \"no\" && discharged >= 3"),
        "「入退院連携ルールを使っていますか」で「使っていない」を選んだ、かつ、「退院した利用者」が3人以上のとき"
    );
    assert_eq!(
        words("contacted > 2 || satisfied.speed != \"bad\" || blank(means)"),
        "「連絡を受けた数」が2件より大きい、または、「次のことに満足していますか：連絡の早さ」で「不満」を選ばなかった、または、「連絡の方法」に答えがないとき"
    );
}

fn any_clause() -> impl Strategy<Value = Clause> {
    let item = prop::sample::select(vec!["q1", "rule_used", "q4.r2", "退院数"]);
    let code = prop::string::string_regex("[a-z0-9\"\\\\ &|()あ]{1,8}").expect("a pattern");
    let number = (-1000_i64..1000).prop_map(|number| number.to_string());
    let with = |relations: Vec<Relation>| prop::sample::select(relations);
    let coded = (
        with(vec![
            Relation::Is,
            Relation::IsNot,
            Relation::Has,
            Relation::HasNot,
        ]),
        code,
    );
    let measured = (with(Relation::OF_NUMBERS.to_vec()), number);
    let bare = with(vec![Relation::Answered, Relation::Blank]).prop_map(|is| (is, String::new()));
    (item, prop_oneof![coded, measured, bare]).prop_map(|(item, (is, value))| Clause {
        item: item.into(),
        is,
        value,
    })
}

proptest! {
    #[test]
    fn what_the_picker_writes_it_reads(
        clauses in prop::collection::vec(any_clause(), 1..4),
        any in any::<bool>(),
    ) {
        // One clause is joined by nothing.
        let joined = if any && clauses.len() > 1 { Joined::Any } else { Joined::All };
        let relevance = Relevance { joined, clauses };
        prop_assert_eq!(Relevance::read(&relevance.write()), Some(relevance.clone()), "{}", relevance.write());
    }
}
