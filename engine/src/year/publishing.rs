//! Publishing a questionnaire by hand, where no cycle does it: a new version of a survey that is held already, or of a
//! survey that no plan names.

use workflows::{Kind, Phase, Plan, Status, StepId, Task, open_tasks};

use super::{Act, Refusal, Year};

/// How the questionnaire of a survey is published.
#[derive(Clone, Debug)]
pub enum ToPublish {
    /// A running cycle does it as soon as what comes before it is done.
    Cycle {
        cycle: String,
        title: String,
        /// Open tasks of people on the way to it.
        tasks: Vec<Task>,
    },
    /// By hand. `before`: the version that is answered now, 0 for none.
    Now { before: u32 },
    /// The survey is over; what changes is for its next turn.
    Over,
}

impl Year {
    /// The way on which the questionnaire of a survey is published.
    ///
    /// # Errors
    /// There is no such survey, or a plan cannot be read.
    pub async fn way_to_publish(&self, survey: &str) -> Result<ToPublish, Refusal> {
        let (definition, turn) = self.asked_for(survey)?;
        let held = self.state(|state| state.surveys.get(&turn).cloned());
        let held = held.unwrap_or_default();
        if held.closed_at.is_some() {
            return Ok(ToPublish::Over);
        }
        let running: Vec<(String, workflows::State)> = self.state(|state| {
            let cycles = state.cycles.iter();
            let running = cycles
                .filter(|(_, cycle)| matches!(cycle.phase, Phase::Running | Phase::Suspended));
            running
                .map(|(id, cycle)| (id.clone(), cycle.clone()))
                .collect()
        });
        for (cycle, state) in running {
            let plan = self.plan(&cycle).await?;
            let publishes = |kind: &Kind| {
                matches!(kind, Kind::Effect { name, args }
                    if name == "survey.publish" && args.first() == Some(&definition.id))
            };
            let Some(step) = plan.steps.iter().find(|step| publishes(&step.kind)) else {
                continue;
            };
            let turn = state.turn(&step.id, "");
            if turn.is_some_and(|turn| matches!(turn.status, Status::Settled(_))) {
                continue;
            }
            let before = ancestors(&plan, &step.id);
            let mut tasks = open_tasks(&state, &plan);
            tasks.retain(|task| before.contains(&task.key.step));
            return Ok(ToPublish::Cycle {
                cycle,
                title: plan.title.clone(),
                tasks,
            });
        }
        Ok(ToPublish::Now {
            before: held.version,
        })
    }

    /// Publishes the questionnaire of a survey as it stands in the pack. Responses stay with the version to which they
    /// were given; who has not handed in goes on with the new one.
    ///
    /// # Errors
    /// A cycle publishes it, the survey is over, or this version was published with other words.
    pub async fn publish_by_hand(&self, act: &Act, survey: &str) -> Result<(), Refusal> {
        match self.way_to_publish(survey).await? {
            ToPublish::Now { .. } => {}
            ToPublish::Cycle { title, .. } => {
                return Err(Refusal::Cycle(format!(
                    "この調査票は、サイクル「{title}」が公開します。ホームの「いま行うこと」で、設計と決裁を済ませてください。"
                )));
            }
            ToPublish::Over => {
                return Err(Refusal::Cycle(
                    "この調査の受付は終わっています。直した調査票は、次の年度の調査で公開してください。".into(),
                ));
            }
        }
        let change = self.publish(survey).await?;
        self.commit(act, change).await
    }
}

/// All steps that come before a step.
fn ancestors(plan: &Plan, step: &StepId) -> Vec<StepId> {
    let mut waiting = vec![step.clone()];
    let mut seen: Vec<StepId> = Vec::new();
    while let Some(id) = waiting.pop() {
        let Some(step) = plan.step(id.as_str()) else {
            continue;
        };
        for before in step.predecessors() {
            if !seen.contains(before) {
                seen.push(before.clone());
                waiting.push(before.clone());
            }
        }
    }
    seen
}
