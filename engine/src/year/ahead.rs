//! What lies ahead: the dry run of a cycle from its present state.

use workflows::simulate::{Entry, Habits, Timeline, simulate};

use super::{Act, Refusal, Year};
use crate::pack::{Cycle, Pack};

impl Pack {
    /// Invented people for a dry run: the holders of the roles, as many respondents as the largest
    /// roster has, and the usual habits.
    pub fn habits(&self, cycle: &Cycle) -> Habits {
        let holders = self
            .municipality
            .roles
            .iter()
            .map(|role| (role.name.clone(), role.holders.clone()));
        let asked = self
            .rosters
            .values()
            .map(|roster| roster.respondents.len())
            .max()
            .unwrap_or(0);
        Habits {
            cycle: cycle.turn(),
            holders: holders.collect(),
            asked: u32::try_from(asked).unwrap_or(u32::MAX),
            ..Habits::default()
        }
    }

    /// The dry run of a whole turn of a cycle.
    ///
    /// # Errors
    /// The plan is refused.
    pub fn dry_run(&self, cycle: &Cycle) -> Result<Timeline, Vec<authoring::Finding>> {
        let plan = cycle.script.plan(&cycle.parameters)?;
        let start = workflows::State::default();
        Ok(simulate(
            &cycle.script,
            &cycle.parameters,
            &plan,
            &self.habits(cycle),
            &self.calendar(),
            start,
        ))
    }
}

impl Year {
    /// What will happen in a running cycle after today if people keep to their habits.
    ///
    /// # Errors
    /// The cycle or its plan is unknown.
    pub async fn ahead(&self, act: &Act, cycle: &str) -> Result<Vec<Entry>, Refusal> {
        let unknown = || Refusal::Unknown(format!("サイクル「{cycle}」の定義"));
        let plan = self.plan(cycle).await?;
        let script = self.script(cycle).await?;
        let parameters = self.parameters(cycle).await?;
        let state = self
            .state(|state| state.cycles.get(cycle).cloned())
            .ok_or_else(unknown)?;
        let habits = self.pack.habits(self.defined(cycle)?);
        let timeline = simulate(
            &script,
            &parameters,
            &plan,
            &habits,
            &self.calendar(),
            state,
        );
        let today = act.today();
        Ok(timeline
            .entries
            .into_iter()
            .filter(|entry| entry.on >= today)
            .collect())
    }
}
