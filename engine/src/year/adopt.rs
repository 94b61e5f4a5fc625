//! 計画の変更: a running cycle goes on by the plan that the pack's script and parameters make now.

use std::sync::Arc;

use chrono::NaiveDate;
use workflows::{Actor, Adoption, Command, Key, Plan, Preview, State};

use super::{Act, Change, Refusal, Year};
use crate::municipality::Access;
use crate::pack::{self, Pack};

impl Year {
    /// What adopting the plan of a pack would bring about: of this one, or of the one that its folder holds
    /// by now. Nothing is adopted.
    ///
    /// # Errors
    /// As for [`Year::adopt`].
    pub async fn preview(&self, act: &Act, cycle: &str, pack: &Pack) -> Result<Preview, Refusal> {
        let (_, new) = self.made_by(pack, cycle)?;
        let old = self.plan(cycle).await?;
        let state: State = self
            .state(|state| state.cycles.get(cycle).cloned())
            .unwrap_or_default();
        workflows::preview(&state, &old, &new, &self.calendar(), &act.for_cycle())
            .map_err(|refusal| Refusal::Cycle(refusal.to_string()))
    }

    /// Adopts the pack's present plan. `to`: the hash of the plan that was previewed; `cancel`: the open turns
    /// that may go.
    ///
    /// # Errors
    /// The pack has no such cycle, or one of another year; its plan is refused, or is not the previewed one any
    /// more; the cycle has ended, or an open step would go without having been chosen.
    pub async fn adopt(
        &self,
        act: &Act,
        cycle: &str,
        to: &str,
        cancel: Vec<Key>,
        by: Actor,
        reason: String,
    ) -> Result<(), Refusal> {
        let (definition, plan) = self.made_by(&self.pack, cycle)?;
        if plan.hash != to {
            return Err(Refusal::Cycle(
                "計画が、変更案を作ったあとにまた変わりました。変更案を開き直してください。".into(),
            ));
        }
        let plan = Arc::new(plan);
        let change = Change {
            writes: self.keep_plan(&plan, &definition.script).await?,
            ..Change::default()
        };
        let adoption = Adoption {
            plan: (*plan).clone(),
            cancel,
            by,
            reason,
        };
        let adopt = Command::Adopt(Box::new(adoption));
        self.decide_on(act, cycle, None, adopt, change).await
    }

    /// Who suspends, resumes, gives up and changes cycles: whoever has the secretariat's access.
    ///
    /// # Errors
    /// The person does not.
    pub fn secretariat(&self, today: NaiveDate, person: &str) -> Result<Actor, Refusal> {
        let municipality = &self.pack.municipality;
        let mut roles = municipality.roles_of(person, today);
        let first = municipality.roles.first();
        let first = first.map_or("事務局", |role| role.name.as_str());
        let program = self.access_of_program(person);
        match roles.find(|(_, access)| *access >= Access::Secretariat) {
            Some((role, _)) => Ok(Actor::new(person, &role.name)),
            // A program does what the secretariat has made its token for.
            None if program >= Some(Access::Secretariat) => Ok(Actor::new(person, first)),
            None => {
                let role = first;
                Err(Refusal::Cycle(format!(
                    "これは{role}の仕事です。{role}の方がサインインして行ってください。"
                )))
            }
        }
    }

    /// The plan that a pack makes for this very turn of a cycle.
    fn made_by<'a>(&self, pack: &'a Pack, cycle: &str) -> Result<(&'a pack::Cycle, Plan), Refusal> {
        let running = self.state(|state| {
            state
                .cycles
                .get(cycle)
                .map(|running| running.parent.clone())
        });
        let definition = match running {
            None => return Err(Refusal::Unknown(format!("サイクル「{cycle}」"))),
            Some(Some(parent)) => pack.cycle(&parent.name),
            Some(None) => pack.cycles.iter().find(|made| made.turn() == cycle),
        };
        let Some(definition) = definition else {
            return Err(Refusal::Cycle(format!(
                "パックに「{cycle}」のサイクルがありません。ファイルの名と年度（year）を確かめてください。"
            )));
        };
        let plan = definition.script.plan(&definition.parameters);
        Ok((definition, plan.map_err(Refusal::Findings)?))
    }
}
