//! Gates on trial: every hook is asked with sample facts, so that its errors and its outcomes are known
//! before the cycle reaches it.

use std::collections::{BTreeMap, BTreeSet};

use authoring::Finding;

use super::{Script, has_function, hooks};
use crate::language::StepDraft;
use crate::parameters::Parameters;
use crate::vocabulary::gate_facts;

pub(super) struct Outcomes {
    pub by_hook: BTreeMap<String, BTreeSet<String>>,
    pub findings: Vec<Finding>,
}

/// Asked and answered: nobody asked, and of a hundred from nobody to all. An outcome that only another rate
/// gives stays unknown to the check.
const SAMPLES: [(u64, u64); 8] = [
    (0, 0),
    (100, 0),
    (100, 30),
    (100, 50),
    (100, 70),
    (100, 90),
    (100, 99),
    (100, 100),
];

pub(super) fn outcomes(script: &Script, parameters: &Parameters, steps: &[StepDraft]) -> Outcomes {
    let mut outcomes = Outcomes {
        by_hook: BTreeMap::new(),
        findings: Vec::new(),
    };
    for (step, hook) in hooks(steps) {
        // A missing hook is the check's finding.
        if outcomes.by_hook.contains_key(hook) || !has_function(&script.ast, hook, 2) {
            continue;
        }
        let found = outcomes.by_hook.entry(hook.to_owned()).or_default();
        for (asked, answered, round) in samples() {
            let facts = gate_facts(asked, answered, round);
            match script.gate(hook, &facts, parameters) {
                Ok(outcome) => {
                    found.insert(outcome);
                }
                Err(error) => {
                    outcomes.findings.push(Finding::new(
                        "cycle.hook_fails",
                        &script.file,
                        error.line.or(step.line),
                        format!(
                            "判定 {hook} が失敗します（対象 {asked}・回答 {answered}・{round}回目のとき）: {}。",
                            error.reason
                        ),
                        "s.asked（対象数）・s.answered（回答数）・s.round（回）と c のパラメータだけを使い、文字列を返してください。",
                    ));
                    break;
                }
            }
        }
    }
    outcomes
}

fn samples() -> impl Iterator<Item = (u64, u64, u32)> {
    [1, 2]
        .into_iter()
        .flat_map(|round| SAMPLES.map(|(asked, answered)| (asked, answered, round)))
}
