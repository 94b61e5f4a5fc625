//! Limits: a record is small however much happens at once, and nothing grows without end.

use std::collections::BTreeMap;

use workflows::{
    Actor, At, Calendar, Command, Key, MAX_ITEMS, MAX_ROUNDS, Plan, Record, Refusal, State, apply,
    decide, read,
};

use crate::support::{parameters, vocabulary};

/// Bytes of one record as JSON (CYCLES §8).
const RECORD: usize = 4_096;

struct Running {
    plan: Plan,
    state: State,
}

impl Running {
    fn of(script: &str) -> Running {
        Running::with(script, include_str!("../cases/parameters.json"))
    }

    fn with(script: &str, json: &str) -> Running {
        let parameters = parameters("limits.json", json).unwrap();
        let script = read("limits.rhai", script, &vocabulary()).unwrap();
        let plan = script.plan(&parameters).unwrap();
        let state = State::default();
        let mut running = Running { plan, state };
        let start = Command::Start {
            cycle: "年".repeat(64),
            by: longest_actor("事務局"),
            parent: None,
        };
        running.give(start).unwrap();
        running
    }

    /// Every record is small, and their fold is the state.
    fn give(&mut self, command: Command) -> Result<Vec<Record>, Refusal> {
        let at = At::new("2026-06-01T00:00:00Z".parse().unwrap());
        let records = decide(&self.state, &self.plan, command, &at, &Calendar::national())?;
        for record in &records {
            let json = serde_json::to_string(record).unwrap();
            assert!(json.len() <= RECORD, "{} bytes: {json}", json.len());
            apply(&mut self.state, &serde_json::from_str(&json).unwrap());
        }
        Ok(records)
    }
}

fn longest_actor(role: &str) -> Actor {
    Actor {
        on_behalf_of: Some("代".repeat(64)),
        ..Actor::new("人".repeat(64), role)
    }
}

/// 60 Japanese characters each.
fn items(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("{number:04}{}", "在宅医療介護連携".repeat(7)))
        .collect()
}

const SENT_BACK: &str = r#"fn plan(c) {[
    step("design").task("事務局"),
    step("visits").after("design").per("places").task("事務局").due(c.close).escalate(bdays(3)),
    step("approve").after("design").approval(["課長"]).sendback("design"),
]}"#;

#[test]
fn two_thousand_items_are_listed_and_begun_anew_in_small_records() {
    let mut cycle = Running::of(SENT_BACK);
    let complete = |step: &str, round, by: Actor, outcome: &str| Command::Complete {
        key: Key::new(step, "", round),
        by,
        outcome: outcome.to_owned(),
        comment: Some("理".repeat(499)),
    };
    cycle
        .give(complete("design", 1, longest_actor("事務局"), "done"))
        .unwrap();
    let list = |items| Command::SetList {
        list: "places".to_owned(),
        items,
    };
    assert!(cycle.give(list(items(MAX_ITEMS + 1))).is_err());
    let records = cycle.give(list(items(MAX_ITEMS))).unwrap();
    assert!(records.len() > 2_000 * 4);
    assert_eq!(cycle.state.lists["places"], items(MAX_ITEMS));
    assert_eq!(cycle.state.steps["visits"].len(), MAX_ITEMS);

    let approver = Actor::new("百瀬", "課長");
    cycle
        .give(complete("approve", 1, approver, "sendback"))
        .unwrap();
    let visits = &cycle.state.steps["visits"];
    assert!(visits.values().all(|turn| turn.round == 2));
    assert_eq!(visits.len(), MAX_ITEMS);
    // No timer and no task of the first round is left.
    assert!(cycle.state.timers.is_empty(), "{:?}", cycle.state.timers);
}

#[test]
fn two_hundred_dates_with_long_names_are_kept_in_small_records() {
    let dates: Vec<String> = (0..199)
        .map(|number| {
            let id = format!("{number:03}{}", "日".repeat(61));
            format!(r#"{{"id":"{id}","title":"日付","type":"date","value":"2026-10-05"}}"#)
        })
        .collect();
    let json = format!(
        r#"{{"title":"{}","script":"limits.rhai","unit":"fiscal_year","fields":[
            {{"id":"year","title":"年度","type":"integer","value":2026}},{}]}}"#,
        "年".repeat(200),
        dates.join(",")
    );
    let cycle = Running::with(r#"fn plan(c) {[ step("design").task("事務局") ]}"#, &json);
    assert_eq!(cycle.state.dates.len(), 199);
    assert_eq!(cycle.state.dates, cycle.plan.dates);
}

#[test]
fn a_growing_list_takes_two_thousand_items_and_no_more() {
    let mut cycle = Running::of(
        r#"fn plan(c) {[
            step("minutes").task("事務局"),
            step("follow_up").per("follow_ups").open_until("minutes").compute("tally"),
        ]}"#,
    );
    let list = "follow_ups".to_owned();
    let items = items(MAX_ITEMS - 1);
    cycle
        .give(Command::SetList {
            list: list.clone(),
            items,
        })
        .unwrap();
    let mut add = |item: &str| {
        cycle.give(Command::AddItem {
            list: list.clone(),
            item: item.to_owned(),
            by: longest_actor("事務局"),
        })
    };
    for unusable in ["", &"長".repeat(101), "改\n行"] {
        assert!(matches!(add(unusable), Err(Refusal::BadList { .. })));
    }
    assert_eq!(add("最後").unwrap().len(), 2);
    assert_eq!(add("最後").unwrap().len(), 0);
    let refusal = add("一つ多い").unwrap_err();
    assert!(refusal.to_string().contains("2,000件"), "{refusal}");
}

#[test]
fn long_texts_are_refused_and_long_messages_are_cut() {
    let mut cycle = Running::of(
        r#"fn plan(c) {[ step("design").task("事務局"), step("tally").compute("tally") ]}"#,
    );
    let cancel = |reason: String| Command::Cancel {
        key: Key::new("design", "", 1),
        by: longest_actor("事務局"),
        reason,
    };
    let refusal = cycle.give(cancel("理".repeat(501))).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "理由や意見が長すぎます。500文字までにしてください。"
    );
    // A control character takes six bytes in a record.
    assert!(cycle.give(cancel("\u{1}".repeat(400))).is_err());
    cycle.give(cancel("理".repeat(499))).unwrap();
    let stranger = Actor::new("人".repeat(65), "事務局");
    let claim = Command::Claim {
        key: Key::new("design", "", 1),
        by: stranger,
    };
    assert!(matches!(cycle.give(claim), Err(Refusal::TooLong { .. })));
    for _ in 0..5 {
        let message = "つながらない\n\u{1}\"".repeat(2_000);
        let key = Key::new("tally", "", 1);
        cycle.give(Command::Fail { key, message }).unwrap();
    }
}

#[test]
fn nothing_is_done_more_than_twenty_times() {
    let mut cycle = Running::of(
        r#"fn plan(c) {[
            step("design").task("事務局"),
            step("check").after("design").task("課長").sendback("design"),
            step("approve").after("check").approval(["部長"]).sendback("check"),
        ]}"#,
    );
    // The two ways back share the rounds of the check.
    let mut back = 0;
    loop {
        let key = |step: &str| cycle.state.key(&workflows::StepId::new(step), "");
        let (step, role, outcome) = match cycle.state.open(&key("design")) {
            Some(_) => ("design", "事務局", "done"),
            None if cycle.state.open(&key("check")).is_some() => {
                let outcome = if back % 2 == 0 { "sendback" } else { "done" };
                ("check", "課長", outcome)
            }
            None => ("approve", "部長", "sendback"),
        };
        back += usize::from(outcome == "sendback");
        let complete = Command::Complete {
            key: key(step),
            by: Actor::new(format!("{role}の人"), role),
            outcome: outcome.to_owned(),
            comment: Some("見直し".to_owned()),
        };
        match cycle.give(complete) {
            Ok(_) => assert!(back < 100),
            Err(Refusal::TooManyRounds { .. }) => break,
            Err(other) => panic!("{other}"),
        }
    }
    let rounds: BTreeMap<&str, u32> = cycle
        .state
        .steps
        .iter()
        .map(|(id, items)| (id.as_str(), items[""].round))
        .collect();
    assert_eq!(rounds["check"], MAX_ROUNDS);
    assert!(rounds.values().all(|round| *round <= MAX_ROUNDS));
}
