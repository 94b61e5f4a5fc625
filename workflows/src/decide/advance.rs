//! Advancing: which steps may open, and which never will? Asked until nothing changes any more.

use std::borrow::Cow;

use super::Batch;
use super::open::{open, settle};
use super::reopen::{Reopening, deepest, reopen};
use super::timers::set;
use crate::calendar::opening;
use crate::items::items;
use crate::key::Key;
use crate::outcome;
use crate::plan::{Kind, MAX_ROUNDS, Plan, Step};
use crate::readiness::{Readiness, Standing, busy, readiness, standing, together, when, whole};
use crate::record::{Event, How};
use crate::state::{Phase, Status, TimerKind};

/// Ends: a step opens or is skipped once a round, and rounds are bounded by `max`.
pub(super) fn advance(batch: &mut Batch) {
    if batch.state.phase != Phase::Running {
        return;
    }
    let plan = batch.plan;
    loop {
        let mut changed = false;
        for step in &plan.steps {
            if batch.state.phase != Phase::Running {
                return;
            }
            // Loops first: what a reopening takes away must not begin in between.
            while loops(batch, plan) {
                changed = true;
            }
            if !matches!(step.kind, Kind::Reopen { .. }) {
                changed |= one(batch, step);
            }
        }
        if !changed {
            break;
        }
    }
    let settled = |step: &Step| {
        matches!(
            standing(&batch.state, plan, &step.id),
            Standing::WentOn | Standing::Skipped
        )
    };
    if plan.steps.iter().all(settled) {
        batch.record(Event::CycleCompleted);
    }
}

/// One step with all its items. True when anything was recorded.
fn one(batch: &mut Batch, step: &Step) -> bool {
    let before = batch.records.len();
    let plan = batch.plan;
    let known = items(&batch.state, plan, step);
    // Without its list a step cannot open, but it can be known that it never will.
    let may_open = known.is_some();
    let known = known.unwrap_or(Cow::Owned(vec![String::new()]));
    let waiting = |item: &&String| {
        let turn = batch.state.turn(&step.id, item);
        turn.is_none_or(|turn| turn.status == Status::Waiting)
    };
    let left: Vec<String> = known.iter().filter(waiting).cloned().collect();
    // The same for all items, until one of them has opened and taken something away.
    let mut for_all = None;
    let mut taken = None;
    for item in left {
        let for_all_items = *for_all.get_or_insert_with(|| whole(&batch.state, plan, step));
        let ready = together([for_all_items, when(&batch.state, plan, step, &item)]);
        let key = batch.state.key(&step.id, &item);
        match ready {
            Readiness::Waits => {}
            Readiness::Never(because) => skip(batch, &key, outcome::SKIPPED, because),
            Readiness::Ready if !may_open => {}
            Readiness::Ready if later(batch, step, &key) => {}
            Readiness::Ready => {
                let busy = *taken.get_or_insert_with(|| busy(&batch.state, plan, step).is_some());
                if !busy {
                    open(batch, step, key);
                    for_all = for_all.filter(|_| step.withdraw.is_empty());
                    taken = None;
                }
            }
        }
        if batch.state.phase != Phase::Running {
            break;
        }
    }
    batch.records.len() > before
}

/// Whether the step opens on a day that has not come, or whose timer has not fired yet.
fn later(batch: &mut Batch, step: &Step, key: &Key) -> bool {
    let Some(rule) = &step.opens else {
        return false;
    };
    // It fires in due order, also when it is late: what closed before that opens no more.
    if batch.state.timer(key, TimerKind::Opens).is_some() {
        return true;
    }
    let later = batch
        .date(rule)
        .is_some_and(|on| opening(on) > batch.at.instant);
    if later {
        set(batch, key, TimerKind::Opens, rule.clone());
    }
    later
}

fn skip(batch: &mut Batch, key: &Key, outcome: &str, because: &str) {
    settle(batch, key, How::Skipped, outcome, Some(because.to_owned()));
}

/// Looks for one reopening step that is due and does it. True when there was one.
fn loops(batch: &mut Batch, plan: &Plan) -> bool {
    for step in &plan.steps {
        let Kind::Reopen { target } = &step.kind else {
            continue;
        };
        let turn = batch.state.turn(&step.id, "");
        if turn.is_some_and(|turn| turn.status != Status::Waiting) {
            continue;
        }
        let uses = turn.map_or(0, |turn| turn.uses);
        let key = batch.state.key(&step.id, "");
        match readiness(&batch.state, plan, step, "") {
            Readiness::Waits => continue,
            Readiness::Never(because) => skip(batch, &key, outcome::SKIPPED, because),
            Readiness::Ready => {
                if uses >= step.max.unwrap_or(1) || deepest(batch, target, "") >= MAX_ROUNDS {
                    skip(batch, &key, outcome::SPENT, "やり直しの上限に達したため");
                } else {
                    let reopening = Reopening {
                        target,
                        item: "",
                        reason: step.title.clone(),
                        by_step: Some(key),
                        closes: step.closes.clone(),
                    };
                    reopen(batch, reopening);
                }
            }
        }
        return true;
    }
    false
}
