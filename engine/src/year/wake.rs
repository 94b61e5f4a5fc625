//! When a cycle has to be looked at again: one job for each running cycle, rewritten by every command in the
//! same commit, so that no timer is lost, and claimed by one process at a time.

use chrono::{DateTime, TimeDelta, Utc};
use store::{Claim, CommitError, Guard, Job, Key};
use workflows::{Phase, Plan, next_wake, open_work};

use super::{Act, Change, Refusal, Write, Year};

/// The queue of the cycles; a job's id is the cycle's.
pub const CYCLES: &str = "cycle";

/// What could not be done is looked at again after this time.
const LATER: TimeDelta = TimeDelta::minutes(1);

impl Year {
    /// Does what is due in the claimed cycle, and leaves its job where the next thing is due.
    ///
    /// # Errors
    /// The store refused; the claim ends by itself then, and somebody tries again.
    pub async fn work_claimed(&self, act: &Act, claim: &Claim) -> Result<(), Refusal> {
        self.refresh().await?;
        let cycle = &claim.job.id;
        if self.state(|state| state.cycles.contains_key(cycle)) {
            self.work_on(act, cycle).await?;
        }
        // A command that changed something has written the job anew and so ended the claim.
        self.set_wake(act, cycle, claim.guard()).await
    }

    /// Gives every running cycle its job: for data of a release that had none.
    ///
    /// # Errors
    /// The store refused.
    pub async fn wake_all(&self, act: &Act) -> Result<(), Refusal> {
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        for cycle in cycles {
            let key = self.wake_key(&cycle)?;
            if self.store.get(&key).await?.is_none() {
                self.set_wake(act, &cycle, Guard::Absent(key)).await?;
            }
        }
        Ok(())
    }

    async fn set_wake(&self, act: &Act, cycle: &str, guard: Guard) -> Result<(), Refusal> {
        let state = self.state(|state| state.cycles.get(cycle).cloned());
        let write = match state {
            Some(state) => {
                let plan = self.plan(cycle).await?;
                self.wake(cycle, &state, &plan, act.at + LATER)?
            }
            None => (self.wake_key(cycle)?, None),
        };
        let change = Change {
            guards: vec![guard],
            writes: vec![write],
            ..Change::default()
        };
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => Ok(()),
            other => other,
        }
    }

    /// The job of a cycle in this state; `now`: when what can be done already is to be done.
    pub(super) fn wake(
        &self,
        cycle: &str,
        state: &workflows::State,
        plan: &Plan,
        now: DateTime<Utc>,
    ) -> Result<Write, Refusal> {
        let untended = self.untended(state, plan).then_some(now);
        match due(state, plan, now).into_iter().chain(untended).min() {
            Some(due) => job(self.slug(), cycle, due),
            None => Ok((self.wake_key(cycle)?, None)),
        }
    }

    /// The job of the cycle above one that has ended: it goes on.
    pub(super) fn wake_parent(
        &self,
        state: &workflows::State,
        now: DateTime<Utc>,
    ) -> Result<Option<Write>, Refusal> {
        let ended = matches!(state.phase, Phase::Completed | Phase::Terminated);
        let parent = state.parent.as_ref().filter(|_| ended);
        let job = parent.map(|parent| job(self.slug(), &parent.cycle, now));
        job.transpose()
    }

    fn wake_key(&self, cycle: &str) -> Result<Key, Refusal> {
        Job::key(self.slug(), CYCLES, cycle).map_err(unreadable)
    }
}

/// When the first timer of a cycle fires or its first work can be done; `now` for work that can be done already.
pub(super) fn due(
    state: &workflows::State,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let work = open_work(state, plan).into_iter();
    let work = work.map(|work| work.not_before.unwrap_or(now));
    work.chain(next_wake(state)).min()
}

/// The job that has a cycle looked at.
pub(super) fn job(municipality: &str, cycle: &str, due: DateTime<Utc>) -> Result<Write, Refusal> {
    let job = Job {
        municipality: municipality.to_owned(),
        queue: CYCLES.to_owned(),
        id: cycle.to_owned(),
        due,
        payload: Vec::new(),
    };
    job.write().map_err(unreadable)
}

fn unreadable(error: store::KeyError) -> Refusal {
    Refusal::Unreadable(error.to_string())
}
