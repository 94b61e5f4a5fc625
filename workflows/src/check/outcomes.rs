//! Outcomes: every condition can come true, and every outcome of a gate leads somewhere.

use std::collections::BTreeSet;

use super::{Outcomes, Report};
use crate::outcome;
use crate::plan::{Kind, Step};

pub(super) fn check(steps: &[Step], trial: &Outcomes, report: &mut Report) {
    for step in steps {
        for when in &step.when {
            let Some(asked) = steps.iter().find(|other| other.id == when.step) else {
                continue;
            };
            let possible = possible(asked, trial);
            if !possible.is_empty() && !possible.contains(when.outcome.as_str()) {
                let possible: Vec<&str> = possible.into_iter().collect();
                report.step(
                    "cycle.unreachable",
                    step,
                    format!(
                        "「{}」の結果が「{}」になることはありません",
                        when.step, when.outcome
                    ),
                    format!("{} のどれかにしてください。", possible.join("、")),
                );
            }
        }
    }
    for gate in steps {
        let Kind::Gate { hook } = &gate.kind else {
            continue;
        };
        let found = trial.get(hook).into_iter().flatten();
        let ways: Vec<&String> = found.filter(|found| *found != outcome::WAIT).collect();
        // A hook without any outcome has failed, which is reported already.
        if ways.is_empty() && trial.get(hook).is_some_and(|found| !found.is_empty()) {
            report.step(
                "cycle.dead_end",
                gate,
                format!(
                    "判定の結果が「{}」になるだけで、先に進みません",
                    outcome::WAIT
                ),
                "進むときの結果も返してください。",
            );
        }
        for found in ways {
            if !leads_on(gate, found, steps) {
                report.step(
                    "cycle.dead_end",
                    gate,
                    format!("判定の結果「{found}」のとき、次に進むステップがありません"),
                    format!(
                        "when(\"{}\", \"{found}\") のステップを足してください。",
                        gate.id
                    ),
                );
            }
        }
    }
    for step in steps {
        if matches!(step.kind, Kind::Reopen { .. }) && !leads_on(step, outcome::SPENT, steps) {
            report.step(
                "cycle.dead_end",
                step,
                "やり直しを使い切ったあと、次に進むステップがありません",
                format!(
                    "進むステップに .or_when(\"{}\", \"{}\") を足してください。",
                    step.id,
                    outcome::SPENT
                ),
            );
        }
    }
}

/// Whether something happens after `from` gave `outcome`: a step that asks for it or for no outcome at all,
/// or nothing asks for any outcome of it.
fn leads_on(from: &Step, outcome: &str, steps: &[Step]) -> bool {
    let reopens = matches!(from.kind, Kind::Reopen { .. });
    let mut conditional = false;
    for step in steps {
        let asked = step.when.iter().filter(|when| when.step == from.id);
        for when in asked {
            conditional = true;
            if when.outcome == outcome {
                return true;
            }
        }
        // A spent loop was skipped, and what only follows something skipped is skipped with it.
        if !reopens && step.when.is_empty() && step.after.contains(&from.id) {
            return true;
        }
    }
    // The last gate of a plan leads to the end.
    !conditional && !reopens
}

fn possible<'a>(step: &Step, trial: &'a Outcomes) -> BTreeSet<&'a str> {
    let one = |outcome: &'static str| BTreeSet::from([outcome]);
    match &step.kind {
        Kind::Task { .. } => one(outcome::DONE),
        Kind::Approval { .. } => one(outcome::APPROVED),
        Kind::WaitFor { .. } if step.closes.is_some() => {
            BTreeSet::from([outcome::RECEIVED, outcome::CLOSED])
        }
        Kind::WaitFor { .. } => one(outcome::RECEIVED),
        Kind::Cycle { .. } => BTreeSet::from([outcome::DONE, outcome::TERMINATED]),
        Kind::End => one(outcome::DONE),
        Kind::Reopen { .. } => one(outcome::SPENT),
        Kind::Gate { hook } => trial
            .get(hook)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(|outcome| *outcome != outcome::WAIT)
            .collect(),
        // What an effect, a computation or a collection ends with is the shell's word.
        Kind::Effect { .. } | Kind::Compute { .. } | Kind::Carry { .. } | Kind::Collect { .. } => {
            BTreeSet::new()
        }
    }
}
