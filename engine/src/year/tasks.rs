//! Tasks of people: what is due for whom, and what a person may do with each: decide, take on (引き受け), give
//! back, take back what was done (引戻し).

use chrono::NaiveDate;
use workflows::{Actor, Command, Key, Kind, Plan, Step, TakeBack, Task, outcome};

use super::{Act, Refusal, Year};

/// What a person did with a task.
#[derive(Clone, Debug)]
pub struct Done {
    pub key: Key,
    pub role: String,
    pub outcome: String,
    pub comment: Option<String>,
}

/// A task as somebody sees it who is signed in.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub cycle: String,
    pub task: Task,
    /// The due date, also after it has passed.
    pub due: Option<NaiveDate>,
    /// Days since the due date; 0 until it has passed.
    pub days_late: i64,
    /// Who can do it: holders of the role, and whoever stands in for one (代決).
    pub holders: Vec<String>,
    pub stand_ins: Vec<String>,
    /// Whether this person holds the role or stands in for a holder.
    pub mine: bool,
    /// Why this person cannot decide it although it is his: his own proposal, or somebody else has taken it.
    pub objection: Option<String>,
    /// What a 差戻し would begin anew, by title; empty where there is none.
    pub anew: Vec<String>,
    /// What is approved, where it is an approval of something that has a page.
    pub subject: Option<Subject>,
}

/// What an approval is about: what happens once it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Its papers are sent out.
    Meeting(String),
    /// Its questionnaire is published.
    Survey(String),
}

/// Something that a person may take back, and in which cycle.
#[derive(Clone, Debug)]
pub struct Finished {
    pub cycle: String,
    pub done: TakeBack,
}

/// What a task is done with, on a try: the comment that a 差戻し needs.
const ON_TRY: &str = "（案）";

impl Year {
    /// Every open task, what is this person's first; then the most overdue, then the earliest due.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub async fn assignments(&self, act: &Act) -> Result<Vec<Assignment>, Refusal> {
        let mut found = Vec::new();
        for cycle in self.running() {
            let plan = self.plan(&cycle).await?;
            let state = self.state(|state| state.cycles.get(&cycle).cloned());
            let Some(state) = state else { continue };
            for task in workflows::open_tasks(&state, &plan) {
                found.push(self.assignment(act, &cycle, &state, &plan, task));
            }
        }
        found.sort_by_key(|one| {
            let due = one.due.unwrap_or(NaiveDate::MAX);
            (!one.mine, std::cmp::Reverse(one.days_late), due)
        });
        Ok(found)
    }

    fn assignment(
        &self,
        act: &Act,
        cycle: &str,
        state: &workflows::State,
        plan: &Plan,
        task: Task,
    ) -> Assignment {
        let (calendar, today) = (self.calendar(), act.today());
        let step = plan.step(task.key.step.as_str());
        let due = step.and_then(|step| workflows::deadline(state, plan, step, &calendar));
        let late = due.filter(|due| task.overdue || *due < today);
        let role = self.pack.municipality.role(&task.role);
        let in_force = self.delegations(today).into_iter();
        let by = self.acting(act, &task.role).ok().map(|(_, by)| by);
        let command = |by: &Actor, outcome: &str| Command::Complete {
            key: task.key.clone(),
            by: by.clone(),
            outcome: outcome.to_owned(),
            comment: Some(ON_TRY.to_owned()),
        };
        let tried = |by: &Actor, outcome: &str| {
            let command = command(by, outcome);
            workflows::begun_anew(state, plan, command, &act.for_cycle(), &calendar)
        };
        let ordinary = task.outcomes.first().copied().unwrap_or(outcome::DONE);
        let objection = by.as_ref().and_then(|by| tried(by, ordinary).err());
        let sent_back = by.as_ref().filter(|_| task.sendback.is_some());
        let anew = sent_back.and_then(|by| tried(by, outcome::SENDBACK).ok());
        Assignment {
            cycle: cycle.to_owned(),
            due,
            days_late: late.map_or(0, |due| (today - due).num_days().max(1)),
            holders: role.map_or_else(Vec::new, |role| {
                role.holders_on(today).map(str::to_owned).collect()
            }),
            stand_ins: in_force
                .filter(|one| one.role == task.role)
                .map(|one| one.to)
                .collect(),
            mine: by.is_some(),
            objection: objection.map(|refusal| refusal.to_string()),
            anew: titles(plan, anew.unwrap_or_default()),
            subject: step.and_then(|step| subject(plan, step)),
            task,
        }
    }

    /// What a person has done and may still take back, the newest first.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub async fn take_backs(&self, act: &Act) -> Result<Vec<Finished>, Refusal> {
        let mut found = Vec::new();
        for cycle in self.running() {
            let plan = self.plan(&cycle).await?;
            let state = self.state(|state| state.cycles.get(&cycle).cloned());
            let state = state.unwrap_or_default();
            let done =
                workflows::take_backs(&state, &plan, &act.by, &act.for_cycle(), &self.calendar());
            found.extend(done.into_iter().map(|done| Finished {
                cycle: cycle.clone(),
                done,
            }));
        }
        Ok(found)
    }

    /// Ends a task, or gives an approval, as a person who holds its role or decides for one who does (代決);
    /// then both names are recorded.
    ///
    /// # Errors
    /// The person may not, or the cycle refuses.
    pub async fn complete(&self, act: &Act, cycle: &str, done: Done) -> Result<(), Refusal> {
        let (act, by) = self.acting(act, &done.role)?;
        let complete = Command::Complete {
            key: done.key,
            by,
            outcome: done.outcome,
            comment: done.comment,
        };
        self.command(&act, cycle, complete).await
    }

    /// Takes a task on, so that nobody else does it at the same time.
    ///
    /// # Errors
    /// The person may not, somebody else has taken it, or the cycle refuses.
    pub async fn claim(&self, act: &Act, cycle: &str, key: Key, role: &str) -> Result<(), Refusal> {
        let (act, by) = self.acting(act, role)?;
        self.command(&act, cycle, Command::Claim { key, by }).await
    }

    /// Gives a task back that this person has taken on.
    ///
    /// # Errors
    /// As for [`Year::claim`].
    pub async fn release(
        &self,
        act: &Act,
        cycle: &str,
        key: Key,
        role: &str,
    ) -> Result<(), Refusal> {
        let (act, by) = self.acting(act, role)?;
        self.command(&act, cycle, Command::Release { key, by })
            .await
    }

    /// 引戻し: takes back what this person has done, as long as nobody has taken up what follows.
    ///
    /// # Errors
    /// As for [`Year::claim`].
    pub async fn pull_back(
        &self,
        act: &Act,
        cycle: &str,
        key: Key,
        role: &str,
    ) -> Result<(), Refusal> {
        let (act, by) = self.acting(act, role)?;
        self.command(&act, cycle, Command::PullBack { key, by })
            .await
    }

    /// The act and the actor of a person in a role; in 代決 with the name of the holder.
    fn acting(&self, act: &Act, role: &str) -> Result<(Act, Actor), Refusal> {
        let mut act = act.clone();
        if !self.holds(role, &act.by, act.today()) {
            act.on_behalf_of = self.represented(act.today(), role, &act.by);
            if act.on_behalf_of.is_none() {
                return Err(Refusal::Cycle(format!(
                    "これは{role}の仕事です。{role}の方がサインインして行ってください。"
                )));
            }
        }
        let mut by = Actor::new(act.by.clone(), role);
        by.on_behalf_of = act.on_behalf_of.clone();
        Ok((act, by))
    }

    /// The cycles of the municipality.
    fn running(&self) -> Vec<String> {
        self.state(|state| state.cycles.keys().cloned().collect())
    }
}

/// What follows an approval, over further approvals.
fn subject(plan: &Plan, step: &Step) -> Option<Subject> {
    if !matches!(step.kind, Kind::Approval { .. }) {
        return None;
    }
    let after = |later: &&Step| later.after.contains(&step.id);
    plan.steps
        .iter()
        .filter(after)
        .find_map(|later| match &later.kind {
            Kind::Effect { name, args } => match name.as_str() {
                "papers.dispatch" => args.first().cloned().map(Subject::Meeting),
                "survey.publish" => args.first().cloned().map(Subject::Survey),
                _ => None,
            },
            _ => subject(plan, later),
        })
}

fn titles(plan: &Plan, keys: Vec<Key>) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for key in keys {
        // The round is that of the new turn; people know the step by its plain name.
        let title = plan.title_with_item(&Key { round: 1, ..key });
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles
}
