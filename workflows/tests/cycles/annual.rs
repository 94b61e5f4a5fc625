//! The first pack's cycle, from October 2023 to November 2024. Its dates were counted on a printed calendar.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{habits, parameters};
use workflows::simulate::{Habits, Timeline, simulate};
use workflows::{Calendar, Parameters, Plan, Script, State, read};

fn pack() -> (Script, Parameters, Plan) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../municipalities/matsumoto/cycles");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let parameters = parameters("annual.json", &text("annual.json"))
        .unwrap_or_else(|found| panic!("{found:#?}"));
    let script = read(
        "annual.rhai",
        &text("annual.rhai"),
        &crate::support::vocabulary(),
    )
    .unwrap();
    let plan = script
        .plan(&parameters)
        .unwrap_or_else(|found| panic!("{found:#?}"));
    (script, parameters, plan)
}

fn dry_run(habits: &Habits) -> Timeline {
    let (script, parameters, plan) = pack();
    simulate(
        &script,
        &parameters,
        &plan,
        habits,
        &Calendar::national(),
        State::default(),
    )
}

fn days(timeline: &Timeline) -> BTreeMap<String, String> {
    let last = timeline
        .entries
        .iter()
        .filter_map(|entry| Some((entry.step.as_ref()?.to_string(), entry.on.to_string())));
    last.collect()
}

#[test]
fn the_year_ends_with_two_meetings_and_two_surveys() {
    let timeline = dry_run(&habits());
    insta::assert_snapshot!(timeline);
    assert!(timeline.completed);
    assert_eq!((timeline.meetings, timeline.surveys), (2, 2));
    let days = days(&timeline);
    // Seven business days before 2023-12-28, and five before 2024-06-05.
    assert_eq!(days["remind"], "2023-12-19");
    assert_eq!(days["meeting"], "2024-06-05");
    // 12 business days before 2024-11-13: 11/12 11 8 7 6 5 1 | 10/31 30 29 28 25 (11/4 is 振替休日).
    assert_eq!(days["next_edit"], "2024-10-25");
    // 5 business days before 2024-06-05: 6/4 3 5/31 30 29. Dispatched before that.
    assert!(
        days["dispatch"].as_str() <= "2024-05-29",
        "{}",
        days["dispatch"]
    );
}

#[test]
fn a_low_rate_extends_once_reminds_again_and_then_goes_on() {
    let timeline = dry_run(&Habits {
        never_answer: 60,
        ..habits()
    });
    let days = days(&timeline);
    assert!(timeline.completed);
    // Closed with the end of 12/28; open again until ten business days later.
    assert_eq!(days["extend"], "2023-12-29");
    assert_eq!(days["answers#2"], "2024-01-18");
    // Seven business days before 2024-01-18: 17 16 15 12 11 10 9.
    assert_eq!(days["remind#2"], "2024-01-09");
    assert_eq!(days["rate#2"], "2024-01-19");
    assert!(!days.contains_key("answers#3"));
}

#[test]
fn a_draft_that_is_sent_back_is_made_again() {
    let sent_back_once = ["approve_a".to_owned()].into();
    let timeline = dry_run(&Habits {
        sent_back_once,
        ..habits()
    });
    let days = days(&timeline);
    assert!(timeline.completed);
    assert!(
        days.contains_key("agenda#2")
            && days.contains_key("papers#2")
            && days.contains_key("approve_a#2")
    );
    assert!(!days.contains_key("map#2"));
}
