//! 「なぜ待っているのか」: the standing of a step in a sentence a clerk understands.

use crate::calendar::{date_at, written};
use crate::key::{Key, StepId};
use crate::outcome::in_words;
use crate::plan::{Kind, Per, Plan, Step};
use crate::readiness::{Standing, items, standing};
use crate::record::How;
use crate::state::{Open, Phase, State, Status, TimerKind};

pub fn explain(state: &State, plan: &Plan, step: &StepId) -> String {
    let Some(step) = plan.step(step.as_str()) else {
        return format!("「{step}」というステップは、この計画にありません。");
    };
    match state.phase {
        Phase::NotStarted => return "サイクルがまだ始まっていません。".to_owned(),
        Phase::Terminated => return "サイクルは途中で取りやめになりました。".to_owned(),
        Phase::Running | Phase::Completed => {}
    }
    let Some(items) = items(state, step) else {
        return waiting(state, plan, step, "");
    };
    if items.is_empty() {
        return "対象が1件もないため、行うことはありません。".to_owned();
    }
    let sentences: Vec<String> = items
        .iter()
        .map(|item| {
            let sentence = one(state, plan, step, item);
            if item.is_empty() {
                sentence
            } else {
                format!("{item}: {sentence}")
            }
        })
        .collect();
    sentences.join("\n")
}

fn one(state: &State, plan: &Plan, step: &Step, item: &str) -> String {
    let Some(turn) = state.turn(&step.id, item) else {
        return waiting(state, plan, step, item);
    };
    let again = if turn.round > 1 {
        format!("（{}回目）", turn.round)
    } else {
        String::new()
    };
    match &turn.status {
        Status::Waiting => format!("{}{again}", waiting(state, plan, step, item)),
        Status::Open(open) => format!("{}{again}", doing(state, step, item, open)),
        Status::Settled(settled) => {
            let on = written(settled.at.today);
            let how = match settled.how {
                How::Done => format!("{on}に終わりました"),
                How::Skipped => format!("{on}に、行わないことになりました"),
                How::Cancelled => format!("{on}に取りやめました"),
            };
            match settled.how {
                How::Done
                    if !["done", "approved", "closed", "received"]
                        .contains(&settled.outcome.as_str()) =>
                {
                    format!("{how}（結果: {}）。{again}", settled.outcome)
                }
                _ => format!("{how}。{again}"),
            }
        }
    }
}

fn doing(state: &State, step: &Step, item: &str, open: &Open) -> String {
    if let Some(incident) = &open.incident {
        return format!("うまくいかないため、人の判断を待っています: {incident}");
    }
    let key = state.key(&step.id, item);
    let on = |kind| state.timer(&key, kind).map(|timer| written(timer.on));
    let due = match on(TimerKind::Due) {
        Some(on) => format!("（期限 {on}）"),
        None if open.overdue => "（期限を過ぎています）".to_owned(),
        None => String::new(),
    };
    match &step.kind {
        Kind::Task { .. } | Kind::Approval { .. } => {
            let roles: Vec<&str> = open.offered.keys().map(String::as_str).collect();
            let verb = if matches!(step.kind, Kind::Task { .. }) {
                "作業"
            } else {
                "決裁"
            };
            let claimed = open
                .offered
                .values()
                .find_map(|offer| offer.claimed_by.as_deref());
            let claimed = claimed.map_or(String::new(), |person| {
                format!("{person}が引き受けています。")
            });
            format!("{}の{verb}を待っています{due}。{claimed}", roles.join("・"))
        }
        Kind::Collect { .. } => match on(TimerKind::Closes) {
            Some(on) => format!("回答を受け付けています（締切 {on}）。"),
            None => "回答を受け付けています。".to_owned(),
        },
        Kind::WaitFor { .. } => format!("外からの知らせを待っています{due}。"),
        _ => match open.retry_at {
            Some(at) => format!(
                "{}回失敗したため、{}に再び試みます。",
                open.attempts,
                written(date_at(at))
            ),
            None => format!("処理を行っています{due}。"),
        },
    }
}

fn waiting(state: &State, plan: &Plan, step: &Step, item: &str) -> String {
    let key = Key {
        step: step.id.clone(),
        item: item.to_owned(),
        round: state.key(&step.id, item).round,
    };
    if let Some(timer) = state.timer(&key, TimerKind::Opens) {
        let rule = plan.describe(&timer.rule);
        return format!("{}（{rule}）に始まります。", written(timer.on));
    }
    let title = |id: &StepId| format!("「{}」", plan.title_of(id));
    let unsettled = |id: &&StepId| {
        matches!(
            standing(state, plan, id),
            Standing::Waiting | Standing::Open
        )
    };
    let before: Vec<String> = step.after.iter().filter(unsettled).map(title).collect();
    let mut reasons = Vec::new();
    if !before.is_empty() {
        let which = match step.need {
            Some(count) => format!("のうち{count}つ"),
            None => String::new(),
        };
        reasons.push(format!(
            "{}{which}が終わるのを待っています",
            before.join("、")
        ));
    }
    if !step.when.is_empty() {
        let conditions: Vec<String> = step
            .when
            .iter()
            .map(|when| {
                format!(
                    "{}の結果が「{}」",
                    title(&when.step),
                    in_words(&when.outcome)
                )
            })
            .collect();
        reasons.push(format!("{}になれば始まります", conditions.join("、または")));
    }
    if let Some(id) = step
        .while_open
        .as_ref()
        .filter(|id| standing(state, plan, id) == Standing::Waiting)
    {
        reasons.push(format!("{}が始まるのを待っています", title(id)));
    }
    if let Some(Per::List(list)) = step.per.as_ref().filter(|_| items(state, step).is_none()) {
        reasons.push(format!("一覧「{list}」が決まるのを待っています"));
    }
    if reasons.is_empty() {
        return "まもなく始まります。".to_owned();
    }
    format!("{}。", reasons.join("。"))
}
