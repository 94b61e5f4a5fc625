//! Readiness: may a step open, must it wait, or will it never open? Questions only; nothing changes here.
//!
//! | what it waits for            | opens                     | waits            | is skipped                  |
//! |------------------------------|---------------------------|------------------|-----------------------------|
//! | `after` (all)                | all settled, one went on  | one is not       | all were skipped            |
//! | `after_any`, `need(n)`       | n went on                 | n still possible | n no longer possible        |
//! | `when` / `or_when`           | one of them holds         | one is not known | none holds                  |
//! | `while_open`                 | it is open                | it is not yet    | it is settled               |
//!
//! Done and cancelled steps went on; so a skip travels only along a path on which everything was skipped,
//! and no join can hang.

use crate::key::StepId;
use crate::plan::{Per, Plan, Step, When};
use crate::record::How;
use crate::state::{State, Status};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    Ready,
    Waits,
    /// Will not open; a sentence says why.
    Never(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Waiting,
    Open,
    WentOn,
    Skipped,
}

pub(crate) fn readiness(state: &State, plan: &Plan, step: &Step, item: &str) -> Readiness {
    let parts = [
        after(state, plan, step),
        when(state, plan, step, item),
        while_open(state, plan, step),
    ];
    let never = parts
        .iter()
        .find(|part| matches!(part, Readiness::Never(_)));
    match never {
        Some(never) => *never,
        None if parts.contains(&Readiness::Waits) => Readiness::Waits,
        None => Readiness::Ready,
    }
}

/// The items of a step; nothing while its list is not known yet.
pub(crate) fn items(state: &State, step: &Step) -> Option<Vec<String>> {
    match &step.per {
        None => Some(vec![String::new()]),
        Some(Per::Items(items)) => Some(items.clone()),
        Some(Per::List(list)) => state.lists.get(list).cloned(),
    }
}

/// A step over all of its items.
pub(crate) fn standing(state: &State, plan: &Plan, id: &StepId) -> Standing {
    let Some(step) = plan.step(id.as_str()) else {
        return Standing::Waiting;
    };
    let Some(items) = items(state, step) else {
        // Without its list a step can only be skipped or cancelled as a whole.
        return match state.turn(id, "").map(|turn| &turn.status) {
            Some(Status::Settled(settled)) if settled.how == How::Skipped => Standing::Skipped,
            Some(Status::Settled(_)) => Standing::WentOn,
            _ => Standing::Waiting,
        };
    };
    let mut standing = if items.is_empty() {
        Standing::WentOn
    } else {
        Standing::Skipped
    };
    let mut waiting = false;
    for item in &items {
        match state.turn(id, item).map(|turn| &turn.status) {
            Some(Status::Open(_)) => return Standing::Open,
            None | Some(Status::Waiting) => waiting = true,
            Some(Status::Settled(settled)) if settled.how != How::Skipped => {
                standing = Standing::WentOn
            }
            Some(Status::Settled(_)) => {}
        }
    }
    if waiting { Standing::Waiting } else { standing }
}

fn after(state: &State, plan: &Plan, step: &Step) -> Readiness {
    if step.after.is_empty() {
        return Readiness::Ready;
    }
    let mut went_on = 0;
    let mut pending = 0;
    for id in &step.after {
        match standing(state, plan, id) {
            Standing::WentOn => went_on += 1,
            Standing::Skipped => {}
            Standing::Waiting | Standing::Open => pending += 1,
        }
    }
    let needed = step.need.unwrap_or(1);
    let enough = went_on >= needed && (step.need.is_some() || pending == 0);
    if enough {
        Readiness::Ready
    } else if went_on + pending < needed {
        Readiness::Never("前のステップが行われなかったため")
    } else {
        Readiness::Waits
    }
}

fn when(state: &State, plan: &Plan, step: &Step, item: &str) -> Readiness {
    if step.when.is_empty()
        || step
            .when
            .iter()
            .any(|when| holds(state, step, plan, when, item))
    {
        return Readiness::Ready;
    }
    let settled = |when: &When| {
        matches!(
            standing(state, plan, &when.step),
            Standing::WentOn | Standing::Skipped
        )
    };
    if step.when.iter().all(settled) {
        Readiness::Never("条件に当てはまらなかったため")
    } else {
        Readiness::Waits
    }
}

/// Two steps over the same items are compared item by item; otherwise one item with the outcome suffices.
fn holds(state: &State, step: &Step, plan: &Plan, when: &When, item: &str) -> bool {
    let Some(asked) = plan.step(when.step.as_str()) else {
        return false;
    };
    let has_outcome = |item: &str| {
        matches!(state.turn(&when.step, item).map(|turn| &turn.status),
            Some(Status::Settled(settled)) if settled.outcome == when.outcome)
    };
    if asked.per == step.per {
        return has_outcome(item);
    }
    items(state, asked).is_some_and(|items| items.iter().any(|item| has_outcome(item)))
}

fn while_open(state: &State, plan: &Plan, step: &Step) -> Readiness {
    let Some(id) = &step.while_open else {
        return Readiness::Ready;
    };
    match standing(state, plan, id) {
        Standing::Open => Readiness::Ready,
        Standing::Waiting => Readiness::Waits,
        Standing::WentOn | Standing::Skipped => {
            Readiness::Never("対象のステップが締め切られたため")
        }
    }
}
