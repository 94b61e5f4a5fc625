//! 「なぜ待っているのか」: the standing of a step in a sentence a clerk understands.

use crate::calendar::{date_at, written};
use crate::items::{grows, items};
use crate::key::StepId;
use crate::outcome::in_words;
use crate::plan::{Kind, Per, Plan, Step};
use crate::readiness::{Readiness, Standing, busy, readiness, standing, undecided};
use crate::record::How;
use crate::state::{Open, Phase, State, Status, TimerKind};

pub fn explain(state: &State, plan: &Plan, step: &StepId) -> String {
    let Some(step) = plan.step(step.as_str()) else {
        return format!("「{step}」というステップは、この計画にありません。");
    };
    match state.phase {
        Phase::NotStarted => return "サイクルがまだ始まっていません。".to_owned(),
        Phase::Terminated => return "サイクルは途中で取りやめになりました。".to_owned(),
        Phase::Running | Phase::Suspended | Phase::Completed => {}
    }
    let suspended = state.suspension.as_ref().map(|suspension| {
        let since = written(suspension.since.today);
        format!(
            "サイクルは{since}から休止しています（理由: {}）。",
            suspension.reason
        )
    });
    match (suspended, standing(state, plan, &step.id)) {
        (Some(suspended), Standing::Waiting | Standing::Open) => {
            format!("{suspended}{}", of_step(state, plan, step))
        }
        _ => of_step(state, plan, step),
    }
}

fn of_step(state: &State, plan: &Plan, step: &Step) -> String {
    let Some(items) = items(state, plan, step) else {
        return waiting(state, plan, step, "");
    };
    let more = more_items(state, plan, step);
    if items.is_empty() {
        return more.unwrap_or_else(|| "対象が1件もないため、行うことはありません。".to_owned());
    }
    let sentences = items
        .iter()
        .map(|item| {
            let sentence = one(state, plan, step, item);
            if item.is_empty() {
                sentence
            } else {
                format!("{item}: {sentence}")
            }
        })
        .chain(more);
    sentences.collect::<Vec<_>>().join("\n")
}

/// Of one item, or of a step that is there once.
pub(crate) fn one(state: &State, plan: &Plan, step: &Step, item: &str) -> String {
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
                    format!("{how}（結果: {}）。{again}", in_words(&settled.outcome))
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
        Kind::Task { .. } => {
            // Of several owners one is enough.
            let roles = roles(open, "または");
            let claimed = claimed(open);
            let firm = firm(step);
            format!("{roles}の作業を待っています{due}。{claimed}{firm}")
        }
        Kind::Approval { need, .. } => {
            let roles = roles(open, "・");
            let which = match need {
                Some(need) => {
                    let left = need.saturating_sub(open.decisions.len());
                    format!("のうちあと{left}人")
                }
                None => String::new(),
            };
            let claimed = claimed(open);
            let firm = firm(step);
            format!("{roles}{which}の決裁を待っています{due}。{claimed}{firm}")
        }
        Kind::Collect { .. } => match on(TimerKind::Closes) {
            Some(on) => format!("回答を受け付けています（締切 {on}）。"),
            None => "回答を受け付けています。".to_owned(),
        },
        Kind::WaitFor { fresh, .. } => {
            let until = on(TimerKind::Closes).map_or(String::new(), |on| format!("（{on}まで）"));
            let fresh = match fresh {
                true => "始まる前に届いた知らせは数えません。",
                false => "",
            };
            format!("外からの知らせを待っています{until}{due}。{fresh}")
        }
        Kind::Gate { .. } if state.waiting_gates.contains(&key) => {
            let again = open.retry_at.map(|at| written(date_at(at)));
            let again = again.unwrap_or_default();
            format!(
                "「{}」は、まだその時でないと判定されました。ほかに動きがあったとき、または{again}に改めて判定します。",
                step.title
            )
        }
        Kind::Cycle { name } => {
            format!("下のサイクル「{name}」が終わるのを待っています{due}。")
        }
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

fn roles(open: &Open, or: &str) -> String {
    let roles: Vec<&str> = open.offered.keys().map(String::as_str).collect();
    roles.join(or)
}

fn claimed(open: &Open) -> String {
    let mut offers = open.offered.values();
    let claimed = offers.find_map(|offer| offer.claimed_by.as_deref());
    claimed.map_or(String::new(), |person| {
        format!("{person}が引き受けています。")
    })
}

fn firm(step: &Step) -> &'static str {
    match step.unskippable {
        true => "取りやめることはできません。",
        false => "",
    }
}

/// What may still be added to a list that grows.
fn more_items(state: &State, plan: &Plan, step: &Step) -> Option<String> {
    let Some(Per::List(list)) = step.per.as_ref().filter(|_| grows(state, plan, step)) else {
        return None;
    };
    let end = plan.title_of(plan.grows_until(list)?);
    Some(format!(
        "「{end}」が終わるまで、一覧「{list}」に足すことができます。"
    ))
}

fn waiting(state: &State, plan: &Plan, step: &Step, item: &str) -> String {
    if state.phase == Phase::Completed {
        return "サイクルが終わったため、行いません。".to_owned();
    }
    let key = state.key(&step.id, item);
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
        let which = match (step.need, step.share) {
            (Some(count), _) => format!("のうち{count}つ"),
            (None, Some(percent)) => format!("の項目の{percent}％"),
            (None, None) => String::new(),
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
    if let Some(other) = undecided(state, plan).filter(|_| step.kind == Kind::End) {
        let other = title(&other.id);
        reasons.push(format!("{other}が決まるまで、サイクルを終えられません"));
    }
    if let Some(other) = busy(state, plan, step)
        && readiness(state, plan, step, item) == Readiness::Ready
    {
        let other = title(&other.id);
        reasons.push(format!(
            "同時に行えるのは1つだけなので、{other}が終わるのを待っています"
        ));
    }
    if let Some(Per::List(list)) = step
        .per
        .as_ref()
        .filter(|_| items(state, plan, step).is_none())
    {
        reasons.push(match plan.grows_until(list) {
            Some(end) => format!(
                "一覧「{list}」に足されるか、{}が終わるのを待っています",
                title(end)
            ),
            None => format!("一覧「{list}」が決まるのを待っています"),
        });
    }
    if !step.withdraw.is_empty() {
        let gone: Vec<String> = step.withdraw.iter().map(title).collect();
        reasons.push(format!("始まると、{}の残りは取りやめます", gone.join("、")));
    }
    if reasons.is_empty() {
        let soon = match state.phase {
            Phase::Suspended => "再開すると始まります。",
            _ => "まもなく始まります。",
        };
        return soon.to_owned();
    }
    format!("{}。", reasons.join("。"))
}
