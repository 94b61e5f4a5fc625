//! Journals: `cases/journals/v<version of its records>_<name>.jsonl`, lived by the code of that time,
//! with the plan (the last one adopted) and the state of then. They stay readable, and what was unfinished is finished.

use workflows::simulate::{Deed, next_act};
use workflows::{Calendar, Command, Phase, Plan, Record, State, WorkKind, apply, decide};

use crate::support::habits;

#[test]
fn a_journal_of_an_earlier_release_folds_to_the_state_of_then_and_is_finished_now() {
    insta::glob!("../cases", "journals/*.jsonl", |path| {
        let text = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
        let records: Vec<Record> = text(path)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut state = State::default();
        records.iter().for_each(|record| apply(&mut state, record));
        let then: State = serde_json::from_str(&text(&path.with_extension("state.json"))).unwrap();
        assert_eq!(state, then, "{}", path.display());

        let plan: Plan = serde_json::from_str(&text(&path.with_extension("plan.json"))).unwrap();
        let (habits, calendar) = (habits(), Calendar::national());
        while let Some(act) = next_act(&state, &plan, &habits, &calendar) {
            let command = match act.deed {
                Deed::Command(command) => command,
                Deed::Work(work) => Command::Settle {
                    outcome: match work.kind {
                        WorkKind::Gate => "ok".to_owned(),
                        _ => "done".to_owned(),
                    },
                    key: work.key,
                    input_hash: None,
                },
            };
            for record in decide(&state, &plan, command, &act.at, &calendar).unwrap() {
                apply(&mut state, &record);
            }
        }
        assert_eq!(state.phase, Phase::Completed, "{}", path.display());
    });
}

/// What a later release may have written is not folded as if it were understood, whatever it looks like.
#[test]
fn a_record_of_an_unknown_version_is_refused() {
    let record = |version: &str, event: &str| {
        format!(
            r#"{{"version":{version},"at":{{"instant":"2026-06-01T00:00:00Z","today":"2026-06-01"}},"event":"{event}"}}"#
        )
    };
    for (version, event) in [
        ("3", "cycle_completed"),
        ("3", "cycle_sealed"),
        ("0", "cycle_completed"),
    ] {
        let text = record(version, event);
        let said = format!(
            "サイクルの記録の版 {version} は読めません（この版のめぐりが読めるのは 2 までです）。新しいめぐりで開いてください。"
        );
        let error = serde_json::from_str::<Record>(&text).unwrap_err();
        assert!(error.to_string().starts_with(&said), "{error}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let error = serde_json::from_value::<Record>(value).unwrap_err();
        assert_eq!(error.to_string(), said);
    }
    for version in ["1", "2"] {
        serde_json::from_str::<Record>(&record(version, "cycle_completed")).unwrap();
        let unknown = record(version, "cycle_sealed");
        assert!(serde_json::from_str::<Record>(&unknown).is_err());
    }
    let without = record("1", "cycle_completed").replace("\"version\":1,", "");
    assert!(serde_json::from_str::<Record>(&without).is_err());
}
