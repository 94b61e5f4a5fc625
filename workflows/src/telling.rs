//! What happened, in a sentence for people who look back.

use chrono::{DateTime, Utc};

use crate::calendar::written;
use crate::command::Actor;
use crate::outcome;
use crate::plan::{Kind, Plan};
use crate::record::{Event, How, Record};

/// A record as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: DateTime<Utc>,
    /// 「資料の決裁」が決裁されました。
    pub what: String,
    /// 課長 佐藤 次郎; in 代決 both names. Absent: the product itself.
    pub who: Option<String>,
    /// What the person wrote, or what went wrong.
    pub words: Option<String>,
    /// Somebody should have looked at it.
    pub wrong: bool,
}

/// The sentence of a record; nothing for what only the program needs to know.
pub fn tell(plan: &Plan, record: &Record) -> Option<Told> {
    let (what, words, wrong) = sentence(plan, &record.event, record.by.is_some())?;
    Some(Told {
        at: record.at.instant,
        what,
        who: record.by.as_ref().map(who),
        words: words.filter(|words| !words.trim().is_empty()),
        wrong,
    })
}

/// The role and the person; in 代決 also for whom.
fn who(by: &Actor) -> String {
    match &by.on_behalf_of {
        Some(absent) => format!("{} {}（{absent}の代決）", by.role, by.person),
        None => format!("{} {}", by.role, by.person),
    }
}

type Sentence = (String, Option<String>, bool);

fn sentence(plan: &Plan, event: &Event, by_person: bool) -> Option<Sentence> {
    let title = |key: &crate::Key| plan.title_with_item(key);
    let plain = |what: String| Some((what, None, false));
    let with = |what: String, words: &str| Some((what, Some(words.to_owned()), false));
    match event {
        Event::CycleStarted { title, .. } => plain(format!("「{title}」が始まりました。")),
        Event::CycleCompleted => plain(format!("「{}」が終わりました。", plan.title)),
        Event::CycleTerminated { reason } => {
            with(format!("「{}」を中止しました。", plan.title), reason)
        }
        Event::CycleSuspended { reason } => with("休止しました。".to_owned(), reason),
        Event::CycleResumed { reason } => with("再開しました。".to_owned(), reason),
        Event::PlanAdopted { reason, .. } => with("計画を変えました。".to_owned(), reason),
        Event::DateMoved {
            field,
            from,
            to,
            reason,
        } => {
            let title = plan.date_titles.get(field).unwrap_or(field);
            let (from, to) = (written(*from), written(*to));
            with(format!("{title}を{from}から{to}に動かしました。"), reason)
        }
        Event::ListSet { list, items } => {
            let count = items.len();
            plain(format!("一覧「{list}」が決まりました（{count}件）。"))
        }
        Event::ListGrown { list, items } => plain(format!(
            "一覧「{list}」に「{}」を加えました。",
            items.join("」「")
        )),
        Event::TaskClaimed { key, .. } => plain(format!("「{}」を引き受けました。", title(key))),
        Event::TaskReleased { key, .. } => plain(format!("「{}」を返しました。", title(key))),
        Event::TaskDecided {
            key,
            outcome: chosen,
            comment,
            ..
        } => {
            let what = match chosen.as_str() {
                outcome::DONE => format!("「{}」を終えました。", title(key)),
                outcome::APPROVED => format!("「{}」を承認しました。", title(key)),
                outcome::SENDBACK => format!("「{}」を差し戻しました。", title(key)),
                other => format!("「{}」を「{other}」にしました。", title(key)),
            };
            Some((what, comment.clone(), false))
        }
        // A 差戻し is told as what a person decided.
        Event::StepReopened {
            target, by_step, ..
        } => match by_step {
            None if by_person => plain(format!("「{}」を引き戻しました。", title(target))),
            Some(by) if is_loop(plan, by) => {
                plain(format!("「{}」からやり直します。", title(target)))
            }
            _ => None,
        },
        Event::StepOpened { key } if is_collection(plan, key) => {
            plain(format!("「{}」が始まりました。", title(key)))
        }
        Event::StepSettled {
            key,
            how: How::Cancelled,
            because,
            ..
        } => {
            let what = format!("「{}」を取りやめました。", title(key));
            Some((what, because.clone(), false))
        }
        Event::StepSettled {
            key,
            how: How::Done,
            outcome,
            ..
        } => plain(settled(plan, key, outcome)?),
        Event::StepOverdue { key } => {
            let what = format!("「{}」の期限が過ぎました。", title(key));
            Some((what, None, true))
        }
        Event::TaskEscalated { key } => {
            let what = format!("「{}」が遅れていることを知らせました。", title(key));
            Some((what, None, true))
        }
        Event::IncidentRaised { key, message } => {
            let what = format!("「{}」がうまくいきませんでした。", title(key));
            Some((what, Some(message.clone()), true))
        }
        Event::IncidentResolved { key } => {
            plain(format!("「{}」をもう一度試すことにしました。", title(key)))
        }
        _ => None,
    }
}

/// What settling says that no decision of a person has said.
fn settled(plan: &Plan, key: &crate::Key, ended: &str) -> Option<String> {
    let title = plan.title_with_item(key);
    Some(match &plan.step(key.step.as_str())?.kind {
        Kind::Effect { .. } | Kind::Compute { .. } | Kind::Carry { .. } => {
            format!("「{title}」を行いました。")
        }
        Kind::Collect { .. } => format!("「{title}」を締め切りました。"),
        Kind::Gate { .. } => format!("「{title}」の結果は「{}」です。", outcome::in_words(ended)),
        Kind::WaitFor { .. } if ended == outcome::CLOSED => {
            format!("「{title}」を待つ期限が過ぎました。")
        }
        Kind::WaitFor { .. } => format!("「{title}」の知らせを受けました。"),
        Kind::Cycle { .. } => format!("「{title}」が終わりました。"),
        Kind::Task { .. } | Kind::Approval { .. } | Kind::Reopen { .. } | Kind::End => return None,
    })
}

fn is_collection(plan: &Plan, key: &crate::Key) -> bool {
    let step = plan.step(key.step.as_str());
    step.is_some_and(|step| matches!(step.kind, Kind::Collect { .. }))
}

fn is_loop(plan: &Plan, key: &crate::Key) -> bool {
    let step = plan.step(key.step.as_str());
    step.is_some_and(|step| matches!(step.kind, Kind::Reopen { .. }))
}
