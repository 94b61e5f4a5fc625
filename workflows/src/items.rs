//! The items of a step: written in the plan, known on the way, or still being added.
//!
//! A `per("list")` step whose turn without an item is settled is over as a whole: nothing is added to it.

use std::borrow::Cow;

use crate::plan::{Per, Plan, Step};
use crate::readiness::{Standing, standing};
use crate::state::{Phase, State, Status};

/// The one item of a step that is there once.
static ONCE: [String; 1] = [String::new()];

/// Nothing while the list is not known yet.
pub(crate) fn items<'a>(
    state: &'a State,
    plan: &Plan,
    step: &'a Step,
) -> Option<Cow<'a, [String]>> {
    let list = match &step.per {
        None => return Some(Cow::Borrowed(&ONCE)),
        Some(Per::Items(items)) => return Some(Cow::Borrowed(items)),
        Some(Per::List(list)) => list,
    };
    let known = state.lists.get(list);
    if !is_over(state, step) {
        return match known {
            Some(items) => Some(Cow::Borrowed(items)),
            None if is_closed(state, plan, list) => Some(Cow::Borrowed(&[])),
            None => None,
        };
    }
    let begun = known.into_iter().flatten();
    let begun: Vec<String> = begun
        .filter(|item| state.turn(&step.id, item).is_some())
        .cloned()
        .collect();
    Some(match begun.is_empty() {
        true => Cow::Borrowed(&ONCE),
        false => Cow::Owned(begun),
    })
}

/// Whether items may still be added to this step.
pub(crate) fn grows(state: &State, plan: &Plan, step: &Step) -> bool {
    match &step.per {
        Some(Per::List(list)) => {
            plan.grows_until(list).is_some()
                && !is_over(state, step)
                && !is_closed(state, plan, list)
        }
        _ => false,
    }
}

/// Whether the step that ends a growing list is settled.
pub(crate) fn is_closed(state: &State, plan: &Plan, list: &str) -> bool {
    plan.grows_until(list).is_some_and(|end| {
        matches!(
            standing(state, plan, end),
            Standing::WentOn | Standing::Skipped
        )
    })
}

pub(crate) fn is_settled(state: &State, step: &Step, item: &str) -> bool {
    matches!(
        state.turn(&step.id, item).map(|turn| &turn.status),
        Some(Status::Settled(_))
    )
}

fn is_over(state: &State, step: &Step) -> bool {
    matches!(step.per, Some(Per::List(_))) && is_settled(state, step, "")
}

/// A list to which people may add now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growing {
    pub list: String,
    /// Titles of the steps that are done for each item.
    pub steps: Vec<String>,
    /// Title of the step that ends it.
    pub until: String,
    pub items: Vec<String>,
}

/// The lists of a running cycle that may grow, in the order of the plan.
pub fn growing_lists(state: &State, plan: &Plan) -> Vec<Growing> {
    let mut found: Vec<Growing> = Vec::new();
    if state.phase != Phase::Running {
        return found;
    }
    for step in plan.steps.iter().filter(|step| grows(state, plan, step)) {
        let Some(Per::List(list)) = &step.per else {
            continue;
        };
        if let Some(known) = found.iter_mut().find(|known| known.list == *list) {
            known.steps.push(step.title.clone());
            continue;
        }
        found.push(Growing {
            list: list.clone(),
            steps: vec![step.title.clone()],
            until: plan
                .grows_until(list)
                .map(|end| plan.title_of(end))
                .unwrap_or_default(),
            items: state.lists.get(list).cloned().unwrap_or_default(),
        });
    }
    found
}
