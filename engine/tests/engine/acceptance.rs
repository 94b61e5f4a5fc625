//! Acceptance cases: one of which everything comes out, and one of which nothing does.

use std::fs;
use std::sync::Arc;

use engine::acceptance::run;

use crate::lent;

#[test]
fn what_does_not_come_out_is_said_step_by_step() {
    let folder = lent::case("../acceptance");
    let files = lent::laid_over(&folder);
    let outcomes = run(&files, &Arc::new(lent::read(&files))).unwrap();
    let mut found = String::new();
    for outcome in outcomes {
        found += &format!("{}（手順{}）\n", outcome.file, outcome.steps);
        for failure in outcome.failures {
            found += &format!("  {failure}\n");
        }
    }
    let expected = fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
    assert!(found == expected, "--- found\n{found}");
}

#[test]
fn err_a_case_that_says_something_unknown_is_refused() {
    let mut files = lent::bare();
    let text = r#"{ "what": "綴りの誤り", "steps": [{ "paper": "issues", "hass": ["一次"] }, { "has": ["一次"] }] }"#;
    files.0.insert("cases/typo.case.json".into(), text.into());
    let findings = run(&files, &Arc::new(lent::read(&files))).unwrap_err();
    let listed = lent::listed(&findings);
    assert!(listed.contains("hass"), "{listed}");
    assert!(findings.len() >= 2, "{listed}");
}
