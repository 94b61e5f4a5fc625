//! The cycles of all packs, run dry: each reaches its end, on the days that `packs.txt` counts by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use workflows::simulate::{Habits, Timeline, simulate};
use workflows::{Calendar, State, Vocabulary, read};

use crate::support::{name, parameters, vocabulary};

#[test]
fn every_cycle_of_every_pack_reaches_its_end() {
    insta::glob!("../../../municipalities", "*/cycles/*.json", |path| {
        let timeline = dry_run(path, Habits::default());
        assert!(timeline.completed, "{timeline}");
        insta::assert_snapshot!(timeline);
    });
}

#[test]
fn things_happen_on_the_days_that_were_counted_by_hand() {
    for line in include_str!("packs.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [cycle, assumed, step, day, ..] = words.as_slice() else {
            panic!("{line}")
        };
        let (slug, cycle) = cycle.split_once('/').unwrap();
        let path = packs()
            .join(slug)
            .join("cycles")
            .join(cycle)
            .with_extension("json");
        let mut habits = Habits::default();
        match assumed.split_once(':') {
            Some(("未回答", share)) => habits.never_answer = share.parse().unwrap(),
            Some(("差戻し", step)) => {
                habits.sent_back_once.insert(step.to_owned());
            }
            _ => assert_eq!(*assumed, "-"),
        }
        let timeline = dry_run(&path, habits);
        assert!(timeline.completed, "{line}");
        let days: BTreeMap<String, String> = timeline
            .entries
            .iter()
            .filter_map(|entry| Some((entry.step.as_ref()?.to_string(), entry.on.to_string())))
            .collect();
        assert_eq!(days.get(*step).map(String::as_str), Some(*day), "{line}");
    }
}

fn packs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../municipalities")
}

fn dry_run(path: &Path, habits: Habits) -> Timeline {
    let text = |path: &Path| {
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
    };
    let parameters =
        parameters(&name(path), &text(path)).unwrap_or_else(|found| panic!("{found:#?}"));
    let municipality: serde_json::Value =
        serde_json::from_str(&text(&path.with_file_name("../municipality.json"))).unwrap();
    let roles = municipality["roles"].as_array().unwrap();
    let roles = roles
        .iter()
        .map(|role| role["name"].as_str().unwrap().to_owned());
    let words = Vocabulary {
        roles: roles.collect(),
        ..vocabulary()
    };
    let habits = Habits {
        holders: words
            .roles
            .iter()
            .map(|role| (role.clone(), vec![format!("{role}の人")]))
            .collect(),
        ..habits
    };
    let script = text(&path.with_file_name(parameters.script()));
    let script =
        read(parameters.script(), &script, &words).unwrap_or_else(|found| panic!("{found:#?}"));
    let plan = script
        .plan(&parameters)
        .unwrap_or_else(|found| panic!("{found:#?}"));
    simulate(
        &script,
        &parameters,
        &plan,
        &habits,
        &Calendar::national(),
        State::default(),
    )
}
