//! Advancing: which steps may open, and which never will? Asked until nothing changes any more.

use super::Batch;
use super::open::{open, settle};
use super::reopen::reopen;
use super::timers::set;
use crate::calendar::opening;
use crate::outcome;
use crate::plan::{Kind, MAX_ROUNDS, Plan, Step};
use crate::readiness::{Readiness, Standing, items, readiness, standing};
use crate::record::{Event, How};
use crate::state::{Phase, Status, TimerKind};

/// Ends: a step opens or is skipped once a round, and rounds are bounded by `max`.
pub(super) fn advance(batch: &mut Batch) {
    let plan = batch.plan;
    loop {
        let mut changed = false;
        for step in &plan.steps {
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
    if batch.state.phase == Phase::Running && plan.steps.iter().all(settled) {
        batch.record(Event::CycleCompleted);
    }
}

/// One step with all its items. True when anything was recorded.
fn one(batch: &mut Batch, step: &Step) -> bool {
    let before = batch.records.len();
    let Some(items) = items(&batch.state, step) else {
        // Without its list a step cannot open, but it can be known that it never will.
        ask(batch, step, "", false);
        return batch.records.len() > before;
    };
    for item in items {
        ask(batch, step, &item, true);
    }
    batch.records.len() > before
}

fn ask(batch: &mut Batch, step: &Step, item: &str, may_open: bool) {
    let waiting = batch
        .state
        .turn(&step.id, item)
        .is_none_or(|turn| turn.status == Status::Waiting);
    if !waiting {
        return;
    }
    let key = batch.state.key(&step.id, item);
    match readiness(&batch.state, batch.plan, step, item) {
        Readiness::Waits => {}
        Readiness::Never(because) => settle(
            batch,
            &key,
            How::Skipped,
            outcome::SKIPPED,
            Some(because.to_owned()),
        ),
        Readiness::Ready if !may_open => {}
        Readiness::Ready => {
            let opens = step
                .opens
                .as_ref()
                .and_then(|rule| Some((rule, batch.date(rule)?)));
            match opens {
                Some((rule, on)) if opening(on) > batch.at.instant => {
                    if batch.state.timer(&key, TimerKind::Opens).is_none() {
                        set(batch, &key, TimerKind::Opens, rule.clone());
                    }
                }
                _ => open(batch, step, key),
            }
        }
    }
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
            Readiness::Never(because) => settle(
                batch,
                &key,
                How::Skipped,
                outcome::SKIPPED,
                Some(because.to_owned()),
            ),
            Readiness::Ready => {
                let round = batch.state.key(target, "").round;
                if uses >= step.max.unwrap_or(1) || round >= MAX_ROUNDS {
                    let because = "やり直しの上限に達したため".to_owned();
                    settle(batch, &key, How::Skipped, outcome::SPENT, Some(because));
                } else {
                    let reason = step.title.clone();
                    reopen(batch, target, reason, key, step.closes.clone());
                }
            }
        }
        return true;
    }
    false
}
