//! How a meeting's papers come to be sent: the steps of its cycle from the 次第 to the dispatch, who decided what
//! on them, and whether something was changed after that.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use workflows::{Decision, Kind, Plan, Status, Step, TimerKind};

use super::{Refusal, Year};

/// A step on the way to the dispatch.
#[derive(Clone, Debug, Serialize)]
pub struct OnTheWay {
    pub cycle: String,
    pub step: String,
    pub title: String,
    /// Approvals, tasks of people, or work of the program.
    pub kind: WayKind,
    pub standing: Standing,
    /// From 1; after a 差戻し it is done again.
    pub round: u32,
    pub due: Option<NaiveDate>,
    /// Roles that may act now.
    pub asked: Vec<String>,
    /// All roles in their order.
    pub roles: Vec<String>,
    /// Decisions of this round, then those of rounds before.
    pub decisions: Vec<Made>,
    /// The title of the step to which a 差戻し leads.
    pub sends_back_to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WayKind {
    Task,
    Approval,
    Program,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Waiting,
    Open,
    Settled,
}

/// A decision of a person.
#[derive(Clone, Debug, Serialize)]
pub struct Made {
    pub role: String,
    pub person: Option<String>,
    pub on_behalf_of: Option<String>,
    /// approved, done, sendback.
    pub outcome: String,
    pub comment: Option<String>,
    pub at: DateTime<Utc>,
    pub round: u32,
    /// Something was changed after it, and the papers have not been sent.
    pub stale: bool,
}

impl Year {
    /// The steps from the drafting of a meeting to the dispatch of its papers, in the order of the plan. Empty where no
    /// running cycle sends them.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub async fn on_the_way(&self, meeting: &str) -> Result<Vec<OnTheWay>, Refusal> {
        let convened = self.convened(meeting);
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        let mut found = Vec::new();
        for cycle in cycles {
            let plan = self.plan(&cycle).await?;
            let wanted = way(&plan, meeting);
            let Some(state) = self.state(|state| state.cycles.get(&cycle).cloned()) else {
                continue;
            };
            for step in plan
                .steps
                .iter()
                .filter(|step| wanted.contains(step.id.as_str()))
            {
                let mut one = seen(&cycle, &plan, step, &state);
                let edited = convened
                    .edited_at
                    .filter(|_| convened.dispatched_at.is_none());
                for made in &mut one.decisions {
                    let approved = one.kind == WayKind::Approval && made.round == one.round;
                    made.stale = approved && edited.is_some_and(|edited| edited > made.at);
                }
                found.push(one);
            }
        }
        Ok(found)
    }

    /// Whether a person is asked to approve the papers of a meeting at this moment.
    ///
    /// # Errors
    /// As [`Year::on_the_way`].
    pub async fn asked_to_approve(
        &self,
        meeting: &str,
        person: &str,
        today: NaiveDate,
    ) -> Result<bool, Refusal> {
        let way = self.on_the_way(meeting).await?;
        let mut asked = way
            .iter()
            .filter(|step| step.kind == WayKind::Approval)
            .flat_map(|step| &step.asked);
        Ok(asked.any(|role| {
            self.holds(role, person, today) || self.represented(today, role, person).is_some()
        }))
    }
}

/// The steps before the dispatch of a meeting, back to the drafting of its 次第.
fn way(plan: &Plan, meeting: &str) -> BTreeSet<String> {
    let first = |args: &[String]| args.first().is_some_and(|arg| arg == meeting);
    let sends = |step: &&Step| matches!(&step.kind, Kind::Effect { name, args } if name == "papers.dispatch" && first(args));
    let mut found = BTreeSet::new();
    let mut next: Vec<&Step> = plan.steps.iter().filter(sends).collect();
    while let Some(step) = next.pop() {
        if !found.insert(step.id.to_string()) {
            continue;
        }
        let drafts =
            matches!(&step.kind, Kind::Compute { name, args } if name == "agenda" && first(args));
        if !drafts {
            next.extend(step.predecessors().filter_map(|id| plan.step(id.as_str())));
        }
    }
    // A plan that drafts no 次第 of its own has no such beginning: what lies before is another matter.
    let drafted = plan.steps.iter().any(|step| {
        found.contains(step.id.as_str())
            && matches!(&step.kind, Kind::Compute { name, args } if name == "agenda" && first(args))
    });
    if !drafted {
        found.retain(|id| {
            plan.step(id).is_some_and(|step| {
                matches!(step.kind, Kind::Effect { .. } | Kind::Approval { .. })
            })
        });
    }
    found
}

fn seen(cycle: &str, plan: &Plan, step: &Step, state: &workflows::State) -> OnTheWay {
    let (kind, roles) = match &step.kind {
        Kind::Approval { roles, .. } => (WayKind::Approval, roles.clone()),
        Kind::Task { roles } => (WayKind::Task, roles.clone()),
        _ => (WayKind::Program, Vec::new()),
    };
    let turn = state.turn(&step.id, "");
    let round = turn.map_or(1, |turn| turn.round);
    let (standing, asked, decided) = match turn.map(|turn| &turn.status) {
        Some(Status::Open(open)) => (
            Standing::Open,
            open.offered.keys().cloned().collect(),
            open.decisions.clone(),
        ),
        Some(Status::Settled(settled)) => {
            (Standing::Settled, Vec::new(), settled.decisions.clone())
        }
        _ => (Standing::Waiting, Vec::new(), Vec::new()),
    };
    let mut decisions: Vec<Made> = decided.iter().map(|one| made(one, round)).collect();
    for past in turn.into_iter().flat_map(|turn| turn.past.iter().rev()) {
        decisions.extend(past.decisions.iter().map(|one| made(one, past.round)));
    }
    let due = state
        .timer(&state.key(&step.id, ""), TimerKind::Due)
        .map(|timer| timer.on);
    OnTheWay {
        cycle: cycle.to_owned(),
        step: step.id.to_string(),
        title: step.title.clone(),
        kind,
        standing,
        round,
        due,
        asked,
        roles,
        decisions,
        sends_back_to: step.sendback.as_ref().map(|id| plan.title_of(id)),
    }
}

fn made(decision: &Decision, round: u32) -> Made {
    Made {
        role: decision.role.clone(),
        person: decision.by.as_ref().map(|by| by.person.clone()),
        on_behalf_of: decision.by.as_ref().and_then(|by| by.on_behalf_of.clone()),
        outcome: decision.outcome.clone(),
        comment: decision.comment.clone(),
        at: decision.at.instant,
        round,
        stale: false,
    }
}
