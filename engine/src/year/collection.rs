//! Surveys in a plan: a collection that ends closes its survey, a gate is told how many answered.

use chrono::NaiveDate;
use workflows::{Kind, Plan, StepId, Work};

use super::{Change, Event, Refusal, Write, Year};

impl Year {
    /// What a record of the cycle means for the surveys: the end of a collection closes its survey, a
    /// collection that begins anew opens it again. `before`: the cycle before the record; `new`: the plan that
    /// the cycle goes on by.
    pub(super) fn surveys_touched(
        &self,
        before: &workflows::State,
        plan: &Plan,
        new: Option<&Plan>,
        record: &workflows::Record,
    ) -> Result<Change, Refusal> {
        use workflows::Event::{CycleTerminated, StepOpened, StepSettled, StepWithdrawn};
        let mut change = Change::default();
        match &record.event {
            StepSettled { key, .. } => self.close(&mut change, new.unwrap_or(plan), &key.step)?,
            StepWithdrawn { key, .. } => self.close(&mut change, plan, &key.step)?,
            CycleTerminated { .. } => {
                for key in before.open_keys() {
                    self.close(&mut change, plan, &key.step)?;
                }
            }
            StepOpened { key } => {
                self.open_again(&mut change, new.unwrap_or(plan), &key.step)?;
            }
            _ => {}
        }
        Ok(change)
    }

    fn close(&self, change: &mut Change, plan: &Plan, step: &StepId) -> Result<(), Refusal> {
        if let Some((survey, held)) = self.collected(plan, step)
            && held.is_open()
        {
            change.writes.push(self.open_write(&survey, false)?);
            change.events.push(Event::SurveyClosed { survey });
        }
        Ok(())
    }

    fn open_again(&self, change: &mut Change, plan: &Plan, step: &StepId) -> Result<(), Refusal> {
        if let Some((survey, held)) = self.collected(plan, step)
            && held.closed_at.is_some()
        {
            change.writes.push(self.open_write(&survey, true)?);
            let (version, asked, roster) = (held.version, held.asked, held.roster);
            let terms = held.terms;
            change.events.push(Event::SurveyOpened {
                survey,
                version,
                asked,
                roster,
                terms,
            });
        }
        Ok(())
    }

    /// The survey that a step collects, if it has been held.
    fn collected(&self, plan: &Plan, step: &StepId) -> Option<(String, super::Held)> {
        let Kind::Collect { name } = &plan.step(step.as_str())?.kind else {
            return None;
        };
        let turn = self.pack.survey(name)?.turn();
        let held = self.state(|state| state.surveys.get(&turn).cloned())?;
        Some((turn, held))
    }

    /// The key that says whether a survey takes answers. Every submission is guarded by it, so that
    /// none is acknowledged after the survey has closed.
    pub(super) fn open_write(&self, survey: &str, open: bool) -> Result<Write, Refusal> {
        Ok((self.open_key(survey)?, open.then(|| OPEN.to_vec())))
    }

    /// The date until which a survey takes answers, as it stands now.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub async fn closes_on(&self, survey: &str) -> Result<Option<NaiveDate>, Refusal> {
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        for cycle in cycles {
            let plan = self.plan(&cycle).await?;
            let asks = |name: &String| {
                self.pack
                    .survey(name)
                    .is_some_and(|s| s.turn() == survey || s.id == survey)
            };
            let mut steps = plan.steps.iter();
            let Some(step) =
                steps.find(|step| matches!(&step.kind, Kind::Collect { name } if asks(name)))
            else {
                continue;
            };
            let state = self
                .state(|state| state.cycles.get(&cycle).cloned())
                .unwrap_or_default();
            return Ok(workflows::deadline(&state, &plan, step, &self.calendar()));
        }
        Ok(None)
    }

    /// Settles a gate with what its hook says.
    pub(super) async fn ask_gate(&self, cycle: &str, work: &Work) -> Result<String, Refusal> {
        let plan = self.plan(cycle).await?;
        let (asked, answered) = self.answered_before(&plan, &work.key.step);
        let facts = workflows::gate_facts(asked, answered, work.key.round);
        let script = self.script(cycle).await?;
        let parameters = self.parameters(cycle).await?;
        let outcome = script.gate(&work.name, &facts, &parameters);
        outcome.map_err(|error| Refusal::Cycle(error.to_string()))
    }

    /// Those asked and those who answered in the collection nearest before a step.
    fn answered_before(&self, plan: &Plan, step: &StepId) -> (u64, u64) {
        let mut waiting = std::collections::VecDeque::from([step.clone()]);
        let mut seen = Vec::new();
        while let Some(id) = waiting.pop_front() {
            if let Some((_, held)) = self.collected(plan, &id) {
                return (held.asked, held.responded.len() as u64);
            }
            if let Some(step) = plan.step(id.as_str()).filter(|_| !seen.contains(&id)) {
                waiting.extend(step.predecessors().cloned());
                seen.push(id);
            }
        }
        (0, 0)
    }
}

/// The value of an open survey's key.
pub(super) const OPEN: &[u8] = b"open";
