//! The graph: nothing waits for itself, and a way back leads back.

use std::collections::BTreeSet;

use super::Report;
use crate::key::StepId;
use crate::plan::{Kind, Step};

pub(super) fn check(steps: &[Step], report: &mut Report) {
    let reached = reached(steps);
    let ring: Vec<&Step> = steps
        .iter()
        .filter(|step| leads(step, &step.id, steps, |step| awaited(step).collect()))
        .collect();
    if let Some(first) = ring.first() {
        let names: Vec<&str> = ring.iter().map(|step| step.id.as_str()).collect();
        report.step(
            "cycle.cyclic",
            first,
            format!("互いを待っていて始まりません（{}）", names.join("、")),
            "after・when・while_open・open_until のどれかを外してください。やり直しは sendback か reopen で書きます。",
        );
    }
    for step in steps.iter().filter(|step| !reached.contains(&step.id)) {
        if !ring.iter().any(|in_ring| in_ring.id == step.id) {
            report.step(
                "cycle.unreachable",
                step,
                "始まることのないステップを待っています",
                "待つステップを直してください。",
            );
        }
    }
    for step in steps {
        let target = match &step.kind {
            Kind::Reopen { target } => Some(target),
            _ => step.sendback.as_ref(),
        };
        let Some(target) = target else { continue };
        if !follows(step, target, steps) {
            report.step(
                "cycle.not_upstream",
                step,
                format!("戻り先「{target}」が、このステップより前にありません"),
                "after・when でたどれる、前のステップにしてください。",
            );
        }
        let target = steps.iter().find(|step| step.id == *target);
        if matches!(step.kind, Kind::Reopen { .. })
            && step.closes.is_some()
            && target.is_some_and(|target| target.closes.is_none())
        {
            report.step(
                "cycle.misplaced",
                step,
                "新しい締切が書かれていますが、開き直すステップに締切がありません",
                "closes を消すか、reopen に締切のあるステップを書いてください。",
            );
        }
    }
}

/// Steps that can open when every step they wait for can.
fn reached(steps: &[Step]) -> BTreeSet<&StepId> {
    let mut reached = BTreeSet::new();
    loop {
        let before = reached.len();
        for step in steps {
            if awaited(step).all(|id| reached.contains(id)) {
                reached.insert(&step.id);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// What has to be settled before the step is: what it follows, and what closes its list.
fn awaited(step: &Step) -> impl Iterator<Item = &StepId> {
    step.predecessors().chain(&step.open_until)
}

/// Whether `step` follows `target`, directly or through others.
pub(super) fn follows(step: &Step, target: &StepId, steps: &[Step]) -> bool {
    leads(step, target, steps, |step| step.predecessors().collect())
}

fn leads<'a>(
    step: &'a Step,
    target: &StepId,
    steps: &'a [Step],
    before: impl Fn(&'a Step) -> Vec<&'a StepId>,
) -> bool {
    let mut stack = before(step);
    let mut seen = BTreeSet::new();
    while let Some(id) = stack.pop() {
        if id == target {
            return true;
        }
        if seen.insert(id)
            && let Some(step) = steps.iter().find(|step| step.id == *id)
        {
            stack.extend(before(step));
        }
    }
    false
}
