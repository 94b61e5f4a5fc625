//! The cycle of the year: commands of people, time passing, and the work that the plan asks for.

use std::sync::Arc;

use chrono::NaiveDate;
use store::{CommitError, Guard};
use workflows::{Actor, Calendar, Command, Kind, Parameters, Plan, Work, WorkKind, open_work};

use super::respond::{read_json, to_json};
use super::{Act, Change, Event, Refusal, Year};
use crate::pack;

/// How often a command is tried again when somebody else moved the same cycle in between.
const TRIES: usize = 8;

impl Year {
    /// Starts a cycle of the pack for its fiscal year and returns the id of this turn of it
    /// (`annual-2023`). Started already, it only returns the id.
    ///
    /// # Errors
    /// The pack has no such cycle, or its plan is refused.
    pub async fn start_cycle(&self, act: &Act, cycle: &str, by: Actor) -> Result<String, Refusal> {
        let definition = self
            .pack
            .cycle(cycle)
            .ok_or_else(|| Refusal::Unknown(format!("サイクル「{cycle}」")))?;
        let id = definition.turn();
        if self.state(|state| state.cycles.contains_key(&id)) {
            return Ok(id);
        }
        let plan = definition
            .script
            .plan(&definition.parameters)
            .map_err(Refusal::Findings)?;
        let keep = (self.plan_key(&plan.hash)?, Some(to_json(&plan)?));
        self.plans
            .write()
            .expect("no panic while plans are held")
            .insert(plan.hash.clone(), Arc::new(plan.clone()));
        let start = Command::Start {
            cycle: id.clone(),
            by,
        };
        let change = Change {
            writes: vec![keep],
            ..Change::default()
        };
        self.decide_on(act, &id, Some(Arc::new(plan)), start, change)
            .await?;
        Ok(id)
    }

    /// Gives a command to a running cycle.
    ///
    /// # Errors
    /// The cycle refuses, with the reason.
    pub async fn command(&self, act: &Act, cycle: &str, command: Command) -> Result<(), Refusal> {
        self.decide_on(act, cycle, None, command, Change::default())
            .await
    }

    /// Lets time pass and does what the plan asks for, until nothing is left to do now.
    ///
    /// What fails is noted in the cycle and tried again later; it never loses the cycle.
    ///
    /// # Errors
    /// The store refused.
    pub async fn work(&self, act: &Act) -> Result<(), Refusal> {
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        for cycle in cycles {
            self.command(act, &cycle, Command::Tick).await?;
            while let Some(work) = self.next_work(act, &cycle).await? {
                let (command, change) = match self.perform(act, &cycle, &work).await {
                    Ok((outcome, change)) => (
                        Command::Settle {
                            key: work.key.clone(),
                            outcome,
                            input_hash: None,
                        },
                        change,
                    ),
                    Err(error @ (Refusal::Store(_) | Refusal::Commit(_))) => return Err(error),
                    Err(error) => (
                        Command::Fail {
                            key: work.key.clone(),
                            message: error.to_string(),
                        },
                        Change::default(),
                    ),
                };
                self.decide_on(act, &cycle, None, command, change).await?;
            }
        }
        Ok(())
    }

    async fn next_work(&self, act: &Act, cycle: &str) -> Result<Option<Work>, Refusal> {
        let plan = self.plan(cycle).await?;
        let work = self.state(|state| state.cycles.get(cycle).map(|cycle| open_work(cycle, &plan)));
        let due = |work: &Work| work.not_before.is_none_or(|instant| instant <= act.at);
        Ok(work.unwrap_or_default().into_iter().find(due))
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
        if let Some(plan) = self
            .plans
            .read()
            .expect("no panic while plans are held")
            .get(&hash)
        {
            return Ok(plan.clone());
        }
        let bytes = self
            .store
            .get(&self.plan_key(&hash)?)
            .await?
            .ok_or_else(unknown)?;
        let plan: Arc<Plan> = Arc::new(read_json(&bytes)?);
        self.plans
            .write()
            .expect("no panic while plans are held")
            .insert(hash, plan.clone());
        Ok(plan)
    }

    /// The parameters of a running cycle, with the dates as they stand now.
    pub fn parameters(&self, cycle: &str) -> Option<Parameters> {
        let mut parameters = self.definition(cycle)?.parameters.clone();
        let dates = self
            .state(|state| state.cycles.get(cycle).map(|c| c.dates.clone()))
            .unwrap_or_default();
        for (field, on) in dates {
            // A field that the pack no longer has keeps its date in the cycle only.
            parameters = parameters.with_date(&field, on).unwrap_or(parameters);
        }
        Some(parameters)
    }

    /// The pack's definition behind a turn of a cycle.
    pub fn definition(&self, cycle: &str) -> Option<&pack::Cycle> {
        self.pack.cycles.iter().find(|definition| {
            cycle
                .strip_prefix(&definition.id)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }

    /// The calendar of the municipality: weekends, national holidays, year's end, its own days.
    pub fn calendar(&self) -> Calendar {
        self.pack.calendar()
    }

    /// Decides, and commits the records together with `change`. Guarded by the cycle's own key, so
    /// that of two commands at once the later one sees the earlier.
    async fn decide_on(
        &self,
        act: &Act,
        cycle: &str,
        plan: Option<Arc<Plan>>,
        command: Command,
        change: Change,
    ) -> Result<(), Refusal> {
        let plan = match plan {
            Some(plan) => plan,
            None => self.plan(cycle).await?,
        };
        let calendar = self.calendar();
        for _ in 0..TRIES {
            let before = self
                .state(|state| state.cycles.get(cycle).cloned())
                .unwrap_or_default();
            let records =
                workflows::decide(&before, &plan, command.clone(), &act.for_cycle(), &calendar)
                    .map_err(|refusal| Refusal::Cycle(refusal.to_string()))?;
            if records.is_empty() {
                return Ok(());
            }
            let key = self.cycle_key(cycle)?;
            let seen = (before.records > 0).then(|| before.records.to_string());
            let after = before.records + records.len() as u64;
            let mut guards = vec![Guard::unchanged(
                key.clone(),
                seen.as_deref().map(str::as_bytes),
            )];
            guards.extend(change.guards.iter().cloned());
            let mut events = change.events.clone();
            events.extend(
                records
                    .iter()
                    .flat_map(|record| self.surveys_touched(&plan, record)),
            );
            events.extend(records.into_iter().map(|record| Event::CycleAdvanced {
                cycle: cycle.to_owned(),
                record: Box::new(record),
            }));
            let mut writes = change.writes.clone();
            writes.push((key, Some(after.to_string().into_bytes())));
            match self
                .commit(
                    act,
                    Change {
                        guards,
                        events,
                        writes,
                        cause: change.cause.clone(),
                    },
                )
                .await
            {
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => return other,
            }
        }
        Err(Refusal::Cycle(
            "ほかの人が同時に操作しています。画面を開き直して、もう一度行ってください。".into(),
        ))
    }

    /// A collection that ends closes its survey; one that is opened again opens it again.
    fn surveys_touched(&self, plan: &Plan, record: &workflows::Record) -> Vec<Event> {
        use workflows::Event::{StepReopened, StepSettled};
        let survey =
            |key: &workflows::Key| match plan.step(key.step.as_str()).map(|step| &step.kind) {
                Some(Kind::Collect { name }) => Some(name.clone()),
                _ => None,
            };
        let held = |survey: &String| self.state(|state| state.surveys.get(survey).cloned());
        match &record.event {
            StepSettled { key, .. } => survey(key)
                .filter(|survey| held(survey).is_some_and(|held| held.is_open()))
                .map(|survey| Event::SurveyClosed { survey })
                .into_iter()
                .collect(),
            StepReopened { cascade, .. } => cascade
                .iter()
                .filter_map(survey)
                .filter_map(|survey| {
                    let held = held(&survey).filter(|held| held.closed_at.is_some())?;
                    let closes_on = self.closes_on(plan, &survey);
                    Some(Event::SurveyOpened {
                        survey,
                        version: held.version,
                        asked: held.asked,
                        closes_on,
                    })
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The date until which a plan collects answers to a survey.
    pub(super) fn closes_on(&self, plan: &Plan, survey: &str) -> Option<NaiveDate> {
        let step = plan
            .steps
            .iter()
            .find(|step| matches!(&step.kind, Kind::Collect { name } if name == survey))?;
        let state = self.state(|state| {
            state
                .cycles
                .values()
                .find(|cycle| cycle.plan == plan.hash)
                .cloned()
        });
        workflows::deadline(&state.unwrap_or_default(), plan, step, &self.calendar())
    }

    /// What a gate is told about the collection before it.
    pub(super) fn gate_facts(
        &self,
        plan: &Plan,
        work: &Work,
    ) -> serde_json::Map<String, serde_json::Value> {
        let mut facts = serde_json::Map::new();
        let mut waiting = vec![work.key.step.clone()];
        let mut seen = Vec::new();
        let mut survey = None;
        while let (Some(id), None) = (waiting.pop(), &survey) {
            let Some(step) = plan.step(id.as_str()).filter(|_| !seen.contains(&id)) else {
                continue;
            };
            seen.push(id);
            match &step.kind {
                Kind::Collect { name } => survey = Some(name.clone()),
                _ => waiting.extend(step.predecessors().cloned()),
            }
        }
        let counts = survey.and_then(|survey| {
            self.state(|state| {
                state
                    .surveys
                    .get(&survey)
                    .map(|held| (held.asked, held.responded.len()))
            })
        });
        let (asked, answered) = counts.unwrap_or_default();
        facts.insert("asked".into(), asked.into());
        facts.insert("answered".into(), answered.into());
        facts.insert("round".into(), work.key.round.into());
        facts
    }

    /// Settles a gate with what its hook says.
    pub(super) async fn ask_gate(&self, cycle: &str, work: &Work) -> Result<String, Refusal> {
        debug_assert_eq!(work.kind, WorkKind::Gate);
        let plan = self.plan(cycle).await?;
        let facts = self.gate_facts(&plan, work);
        let unknown = || Refusal::Unknown(format!("サイクル「{cycle}」の定義"));
        let script = &self.definition(cycle).ok_or_else(unknown)?.script;
        let parameters = self.parameters(cycle).ok_or_else(unknown)?;
        script
            .gate(&work.name, &facts, &parameters)
            .map_err(|error| Refusal::Cycle(error.to_string()))
    }
}
