//! Names: every step, role, effect, computation, signal and hook that is mentioned has to exist.

use std::collections::BTreeSet;

use authoring::nearest;

use super::Report;
use crate::key::StepId;
use crate::plan::{Kind, Step};
use crate::rule::{Base, DateRule};
use crate::vocabulary::Vocabulary;

pub(super) fn check(
    steps: &[Step],
    vocabulary: &Vocabulary,
    has_hook: impl Fn(&str) -> bool,
    report: &mut Report,
) {
    let mut seen: BTreeSet<&StepId> = BTreeSet::new();
    for step in steps {
        if !seen.insert(&step.id) {
            report.step(
                "cycle.duplicate_step",
                step,
                "同じ名前のステップが2つあります",
                "どちらかの名前を変えてください。",
            );
        }
    }
    for step in steps {
        step_names(step, steps, report);
        role_names(step, vocabulary, report);
        match &step.kind {
            Kind::Effect { name, .. } => {
                known(
                    step,
                    name,
                    "cycle.unknown_effect",
                    "働き（effect）",
                    &vocabulary.effects,
                    report,
                );
            }
            Kind::Compute { name, .. } => {
                known(
                    step,
                    name,
                    "cycle.unknown_compute",
                    "計算（compute）",
                    &vocabulary.computes,
                    report,
                );
            }
            Kind::WaitFor { signal, .. } => {
                known(
                    step,
                    signal,
                    "cycle.unknown_signal",
                    "合図（wait_for）",
                    &vocabulary.signals,
                    report,
                );
            }
            Kind::Cycle { name } => {
                known(
                    step,
                    name,
                    "cycle.unknown_cycle",
                    "サイクル",
                    &vocabulary.cycles,
                    report,
                );
            }
            Kind::Gate { hook } if !has_hook(hook) => report.step(
                "cycle.missing_hook",
                step,
                format!("判定の関数 {hook}(s, c) がありません"),
                format!("fn {hook}(s, c) {{ … }} を書くか、名前を直してください。"),
            ),
            _ => {}
        }
    }
}

fn step_names(step: &Step, steps: &[Step], report: &mut Report) {
    let target = match &step.kind {
        Kind::Reopen { target } => Some(target),
        _ => None,
    };
    let closing = [&step.opens, &step.due, &step.closes]
        .into_iter()
        .filter_map(|rule| match rule {
            Some(DateRule {
                base: Base::Closing(id),
                ..
            }) => Some(id),
            _ => None,
        });
    let mut reported = BTreeSet::new();
    let mentioned = step
        .predecessors()
        .chain(&step.sendback)
        .chain(target)
        .chain(&step.open_until)
        .chain(&step.withdraw)
        .chain(closing.clone());
    for id in mentioned {
        if steps.iter().any(|step| step.id == *id) || !reported.insert(id) {
            continue;
        }
        let near = nearest(id.as_str(), steps.iter().map(|step| step.id.as_str()));
        report.step(
            "cycle.unknown_step",
            step,
            format!("ステップ「{id}」はありません"),
            perhaps(near),
        );
    }
    for id in closing {
        let found = steps.iter().find(|step| step.id == *id);
        if found.is_some_and(|found| {
            found.closes.is_none() || matches!(found.kind, Kind::Reopen { .. })
        }) {
            report.step(
                "cycle.bad_rule",
                step,
                format!("「{id}」には締切がありません"),
                "closing(\"…\") には、closes のある collect か wait_for のステップを書いてください。",
            );
        }
    }
}

fn role_names(step: &Step, vocabulary: &Vocabulary, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for role in step.roles() {
        known(
            step,
            role,
            "cycle.unknown_role",
            "役割",
            &vocabulary.roles,
            report,
        );
        if !seen.insert(role) {
            report.step(
                "cycle.duplicate_role",
                step,
                format!("役割「{role}」が2回書かれています"),
                "1回にしてください。",
            );
        }
    }
    if matches!(step.kind, Kind::Approval { .. } | Kind::Task { .. }) && step.roles().is_empty() {
        report.step(
            "cycle.no_role",
            step,
            "行う役割がありません",
            "approval([\"課長\"]) のように書いてください。",
        );
    }
}

fn known(
    step: &Step,
    name: &str,
    code: &'static str,
    what: &str,
    names: &[String],
    report: &mut Report,
) {
    if names.iter().any(|known| known == name) {
        return;
    }
    let near = nearest(name, names.iter().map(String::as_str));
    let todo = match near {
        Some(_) => perhaps(near),
        None => format!("使えるのは {} です。", names.join("、")),
    };
    report.step(code, step, format!("{what}「{name}」はありません"), todo);
}

fn perhaps(near: Option<&str>) -> String {
    match near {
        Some(near) => format!("もしかして「{near}」ですか。"),
        None => "名前を直すか、ステップを足してください。".to_owned(),
    }
}
