//! Cycles below a cycle (部会 under its committee): started, settled and given up as the steps above them want.
//!
//! What should run is compared with what runs, so a crash in between loses nothing and starts nothing twice.

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
    /// Looks once after the children of a cycle; false when that changed nothing. A child in which something must
    /// not be skipped goes on until it is decided, and is given up then.
    pub(super) async fn tend_children(&self, act: &Act, cycle: &str) -> Result<bool, Refusal> {
        let plan = self.plan(cycle).await?;
        let state = self.state(|state| state.cycles.get(cycle).cloned());
        let mut changed = false;
        for (child, care) in state.map_or_else(Vec::new, |state| self.care(&state, &plan)) {
            changed |= match self.tend(act, cycle, &child, care).await {
                Ok(()) => true,
                Err(Refusal::Cycle(_)) => false,
                Err(refusal) => return Err(refusal),
            };
        }
        Ok(changed)
    }

    async fn tend(&self, act: &Act, cycle: &str, child: &Child, care: Care) -> Result<(), Refusal> {
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
                    Ok(()) => Ok(()),
                    Err(broken @ (Refusal::Store(_) | Refusal::Commit(_))) => Err(broken),
                    Err(refusal) => {
                        let message = short(&refusal);
                        self.command(act, cycle, Command::Fail { key, message })
                            .await
                    }
                }
            }
            Care::Settle(outcome) => {
                let settle = Command::Settle {
                    key,
                    outcome: outcome.to_owned(),
                    input_hash: None,
                };
                self.command(act, cycle, settle).await
            }
            Care::GiveUp => {
                let reason = format!("上のサイクルの「{}」が取りやめになったため", child.title);
                let give_up = Command::Terminate { by, reason };
                self.command(act, &child.cycle, give_up).await
            }
        }
    }

    /// Whether a cycle in this state has children to be looked after now.
    pub(super) fn untended(&self, state: &workflows::State, plan: &Plan) -> bool {
        !self.care(state, plan).is_empty()
    }

    fn care(&self, state: &workflows::State, plan: &Plan) -> Vec<(Child, Care)> {
        let care = |child: Child| {
            let phase = self.state(|all| all.cycles.get(&child.cycle).map(|child| child.phase));
            let care = match (child.wanted, phase) {
                (true, None) => Care::Start,
                (true, Some(Phase::Completed)) => Care::Settle(outcome::DONE),
                (true, Some(Phase::Terminated)) => Care::Settle(outcome::TERMINATED),
                (false, Some(Phase::Running | Phase::Suspended)) => Care::GiveUp,
                _ => return None,
            };
            Some((child, care))
        };
        children(state, plan).into_iter().filter_map(care).collect()
    }
}
