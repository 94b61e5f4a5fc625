//! 引戻し: who finished a task takes it back, as long as nobody has taken up or decided what follows.

use super::Batch;
use super::advance::advance;
use super::lookup::Found;
use super::reopen::{Reopening, cascade, deepest, reopen};
use crate::command::Actor;
use crate::key::Key;
use crate::plan::{Kind, MAX_ROUNDS, Step};
use crate::record::How;
use crate::refusal::Refusal;
use crate::state::{Open, Status};

pub(super) fn pull_back(batch: &mut Batch, key: &Key, by: Actor) -> Result<(), Refusal> {
    let (step, settled) = match batch.find(key)? {
        Found::Settled(step, settled) => (step, settled),
        Found::Open(step, _) => {
            return Err(Refusal::NothingToPullBack {
                title: step.title.clone(),
            });
        }
        Found::Past(step, _) => return Err(batch.old_round(step, key)),
    };
    let title = step.title.clone();
    if !matches!(step.kind, Kind::Task { .. }) || settled.how != How::Done {
        return Err(Refusal::NothingToPullBack { title });
    }
    let mut deciders = settled.decisions.iter().filter_map(|made| made.by.as_ref());
    if !deciders.any(|made_by| made_by.names().any(|name| name == by.person)) {
        return Err(Refusal::NotTheProposer { title });
    }
    if let Some(taken) = taken_up(batch, key) {
        let by = taken.title.clone();
        return Err(Refusal::TakenUp { title, by });
    }
    if deepest(batch, &key.step, &key.item) >= MAX_ROUNDS {
        let max = MAX_ROUNDS;
        return Err(Refusal::TooManyRounds { title, max });
    }
    batch.by = Some(by);
    let reopening = Reopening {
        target: &key.step,
        item: &key.item,
        reason: "引戻し".to_owned(),
        by_step: None,
        closes: None,
    };
    reopen(batch, reopening);
    batch.by = None;
    advance(batch);
    Ok(())
}

/// A step after this one that cannot be taken back: somebody has claimed or decided it, or it is the
/// product's and already under way.
fn taken_up<'a>(batch: &Batch<'a>, key: &Key) -> Option<&'a Step> {
    let plan = batch.plan;
    let following = cascade(batch, &key.step, &key.item);
    let mut following = following.iter().filter(|other| other.step != key.step);
    following.find_map(|other| {
        let step = plan.step(other.step.as_str())?;
        let taken = match &batch.state.turn(&other.step, &other.item)?.status {
            Status::Waiting => false,
            Status::Settled(settled) => settled.how == How::Done,
            Status::Open(open) => !untouched(step, open),
        };
        taken.then_some(step)
    })
}

fn untouched(step: &Step, open: &Open) -> bool {
    match step.kind {
        Kind::Task { .. } | Kind::Approval { .. } => {
            let mut offers = open.offered.values();
            open.decisions.is_empty() && offers.all(|offer| offer.claimed_by.is_none())
        }
        Kind::WaitFor { .. } => true,
        _ => false,
    }
}
