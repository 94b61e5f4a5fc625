//! Random plans, random people, random mischief.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use proptest::sample::Index;
use workflows::simulate::{Deed, Habits, Warning, next_act};
use workflows::{
    Actor, At, Calendar, Command, Key, Parameters, Phase, Plan, Record, Script, State, apply,
    children, decide, explain, gate_facts, next_wake, open_collections, open_incidents, open_tasks,
    open_work, read, simulate,
};

use crate::support::{ROLES, habits, parameters, vocabulary};

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the check accepts reaches its end, whoever is late and whatever is sent back, or else waits and
    /// says for what.
    #[test]
    fn every_accepted_plan_reaches_its_end_or_says_what_it_waits_for(text in script(), sent_back in any::<bool>(), share in 0_u32..100) {
        let Some((script, parameters, plan)) = accepted(&text) else { return Ok(()) };
        let mut habits = Habits { never_answer: share, ..habits() };
        if sent_back {
            habits.sent_back_once = plan.steps.iter().map(|step| step.id.to_string()).collect();
        }
        let timeline =
            simulate::simulate(&script, &parameters, &plan, &habits, &Calendar::national(), State::default());
        let waits = timeline.warnings.iter().any(|warning| {
            matches!(warning, Warning::Stopped { why } if why.contains("まだその時でない") && why.contains('「'))
        });
        prop_assert!(timeline.completed || waits, "{text}\n{timeline}");
    }

    /// Any commands in any order at any time: no panic, refusals change nothing, and the fold of the
    /// records, also after a trip through JSON, is the live state.
    #[test]
    fn the_fold_of_the_records_is_the_live_state(
        text in script(),
        acts in prop::collection::vec((0_u8..26, any::<Index>(), -3_i64..40, 0_u32..4), 1..120),
    ) {
        let Some((_, _, plan)) = accepted(&text) else { return Ok(()) };
        let calendar = Calendar::national();
        let mut state = State::default();
        let mut records: Vec<Record> = Vec::new();
        let mut instant: DateTime<Utc> = "2026-05-30T00:00:00Z".parse().unwrap();
        for (verb, index, days, number) in acts {
            instant += Duration::days(days);
            let command = command(&state, &plan, &calendar, verb, index, number);
            match decide(&state, &plan, command, &At::new(instant), &calendar) {
                Ok(batch) => {
                    batch.iter().for_each(|record| apply(&mut state, record));
                    records.extend(batch);
                }
                Err(refusal) => prop_assert!(!refusal.to_string().is_empty()),
            }
            ask_everything(&state, &plan);
            every_wait_has_a_reason(&state, &plan);
        }
        let json = serde_json::to_string(&records).unwrap();
        let read: Vec<Record> = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &records);
        let mut folded = State::default();
        read.iter().for_each(|record| apply(&mut folded, record));
        prop_assert_eq!(&folded, &state);
        let json = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(&serde_json::from_str::<State>(&json).unwrap(), &state);
        ask_everything(&state, &plan);
    }

    /// A record that does not fit changes what it can and never panics.
    #[test]
    fn folding_is_total(text in script(), order in prop::collection::vec(any::<Index>(), 1..60)) {
        let Some((script, parameters, plan)) = accepted(&text) else { return Ok(()) };
        let records = lived(&script, &parameters, &plan);
        let mut state = State::default();
        for index in order {
            apply(&mut state, &records[index.index(records.len())]);
            ask_everything(&state, &plan);
        }
        let at = At::new("2027-01-01T00:00:00Z".parse().unwrap());
        // Whatever that state is, deciding on it ends.
        assert!(decide(&state, &plan, Command::Tick, &at, &Calendar::national()).is_ok() || state.plan != plan.hash);
    }
}

pub fn ask_everything(state: &State, plan: &Plan) {
    let answers = [
        format!("{:?}", open_work(state, plan)),
        format!("{:?}", open_tasks(state, plan)),
        format!("{:?}", open_collections(state, plan)),
        format!("{:?}", open_incidents(state, plan)),
        format!("{:?}", children(state, plan)),
        format!("{:?}", next_wake(state)),
    ];
    assert!(answers.iter().all(|answer| !answer.is_empty()));
    for step in &plan.steps {
        assert!(!explain(state, plan, &step.id).is_empty());
    }
}

/// In a state that was lived, whatever has not begun says what it waits for.
fn every_wait_has_a_reason(state: &State, plan: &Plan) {
    for step in &plan.steps {
        let why = explain(state, plan, &step.id);
        assert!(!why.contains("まもなく"), "{}: {why}\n{state:#?}", step.id);
    }
    let mut timers: Vec<_> = state
        .timers
        .iter()
        .map(|timer| (&timer.key, timer.kind))
        .collect();
    let all = timers.len();
    timers.sort();
    timers.dedup();
    assert_eq!(timers.len(), all, "a turn has one timer of a kind");
}

pub fn accepted(text: &str) -> Option<(Script, Parameters, Plan)> {
    let parameters =
        parameters("parameters.json", include_str!("../cases/parameters.json")).unwrap();
    let script = read("random.rhai", text, &vocabulary())
        .unwrap_or_else(|found| panic!("{text}\n{found:#?}"));
    let plan = script.plan(&parameters).ok()?;
    Some((script, parameters, plan))
}

/// The records of a whole dry run.
fn lived(script: &Script, parameters: &Parameters, plan: &Plan) -> Vec<Record> {
    let (habits, calendar) = (habits(), Calendar::national());
    let mut state = State::default();
    let mut records = Vec::new();
    while let Some(act) = next_act(&state, plan, &habits, &calendar) {
        let command = match act.deed {
            Deed::Command(command) => command,
            Deed::Work(work) => {
                let facts = gate_facts(100, 50, work.key.round);
                let outcome = script.gate(&work.name, &facts, parameters);
                let outcome = outcome.unwrap_or_else(|_| "done".to_owned());
                Command::Settle {
                    key: work.key,
                    outcome,
                    input_hash: None,
                }
            }
        };
        let batch = decide(&state, plan, command.clone(), &act.at, &calendar).unwrap();
        assert!(!batch.is_empty(), "{command:?} changes nothing");
        batch.iter().for_each(|record| apply(&mut state, record));
        records.extend(batch);
    }
    let waits = !state.waiting_gates.is_empty();
    assert!(state.phase == Phase::Completed || waits);
    records
}

/// Half of the time something sensible, otherwise anything.
pub fn command(
    state: &State,
    plan: &Plan,
    calendar: &Calendar,
    verb: u8,
    index: Index,
    number: u32,
) -> Command {
    let step = &plan.steps[index.index(plan.steps.len())];
    let item = ["", "北部", "南部", "甲"][number as usize % 4];
    let present = state.key(&step.id, item).round;
    let key = Key::new(step.id.as_str(), item, (present + number).saturating_sub(1));
    let present_key = state.key(&step.id, if number == 0 { "" } else { item });
    let role = step
        .roles()
        .first()
        .cloned()
        .unwrap_or_else(|| ROLES[index.index(ROLES.len())].to_owned());
    let mut by = Actor::new(["山田", "鈴木"][number as usize % 2], role);
    by.on_behalf_of = (number == 3).then(|| "高橋".to_owned());
    let outcome = ["done", "approved", "sendback", "low"][number as usize % 4].to_owned();
    match verb {
        0..8 => match next_act(state, plan, &habits(), calendar).map(|act| act.deed) {
            Some(Deed::Command(command)) => command,
            Some(Deed::Work(work)) if number == 0 => Command::Fail {
                key: work.key,
                message: "故障".to_owned(),
            },
            Some(Deed::Work(work)) => {
                let outcome = if number == 1 { "ok" } else { "low" }.to_owned();
                Command::Settle {
                    key: work.key,
                    outcome,
                    input_hash: None,
                }
            }
            None => Command::Tick,
        },
        8 => Command::Claim { key, by },
        9 => Command::Release { key, by },
        10 => Command::Complete {
            key,
            by,
            outcome,
            comment: (number > 1).then(|| "理由".to_owned()),
        },
        11 => Command::Settle {
            key,
            outcome,
            input_hash: None,
        },
        12 => Command::Fail {
            key,
            message: "故障".to_owned(),
        },
        13 => Command::Retry { key, by },
        14 => {
            let to = "2026-07-31".parse::<chrono::NaiveDate>().unwrap()
                + Duration::days(i64::from(number) * 20 - 30);
            Command::MoveDate {
                field: "close".to_owned(),
                to,
                by,
                reason: "変更".to_owned(),
            }
        }
        15..=16 => Command::Cancel {
            key,
            by,
            reason: "取りやめ".to_owned(),
        },
        24 if number == 1 => Command::Suspend {
            by,
            reason: "休止".to_owned(),
        },
        25 => Command::Resume {
            by,
            reason: "再開".to_owned(),
        },
        17..=18 => Command::PullBack {
            key: present_key,
            by,
        },
        19..=20 => Command::AddItem {
            list: "growing".to_owned(),
            item: ["甲", "乙", "丙", ""][number as usize % 4].to_owned(),
            by,
        },
        21 => Command::Signal {
            name: "meeting.closed".to_owned(),
            key: format!("m{number}"),
            dedup: None,
        },
        22 if number == 0 && index.index(8) == 0 => Command::Terminate {
            by,
            reason: "廃止".to_owned(),
        },
        _ => Command::SetList {
            list: ["decisions", "growing"][number as usize % 2].to_owned(),
            items: vec!["甲".to_owned()],
        },
    }
}

/// A script in which every step may follow any steps before it.
pub fn script() -> impl Strategy<Value = String> {
    let step = (
        0_u8..17,
        any::<Index>(),
        any::<Index>(),
        any::<[bool; 10]>(),
    );
    prop::collection::vec(step, 1..12).prop_map(|steps| {
        let mut lines = Vec::new();
        let mut kinds: Vec<u8> = Vec::new();
        for (number, (kind, first, second, flags)) in steps.iter().enumerate() {
            lines.push(line(number, *kind, first, second, flags, &kinds));
            kinds.push(*kind);
        }
        // A loop that is spent needs a way on; a gate that says 「low」 too.
        for (number, kind) in kinds.iter().enumerate() {
            if *kind == 6 {
                lines.push(format!(
                    "step(\"s{number}x\").when(\"s{number}\", \"ok\").or_when(\"s{number}l\", \"spent\").compute(\"map\")"
                ));
            }
        }
        let gate = "fn rate_gate(s, c) { if s.answered * 100 >= s.asked * c.rate_min { \"ok\" } else { \"low\" } }";
        let wait = "fn wait_gate(s, c) { if s.answered * 2 >= s.asked { \"ok\" } else { \"wait\" } }";
        format!("fn plan(c) {{[\n{}\n]}}\n{gate}\n{wait}", lines.join(",\n"))
    })
}

fn line(
    number: usize,
    kind: u8,
    first: &Index,
    second: &Index,
    flags: &[bool; 10],
    kinds: &[u8],
) -> String {
    let before = |index: &Index| index.index(number);
    let mut follows = String::new();
    if number > 0 && (flags[0] || kind == 6) {
        let (a, b) = (before(first), before(second));
        let word = if flags[1] { "after_any" } else { "after" };
        follows = match a == b {
            true => format!(".after(\"s{a}\")"),
            false => format!(".{word}([\"s{a}\", \"s{b}\"])"),
        };
    }
    if number > 0 && flags[2] && kind != 6 && kinds[before(second)] == 6 {
        follows.push_str(&format!(".when(\"s{}\", \"ok\")", before(second)));
    }
    let per = match (flags[3], flags[4], flags[6]) {
        (true, true, _) => ".per(c.blocks)",
        (true, false, true) if number > 0 => ".per(\"growing\").open_until(\"s0\")",
        (true, false, _) => ".per(\"decisions\")",
        _ => "",
    };
    let mut head = format!("step(\"s{number}\"){follows}");
    if ![6, 7, 16].contains(&kind) {
        match (flags[6], flags[7], flags[8]) {
            (true, true, true) => head.push_str(".unskippable()"),
            (false, true, true) => head.push_str(".alone(\"公用車\")"),
            (true, true, false) if number > 0 => {
                head.push_str(&format!(".withdraw(\"s{}\")", before(second)));
            }
            _ => {}
        }
        // Refused where the step before is there only once.
        if flags[9] && flags[0] && !flags[1] && number > 0 && before(first) == before(second) {
            head.push_str(".share(60)");
        }
    }
    let back = match number > 0 && !follows.is_empty() && flags[5] {
        true => format!(".sendback(\"s{}\")", before(first)),
        false => String::new(),
    };
    match kind {
        0 => {
            format!("{head}{per}.task(\"事務局\").due(c.close.bdays(-3)).escalate(bdays(2)){back}")
        }
        1 => format!("{head}{per}.approval([\"課長\", \"会長\"]){back}"),
        2 => format!("{head}.approval([\"課長\", \"会長\", \"部長\"]).need(2){back}"),
        3 => format!("{head}{per}.effect(\"survey.open\", \"survey\").at(c.close)"),
        4 => format!("{head}{per}.collect(\"survey\").closes(c.close)"),
        5 => format!("{head}.wait_for(\"meeting.closed\", \"m{number}\")"),
        6 if number > 0 && !follows.is_empty() => {
            let target = before(first);
            format!(
                "{head}.gate(\"rate_gate\"),\nstep(\"s{number}l\").when(\"s{number}\", \"low\").reopen(\"s{target}\").max(2)"
            )
        }
        6 => format!(
            "{head}.gate(\"rate_gate\"),\nstep(\"s{number}l\").when(\"s{number}\", \"low\").reopen(\"s{number}\").max(2)"
        ),
        7 if number > 0 => {
            let open = before(first);
            format!(
                "step(\"s{number}\").while_open(\"s{open}\").at(c.close.bdays(-7)).effect(\"mail.unanswered\")"
            )
        }
        8 => format!("{head}.carry(\"open_items\")"),
        10 => format!("{head}{per}.owners([\"事務局\", \"担当課\"]){back}"),
        11 => format!("{head}{per}.cycle(\"subcommittee\")"),
        12 => format!("{head}{per}.wait_for(\"levels.received\").closes(c.close)"),
        13 => format!("{head}{per}.wait_for(\"meeting.closed\", \"m{number}\").fresh()"),
        14 => format!("{head}{per}.gate(\"wait_gate\")"),
        // Reviews of which a share is enough.
        15 => format!(
            "{head}{per}.task(\"担当課\"),\nstep(\"s{number}y\").after(\"s{number}\"){}.compute(\"map\")",
            if per.is_empty() { "" } else { ".share(60)" }
        ),
        16 if flags[7] && flags[8] => format!("{head}.end_cycle()"),
        _ => format!("{head}{per}.compute(\"tally\")"),
    }
}
