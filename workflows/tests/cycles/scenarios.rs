//! Scenarios: `cases/*/*.txt` give commands to a plan in the words of an office, one a line:
//!
//! ```text
//! 計画 survey.rhai
//! 2026-06-01 09:00 開始
//! 2026-06-05 10:00 完了 design 事務局/山田
//! 2026-06-08 10:00 差戻 approve 課長/百瀬 設問が多い
//! 2026-06-08 10:00 説明 design
//! ```
//!
//! 「変更案」 and 「採用」 take another script for the cycle, 「取りやめ …」 names the open steps that may go.
//! The plan is a case beside the scenario or one folder up. A line that must be refused ends with 「=> 拒否」.
//! The snapshot shows what every line brought about.

use std::path::Path;

use chrono::{DateTime, Utc};
use workflows::{
    Actor, Adoption, At, Calendar, Command, Event, How, Key, Parameters, Plan, Record, Refusal,
    Script, State, StepId, apply, children, decide, explain, next_wake, open_collections,
    open_incidents, open_tasks, open_work, preview, simulate,
};

use crate::support::{case, planned};

#[test]
fn every_scenario_goes_as_it_is_written() {
    insta::glob!("../cases", "scenarios/*.txt", |path| {
        insta::assert_snapshot!(told(path));
    });
}

/// Beside the pattern that they belong to.
#[test]
fn every_scenario_of_a_pattern_goes_as_it_is_written() {
    insta::glob!("../cases", "patterns/*.txt", |path| {
        insta::assert_snapshot!(told(path));
    });
}

fn told(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("//"));
    let plan = lines
        .next()
        .and_then(|line| line.strip_prefix("計画 "))
        .expect("計画 が先頭に要ります");
    let beside = path.with_file_name(plan);
    let script = match beside.exists() {
        true => beside,
        false => path.with_file_name("..").join(plan),
    };
    let script = std::fs::canonicalize(script).unwrap();
    let mut scene = Scene {
        made: planned(&script).unwrap_or_else(|found| panic!("{found:#?}")),
        state: State::default(),
        told: String::new(),
    };
    for line in lines {
        scene.line(line);
    }
    scene.told
}

struct Scene {
    /// What the cycle is pinned to.
    made: (Script, Parameters, Plan),
    state: State,
    told: String,
}

impl Scene {
    fn line(&mut self, line: &str) {
        let (words, refused) = match line.strip_suffix(" => 拒否") {
            Some(words) => (words, true),
            None => (line, false),
        };
        self.tell(line);
        let words: Vec<&str> = words.split_whitespace().collect();
        let [date, time, verb, rest @ ..] = words.as_slice() else {
            panic!("読めない行です: {line}")
        };
        let instant: DateTime<Utc> = format!("{date}T{time}:00+09:00")
            .parse::<DateTime<chrono::FixedOffset>>()
            .unwrap()
            .into();
        if self.answer(verb, rest) {
            return;
        }
        let command = match *verb {
            "変更案" => return self.preview(rest[0], instant),
            "採用" => adoption(case(rest[0]).2, &self.state, &rest[1..]),
            _ => command(&self.state, verb, rest),
        };
        let decided = self.decide(command, instant);
        if *verb == "採用" && decided.is_ok() {
            self.made = case(rest[0]);
        }
        match (decided, refused) {
            (Ok(records), false) if records.is_empty() => self.tell("    （何も変わらない）"),
            (Ok(records), false) => {
                for record in &records {
                    self.tell(&format!("    {}", in_words(&record.event)));
                }
            }
            (Err(refusal), true) => self.tell(&format!("    {refusal}")),
            (Ok(_), true) => panic!("拒否されませんでした: {line}"),
            (Err(refusal), false) => panic!("拒否されました: {line}\n{refusal}"),
        }
    }

    fn decide(&mut self, command: Command, instant: DateTime<Utc>) -> Result<Vec<Record>, Refusal> {
        let (at, calendar) = (At::new(instant), Calendar::national());
        let records = decide(&self.state, &self.made.2, command, &at, &calendar)?;
        for record in &records {
            // What a store would write and read back.
            let json = serde_json::to_string(record).unwrap();
            let read: Record = serde_json::from_str(&json).unwrap();
            assert_eq!(read, *record);
            apply(&mut self.state, &read);
        }
        let json = serde_json::to_string(&self.state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&json).unwrap(), self.state);
        Ok(records)
    }

    fn preview(&mut self, script: &str, instant: DateTime<Utc>) {
        let (_, _, new) = case(script);
        let (at, calendar) = (At::new(instant), Calendar::national());
        let told = match preview(&self.state, &self.made.2, &new, &calendar, &at) {
            Ok(preview) => preview.to_string(),
            Err(refusal) => refusal.to_string(),
        };
        told.lines()
            .for_each(|line| self.tell(&format!("    {line}")));
    }

    /// Questions, which change nothing.
    fn answer(&mut self, verb: &str, rest: &[&str]) -> bool {
        let (state, (script, parameters, plan)) = (&self.state, &self.made);
        let lines: Vec<String> = match verb {
            "説明" => vec![explain(state, plan, &StepId::new(rest[0]))],
            "仕事" => {
                let people = open_tasks(state, plan).into_iter().map(|task| {
                    format!(
                        "{}: {}（{}）期限 {:?}",
                        task.role,
                        task.title,
                        task.outcomes.join("・"),
                        task.due
                    )
                });
                let work = open_work(state, plan)
                    .into_iter()
                    .map(|work| format!("処理 {}: {}", work.name, work.key));
                let open = open_collections(state, plan).into_iter();
                let open = open.map(|open| format!("受付 {}: 締切 {:?}", open.name, open.closes));
                let incidents = open_incidents(state, plan).into_iter();
                let incidents = incidents.map(|(key, why)| format!("障害 {key}: {why}"));
                let below = children(state, plan).into_iter().map(|child| {
                    let wanted = if child.wanted {
                        "動かす"
                    } else {
                        "止める"
                    };
                    format!("下のサイクル {}: {}（{wanted}）", child.name, child.cycle)
                });
                let all = people.chain(work).chain(open).chain(incidents);
                all.chain(below).collect()
            }
            "試行" => {
                let habits = crate::support::habits();
                let timeline = simulate::simulate(
                    script,
                    parameters,
                    plan,
                    &habits,
                    &Calendar::national(),
                    state.clone(),
                );
                timeline.to_string().lines().map(str::to_owned).collect()
            }
            "次" => vec![next_wake(state).map_or("なし".to_owned(), |at| at.to_rfc3339())],
            _ => return false,
        };
        for line in lines.iter().flat_map(|line| line.lines()) {
            self.tell(&format!("    {line}"));
        }
        true
    }

    fn tell(&mut self, line: &str) {
        self.told.push_str(line);
        self.told.push('\n');
    }
}

fn command(state: &State, verb: &str, rest: &[&str]) -> Command {
    let owned = |index: usize| rest.get(index).map(|word| (*word).to_owned());
    let text = |index: usize| owned(index).unwrap_or_default();
    let key = || key(state, rest[0]);
    let by = |index: usize| actor(rest[index]);
    let complete = |outcome: &str| Command::Complete {
        key: key(),
        by: by(1),
        outcome: outcome.to_owned(),
        comment: owned(2),
    };
    match verb {
        "開始" => Command::Start {
            cycle: "2026".to_owned(),
            by: Actor::new("山田", "事務局"),
            parent: None,
        },
        "時計" => Command::Tick,
        "引受" => Command::Claim {
            key: key(),
            by: by(1),
        },
        "返却" => Command::Release {
            key: key(),
            by: by(1),
        },
        "完了" => complete("done"),
        "承認" => complete("approved"),
        "差戻" => complete("sendback"),
        "報告" => Command::Settle {
            key: key(),
            outcome: text(1),
            input_hash: None,
        },
        "失敗" => Command::Fail {
            key: key(),
            message: text(1),
        },
        "再試行" => Command::Retry {
            key: key(),
            by: by(1),
        },
        "取止" => Command::Cancel {
            key: key(),
            by: by(1),
            reason: text(2),
        },
        "知らせ" => Command::Signal {
            name: text(0),
            key: text(1),
            dedup: owned(2),
        },
        "日付" => Command::MoveDate {
            field: text(0),
            to: rest[1].parse().unwrap(),
            by: by(2),
            reason: text(3),
        },
        "一覧" => Command::SetList {
            list: text(0),
            items: rest[1..].iter().map(|item| (*item).to_owned()).collect(),
        },
        "追加" => Command::AddItem {
            list: text(0),
            item: text(1),
            by: by(2),
        },
        "引戻" => Command::PullBack {
            key: key(),
            by: by(1),
        },
        "休止" => Command::Suspend {
            by: by(0),
            reason: text(1),
        },
        "再開" => Command::Resume {
            by: by(0),
            reason: text(1),
        },
        "中止" => Command::Terminate {
            by: by(0),
            reason: text(1),
        },
        other => panic!("知らない操作です: {other}"),
    }
}

/// `事務局/山田 理由 取りやめ design visit[北部]`.
fn adoption(plan: Plan, state: &State, rest: &[&str]) -> Command {
    Command::Adopt(Box::new(Adoption {
        plan,
        cancel: rest.iter().skip(3).map(|text| key(state, text)).collect(),
        by: actor(rest[0]),
        reason: rest.get(1).unwrap_or(&"").to_string(),
    }))
}

fn actor(text: &str) -> Actor {
    let (role, person) = text.split_once('/').unwrap();
    let (person, behalf) = person
        .split_once('→')
        .map_or((person, None), |(person, of)| (person, Some(of)));
    Actor {
        on_behalf_of: behalf.map(str::to_owned),
        ..Actor::new(person, role)
    }
}

/// `design`, `visit[北部]`, `design#1`; without a round the present one.
fn key(state: &State, text: &str) -> Key {
    let (text, round) = text
        .split_once('#')
        .map_or((text, None), |(text, round)| (text, round.parse().ok()));
    let (step, item) = text.split_once('[').map_or((text, ""), |(step, item)| {
        (step, item.trim_end_matches(']'))
    });
    let present = state.key(&StepId::new(step), item);
    Key {
        round: round.unwrap_or(present.round),
        ..present
    }
}

fn in_words(event: &Event) -> String {
    match event {
        Event::CycleStarted { title, .. } => format!("サイクル開始: {title}"),
        Event::PlanAdopted { diff, reason, .. } => {
            let steps = |steps: &workflows::Steps| {
                let first: Vec<&str> = steps.first.iter().map(StepId::as_str).collect();
                format!("{}件 {}", steps.count, first.join(" "))
            };
            format!(
                "計画の変更（{reason}） 増 {} / 減 {} / 変 {}",
                steps(&diff.added),
                steps(&diff.removed),
                steps(&diff.changed)
            )
        }
        Event::CycleSuspended { reason } => format!("休止: {reason}"),
        Event::CycleResumed { reason } => format!("再開: {reason}"),
        Event::DateAdded { field, on } => format!("日付が増える {field}: {on}"),
        Event::DateRemoved { field } => format!("日付がなくなる {field}"),
        Event::StepWithdrawn { key, .. } => format!("計画から外れる {key}"),
        Event::CycleCompleted => "サイクル終了".to_owned(),
        Event::CycleTerminated { reason } => format!("サイクル中止: {reason}"),
        Event::CarriedOver { key, name } => format!("引継ぎ {key}: {name}"),
        Event::DateMoved {
            field,
            from,
            to,
            reason,
        } => format!("日付の変更 {field}: {from} → {to}（{reason}）"),
        Event::ListSet { list, items } => format!("一覧 {list}: {}", items.join("、")),
        Event::ListGrown { list, items } => format!("一覧に足す {list}: {}", items.join("、")),
        Event::DatesGiven { dates } => format!("日付 {}件", dates.len()),
        Event::TurnsReopened { cascade } => {
            let keys: Vec<String> = cascade.iter().map(ToString::to_string).collect();
            format!("やり直しの続き: {}", keys.join("、"))
        }
        Event::GateWaits { key, ask_at, .. } => {
            format!("まだその時でない {key}（次は {}）", ask_at.to_rfc3339())
        }
        Event::StepOpened { key } => format!("始まる {key}"),
        Event::StepSettled {
            key,
            how,
            outcome,
            because,
        } => {
            let because = because
                .as_ref()
                .map_or(String::new(), |because| format!("（{because}）"));
            match how {
                How::Done => format!("終わる {key}: {outcome}"),
                How::Skipped => format!("行わない {key}: {outcome}{because}"),
                How::Cancelled => format!("取りやめ {key}{because}"),
            }
        }
        Event::StepReopened {
            target,
            cascade,
            reason,
            ..
        } => {
            let keys: Vec<String> = cascade.iter().map(ToString::to_string).collect();
            format!("やり直し {}（{reason}）: {}", target.step, keys.join("、"))
        }
        Event::Decided { key, outcome, .. } => format!("判定 {key}: {outcome}"),
        Event::TimerSet { timer } => format!("予定 {}: {:?} {}", timer.key, timer.kind, timer.on),
        Event::TimerFired {
            key,
            kind,
            late_seconds,
        } => format!("時刻 {key}: {kind:?}（{late_seconds}秒遅れ）"),
        Event::TimerMoved { timer, from } => format!(
            "予定の変更 {}: {:?} {from} → {}",
            timer.key, timer.kind, timer.on
        ),
        Event::TimerCancelled { key, kind } => format!("予定の取消 {key}: {kind:?}"),
        Event::TaskOffered { key, role } => format!("依頼 {key}: {role}"),
        Event::TaskClaimed { key, role } => format!("引受 {key}: {role}"),
        Event::TaskReleased { key, role } => format!("返却 {key}: {role}"),
        Event::TaskDecided {
            key, role, outcome, ..
        } => format!("決定 {key}: {role} {outcome}"),
        Event::StepOverdue { key } => format!("期限超過 {key}"),
        Event::TaskEscalated { key } => format!("上申 {key}"),
        Event::TaskWithdrawn { key, role } => format!("依頼の取下げ {key}: {role}"),
        Event::SignalReceived { name, key, .. } => format!("知らせ {name} {key}"),
        Event::SignalUsed { used_by, .. } => format!("知らせを使う {used_by}"),
        Event::EffectRequested {
            key, name, args, ..
        } => format!("依頼 {key}: {name}({})", args.join(", ")),
        Event::EffectSucceeded { key, .. } => format!("成功 {key}"),
        Event::EffectFailed {
            key,
            attempt,
            retry_at,
            message,
        } => {
            format!(
                "失敗 {key}: {attempt}回目 {message}（次は {}）",
                retry_at.to_rfc3339()
            )
        }
        Event::IncidentRaised { key, message } => format!("障害 {key}: {message}"),
        Event::IncidentResolved { key } => format!("障害の解決 {key}"),
    }
}
