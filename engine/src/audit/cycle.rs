//! Records of a cycle in words.

use papers::wareki::day;
use workflows::{Event, How, outcome};

use super::Names;

pub(super) fn of(names: &Names<'_>, cycle: &str, event: &Event) -> String {
    let step = |key| names.step(cycle, key);
    let what = match event {
        Event::CycleStarted { title, .. } => format!("「{title}」を始めた"),
        Event::DatesGiven { dates } => format!("日付を{}件決めた", dates.len()),
        Event::PlanAdopted { title, reason, .. } => {
            format!("計画を「{title}」に改めた（{reason}）")
        }
        Event::CycleSuspended { reason } => format!("休止した（{reason}）"),
        Event::CycleResumed { reason } => format!("再開した（{reason}）"),
        Event::CycleCompleted => "最後まで終わった".to_owned(),
        Event::CycleTerminated { reason } => format!("中止した（{reason}）"),
        Event::CarriedOver { key, .. } => format!("{}を次に引き継いだ", step(key)),
        Event::DateMoved {
            field,
            from,
            to,
            reason,
        } => format!(
            "日付「{field}」を{}から{}に移した（{reason}）",
            day(*from),
            day(*to)
        ),
        Event::DateAdded { field, on } => format!("日付「{field}」を{}に決めた", day(*on)),
        Event::DateRemoved { field } => format!("日付「{field}」をなくした"),
        Event::ListSet { list, items } => format!("一覧「{list}」を{}件にした", items.len()),
        Event::ListGrown { list, items } => format!("一覧「{list}」に{}件加えた", items.len()),
        Event::StepOpened { key } => format!("{}に入った", step(key)),
        Event::StepSettled {
            key, how, outcome, ..
        } => match how {
            How::Done => format!("{}が済んだ（{}）", step(key), outcome::in_words(outcome)),
            How::Skipped => format!("{}は行わないことになった", step(key)),
            How::Cancelled => format!("{}を取りやめた", step(key)),
        },
        Event::StepReopened { target, reason, .. } => {
            format!("{}に差し戻した（{reason}）", step(target))
        }
        Event::TurnsReopened { cascade } => {
            format!("あとに続く{}件もやり直しになった", cascade.len())
        }
        Event::StepWithdrawn { key, .. } => format!("{}が計画からなくなった", step(key)),
        Event::Decided { key, outcome, .. } => {
            format!("{}の条件は「{}」", step(key), outcome::in_words(outcome))
        }
        Event::GateWaits { key, .. } => format!("{}の条件はまだそろわない", step(key)),
        Event::TimerSet { timer } => {
            format!("{}の期日を{}に決めた", step(&timer.key), day(timer.on))
        }
        Event::TimerFired {
            key, late_seconds, ..
        } => match late_seconds {
            60.. => format!(
                "{}の期日が来た（{}分遅れて気づいた）",
                step(key),
                late_seconds / 60
            ),
            _ => format!("{}の期日が来た", step(key)),
        },
        Event::TimerMoved { timer, from } => {
            format!(
                "{}の期日を{}から{}に移した",
                step(&timer.key),
                day(*from),
                day(timer.on)
            )
        }
        Event::TimerCancelled { key, .. } => format!("{}の期日をなくした", step(key)),
        Event::TaskOffered { key, role } => format!("{}を{role}の仕事にした", step(key)),
        Event::TaskClaimed { key, role } => format!("{role}が{}を引き受けた", step(key)),
        Event::TaskReleased { key, role } => format!("{role}が{}を手放した", step(key)),
        Event::TaskDecided {
            key,
            role,
            outcome,
            comment,
        } => {
            let comment = comment.as_ref().map(|text| format!("：{text}"));
            format!(
                "{role}として{}を「{}」とした{}",
                step(key),
                outcome::in_words(outcome),
                comment.unwrap_or_default()
            )
        }
        Event::StepOverdue { key } => format!("{}が期限を過ぎた", step(key)),
        Event::TaskEscalated { key } => format!("{}を上の役割に知らせた", step(key)),
        Event::TaskWithdrawn { key, role } => format!("{role}の{}の仕事を取り下げた", step(key)),
        Event::SignalReceived { name, key, .. } => format!("知らせ「{name}」（{key}）が来た"),
        Event::SignalUsed { used_by, .. } => format!("知らせを{}に使った", step(used_by)),
        Event::EffectRequested { key, .. } => format!("{}を始めた", step(key)),
        Event::EffectSucceeded { key, .. } => format!("{}ができた", step(key)),
        Event::EffectFailed {
            key,
            attempt,
            message,
            ..
        } => format!(
            "{}がうまくいかなかった（{attempt}回目、{message}）",
            step(key)
        ),
        Event::IncidentRaised { key, message } => {
            format!("{}が人の手を要することになった（{message}）", step(key))
        }
        Event::IncidentResolved { key } => format!("{}の支障がなくなった", step(key)),
    };
    let title = names.plans.get(cycle).map(|plan| plan.title.as_str());
    format!("{}：{what}", title.unwrap_or(cycle))
}
