//! Adopting another plan: taken back by adopting the plan before it, small records, and any plan in the middle
//! of any life.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use proptest::sample::Index;
use workflows::simulate::{Deed, next_act};
use workflows::{
    Actor, Adoption, At, Calendar, Command, Event, Key, Phase, Plan, Record, Refusal, State,
    Status, TimerKind, apply, decide, explain, open_incidents, open_tasks, preview,
};

use crate::random::{accepted, ask_everything, command, script};
use crate::support::{case, habits};

fn adoption(plan: &Plan, cancel: Vec<Key>) -> Command {
    Command::Adopt(Box::new(Adoption {
        plan: plan.clone(),
        cancel,
        by: Actor::new("山田", "事務局"),
        reason: "計画を見直したため".to_owned(),
    }))
}

/// With everything cancelled that has to be.
fn adopted(state: &State, old: &Plan, new: &Plan, at: &At) -> Result<Vec<Record>, Refusal> {
    let calendar = Calendar::national();
    let seen = preview(state, old, new, &calendar, at)?;
    assert!(!seen.to_string().is_empty());
    assert!(!serde_json::to_string(&seen).unwrap().is_empty());
    let cancel: Vec<Key> = seen.choices.into_iter().map(|choice| choice.key).collect();
    let unchosen = decide(state, old, adoption(new, Vec::new()), at, &calendar);
    assert_eq!(
        matches!(unchosen, Err(Refusal::ChoiceRequired { .. })),
        !cancel.is_empty()
    );
    decide(state, old, adoption(new, cancel), at, &calendar)
}

fn folded(state: &State, records: &[Record]) -> State {
    let mut state = state.clone();
    records.iter().for_each(|record| apply(&mut state, record));
    state
}

/// Lives a plan until a step opens.
fn until(plan: &Plan, step: &str) -> State {
    let (habits, calendar) = (habits(), Calendar::national());
    let mut state = State::default();
    while !state
        .open_keys()
        .iter()
        .any(|key| key.step.as_str() == step)
    {
        let act = next_act(&state, plan, &habits, &calendar).unwrap();
        let command = match act.deed {
            Deed::Command(command) => command,
            Deed::Work(work) => settled(work.key, "done"),
        };
        state = folded(
            &state,
            &decide(&state, plan, command, &act.at, &calendar).unwrap(),
        );
    }
    state
}

fn settled(key: Key, outcome: &str) -> Command {
    Command::Settle {
        key,
        outcome: outcome.to_owned(),
        input_hash: None,
    }
}

#[test]
fn adopting_the_old_plan_again_takes_it_back() {
    let (_, _, old) = case("survey.rhai");
    let (_, _, later) = case("adopted/survey_later.rhai");
    for open in ["design", "approve", "publish"] {
        let before = until(&old, open);
        let at = At::new(before.latest.unwrap());
        let with = folded(&before, &adopted(&before, &old, &later, &at).unwrap());
        assert_eq!(
            (with.plan.as_str(), with.dates.len()),
            (later.hash.as_str(), 4)
        );
        let back = folded(&with, &adopted(&with, &later, &old, &at).unwrap());
        assert_eq!(
            State {
                records: before.records,
                ..back
            },
            before,
            "{open}"
        );
    }
}

/// An approval that the plan leaves out and that comes back is asked for anew, from its first role on.
#[test]
fn what_was_withdrawn_comes_back_as_its_next_round() {
    let (_, _, old) = case("survey.rhai");
    let (_, _, without) = case("adopted/survey_unapproved.rhai");
    let before = until(&old, "approve");
    let at = At::new(before.latest.unwrap());
    let with = folded(&before, &adopted(&before, &old, &without, &at).unwrap());
    let back = folded(&with, &adopted(&with, &without, &old, &at).unwrap());
    let tasks = |state: &State| -> Vec<(String, String)> {
        let tasks = open_tasks(state, &old).into_iter();
        tasks
            .map(|task| (task.key.to_string(), task.role))
            .collect()
    };
    let pair = |key: &str, role: &str| (key.to_owned(), role.to_owned());
    assert_eq!(tasks(&before), [pair("approve", "課長")]);
    assert_eq!(tasks(&back), [pair("approve#2", "課長")]);
}

/// A plan of 500 steps for another one of 500, with the longest names and reason that are taken.
#[test]
fn a_record_of_an_adoption_stays_below_four_kibibytes() {
    let plan = |letter: &str| {
        let name = |number: usize| format!("{}{number:03}", letter.repeat(61));
        let steps: Vec<String> = (0..500)
            .map(|number| format!("step(\"{}\").task(\"事務局\")", name(number)))
            .collect();
        accepted(&format!("fn plan(c) {{[\n{}\n]}}", steps.join(",\n")))
            .unwrap()
            .2
    };
    let (old, new) = (plan("段"), plan("階"));
    let at = At::new("2026-06-01T00:00:00Z".parse().unwrap());
    let by = Actor::new("山田", "事務局");
    let cycle = "2026".to_owned();
    let start = Command::Start {
        cycle,
        by,
        parent: None,
    };
    let calendar = Calendar::national();
    let state = State::default();
    let state = folded(
        &state,
        &decide(&state, &old, start, &at, &calendar).unwrap(),
    );
    let adopt = |reason: String| {
        let by = Actor::new("山田", "事務局");
        let (plan, cancel) = (new.clone(), state.open_keys());
        let adoption = Adoption {
            plan,
            cancel,
            by,
            reason,
        };
        decide(
            &state,
            &old,
            Command::Adopt(Box::new(adoption)),
            &at,
            &calendar,
        )
    };
    let too_long = adopt("長".repeat(501));
    assert!(matches!(
        too_long,
        Err(Refusal::TooLong { letters: 500, .. })
    ));
    let records = adopt("長".repeat(500)).unwrap();
    let Event::PlanAdopted { diff, .. } = &records[0].event else {
        panic!("{:?}", records[0]);
    };
    assert_eq!(
        (diff.added.count, diff.removed.count, diff.changed.count),
        (500, 500, 0)
    );
    for record in &records {
        assert!(serde_json::to_vec(record).unwrap().len() <= 4_096);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_can_be_adopted_in_the_middle_of_any_life(
        texts in (script(), script()),
        changes in prop::collection::vec((0_u8..8, any::<Index>()), 1..5),
        quite_another in prop::bool::weighted(0.2),
        acts in prop::collection::vec((0_u8..26, any::<Index>(), -3_i64..30, 0_u32..4), 1..60),
        later in prop::collection::vec((0_u8..26, any::<Index>(), -3_i64..30, 0_u32..4), 0..30),
    ) {
        let Some((_, _, old)) = accepted(&texts.0) else { return Ok(()) };
        let new = if quite_another { accepted(&texts.1) } else { changed(&texts.0, &changes) };
        let Some((_, _, new)) = new else { return Ok(()) };
        let mut life = Life::new();
        acts.into_iter().for_each(|act| life.act(&old, act));
        let before = life.state.clone();
        let at = At::new(life.instant);
        match adopted(&before, &old, &new, &at) {
            Err(Refusal::NotStarted | Refusal::Ended | Refusal::Unskippable { .. }) => return Ok(()),
            Err(refusal) => prop_assert!(false, "{refusal}"),
            Ok(records) => {
                undo(&before, &records, &old, &new, &at);
                life.fold(records);
            }
        }
        prop_assert!(still_settled(&before, &life.state), "{}\n{before:#?}\n{:#?}", texts.0, life.state);
        prop_assert_eq!(&life.state.plan, &new.hash);
        ask_everything(&life.state, &new);
        later.into_iter().for_each(|act| life.act(&new, act));
        prop_assert_eq!(&folded(&State::default(), &life.records), &life.state);
        life.finish(&new);
        prop_assert!(ended_or_waits_with_a_reason(&life.state, &new), "{:#?}", life.state);
    }
}

/// The plan of the script with some things different; what the check does not accept is left as it was.
fn changed(
    text: &str,
    changes: &[(u8, Index)],
) -> Option<(workflows::Script, workflows::Parameters, Plan)> {
    let mut text = text.to_owned();
    for (verb, index) in changes {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let steps = lines
            .iter()
            .filter(|line| line.starts_with("step("))
            .count();
        let line = 1 + index.index(steps);
        lines[line] = match verb {
            0 => lines[line].replace("事務局", "担当課"),
            1 => lines[line].replace("c.close", "c.meeting"),
            2 => lines[line]
                .replace("bdays(-3)", "bdays(-9)")
                .replace("bdays(2)", "bdays(9)"),
            3 => lines[line].replace(".compute(\"tally\")", ".carry(\"open_items\")"),
            4 => lines[line].replace("c.blocks", "[\"南部\", \"東部\"]"),
            5 => lines[line].replace("\"課長\", \"会長\"", "\"部長\", \"課長\""),
            6 => format!("step(\"new{line}\").task(\"会長\"),\n{}", lines[line]),
            _ => String::new(),
        };
        let candidate = lines.join("\n").replace(",\n\n", ",\n");
        if accepted(&candidate).is_some() {
            text = candidate;
        }
    }
    accepted(&text)
}

struct Life {
    state: State,
    records: Vec<Record>,
    instant: DateTime<Utc>,
}

impl Life {
    fn new() -> Life {
        Life {
            state: State::default(),
            records: Vec::new(),
            instant: "2026-05-30T00:00:00Z".parse().unwrap(),
        }
    }

    fn act(&mut self, plan: &Plan, (verb, index, days, number): (u8, Index, i64, u32)) {
        self.instant += Duration::days(days);
        let calendar = Calendar::national();
        let command = command(&self.state, plan, &calendar, verb, index, number);
        let decided = decide(
            &self.state,
            plan,
            command,
            &At::new(self.instant),
            &calendar,
        );
        self.fold(decided.unwrap_or_default());
    }

    fn fold(&mut self, records: Vec<Record>) {
        for record in records {
            assert!(serde_json::to_vec(&record).unwrap().len() <= 4_096);
            apply(&mut self.state, &record);
            self.records.push(record);
        }
    }

    /// People do what they are asked, gates say 「ok」, and nothing fails.
    fn finish(&mut self, plan: &Plan) {
        let (habits, calendar) = (habits(), Calendar::national());
        if let Phase::Suspended = self.state.phase {
            let (by, reason) = (Actor::new("山田", "事務局"), "再開".to_owned());
            let resume = Command::Resume { by, reason };
            let at = At::new(self.instant);
            self.fold(decide(&self.state, plan, resume, &at, &calendar).unwrap());
        }
        for _ in 0..2_000 {
            let Some(act) = next_act(&self.state, plan, &habits, &calendar) else {
                return;
            };
            let command = match act.deed {
                Deed::Command(command) => command,
                Deed::Work(work) if work.kind == workflows::WorkKind::Gate => {
                    settled(work.key, "ok")
                }
                Deed::Work(work) => settled(work.key, "done"),
            };
            let decided = decide(&self.state, plan, command, &act.at, &calendar);
            self.fold(decided.unwrap_or_else(|refusal| panic!("{refusal}")));
        }
        panic!("the life does not end");
    }
}

/// What was settled is so still, or is kept as a round before.
fn still_settled(before: &State, after: &State) -> bool {
    before.steps.iter().all(|(step, items)| {
        items.iter().all(|(item, turn)| {
            let Status::Settled(settled) = &turn.status else {
                return true;
            };
            let now = after.turn(step, item);
            now.is_some_and(|now| {
                now.status == turn.status
                    || now.past.iter().any(|past| {
                        past.round == turn.round
                            && past
                                .settled
                                .as_ref()
                                .is_some_and(|past| past.at == settled.at)
                    })
            })
        })
    })
}

fn ended_or_waits_with_a_reason(state: &State, plan: &Plan) -> bool {
    let reasoned = |sentence: String| !sentence.is_empty() && !sentence.contains("まもなく");
    match state.phase {
        Phase::Completed | Phase::Terminated => true,
        _ => {
            !open_incidents(state, plan).is_empty()
                && plan
                    .steps
                    .iter()
                    .all(|step| reasoned(explain(state, plan, &step.id)))
        }
    }
}

/// Adopting the old plan again at once gives back every open step, unless something went on in between.
fn undo(before: &State, records: &[Record], old: &Plan, new: &Plan, at: &At) {
    let with = folded(before, records);
    let back = match adopted(&with, new, old, at) {
        Ok(back) => back,
        Err(Refusal::Ended | Refusal::Unskippable { .. }) => return,
        Err(refusal) => panic!("{refusal}"),
    };
    let went_on = |record: &Record| {
        matches!(
            record.event,
            Event::StepSettled { .. } | Event::StepReopened { .. }
        )
    };
    // In a suspended cycle what was withdrawn opens when it is resumed.
    if before.phase == Phase::Suspended || records.iter().chain(&back).any(went_on) {
        return;
    }
    let after = folded(&with, &back);
    // Of steps that wait for one another the next has begun in between.
    let alone = |key: &Key| {
        let step = old.step(key.step.as_str());
        step.is_some_and(|step| step.alone.is_some())
    };
    let places = |state: &State| -> BTreeSet<(String, String)> {
        let keys = state.open_keys().into_iter().filter(|key| !alone(key));
        keys.map(|key| (key.step.to_string(), key.item)).collect()
    };
    assert!(
        places(&after).is_superset(&places(before)),
        "{before:#?}\n{after:#?}"
    );
    for key in before.open_keys() {
        let Some(open) = after.open(&key) else {
            continue;
        };
        let (was, roles) = (before.open(&key).unwrap(), |offered: &workflows::Open| {
            offered.offered.keys().cloned().collect::<Vec<_>>()
        });
        assert_eq!((roles(open), &open.decisions), (roles(was), &was.decisions));
        for kind in [TimerKind::Due, TimerKind::Closes, TimerKind::Escalates] {
            if let Some(timer) = before
                .timer(&key, kind)
                .filter(|_| before.dates == after.dates)
            {
                assert_eq!(after.timer(&key, kind), Some(timer));
            }
        }
    }
}
