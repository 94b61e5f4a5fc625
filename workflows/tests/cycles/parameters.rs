//! Parameters: a date moved by the clerk's form, and the plan that hangs on it.

use std::path::Path;

use workflows::{Base, DateRule, Offset};

use crate::support::{beside, planned};

fn case() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/survey.rhai")
}

#[test]
fn a_date_is_moved_only_into_a_possible_order() {
    let parameters = beside(&case()).unwrap();
    let moved = parameters
        .with_date("close", "2026-08-31".parse().unwrap())
        .unwrap();
    assert_eq!(moved.date("close"), "2026-08-31".parse().ok());
    assert_eq!(
        parameters
            .with_date("close", "2026-10-06".parse().unwrap())
            .unwrap_err(),
        "「委員会」が「回答締切」（2026-10-06）より前の日付です。"
    );
    assert!(
        parameters
            .with_date("rate_min", "2026-08-31".parse().unwrap())
            .is_err()
    );
    assert!(
        parameters
            .with_date("close", "1999-12-31".parse().unwrap())
            .is_err()
    );
}

#[test]
fn a_plan_keeps_rules_and_says_them_in_words() {
    let (_, _, plan) = planned(&case()).unwrap();
    let extend = plan.step("extend").unwrap();
    let rule = DateRule {
        base: Base::Field("close".to_owned()),
        offsets: vec![Offset::BusinessDays(10)],
    };
    assert_eq!(extend.closes, Some(rule));
    assert_eq!(
        plan.describe(extend.closes.as_ref().unwrap()),
        "回答締切の10営業日後"
    );
    let remind = plan.step("remind").unwrap();
    assert_eq!(
        plan.describe(remind.opens.as_ref().unwrap()),
        "「回答」の締切の7営業日前"
    );
}

#[test]
fn the_same_script_and_parameters_give_the_same_plan_and_others_another() {
    let (script, parameters, plan) = planned(&case()).unwrap();
    assert_eq!(script.plan(&parameters).unwrap().hash, plan.hash);
    let moved = parameters
        .with_date("close", "2026-08-31".parse().unwrap())
        .unwrap();
    assert_ne!(script.plan(&moved).unwrap().hash, plan.hash);
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(
        serde_json::from_str::<workflows::Plan>(&json).unwrap(),
        plan
    );
}
