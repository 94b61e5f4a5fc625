//! Readiness: may a step open, must it wait, or will it never open? Questions only; nothing changes here.
//!
//! | what it waits for            | opens                     | waits            | is skipped                  |
//! |------------------------------|---------------------------|------------------|-----------------------------|
//! | `after` (all)                | all settled, one went on  | one is not       | all were skipped            |
//! | `after_any`, `need(n)`       | n went on                 | n still possible | n no longer possible        |
//! | `when` / `or_when`           | one of them holds         | one is not known | none holds                  |
//! | `share(80)`                 | so many items went on     | list still grows | no longer possible          |
//! | `while_open`                 | it is open                | it is not yet    | it is settled               |
//! | `end_cycle`                  | nothing unskippable left  | something is     |                             |
//!
//! Done and cancelled steps went on; so a skip travels only along a path on which everything was skipped,
//! and no join can hang. Whether another step holds the same `alone` is asked apart, by [`busy`]: that step
//! waits for its turn, and is skipped for other reasons only.

use crate::items::{grows, is_settled, items};
use crate::key::StepId;
use crate::plan::{Kind, Plan, Step, When};
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
    together([whole(state, plan, step), when(state, plan, step, item)])
}

/// What is asked of all items alike.
pub(crate) fn whole(state: &State, plan: &Plan, step: &Step) -> Readiness {
    together([
        after(state, plan, step),
        while_open(state, plan, step),
        end(state, plan, step),
    ])
}

pub(crate) fn together<const PARTS: usize>(parts: [Readiness; PARTS]) -> Readiness {
    let never = parts
        .iter()
        .find(|part| matches!(part, Readiness::Never(_)));
    match never {
        Some(never) => *never,
        None if parts.contains(&Readiness::Waits) => Readiness::Waits,
        None => Readiness::Ready,
    }
}

/// The step that holds the word of `alone` which this one needs too.
pub(crate) fn busy<'a>(state: &State, plan: &'a Plan, step: &Step) -> Option<&'a Step> {
    let word = step.alone.as_ref()?;
    let others = plan.steps.iter();
    let mut others = others.filter(|other| other.alone.as_ref() == Some(word));
    others.find(|other| {
        let turns = state.steps.get(&other.id).into_iter().flatten();
        turns
            .map(|(_, turn)| &turn.status)
            .any(|status| matches!(status, Status::Open(_)))
    })
}

/// Steps that must not be given up and are not decided yet.
pub(crate) fn undecided<'a>(state: &State, plan: &'a Plan) -> Option<&'a Step> {
    plan.steps
        .iter()
        .filter(|step| step.unskippable)
        .find(|step| {
            let items = items(state, plan, step);
            items.is_some_and(|items| items.iter().any(|item| !is_settled(state, step, item)))
        })
}

/// A step over all of its items.
pub(crate) fn standing(state: &State, plan: &Plan, id: &StepId) -> Standing {
    let Some(step) = plan.step(id.as_str()) else {
        return Standing::Waiting;
    };
    let Some(items) = items(state, plan, step) else {
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
    for item in items.iter() {
        match state.turn(id, item).map(|turn| &turn.status) {
            Some(Status::Open(_)) => return Standing::Open,
            None | Some(Status::Waiting) => waiting = true,
            Some(Status::Settled(settled)) if settled.how != How::Skipped => {
                standing = Standing::WentOn
            }
            Some(Status::Settled(_)) => {}
        }
    }
    if waiting || grows(state, plan, step) {
        Standing::Waiting
    } else {
        standing
    }
}

fn after(state: &State, plan: &Plan, step: &Step) -> Readiness {
    if step.after.is_empty() {
        return Readiness::Ready;
    }
    if let Some(percent) = step.share {
        return share(state, plan, step, percent as usize);
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

/// `percent` of all items of the steps before went on, rounded up. Of how many is known only when no list grows.
fn share(state: &State, plan: &Plan, step: &Step, percent: usize) -> Readiness {
    let (mut all, mut went_on, mut skipped) = (0_usize, 0, 0);
    for asked in step.after.iter().filter_map(|id| plan.step(id.as_str())) {
        let Some(items) = items(state, plan, asked).filter(|_| !grows(state, plan, asked)) else {
            return Readiness::Waits;
        };
        all += items.len();
        for item in items.iter() {
            match state.turn(&asked.id, item).map(|turn| &turn.status) {
                Some(Status::Settled(settled)) if settled.how == How::Skipped => skipped += 1,
                Some(Status::Settled(_)) => went_on += 1,
                _ => {}
            }
        }
    }
    let needed = (all * percent).div_ceil(100);
    if went_on >= needed {
        Readiness::Ready
    } else if all - skipped < needed {
        Readiness::Never("必要な数の項目が行われなかったため")
    } else {
        Readiness::Waits
    }
}

pub(crate) fn when(state: &State, plan: &Plan, step: &Step, item: &str) -> Readiness {
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
    items(state, plan, asked).is_some_and(|items| items.iter().any(|item| has_outcome(item)))
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

/// The cycle does not end over something that must be decided.
fn end(state: &State, plan: &Plan, step: &Step) -> Readiness {
    match &step.kind {
        Kind::End if undecided(state, plan).is_some() => Readiness::Waits,
        _ => Readiness::Ready,
    }
}
