//! The cycle of the year: commands of people, time passing, and the work that the plan asks for.

use std::sync::Arc;

use store::{CommitError, Guard};
use workflows::{Actor, Calendar, Command, Key, Kind, Parent, Plan, Step, Work, open_work};

use super::{Act, Change, Event, Refusal, Year};
use crate::pack;

/// How often a command is tried again when somebody else moved the same cycle in between.
const TRIES: usize = 8;

/// Characters of a reason that is kept in the journal; an event holds 4 KiB.
const LONGEST_MESSAGE: usize = 500;

/// The signal of a meeting that was held; its key is the meeting.
pub(crate) const MEETING_CLOSED: &str = "meeting.closed";

/// Something outside that a cycle waits for.
#[derive(Clone, Debug)]
pub struct Waited {
    pub step: Key,
    pub title: String,
    pub signal: String,
    pub key: String,
    pub due: Option<chrono::NaiveDate>,
}

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
        self.start(act, &id, definition, by, None).await?;
        Ok(id)
    }

    /// Starts a cycle under an id, below another where it has a parent. Started already, it does nothing.
    pub(super) async fn start(
        &self,
        act: &Act,
        id: &str,
        definition: &pack::Cycle,
        by: Actor,
        parent: Option<Parent>,
    ) -> Result<(), Refusal> {
        if self.state(|state| state.cycles.contains_key(id)) {
            return Ok(());
        }
        let plan = definition
            .script
            .plan(&definition.parameters)
            .map_err(Refusal::Findings)?;
        let plan = Arc::new(plan);
        let writes = self.keep_plan(&plan, &definition.script).await?;
        let start = Command::Start {
            cycle: id.to_owned(),
            by,
            parent,
        };
        let change = Change {
            writes,
            ..Change::default()
        };
        match self.decide_on(act, id, Some(plan), start, change).await {
            // Another process has started it at the same moment.
            Err(Refusal::Cycle(_)) if self.state(|state| state.cycles.contains_key(id)) => Ok(()),
            other => other,
        }
    }

    /// Gives a command to a running cycle.
    ///
    /// # Errors
    /// The cycle refuses, with the reason.
    pub async fn command(&self, act: &Act, cycle: &str, command: Command) -> Result<(), Refusal> {
        self.decide_on(act, cycle, None, command, Change::default())
            .await
    }

    /// Lets time pass and does what the plans ask for, until nothing is left to do now.
    ///
    /// What fails is noted in its cycle and tried again later; it never loses the cycle, and the
    /// other cycles go on.
    ///
    /// # Errors
    /// The store refused; the first refusal, after every cycle had its turn.
    pub async fn work(&self, act: &Act) -> Result<(), Refusal> {
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        let mut outcome = Ok(());
        for cycle in cycles {
            outcome = outcome.and(self.work_on(act, &cycle).await);
        }
        outcome
    }

    pub(super) async fn work_on(&self, act: &Act, cycle: &str) -> Result<(), Refusal> {
        self.command(act, cycle, Command::Tick).await?;
        self.do_work(act, cycle).await?;
        while self.tend_children(act, cycle).await? {
            self.do_work(act, cycle).await?;
        }
        Ok(())
    }

    /// Does what the plan of a cycle asks for, until nothing is left to do now.
    async fn do_work(&self, act: &Act, cycle: &str) -> Result<(), Refusal> {
        while let Some(work) = self.next_work(act, cycle).await? {
            let done = match self.perform(act, cycle, &work).await {
                Ok((outcome, change)) => {
                    let key = work.key.clone();
                    let settle = Command::Settle {
                        key,
                        outcome,
                        input_hash: None,
                    };
                    self.decide_on(act, cycle, None, settle, change).await
                }
                Err(refusal) => Err(refusal),
            };
            let refusal = match done {
                Ok(()) => continue,
                Err(broken @ (Refusal::Store(_) | Refusal::Commit(_))) => return Err(broken),
                Err(refusal) => refusal,
            };
            let message = short(&refusal);
            let fail = Command::Fail {
                key: work.key.clone(),
                message,
            };
            match self
                .decide_on(act, cycle, None, fail, Change::default())
                .await
            {
                // Another process or request has done it in the meantime.
                Ok(()) | Err(Refusal::Cycle(_)) => {}
                Err(broken) => return Err(broken),
            }
            if self
                .next_work(act, cycle)
                .await?
                .is_some_and(|next| next.key == work.key)
            {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What a running cycle waits for from outside.
    ///
    /// # Errors
    /// There is no such cycle, or its plan cannot be read.
    pub async fn waited_for(&self, cycle: &str) -> Result<Vec<Waited>, Refusal> {
        let plan = self.plan(cycle).await?;
        let state = self
            .state(|state| state.cycles.get(cycle).cloned())
            .unwrap_or_default();
        let open = |step: &&Step| {
            let turn = state.turn(&step.id, "");
            turn.is_some_and(|turn| matches!(turn.status, workflows::Status::Open(_)))
        };
        let waited = plan
            .steps
            .iter()
            .filter(open)
            .filter_map(|step| match &step.kind {
                Kind::WaitFor { signal, key, .. } => Some(Waited {
                    step: state.key(&step.id, ""),
                    title: step.title.clone(),
                    signal: signal.clone(),
                    key: key.clone(),
                    due: workflows::deadline(&state, &plan, step, &self.calendar()),
                }),
                _ => None,
            });
        Ok(waited.collect())
    }

    /// Tells a cycle that something outside happened. A meeting that was held is noted as such.
    ///
    /// # Errors
    /// The cycle refuses.
    pub async fn signal(
        &self,
        act: &Act,
        cycle: &str,
        name: &str,
        key: &str,
    ) -> Result<(), Refusal> {
        let held = name == MEETING_CLOSED
            && self.state(|state| {
                state
                    .meetings
                    .get(key)
                    .is_none_or(|m| m.closed_at.is_none())
            });
        let events = match held {
            true => vec![Event::MeetingClosed {
                meeting: key.to_owned(),
            }],
            false => Vec::new(),
        };
        let dedup = (name == MEETING_CLOSED).then(|| format!("{name}/{key}"));
        let signal = Command::Signal {
            name: name.to_owned(),
            key: key.to_owned(),
            dedup,
        };
        let change = Change {
            events,
            ..Change::default()
        };
        self.decide_on(act, cycle, None, signal, change).await
    }

    async fn next_work(&self, act: &Act, cycle: &str) -> Result<Option<Work>, Refusal> {
        let plan = self.plan(cycle).await?;
        let work = self.state(|state| state.cycles.get(cycle).map(|cycle| open_work(cycle, &plan)));
        let due = |work: &Work| work.not_before.is_none_or(|instant| instant <= act.at);
        Ok(work.unwrap_or_default().into_iter().find(due))
    }

    /// The calendar of the municipality: weekends, national holidays, year's end, its own days.
    pub fn calendar(&self) -> Calendar {
        self.pack.calendar()
    }

    /// Decides, and commits the records together with `change`. Guarded by the cycle's own key, so
    /// that of two commands at once the later one sees the earlier.
    pub(super) async fn decide_on(
        &self,
        act: &Act,
        cycle: &str,
        starts_with: Option<Arc<Plan>>,
        command: Command,
        change: Change,
    ) -> Result<(), Refusal> {
        let calendar = self.calendar();
        for _ in 0..TRIES {
            let plan = match &starts_with {
                Some(plan) => plan.clone(),
                None => self.plan(cycle).await?,
            };
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
            let (mut events, mut writes) = (change.events.clone(), change.writes.clone());
            for record in &records {
                let touched = self.surveys_touched(&before, &plan, adopted(&command), record)?;
                // A survey that the work itself has opened is open already.
                let new = touched.events.into_iter();
                events.extend(new.filter(|event| !opened(&change.events, event)));
                writes.extend(touched.writes);
            }
            let mut ahead = before;
            records
                .iter()
                .for_each(|record| workflows::apply(&mut ahead, record));
            writes.push(self.wake(cycle, &ahead, adopted(&command).unwrap_or(&plan), act.at)?);
            writes.extend(self.wake_parent(&ahead, act.at)?);
            writes.push((key, Some(after.to_string().into_bytes())));
            events.extend(records.into_iter().map(|record| Event::CycleAdvanced {
                cycle: cycle.to_owned(),
                record: Box::new(record),
            }));
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
}

/// What went wrong, as the journal keeps it.
pub(super) fn short(refusal: &Refusal) -> String {
    refusal.to_string().chars().take(LONGEST_MESSAGE).collect()
}

/// The plan that the cycle goes on by, if the command changes it.
fn adopted(command: &Command) -> Option<&Plan> {
    match command {
        Command::Adopt(adoption) => Some(&adoption.plan),
        _ => None,
    }
}

fn opened(events: &[Event], event: &Event) -> bool {
    let survey = |event: &Event| match event {
        Event::SurveyOpened { survey, .. } => Some(survey.clone()),
        _ => None,
    };
    survey(event).is_some_and(|opened| events.iter().filter_map(survey).any(|s| s == opened))
}
