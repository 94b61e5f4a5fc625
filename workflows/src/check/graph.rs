//! The graph: nothing waits for itself, and a way back leads back.

use std::collections::BTreeSet;

use super::Report;
use crate::key::StepId;
use crate::plan::{Kind, Step};

pub(super) fn check(steps: &[Step], report: &mut Report) {
    let reached = reached(steps);
    let ring: Vec<&Step> = steps
        .iter()
        .filter(|step| waits_for(step, &step.id, steps))
        .collect();
    if let Some(first) = ring.first() {
        let names: Vec<&str> = ring.iter().map(|step| step.id.as_str()).collect();
        report.step(
            "cycle.cyclic",
            first,
            format!("互いを待っていて始まりません（{}）", names.join("、")),
            "after・when・while_open のどれかを外してください。やり直しは sendback か reopen で書きます。",
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
        if !waits_for(step, target, steps) {
            report.step(
                "cycle.not_upstream",
                step,
                format!("戻り先「{target}」が、このステップより前にありません"),
                "after・when でたどれる、前のステップにしてください。",
            );
        }
        let target = steps.iter().find(|step| step.id == *target);
        if step.closes.is_some()
            && target.is_some_and(|target| !matches!(target.kind, Kind::Collect { .. }))
        {
            report.step(
                "cycle.misplaced",
                step,
                "新しい締切が書かれていますが、開き直すステップに締切がありません",
                "closes を消すか、reopen に collect のステップを書いてください。",
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
            if step.predecessors().all(|id| reached.contains(id)) {
                reached.insert(&step.id);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// Whether `step` waits for `target`, directly or through others.
fn waits_for(step: &Step, target: &StepId, steps: &[Step]) -> bool {
    let mut stack: Vec<&StepId> = step.predecessors().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = stack.pop() {
        if id == target {
            return true;
        }
        if seen.insert(id)
            && let Some(step) = steps.iter().find(|step| step.id == *id)
        {
            stack.extend(step.predecessors());
        }
    }
    false
}
