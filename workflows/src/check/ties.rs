//! Ties: steps that act on others without following them, and the end.

use std::collections::BTreeMap;

use super::Report;
use super::graph::follows;
use crate::key::StepId;
use crate::plan::{Kind, Per, Step};

pub(super) fn check(steps: &[Step], report: &mut Report) {
    let find = |id: &StepId| steps.iter().find(|step| step.id == *id);
    for step in steps {
        share(step, &find, report);
        withdraw(step, &find, report);
        let within = step.while_open.as_ref().and_then(find);
        if within.is_some_and(|within| within.alone.is_some() && within.alone == step.alone) {
            report.step(
                "cycle.unreachable",
                step,
                "while_open のステップと同じ alone を名乗っているので、始まることがありません",
                "alone の名前を変えるか、while_open を after にしてください。",
            );
        }
    }
    until(steps, report);
    for end in steps.iter().filter(|step| matches!(step.kind, Kind::End)) {
        for step in steps.iter().filter(|step| follows(step, &end.id, steps)) {
            report.step(
                "cycle.unreachable",
                step,
                format!("サイクルを終えるステップ「{}」の後にあります", end.id),
                "end_cycle の前に行うようにするか、after を外してください。",
            );
        }
    }
}

fn share<'a>(step: &Step, find: &impl Fn(&StepId) -> Option<&'a Step>, report: &mut Report) {
    let mut asked = step.after.iter().filter_map(find);
    if step.share.is_some() && (step.after.is_empty() || asked.any(|asked| asked.per.is_none())) {
        report.step(
            "cycle.misplaced",
            step,
            "share は、per のあるステップの後でなければ使えません",
            "after に per のあるステップだけを書くか、need(n) を使ってください。",
        );
    }
}

fn withdraw<'a>(step: &Step, find: &impl Fn(&StepId) -> Option<&'a Step>, report: &mut Report) {
    for gone in step.withdraw.iter().filter_map(find) {
        let why = match () {
            () if gone.id == step.id => "自分自身を取り下げています",
            () if gone.unskippable => "取りやめられないステップ（unskippable）を取り下げています",
            () if matches!(gone.kind, Kind::End) => "サイクルを終えるステップを取り下げています",
            () => continue,
        };
        report.step(
            "cycle.bad_withdraw",
            step,
            format!("{why}（{}）", gone.id),
            "withdraw の一覧から外してください。",
        );
    }
}

/// A list has one end.
fn until(steps: &[Step], report: &mut Report) {
    let mut ends: BTreeMap<&str, &StepId> = BTreeMap::new();
    for step in steps {
        let (Some(Per::List(list)), Some(end)) = (&step.per, &step.open_until) else {
            continue;
        };
        let known = ends.entry(list).or_insert(end);
        if *known != end {
            report.step(
                "cycle.bad_list",
                step,
                format!("一覧「{list}」を締め切るステップが2つあります（{known}、{end}）"),
                "open_until を同じステップにしてください。",
            );
        }
    }
}
