//! One command against a running cycle of 40 steps, and the fold of its records.

use std::hint::black_box;

use authoring::Source;
use criterion::{Criterion, criterion_group, criterion_main};
use workflows::simulate::{Deed, Habits, next_act};
use workflows::{
    Calendar, Command, Parameters, Plan, Record, State, Vocabulary, apply, decide, open_tasks, read,
};

const STEPS: usize = 40;

fn benches(criterion: &mut Criterion) {
    let (plan, calendar, habits) = (plan(), Calendar::national(), Habits::default());
    let mut state = State::default();
    let mut records: Vec<Record> = Vec::new();
    let mut middle = None;
    while let Some(act) = next_act(&state, &plan, &habits, &calendar) {
        let Deed::Command(command) = act.deed else {
            unreachable!("the plan has tasks only")
        };
        if open_tasks(&state, &plan)
            .iter()
            .any(|task| task.title == format!("s{}", STEPS / 2))
            && middle.is_none()
        {
            middle = Some((state.clone(), command.clone(), act.at));
        }
        let batch =
            decide(&state, &plan, command, &act.at, &calendar).expect("habits do what is allowed");
        batch.iter().for_each(|record| apply(&mut state, record));
        records.extend(batch);
    }
    let (before, command, at) = middle.expect("the middle step is reached");
    assert!(matches!(command, Command::Complete { .. }));

    criterion.bench_function(
        "decide: complete a task in the middle of 40 steps",
        |bencher| {
            bencher.iter(|| decide(black_box(&before), &plan, command.clone(), &at, &calendar));
        },
    );
    criterion.bench_function(
        &format!("apply: fold {} records", records.len()),
        |bencher| {
            bencher.iter(|| {
                let mut state = State::default();
                black_box(&records)
                    .iter()
                    .for_each(|record| apply(&mut state, record));
                state
            });
        },
    );
}

fn plan() -> Plan {
    let json = r#"{ "title": "試行", "script": "bench.rhai", "unit": "event",
        "fields": [{ "id": "start", "title": "開始", "type": "date", "value": "2026-04-01" }] }"#;
    let parameters = Source::json("bench.json", json).map(|source| Parameters::read(&source));
    let parameters = parameters.expect("valid").expect("valid");
    let steps: Vec<String> = (0..STEPS)
        .map(|number| {
            let after = number
                .checked_sub(1)
                .map_or(String::new(), |before| format!(".after(\"s{before}\")"));
            format!("step(\"s{number}\"){after}.task(\"事務局\")")
        })
        .collect();
    let text = format!("fn plan(c) {{[ {} ]}}", steps.join(",\n"));
    let vocabulary = Vocabulary {
        roles: vec!["事務局".to_owned()],
        ..Vocabulary::default()
    };
    read("bench.rhai", &text, &vocabulary)
        .and_then(|script| script.plan(&parameters))
        .expect("valid")
}

criterion_group!(all, benches);
criterion_main!(all);
