//! The dry run of a fiscal year: every cycle of every pack. Target: under 50 ms each.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use authoring::Source;
use criterion::{Criterion, criterion_group, criterion_main};
use workflows::simulate::{Habits, simulate};
use workflows::{Calendar, Parameters, State, Vocabulary, read};

fn dry_run(criterion: &mut Criterion) {
    let calendar = Calendar::national();
    for path in cycles() {
        let text = |path: &Path| std::fs::read_to_string(path).expect("the file was listed");
        let source = Source::json("cycle.json", &text(&path)).expect("packs are valid");
        let parameters = Parameters::read(&source).expect("packs are valid");
        let municipality = text(&path.with_file_name("../municipality.json"));
        let municipality: serde_json::Value =
            serde_json::from_str(&municipality).expect("packs are valid");
        let roles = municipality["roles"].as_array().into_iter().flatten();
        let roles = roles.filter_map(|role| role["name"].as_str().map(str::to_owned));
        let vocabulary = Vocabulary {
            roles: roles.collect(),
            ..words()
        };
        let script = text(&path.with_file_name(parameters.script()));
        let label = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();

        criterion.bench_function(&format!("{label}: script to plan"), |bencher| {
            bencher.iter(|| {
                let script =
                    read("cycle.rhai", black_box(&script), &vocabulary).expect("packs are valid");
                script.plan(&parameters).expect("packs are valid")
            });
        });
        let script = read("cycle.rhai", &script, &vocabulary).expect("packs are valid");
        let plan = script.plan(&parameters).expect("packs are valid");
        let habits = Habits::default();
        criterion.bench_function(&format!("{label}: dry run of the whole cycle"), |bencher| {
            bencher.iter(|| {
                let state = State::default();
                let timeline = simulate(
                    &script,
                    &parameters,
                    black_box(&plan),
                    &habits,
                    &calendar,
                    state,
                );
                assert!(timeline.completed);
                timeline
            });
        });
    }
}

fn words() -> Vocabulary {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Vocabulary {
        roles: Vec::new(),
        effects: words(&[
            "survey.publish",
            "survey.open",
            "mail.invitation",
            "mail.unanswered",
            "papers.dispatch",
        ]),
        computes: words(&["tally", "indicators", "map", "agenda", "papers"]),
        signals: words(&["levels.received", "meeting.closed"]),
        cycles: Vec::new(),
    }
}

fn cycles() -> Vec<PathBuf> {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../municipalities");
    let folders = |path: &Path| {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let files = folders(&packs)
        .into_iter()
        .flat_map(|pack| folders(&pack.join("cycles")));
    files
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect()
}

criterion_group!(benches, dry_run);
criterion_main!(benches);
