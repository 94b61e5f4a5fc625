//! What a running cycle is pinned to: its plan with the parameters, and the script that its gates are asked
//! of. They are kept as files when the cycle starts and when it adopts another plan, so that a pack that is
//! edited changes nothing in a cycle that runs.

use std::sync::Arc;

use workflows::{Parameters, Plan, Script};

use super::respond::to_json;
use super::{Refusal, Write, Year};
use crate::pack::{self, vocabulary};

impl Year {
    /// The writes that keep a plan and the script that made it.
    pub(super) async fn keep_plan(
        &self,
        plan: &Arc<Plan>,
        script: &Script,
    ) -> Result<Vec<Write>, Refusal> {
        let (plan_file, write_plan) = self.keep_file("plan.json", &to_json(&**plan)?).await?;
        let text = script.text().as_bytes();
        let (script_file, write_script) = self.keep_file("script.rhai", text).await?;
        self.plans
            .write()
            .expect("no panic while plans are held")
            .insert(plan.hash.clone(), plan.clone());
        Ok(vec![
            write_plan,
            (self.plan_key(&plan.hash)?, Some(plan_file.into_bytes())),
            write_script,
            (
                self.script_key(script.hash())?,
                Some(script_file.into_bytes()),
            ),
        ])
    }

    /// The plan to which a running cycle is pinned.
    ///
    /// # Errors
    /// There is no such cycle, or its plan cannot be read.
    pub async fn plan(&self, cycle: &str) -> Result<Arc<Plan>, Refusal> {
        let unknown = || Refusal::Unknown(format!("サイクル「{cycle}」"));
        let hash = self
            .state(|state| state.cycles.get(cycle).map(|c| c.plan.clone()))
            .ok_or_else(unknown)?;
        let held = self
            .plans
            .read()
            .expect("no panic while plans are held")
            .get(&hash)
            .cloned();
        if let Some(plan) = held {
            return Ok(plan);
        }
        let key = self.plan_key(&hash)?;
        let file = self.store.get(&key).await?.ok_or_else(unknown)?;
        let file = String::from_utf8_lossy(&file).into_owned();
        let plan: Arc<Plan> = Arc::new(self.read_file(&file).await?);
        self.plans
            .write()
            .expect("no panic while plans are held")
            .insert(hash, plan.clone());
        Ok(plan)
    }

    /// The script of the plan to which a running cycle is pinned: the pack's, as long as it is the same, and
    /// for a cycle that was started before scripts were kept.
    ///
    /// # Errors
    /// There is no such cycle, or its script cannot be read.
    pub async fn script(&self, cycle: &str) -> Result<Arc<Script>, Refusal> {
        let plan = self.plan(cycle).await?;
        let held = self
            .scripts
            .read()
            .expect("no panic while scripts are held")
            .get(&plan.script)
            .cloned();
        if let Some(script) = held {
            return Ok(script);
        }
        let script = match self.store.get(&self.script_key(&plan.script)?).await? {
            Some(file) => {
                let text = self.file(&String::from_utf8_lossy(&file)).await?;
                let cycles = self.pack.cycles.iter().map(|cycle| cycle.id.clone());
                let words = vocabulary(&self.pack.municipality, cycles.collect());
                workflows::read("script.rhai", &String::from_utf8_lossy(&text), &words)
                    .map_err(Refusal::Findings)?
            }
            None => self.defined(cycle)?.script.clone(),
        };
        let script = Arc::new(script);
        self.scripts
            .write()
            .expect("no panic while scripts are held")
            .insert(plan.script.clone(), script.clone());
        Ok(script)
    }

    /// The parameters of a running cycle as it was started or adopted its plan, with the dates as they stand
    /// now; the pack's of a cycle that does not run yet, or was started before they were kept.
    ///
    /// # Errors
    /// There is no such cycle, or its plan cannot be read.
    pub async fn parameters(&self, cycle: &str) -> Result<Parameters, Refusal> {
        let dates = self.state(|state| state.cycles.get(cycle).map(|cycle| cycle.dates.clone()));
        let Some(dates) = dates else {
            return Ok(self.defined(cycle)?.parameters.clone());
        };
        match &self.plan(cycle).await?.parameters {
            Some(parameters) => Ok(parameters.as_of(&dates)),
            None => Ok(self.defined(cycle)?.parameters.as_of(&dates)),
        }
    }

    /// The pack's definition behind a turn of a cycle.
    pub fn definition(&self, cycle: &str) -> Option<&pack::Cycle> {
        let above = self.state(|state| state.cycles.get(cycle)?.parent.clone());
        if let Some(parent) = above {
            return self.pack.cycle(&parent.name);
        }
        self.pack.cycles.iter().find(|definition| {
            cycle
                .strip_prefix(&definition.id)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }

    /// # Errors
    /// The pack has no such cycle.
    pub(super) fn defined(&self, cycle: &str) -> Result<&pack::Cycle, Refusal> {
        self.definition(cycle)
            .ok_or_else(|| Refusal::Unknown(format!("サイクル「{cycle}」の定義")))
    }
}
