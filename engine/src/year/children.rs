//! Cycles below a cycle (部会 under its committee): started, settled and given up as the steps above them want.
//!
//! What should run is compared with what runs, so a crash in between loses nothing and starts nothing twice.

use chrono::{DateTime, Utc};
use workflows::{Actor, Child, Command, Parent, Phase, Plan, children, outcome};

use super::cycle::short;
use super::{Act, Refusal, Year};

/// What has to be done about a child.
enum Care {
    Start,
    /// Its step is settled with this outcome.
    Settle(&'static str),
    GiveUp,
}

impl Year {
    /// Does one thing about the children of a cycle; false when there was nothing to do.
    pub(super) async fn tend_children(&self, act: &Act, cycle: &str) -> Result<bool, Refusal> {
        let plan = self.plan(cycle).await?;
        let state = self.state(|state| state.cycles.get(cycle).cloned());
        let Some((child, care)) = state.and_then(|state| self.care(&state, &plan, act.at)) else {
            return Ok(false);
        };
        let by = Actor::new("meguri", "システム");
        let key = child.key.clone();
        match care {
            Care::Start => {
                let parent = Parent {
                    cycle: cycle.to_owned(),
                    key: key.clone(),
                    name: child.name.clone(),
                };
                let started = match self.pack.cycle(&child.name) {
                    Some(definition) => {
                        self.start(act, &child.cycle, definition, by, Some(parent))
                            .await
                    }
                    None => Err(Refusal::Unknown(format!("サイクル「{}」", child.name))),
                };
                match started {
                    Ok(()) => {}
                    Err(broken @ (Refusal::Store(_) | Refusal::Commit(_))) => return Err(broken),
                    Err(refusal) => {
                        let message = short(&refusal);
                        let fail = Command::Fail { key, message };
                        self.command(act, cycle, fail).await?;
                    }
                }
            }
            Care::Settle(outcome) => {
                let settle = Command::Settle {
                    key,
                    outcome: outcome.to_owned(),
                    input_hash: None,
                };
                self.command(act, cycle, settle).await?;
            }
            Care::GiveUp => {
                let reason = format!("上のサイクルの「{}」が取りやめになったため", child.title);
                let give_up = Command::Terminate { by, reason };
                self.command(act, &child.cycle, give_up).await?;
            }
        }
        Ok(true)
    }

    /// Whether a cycle in this state has children to be looked after now.
    pub(super) fn untended(
        &self,
        state: &workflows::State,
        plan: &Plan,
        now: DateTime<Utc>,
    ) -> bool {
        self.care(state, plan, now).is_some()
    }

    fn care(
        &self,
        state: &workflows::State,
        plan: &Plan,
        now: DateTime<Utc>,
    ) -> Option<(Child, Care)> {
        children(state, plan).into_iter().find_map(|child| {
            let phase = self.state(|all| all.cycles.get(&child.cycle).map(|child| child.phase));
            let care = match (child.wanted, phase) {
                (true, None) if child.not_before.is_none_or(|instant| instant <= now) => {
                    Care::Start
                }
                (true, Some(Phase::Completed)) => Care::Settle(outcome::DONE),
                (true, Some(Phase::Terminated)) => Care::Settle(outcome::TERMINATED),
                (false, Some(Phase::Running | Phase::Suspended)) => Care::GiveUp,
                _ => return None,
            };
            Some((child, care))
        })
    }
}
