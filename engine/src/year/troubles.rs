//! What went wrong in a cycle, and the ways out: try again, leave it out, choose for a gate that could not decide.

use chrono::{DateTime, Utc};
use workflows::{Actor, Command, Key, Kind, Plan, Status};

use super::{Act, Refusal, Year};

/// A step that could not be carried out.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub cycle: String,
    pub key: Key,
    pub title: String,
    /// What went wrong, in the words of what failed; empty while the program still tries by itself.
    pub message: String,
    pub attempts: u32,
    /// When the program tries again by itself; nothing when it waits for a person.
    pub retry_at: Option<DateTime<Utc>>,
    /// Whether the step may be left out.
    pub skippable: bool,
    /// The outcomes among which a person may choose in place of a gate's script.
    pub choices: Vec<String>,
}

impl Year {
    /// What does not work now: first what waits for a person, then what is tried again by itself.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub async fn troubles(&self) -> Result<Vec<Trouble>, Refusal> {
        let cycles = self.state(|state| state.cycles.clone());
        let mut found = Vec::new();
        for (cycle, state) in cycles {
            let plan = self.plan(&cycle).await?;
            for key in state.open_keys() {
                let Some(Status::Open(open)) =
                    state.turn(&key.step, &key.item).map(|turn| &turn.status)
                else {
                    continue;
                };
                // A gate that waits has a time too, and nothing went wrong there.
                let failing = open.attempts > 0 && !state.waiting_gates.contains(&key);
                if open.incident.is_none() && !failing {
                    continue;
                }
                let Some(step) = plan.step(key.step.as_str()) else {
                    continue;
                };
                found.push(Trouble {
                    cycle: cycle.clone(),
                    title: plan.title_with_item(&key),
                    message: open.incident.clone().unwrap_or_default(),
                    attempts: open.attempts,
                    retry_at: open.retry_at.filter(|_| open.incident.is_none()),
                    skippable: !step.unskippable,
                    choices: choices(&plan, step),
                    key,
                });
            }
        }
        found.sort_by_key(|one| one.retry_at.is_some());
        Ok(found)
    }

    /// Tries a failed step again.
    ///
    /// # Errors
    /// Nothing failed there, or the cycle refuses.
    pub async fn retry(&self, act: &Act, cycle: &str, key: Key, by: Actor) -> Result<(), Refusal> {
        self.command(act, cycle, Command::Retry { key, by }).await
    }

    /// Goes on without a step.
    ///
    /// # Errors
    /// There is no reason, the step cannot be left out, or the cycle refuses.
    pub async fn leave_out(
        &self,
        act: &Act,
        cycle: &str,
        key: Key,
        by: Actor,
        reason: &str,
    ) -> Result<(), Refusal> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Refusal::Cycle("取りやめる理由を書いてください。".into()));
        }
        let cancel = Command::Cancel { key, by, reason };
        self.command(act, cycle, cancel).await
    }

    /// Chooses the way on in place of a gate's script that failed.
    ///
    /// # Errors
    /// The step is no gate that failed, or has no such outcome.
    pub async fn choose(
        &self,
        act: &Act,
        cycle: &str,
        key: Key,
        outcome: &str,
    ) -> Result<(), Refusal> {
        let troubles = self.troubles().await?;
        let known = |one: &&Trouble| one.cycle == cycle && one.key == key;
        let offered = troubles.iter().find(known);
        if !offered.is_some_and(|one| one.choices.iter().any(|choice| choice == outcome)) {
            return Err(Refusal::Cycle(
                "この分かれ道は、いま人が選ぶものではありません。画面を開き直してください。".into(),
            ));
        }
        let settle = Command::Settle {
            key,
            outcome: outcome.to_owned(),
            input_hash: None,
        };
        self.command(act, cycle, settle).await
    }
}

fn choices(plan: &Plan, step: &workflows::Step) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if !matches!(step.kind, Kind::Gate { .. }) {
        return found;
    }
    let conditions = plan.steps.iter().flat_map(|other| &other.when);
    for when in conditions.filter(|when| when.step == step.id) {
        if !found.contains(&when.outcome) {
            found.push(when.outcome.clone());
        }
    }
    found
}
