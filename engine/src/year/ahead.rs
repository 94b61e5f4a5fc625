//! What lies ahead: the dry run of a cycle from its present state.

use std::sync::Arc;

use chrono::NaiveDate;
use workflows::simulate::{Entry, Habits, Timeline, simulate, so_far};
use workflows::{Calendar, Plan};

use super::{Act, Refusal, Year};
use crate::pack::{Cycle, Pack};
use crate::picture::Strip;

/// The records of the cycle and the hour of a dry run, and what it has shown.
pub(super) type Known = ((u64, i64), Arc<Vec<Entry>>);

const HOUR: i64 = 3600;

/// Something ahead that would come on another day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedDay {
    pub cycle: String,
    pub title: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Pack {
    /// Invented people for a dry run: the holders of the roles, as many respondents as the largest
    /// roster has, child cycles that end on the last day of their own dry runs, and the usual habits.
    pub fn habits(&self, cycle: &Cycle) -> Habits {
        let holders = self
            .municipality
            .roles
            .iter()
            .map(|role| (role.name.clone(), role.ever_held_by()));
        let asked = self
            .rosters
            .values()
            .map(|roster| roster.respondents.len())
            .max()
            .unwrap_or(0);
        // No pack has a cycle that starts itself, so this comes to an end.
        let ends = cycle.children().into_iter().filter_map(|child| {
            let timeline = self.dry_run(self.cycle(&child)?).ok()?;
            let last = timeline.entries.iter().map(|entry| entry.on).max()?;
            Some((child, last))
        });
        Habits {
            cycle: cycle.turn(),
            child_ends: ends.collect(),
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
        Ok(self.dry_run_of(cycle, &plan))
    }

    /// The dry run of a cycle whose plan is made.
    pub(crate) fn dry_run_of(&self, cycle: &Cycle, plan: &Plan) -> Timeline {
        let start = workflows::State::default();
        let (script, parameters) = (&cycle.script, &cycle.parameters);
        let (habits, calendar) = (self.habits(cycle), self.calendar());
        simulate(script, parameters, plan, &habits, &calendar, start)
    }
}

impl Year {
    /// What will happen in a running cycle from now on if people keep to their habits. What is overdue
    /// happens now. A dry run is done again when the cycle has moved, and every hour.
    ///
    /// # Errors
    /// The cycle or its plan is unknown.
    pub async fn ahead(&self, act: &Act, cycle: &str) -> Result<Vec<Entry>, Refusal> {
        let records = self.state(|state| state.cycles.get(cycle).map_or(0, |one| one.records));
        let of = (records, act.at.timestamp().div_euclid(HOUR));
        {
            let known = self.ahead.read().expect("no panic while it is held");
            if let Some((seen, entries)) = known.get(cycle)
                && *seen == of
            {
                return Ok(entries.as_ref().clone());
            }
        }
        let entries = self.ahead_by(act, cycle, &self.calendar()).await?;
        let mut known = self.ahead.write().expect("no panic while it is held");
        known.insert(cycle.to_owned(), (of, Arc::new(entries.clone())));
        Ok(entries)
    }

    /// Which days of the running cycles would be others with other closed days of the office. Nothing changes.
    ///
    /// # Errors
    /// A cycle or its plan is unknown.
    pub async fn shifted(&self, act: &Act, closed: &[NaiveDate]) -> Result<Vec<MovedDay>, Refusal> {
        let mut pack = Pack::clone(&self.pack);
        pack.municipality.calendar.closed = closed.to_vec();
        let calendar = pack.calendar();
        let running: Vec<String> = self.state(|state| {
            let running = state.cycles.iter();
            let running = running.filter(|(_, cycle)| cycle.phase == workflows::Phase::Running);
            running.map(|(id, _)| id.clone()).collect()
        });
        let mut shifted = Vec::new();
        for cycle in running {
            let mut before = self.ahead(act, &cycle).await?;
            for entry in self.ahead_by(act, &cycle, &calendar).await? {
                let same = |one: &Entry| {
                    (&one.step, one.kind, &one.title) == (&entry.step, entry.kind, &entry.title)
                };
                let Some(at) = before.iter().position(same) else {
                    continue;
                };
                let from = before.remove(at).on;
                if from != entry.on {
                    shifted.push(MovedDay {
                        cycle: cycle.clone(),
                        title: entry.title,
                        from,
                        to: entry.on,
                    });
                }
            }
        }
        Ok(shifted)
    }

    async fn ahead_by(
        &self,
        act: &Act,
        cycle: &str,
        calendar: &Calendar,
    ) -> Result<Vec<Entry>, Refusal> {
        let unknown = || Refusal::Unknown(format!("サイクル「{cycle}」の定義"));
        let state = self
            .state(|state| state.cycles.get(cycle).cloned())
            .ok_or_else(unknown)?;
        self.ahead_from(act, cycle, calendar, state).await
    }

    /// The same from a state in which the cycle might be.
    pub(super) async fn ahead_from(
        &self,
        act: &Act,
        cycle: &str,
        calendar: &Calendar,
        mut state: workflows::State,
    ) -> Result<Vec<Entry>, Refusal> {
        let plan = self.plan(cycle).await?;
        let script = self.script(cycle).await?;
        let parameters = self.parameters(cycle).await?.as_of(&state.dates);
        state.latest = state.latest.max(Some(act.at));
        let habits = self.pack.habits(self.defined(cycle)?);
        let timeline = simulate(&script, &parameters, &plan, &habits, calendar, state);
        let today = act.today();
        let mut entries = timeline.entries;
        for entry in &mut entries {
            entry.on = entry.on.max(today);
        }
        Ok(entries)
    }

    /// A running cycle as a picture: facts until today, the dry run after it.
    ///
    /// # Errors
    /// The cycle or its plan is unknown, or the journal cannot be read.
    pub async fn strip(&self, act: &Act, cycle: &str) -> Result<Strip, Refusal> {
        let plan = self.plan(cycle).await?;
        let mut entries = so_far(&plan, &self.records(cycle).await?);
        entries.extend(self.ahead(act, cycle).await?);
        let mut strip = Strip::new(plan.title.clone(), Some(act.today()));
        strip.add(&plan, &entries);
        Ok(strip)
    }
}
