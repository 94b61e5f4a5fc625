//! A draft becomes a step: exactly one thing to do, and only the words that fit it.

use super::Report;
use crate::key::StepId;
use crate::language::StepDraft;
use crate::plan::{Kind, Per, Step};
use crate::rule::{Base, DateRule};

pub(super) fn step(draft: StepDraft, report: &mut Report) -> Step {
    let mut kinds = draft.kinds.into_iter();
    let kind = kinds.next();
    let second = kinds.next().is_some();
    let mut step = Step {
        title: draft.title.unwrap_or_else(|| draft.id.clone()),
        id: StepId::new(draft.id),
        kind: kind.clone().unwrap_or(Kind::Carry {
            name: String::new(),
        }),
        need: draft.any.then_some(1),
        after: draft.after,
        share: None,
        when: draft.when,
        per: draft.per,
        open_until: draft.open_until,
        alone: draft.alone,
        withdraw: draft.withdraw,
        while_open: draft.while_open,
        opens: draft.opens,
        due: draft.due,
        closes: draft.closes,
        sendback: draft.sendback,
        max: None,
        escalate: draft.escalate,
        unskippable: draft.unskippable,
        line: draft.line,
    };
    for problem in draft.problems {
        report.step(problem.code, &step, problem.what, problem.todo);
    }
    if kind.is_none() {
        report.step(
            "cycle.no_kind",
            &step,
            "何をするかが書かれていません",
            "task・owners・approval・effect・collect・gate・compute・wait_for・carry・reopen・cycle・end_cycle のどれか1つを書いてください。",
        );
        return step;
    }
    if second {
        report.step(
            "cycle.two_kinds",
            &step,
            "することが2つ書かれています",
            "ステップを2つに分け、after でつないでください。",
        );
    }
    need(&mut step, draft.need, report);
    share(&mut step, draft.share, report);
    max(&mut step, draft.max, report);
    fresh(&mut step, draft.fresh, report);
    fits(&step, report);
    step
}

fn need(step: &mut Step, need: Option<i64>, report: &mut Report) {
    let Some(count) = need else { return };
    let limit = match &step.kind {
        Kind::Approval { roles, .. } => roles.len(),
        _ => step.after.len(),
    };
    let valid = usize::try_from(count)
        .ok()
        .filter(|count| (1..=limit).contains(count));
    let Some(count) = valid else {
        report.step(
            "cycle.bad_limit",
            step,
            format!("need({count}) は {limit} 件のうちの数として成り立ちません"),
            format!("1 から {limit} までにしてください。"),
        );
        return;
    };
    match &mut step.kind {
        Kind::Approval { need, .. } => *need = Some(count),
        _ => step.need = Some(count),
    }
}

fn share(step: &mut Step, share: Option<i64>, report: &mut Report) {
    let Some(percent) = share else { return };
    let valid = u32::try_from(percent)
        .ok()
        .filter(|percent| (1..=100).contains(percent));
    if valid.is_none() || step.need.is_some() {
        report.step(
            "cycle.bad_limit",
            step,
            format!("share({percent}) は使えません"),
            "share は 1 から 100 までの百分率で、need・after_any とは別に書いてください。",
        );
    }
    step.share = valid;
}

fn fresh(step: &mut Step, wanted: bool, report: &mut Report) {
    match &mut step.kind {
        Kind::WaitFor { fresh, .. } => *fresh = wanted,
        _ if wanted => misplaced(step, "fresh", "wait_for", report),
        _ => {}
    }
}

fn max(step: &mut Step, max: Option<i64>, report: &mut Report) {
    let limit = i64::from(crate::plan::MAX_ROUNDS);
    match max {
        Some(count) if !(1..=limit).contains(&count) => report.step(
            "cycle.bad_limit",
            step,
            format!("max({count}) は使えません"),
            format!("1 から {limit} までの回数にしてください。"),
        ),
        Some(count) => step.max = u32::try_from(count).ok(),
        None if matches!(step.kind, Kind::Reopen { .. }) => report.step(
            "cycle.loop_without_max",
            step,
            "やり直しの回数に上限がありません",
            "max(1) のように上限を書いてください。",
        ),
        None => {}
    }
}

fn fits(step: &Step, report: &mut Report) {
    let person = matches!(step.kind, Kind::Task { .. } | Kind::Approval { .. });
    let collects = matches!(step.kind, Kind::Collect { .. });
    let waits = matches!(step.kind, Kind::WaitFor { .. });
    let reopens = matches!(step.kind, Kind::Reopen { .. });
    let ends = matches!(step.kind, Kind::End);
    let growing = matches!(step.per, Some(Per::List(_)));
    let wrong = [
        (
            step.sendback.is_some() && !person,
            "sendback",
            "task か approval",
        ),
        (
            step.escalate.is_some() && !person,
            "escalate",
            "task か approval",
        ),
        (
            step.closes.is_some() && !collects && !waits && !reopens,
            "closes",
            "collect か wait_for か、それを開き直す reopen",
        ),
        (
            step.max.is_some() && !reopens && step.sendback.is_none(),
            "max",
            "reopen か sendback のあるステップ",
        ),
        (
            step.per.is_some() && (reopens || ends),
            "per",
            "reopen・end_cycle 以外",
        ),
        (
            step.open_until.is_some() && !growing,
            "open_until",
            "per(\"一覧の名前\") のあるステップ",
        ),
        (
            step.alone.is_some() && (reopens || ends),
            "alone",
            "reopen・end_cycle 以外",
        ),
        (
            !step.withdraw.is_empty() && (reopens || ends),
            "withdraw",
            "reopen・end_cycle 以外",
        ),
        (
            step.unskippable && (reopens || ends),
            "unskippable",
            "reopen・end_cycle 以外",
        ),
    ];
    for (_, word, belongs) in wrong.into_iter().filter(|(wrong, ..)| *wrong) {
        misplaced(step, word, belongs, report);
    }
    if collects && step.closes.is_none() {
        report.step(
            "cycle.no_deadline",
            step,
            "回答の締切がありません",
            "closes(c.close) のように締切を書いてください。",
        );
    }
    if matches!(
        &step.closes,
        Some(DateRule {
            base: Base::Closing(_),
            ..
        })
    ) {
        report.step(
            "cycle.bad_rule",
            step,
            "締切が、ほかのステップの締切から決まっています",
            "c.close.bdays(10) のように、パラメータの日付から数えてください。",
        );
    }
}

fn misplaced(step: &Step, word: &str, belongs: &str, report: &mut Report) {
    report.step(
        "cycle.misplaced",
        step,
        format!("{word} はこの種類のステップには使えません"),
        format!("{word} は {belongs} に付けてください。"),
    );
}
