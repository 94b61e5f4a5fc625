//! Journals of earlier releases: `cases/journals/<release>_<name>.jsonl`, lived by the code of that release,
//! with the plan of then and the state of then. They stay readable, and what was unfinished is finished.

use workflows::simulate::{Deed, next_act};
use workflows::{Calendar, Command, Phase, Plan, Record, State, apply, decide};

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
                    key: work.key,
                    outcome: "done".to_owned(),
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
