//! How two plans differ, step by step id.

use serde::{Deserialize, Serialize};

use crate::key::StepId;
use crate::plan::{Plan, Step};

/// What an adopted plan changes, short enough for a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub added: Steps,
    pub removed: Steps,
    pub changed: Steps,
}

/// How many steps, and the first of them by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    pub count: usize,
    /// In the order of the plan, up to 256 bytes of JSON.
    pub first: Vec<StepId>,
}

const NAMED_BYTES: usize = 256;

impl Difference {
    pub fn between(old: &Plan, new: &Plan) -> Difference {
        Difference {
            added: Steps::of(lacking(new, old)),
            removed: Steps::of(lacking(old, new)),
            changed: Steps::of(changed(old, new)),
        }
    }
}

impl Steps {
    fn of<'a>(steps: impl Iterator<Item = &'a Step>) -> Steps {
        let mut found = Steps {
            count: 0,
            first: Vec::new(),
        };
        let mut bytes = 0;
        for step in steps {
            found.count += 1;
            // With its quotes and comma.
            bytes += step.id.as_str().len() + 3;
            if bytes <= NAMED_BYTES {
                found.first.push(step.id.clone());
            }
        }
        found
    }
}

/// Steps of `plan` that `other` does not have.
pub(crate) fn lacking<'a>(plan: &'a Plan, other: &'a Plan) -> impl Iterator<Item = &'a Step> {
    let lacks = |step: &&Step| other.step(step.id.as_str()).is_none();
    plan.steps.iter().filter(lacks)
}

/// Steps of `new` that `old` has too, but not the same.
pub(crate) fn changed<'a>(old: &'a Plan, new: &'a Plan) -> impl Iterator<Item = &'a Step> {
    let differs = |step: &&Step| {
        old.step(step.id.as_str())
            .is_some_and(|old| !same(old, step))
    };
    new.steps.iter().filter(differs)
}

/// Where a step stands in the script means nothing.
fn same(one: &Step, other: &Step) -> bool {
    let unplaced = |step: &Step| Step {
        line: None,
        ..step.clone()
    };
    unplaced(one) == unplaced(other)
}
