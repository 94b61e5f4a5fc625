//! The cycles of all packs, run dry: each reaches its end, on the days that `packs.txt` counts by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use workflows::simulate::{Habits, Timeline, simulate};
use workflows::{Calendar, Kind, State, Vocabulary, read};

use crate::support::{name, parameters, vocabulary};

#[test]
fn every_cycle_of_every_pack_reaches_its_end() {
    insta::glob!("../../../municipalities", "*/cycles/*.json", |path| {
        let timeline = dry_run(path, Habits::default());
        assert!(timeline.completed, "{}: {timeline}", path.display());
        // Those of which a whole year is told are kept word for word.
        if path.with_file_name("../cases/year.json").is_file() {
            insta::assert_snapshot!(timeline);
        }
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
        cycles: cycles(path).collect(),
        ..vocabulary()
    };
    let script = text(&script_of(path, parameters.script()));
    let script =
        read(parameters.script(), &script, &words).unwrap_or_else(|found| panic!("{found:#?}"));
    let plan = script
        .plan(&parameters)
        .unwrap_or_else(|found| panic!("{found:#?}"));
    let ends = plan.steps.iter().filter_map(|step| match &step.kind {
        Kind::Cycle { name } => {
            let child = path.with_file_name(name).with_extension("json");
            let entries = dry_run(&child, Habits::default()).entries;
            Some((name.clone(), entries.iter().map(|entry| entry.on).max()?))
        }
        _ => None,
    });
    let habits = Habits {
        child_ends: ends.collect(),
        holders: words
            .roles
            .iter()
            .map(|role| (role.clone(), vec![format!("{role}の人")]))
            .collect(),
        ..habits
    };
    simulate(
        &script,
        &parameters,
        &plan,
        &habits,
        &Calendar::national(),
        State::default(),
    )
}

/// The script of a cycle: the pack's own, or the base's.
fn script_of(path: &Path, script: &str) -> PathBuf {
    let own = path.with_file_name(script);
    let base = packs().join("../engine/base/cycles").join(script);
    if own.is_file() { own } else { base }
}

/// The names of the cycles of the pack to which a cycle belongs.
fn cycles(path: &Path) -> impl Iterator<Item = String> {
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
}
