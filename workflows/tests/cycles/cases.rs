//! Every `cases/*.rhai` says in its first lines what it is and what must come of it:
//!
//! ```text
//! // 想定: 未回答 60            of a hundred asked, so many never answer
//! // 想定: 差戻し approve       this step is sent back once
//! // 想定: 一覧 decisions 甲 乙  the items of a list that becomes known on the way
//! // 道: design → approve → …   the steps that were really done, in this order
//! // 行わない: extend           the steps that were skipped in the end
//! // 指摘: cycle.unknown_role 4  (err_*.rhai) code and line of every finding
//! ```

use std::path::Path;

use authoring::Finding;
use workflows::simulate::{Habits, next_act};
use workflows::{
    At, Calendar, Command, Event, How, Plan, Script, State, apply, decide, gate_facts, simulate,
};

use crate::support::{habits, planned};

#[test]
fn the_path_of_every_case_is_the_one_written_in_it() {
    insta::glob!("../cases", "[!e]*.rhai", |path| {
        insta::assert_snapshot!(goes_its_way(path));
    });
}

/// Runs the case and compares its path with the one in its head.
pub fn goes_its_way(path: &Path) -> simulate::Timeline {
    let text = std::fs::read_to_string(path).unwrap();
    let (script, parameters, plan) =
        planned(path).unwrap_or_else(|found| panic!("{}: {found:#?}", path.display()));
    let habits = assumed(&text);
    let timeline = simulate::simulate(
        &script,
        &parameters,
        &plan,
        &habits,
        &Calendar::national(),
        State::default(),
    );
    let state = run(&script, &plan, &habits, path);
    let wanted = said(&text, "道:").unwrap_or_default();
    assert_eq!(state.done.join(" → "), wanted, "{}", path.display());
    let skipped = said(&text, "行わない:").unwrap_or_default();
    assert_eq!(state.skipped.join(" "), skipped, "{}", path.display());
    timeline
}

#[test]
fn every_broken_script_gets_its_findings() {
    let wrong = std::cell::RefCell::new(Vec::new());
    insta::glob!("../cases", "err_*.rhai", |path| {
        let (found, codes, wanted) = found_in(path);
        if codes != wanted {
            wrong.borrow_mut().push(format!(
                "{}\n  {codes}\n  {wanted}\n{found:#?}",
                path.display()
            ));
        }
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"));
    });
    assert!(wrong.borrow().is_empty(), "{}", wrong.borrow().join("\n"));
}

/// What the check finds, in short, and what the head of the case says of it.
pub fn found_in(path: &Path) -> (Vec<Finding>, String, String) {
    let text = std::fs::read_to_string(path).unwrap();
    let found = planned(path)
        .map(|_| ())
        .expect_err(&path.display().to_string());
    let codes: Vec<String> = found
        .iter()
        .map(|finding| match finding.line {
            Some(line) => format!("{} {line}", finding.code),
            None => finding.code.to_owned(),
        })
        .collect();
    let wanted = said(&text, "指摘:").unwrap_or_default().to_owned();
    (found, codes.join("、"), wanted)
}

struct Walk {
    done: Vec<String>,
    skipped: Vec<String>,
}

/// The case once more, by hand and not through `simulate`: which steps were done, and which not.
fn run(script: &Script, plan: &Plan, habits: &Habits, path: &Path) -> Walk {
    let calendar = Calendar::national();
    let parameters = crate::support::beside(path).unwrap();
    let mut state = State::default();
    let mut done = Vec::new();
    while let Some(act) = next_act(&state, plan, habits, &calendar) {
        let command = match act.deed {
            simulate::Deed::Command(command) => command,
            simulate::Deed::Work(work) => {
                let outcome = match work.kind {
                    workflows::WorkKind::Gate => {
                        let (asked, answered) = (habits.asked.into(), habits.answered().into());
                        let facts = gate_facts(asked, answered, work.key.round);
                        script.gate(&work.name, &facts, &parameters).unwrap()
                    }
                    _ => "done".to_owned(),
                };
                Command::Settle {
                    key: work.key,
                    outcome,
                    input_hash: None,
                }
            }
        };
        for record in decide(&state, plan, command, &act.at, &calendar).unwrap() {
            apply(&mut state, &record);
            if let Event::StepSettled {
                key,
                how: How::Done,
                ..
            } = &record.event
            {
                done.push(key.to_string());
            }
        }
    }
    let skipped = plan.steps.iter().filter(|step| {
        let turns = state.steps.get(&step.id).into_iter().flat_map(|items| items.values());
        turns.clone().count() == 0
            || turns.clone().any(|turn| {
                matches!(&turn.status, workflows::Status::Settled(settled) if settled.how != How::Done)
            })
    });
    Walk {
        skipped: skipped.map(|step| step.id.to_string()).collect(),
        done,
    }
}

fn assumed(text: &str) -> Habits {
    let mut habits = habits();
    for line in text
        .lines()
        .filter_map(|line| line.strip_prefix("// 想定: "))
    {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["未回答", share] => habits.never_answer = share.parse().unwrap(),
            ["差戻し", step] => {
                habits.sent_back_once.insert((*step).to_owned());
            }
            ["一覧", list, items @ ..] => {
                let items = items.iter().map(|item| (*item).to_owned()).collect();
                habits.lists.insert((*list).to_owned(), items);
            }
            other => panic!("想定がわかりません: {other:?}"),
        }
    }
    habits
}

fn said<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix("// ")?.strip_prefix(word))
        .map(str::trim)
}

#[test]
fn a_dry_run_from_the_middle_of_a_cycle_is_the_rest_of_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/survey.rhai");
    let (script, parameters, plan) = planned(&path).unwrap();
    let (habits, calendar) = (habits(), Calendar::national());
    let dry_run =
        |state| simulate::simulate(&script, &parameters, &plan, &habits, &calendar, state);
    let whole = dry_run(State::default());
    let mut state = State::default();
    let mut passed = 0;
    while let Some(act) = next_act(&state, &plan, &habits, &calendar).filter(|_| passed < 5) {
        let command = match act.deed {
            simulate::Deed::Command(command) => command,
            simulate::Deed::Work(work) => Command::Settle {
                key: work.key,
                outcome: "done".to_owned(),
                input_hash: None,
            },
        };
        for record in decide(&state, &plan, command, &At::new(act.at.instant), &calendar).unwrap() {
            apply(&mut state, &record);
        }
        passed += 1;
    }
    let rest = dry_run(state).entries;
    assert!(!rest.is_empty() && rest.len() < whole.entries.len());
    assert_eq!(whole.entries[whole.entries.len() - rest.len()..], rest);
}
