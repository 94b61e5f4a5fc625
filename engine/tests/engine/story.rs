//! A year on a real store: people keep their habits, and the responses of the cases come in on time.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::Pack;
use engine::year::{Act, Source, Submission, Year};
use forms::Answers;
use serde::Deserialize;
use store::Store;
use workflows::simulate::{Act as Habit, Deed, next_act};
use workflows::{Command, State};

/// One response of a `.jsonl` file.
#[derive(Clone, Deserialize)]
pub struct Line {
    pub respondent: String,
    pub at: DateTime<Utc>,
    pub source: Source,
    pub answers: Answers,
}

impl Line {
    pub fn all(path: &Path) -> Vec<Line> {
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Opens a municipality on a new store in a folder.
pub async fn open(folder: &Path, pack: Arc<Pack>, at: DateTime<Utc>) -> Year {
    Year::open(Store::open(folder).unwrap(), pack, at)
        .await
        .unwrap()
}

/// What happens next in the first cycle of the pack, if anything does.
pub async fn next(year: &Year) -> Option<Habit> {
    let definition = &year.pack.cycles[0];
    let turn = definition.turn();
    let habits = year.pack.habits(definition);
    let started = year.state(|state| state.cycles.get(&turn).cloned());
    let (state, plan) = match started {
        Some(state) => (state, year.plan(&turn).await.unwrap()),
        None => (
            State::default(),
            Arc::new(definition.script.plan(&definition.parameters).unwrap()),
        ),
    };
    next_act(&state, &plan, &habits, &year.calendar())
}

/// Lets it happen.
pub async fn carry_out(year: &Year, next: Habit) {
    let definition = &year.pack.cycles[0];
    let turn = definition.turn();
    let act = Act::new(next.at.instant, "test");
    match next.deed {
        Deed::Work(_) => year.work(&act).await.unwrap(),
        Deed::Command(Command::Start { by, .. }) => {
            year.start_cycle(&act, &definition.id, by).await.unwrap();
        }
        Deed::Command(Command::Signal { name, key, .. }) if name == "meeting.closed" => {
            year.signal(&act, &turn, "meeting.closed", &key)
                .await
                .unwrap();
        }
        Deed::Command(command) => year.command(&act, &turn, command).await.unwrap(),
    }
    let failed = year.state(|state| {
        let steps = state
            .cycles
            .get(&turn)
            .into_iter()
            .flat_map(|cycle| &cycle.steps);
        steps
            .flat_map(|(_, items)| items.values())
            .find_map(|turn| match &turn.status {
                workflows::Status::Open(open) if open.attempts > 0 => Some(format!("{turn:?}")),
                _ => None,
            })
    });
    assert_eq!(failed, None, "a step of the cycle failed");
}

/// Plays the whole story of a pack's cases.
pub async fn play(year: &Year, cases: &Path) {
    #[derive(Deserialize)]
    struct Script {
        until: DateTime<Utc>,
        responses: Vec<Responses>,
    }
    #[derive(Deserialize)]
    struct Responses {
        survey: String,
        file: String,
    }
    let script: Script =
        serde_json::from_str(&fs::read_to_string(cases.join("year.json")).unwrap()).unwrap();
    let mut told: Vec<(String, Line)> = Vec::new();
    for Responses { survey, file } in script.responses {
        let survey = year.pack.survey(&survey).unwrap().turn();
        told.extend(
            Line::all(&cases.join(file))
                .into_iter()
                .map(|line| (survey.clone(), line)),
        );
    }
    told.sort_by_key(|(_, line)| line.at);
    told.reverse();
    loop {
        let next = next(year)
            .await
            .filter(|next| next.at.instant <= script.until);
        let until = next.as_ref().map_or(script.until, |next| next.at.instant);
        if let Some((survey, line)) = told.pop_if(|(_, line)| line.at <= until) {
            let submission = Submission {
                answers: line.answers,
                source: line.source,
                apart: None,
            };
            year.submit(
                &Act::new(line.at, "test"),
                &survey,
                &line.respondent,
                submission,
            )
            .await
            .unwrap();
            continue;
        }
        let Some(next) = next else { break };
        carry_out(year, next).await;
    }
    told.retain(|(_, line)| line.at <= script.until);
    assert!(
        told.is_empty(),
        "{} responses were never asked for",
        told.len()
    );
}
