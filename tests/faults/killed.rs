//! SIGKILL, a hundred times, while cycles run: nothing that was acknowledged is lost, no effect is done twice, no
//! timer is lost or fires twice, and the fold of the journal is the live state.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{env, thread};

use chrono::DateTime;
use engine::Pack;
use engine::year::{Act, Event, State, Year};
use futures_executor::block_on;
use libtest_mimic::Failed;
use store::{Record, Store};
use workflows::simulate::{Deed, next_act};
use workflows::{Command as Order, Phase, TimerKind};

use crate::pack;

const ROUNDS: u32 = 100;

/// Cycles that one data folder lives through.
const CYCLES: u32 = 12;

/// Everything that the product and people do in a year, with many items.
const SCRIPT: &str = r#"fn plan(c) {[
    step("design").task("事務局").due(c.start.bdays(5)).escalate(bdays(1)),
    step("approve").after("design").approval(["課長"]).sendback("design"),
    step("publish").after("approve").effect("survey.publish", "discharge"),
    step("open").after("publish").opens(c.start.bdays(15)).effect("survey.open", "discharge"),
    step("answers").after("open").collect("discharge").closes(c.close),
    step("remind").while_open("answers").at(closing("answers").bdays(-7)).effect("mail.unanswered", "discharge"),
    step("last").while_open("answers").at(closing("answers").bdays(-2)).effect("mail.unanswered", "discharge"),
    step("visits").after("open").per(c.blocks).task("事務局").due(c.close.bdays(-4)).escalate(bdays(2)),
    step("rate").after("answers").gate("rate"),
    step("extend").when("rate", "low").reopen("answers").closes(c.close.bdays(10)).max(1),
    step("maps").when("rate", "ok").or_when("extend", "spent").per(c.blocks).compute("map"),
    step("meeting").after("maps").wait_for("meeting.closed").due(c.meeting),
    step("carry").after("meeting").carry("open_items"),
]}
fn rate(s, c) { if s.answered * 2 >= s.asked { "ok" } else { "low" } }
"#;

fn parameters(number: u32) -> String {
    let blocks: Vec<String> = (1..=8).map(|block| format!("第{block}地区")).collect();
    serde_json::json!({
        "title": format!("架空の一年 {number}"), "script": "busy.rhai", "unit": "fiscal_year",
        "fields": [
            { "id": "year", "title": "年度", "type": "integer", "value": 2026, "unit": "年度" },
            { "id": "start", "title": "開始", "type": "date", "value": "2026-06-01" },
            { "id": "close", "title": "締切", "type": "date", "value": "2026-07-31" },
            { "id": "meeting", "title": "会議", "type": "date", "value": "2026-10-05" },
            { "id": "meeting_time", "title": "開始時刻", "type": "time", "value": "13:30" },
            { "id": "meeting_place", "title": "場所", "type": "text", "value": "市役所" },
            { "id": "blocks", "title": "地区", "type": "list", "value": blocks },
        ],
    })
    .to_string()
}

fn busy() -> Arc<Pack> {
    static PACK: OnceLock<Arc<Pack>> = OnceLock::new();
    let read = || {
        let mut over = vec![("cycles/busy.rhai".to_owned(), SCRIPT.to_owned())];
        over.extend((1..=CYCLES).map(|n| (format!("cycles/busy-{n:02}.json"), parameters(n))));
        pack::read("kasou", &over)
    };
    PACK.get_or_init(read).clone()
}

/// Child: lives through the cycles one after the other and says after each acknowledgement where the journal ends.
pub fn live(folder: &Path) -> ExitCode {
    block_on(async {
        let store = Store::open(folder).expect("the folder");
        let year = Year::open(store.clone(), busy(), DateTime::UNIX_EPOCH)
            .await
            .expect("the year");
        for number in 0..CYCLES as usize {
            while step(&year, number).await {
                let head = store.head(year.slug()).await.expect("the head");
                println!("{} {}", head.seq, head.hash);
                std::io::stdout().flush().expect("the pipe");
            }
        }
    });
    println!("end");
    ExitCode::SUCCESS
}

/// The next thing that happens in a cycle; false at its end.
async fn step(year: &Year, number: usize) -> bool {
    let cycle = &year.pack.cycles[number];
    let turn = cycle.turn();
    let (state, plan) = match year.state(|state| state.cycles.get(&turn).cloned()) {
        Some(state) => (state, year.plan(&turn).await.expect("its plan")),
        None => {
            let plan = cycle.script.plan(&cycle.parameters).expect("a plan");
            (workflows::State::default(), Arc::new(plan))
        }
    };
    let habits = year.pack.habits(cycle);
    let Some(next) = next_act(&state, &plan, &habits, &year.calendar()) else {
        return false;
    };
    let act = Act::new(next.at.instant, "test");
    let done = match next.deed {
        Deed::Work(_) => year.work(&act).await,
        Deed::Command(Order::Start { by, .. }) => {
            year.start_cycle(&act, &cycle.id, by).await.map(drop)
        }
        Deed::Command(command) => year.command(&act, &turn, command).await,
    };
    done.expect("what the habits do is allowed");
    year.snapshot(&act).await.expect("a snapshot");
    true
}

/// Parent.
pub fn a_hundred_times() -> Result<(), Failed> {
    let mut folder = tempfile::tempdir()?;
    let mut seed: u32 = 12_345;
    for round in 0..ROUNDS {
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let patience = Duration::from_millis(u64::from(seed >> 16) % 120);
        let (acknowledged, ended) = lived(folder.path(), Some(patience))?;
        let journal = checked(folder.path(), &acknowledged).map_err(|why| {
            Failed::from(format!(
                "round {round}: {}",
                why.message().unwrap_or_default()
            ))
        })?;
        if ended {
            whole(&journal)?;
            folder = tempfile::tempdir()?;
        }
    }
    // What is left goes on to its end as if nothing had happened.
    let (acknowledged, ended) = lived(folder.path(), None)?;
    if !ended {
        return Err("the cycles do not end".into());
    }
    whole(&checked(folder.path(), &acknowledged)?)
}

/// Lets a child live for a while after its first word, then kills it. What it acknowledged last, and whether it had
/// come to its end.
fn lived(folder: &Path, patience: Option<Duration>) -> Result<(String, bool), Failed> {
    let mut child: Child = Command::new(env::current_exe()?)
        .args(["child", "live"])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()?;
    let said = child.stdout.take().ok_or("its words")?;
    let mut said = BufReader::new(said);
    let mut first = String::new();
    said.read_line(&mut first)?;
    let killer = patience.map(|patience| {
        thread::spawn(move || {
            thread::sleep(patience);
            let killed = child.kill();
            killed.and_then(|()| child.wait())
        })
    });
    let mut rest = String::new();
    said.read_to_string(&mut rest)?;
    let mut lines: Vec<&str> = vec![&first];
    lines.extend(rest.split_inclusive('\n'));
    if let Some(killer) = killer {
        killer.join().map_err(|_| "the killer")??;
    }
    // A line that the kill has cut is no acknowledgement.
    lines.retain(|line| line.ends_with('\n'));
    let ended = lines.last() == Some(&"end\n");
    let last = lines.iter().rfind(|line| **line != "end\n");
    Ok((last.map_or("", |line| line.trim()).to_owned(), ended))
}

/// Opens what the child has left.
fn checked(folder: &Path, acknowledged: &str) -> Result<Vec<Record>, Failed> {
    block_on(async {
        let store = Store::open(folder)?;
        let problems = store.verify(None).await?;
        if !problems.is_empty() {
            return Err(format!("{problems:?}").into());
        }
        let journal = store.journal("kasou", 1).await?;
        if let Some((seq, hash)) = acknowledged.split_once(' ') {
            let seq: usize = seq.parse()?;
            let record = journal
                .get(seq - 1)
                .ok_or("an acknowledged record is lost")?;
            if record.hash != hash {
                return Err("an acknowledged record has changed".into());
            }
        }
        let mut folded = State::default();
        for record in &journal {
            let event: Event = serde_json::from_value(record.event.clone())?;
            folded.apply(record.seq, record.at, event);
        }
        let year = Year::open(store, busy(), DateTime::UNIX_EPOCH).await?;
        if year.state(|live| *live != folded) {
            return Err("the live state is not the fold of the journal".into());
        }
        once(&journal)?;
        Ok(journal)
    })
}

/// No effect was done twice, no timer fired twice, none fired that was not set.
fn once(journal: &[Record]) -> Result<(), Failed> {
    let mut effects: BTreeMap<String, u32> = BTreeMap::new();
    let mut reminders: BTreeMap<&str, u32> = BTreeMap::new();
    let mut timers: BTreeMap<(String, String, TimerKind), i32> = BTreeMap::new();
    for record in journal {
        match serde_json::from_value(record.event.clone())? {
            Event::LettersDue { .. } => {
                let cause = record
                    .cause
                    .as_deref()
                    .ok_or("a reminder without a cause")?;
                *reminders.entry(cause).or_default() += 1;
            }
            Event::CycleAdvanced { cycle, record } => {
                let timer = |key: &workflows::Key, kind| (cycle.clone(), key.to_string(), kind);
                match record.event {
                    workflows::Event::EffectSucceeded { key, .. } => {
                        *effects.entry(format!("{cycle} {key}")).or_default() += 1;
                    }
                    workflows::Event::TimerSet { timer: set } => {
                        *timers.entry(timer(&set.key, set.kind)).or_default() += 1;
                    }
                    workflows::Event::TimerFired { key, kind, .. }
                    | workflows::Event::TimerCancelled { key, kind } => {
                        *timers.entry(timer(&key, kind)).or_default() -= 1;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    if let Some((effect, times)) = effects.iter().find(|(_, times)| **times != 1) {
        return Err(format!("{effect} was done {times} times").into());
    }
    if let Some((effect, times)) = reminders.iter().find(|(_, times)| **times != 1) {
        return Err(format!("the reminder of {effect} went out {times} times").into());
    }
    match timers.iter().find(|(_, count)| !(0..=1).contains(*count)) {
        Some((timer, count)) => Err(format!("{timer:?} stands at {count}").into()),
        None => Ok(()),
    }
}

/// The cycles came to their end: every timer that was set has fired or was cancelled, and the reminders went out.
fn whole(journal: &[Record]) -> Result<(), Failed> {
    let mut state = State::default();
    for record in journal {
        state.apply(
            record.seq,
            record.at,
            serde_json::from_value(record.event.clone())?,
        );
    }
    if state.cycles.len() != CYCLES as usize {
        return Err(format!("{} cycles", state.cycles.len()).into());
    }
    for (id, cycle) in &state.cycles {
        if cycle.phase != Phase::Completed || !cycle.timers.is_empty() {
            return Err(format!("{id} is {:?} with {:?}", cycle.phase, cycle.timers).into());
        }
    }
    let reminded = state.surveys.values().map(|held| held.letters.len());
    match reminded.sum::<usize>() {
        0 => Err("no reminder went out".into()),
        _ => Ok(()),
    }
}
