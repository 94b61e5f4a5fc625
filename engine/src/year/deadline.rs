//! Opening, extending and closing a survey: through the cycle where a cycle collects its answers, otherwise
//! by acts of their own.
//!
//! | The survey | opens by | closes by |
//! |---|---|---|
//! | is ahead in a running cycle | moving the date on which its opening hangs | |
//! | is collected by a running cycle | | moving the date on which its deadline hangs, or settling the step |
//! | was collected by one | an act of its own; the cycle does not go back | an act of its own |
//! | is in no running cycle | publishing and opening | an act of its own |

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use store::Guard;
use workflows::simulate::Entry;
use workflows::{Actor, Base, Command, DateRule, Kind, Plan, Step, outcome};

use super::collection::OPEN;
use super::{Act, Change, Event, Refusal, Year};

/// How far a date of the cycle is looked for that brings a deadline to a day.
const FARTHEST_DAYS: u64 = 120;

/// How a running cycle collects the answers of a survey.
#[derive(Clone, Debug)]
pub struct Collecting {
    /// The turn of the cycle.
    pub cycle: String,
    pub title: String,
    pub phase: Phase,
    /// The first day, where the opening waits for one.
    pub opens: Option<NaiveDate>,
    /// The last day.
    pub closes: Option<NaiveDate>,
    /// Whether the first, or the last, can be moved here.
    pub can_move_opening: bool,
    pub can_move_closing: bool,
}

/// Where the cycle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Ahead,
    Open,
    Past,
}

/// Which date of a survey moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    Opening,
    Closing,
}

/// What moving a date brings about.
#[derive(Clone, Debug)]
pub struct Shift {
    pub cycle: String,
    /// The date field of the cycle's parameters that is moved, and its title.
    pub field: String,
    pub field_title: String,
    /// Of the survey: the day now, and the day asked for.
    pub from: Option<NaiveDate>,
    pub to: NaiveDate,
    /// What the field is to be.
    pub date: NaiveDate,
    /// What else is on another day in the dry run.
    pub moved: Vec<Shifted>,
}

/// Something that is expected on another day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shifted {
    pub title: String,
    /// Absent: it is not expected now, or not any more.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// A step of a running cycle.
struct Found {
    cycle: String,
    plan: std::sync::Arc<Plan>,
    step: Step,
    state: workflows::State,
}

impl Year {
    /// How a running cycle collects the answers of a survey, if one does.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub async fn collecting(&self, survey: &str) -> Result<Option<Collecting>, Refusal> {
        let Some(found) = self.collects(survey).await? else {
            return Ok(None);
        };
        let opening = self.opens_by(&found, survey);
        let open = workflows::open_collections(&found.state, &found.plan);
        let begun = found.state.steps.get(&found.step.id);
        let phase = if open.iter().any(|one| one.key.step == found.step.id) {
            Phase::Open
        } else if begun.is_none_or(BTreeMap::is_empty) {
            Phase::Ahead
        } else {
            Phase::Past
        };
        let closing = closing_rule(&found);
        Ok(Some(Collecting {
            phase,
            opens: self.falls_on(
                &found,
                opening.as_ref().and_then(|step| step.opens.as_ref()),
            ),
            closes: self.falls_on(&found, closing),
            can_move_opening: opening
                .and_then(|step| step.opens)
                .is_some_and(|rule| field_of(&rule).is_some()),
            can_move_closing: closing.is_some_and(|rule| field_of(rule).is_some()),
            title: found.state.title,
            cycle: found.cycle,
        }))
    }

    /// What moving a date of a survey to a day would bring about. Nothing is stored.
    ///
    /// # Errors
    /// No running cycle collects the survey; its date does not hang on a date that can be moved; the day is
    /// past, or not a day to which the date can be brought.
    pub async fn try_moving(
        &self,
        act: &Act,
        survey: &str,
        moving: Moving,
        to: NaiveDate,
    ) -> Result<Shift, Refusal> {
        let refuse = |what: String| Refusal::Cycle(what);
        let found = self.collects(survey).await?.ok_or_else(|| {
            refuse("この調査は、動いているサイクルにありません。この画面のボタンで開始・締切を行ってください。".into())
        })?;
        let opening;
        let (rule, name) = match moving {
            Moving::Closing => (closing_rule(&found), "締切"),
            Moving::Opening => {
                opening = self.opens_by(&found, survey);
                (
                    opening.as_ref().and_then(|step| step.opens.as_ref()),
                    "開始",
                )
            }
        };
        let rule = rule.ok_or_else(|| refuse(format!("この調査には、{name}の日がありません。")))?;
        let field = field_of(rule).ok_or_else(|| {
            refuse(format!(
                "{name}の日は、動かせる日付から決まっていません。「計画の変更」で直してください。"
            ))
        })?;
        if to < act.today() {
            return Err(refuse(format!(
                "{name}の日は、今日以後にしてください。いま締め切るときは「いま締め切る」を押してください。"
            )));
        }
        let date = self.date_for(&found, rule, field, to).ok_or_else(|| {
            refuse(format!(
                "{name}をその日にはできません（営業日で数えているためです）。前後の日を選んでください。"
            ))
        })?;
        let parameters = self.parameters(&found.cycle).await?;
        let title = parameters.field(field).map(|field| field.title.clone());
        let mut after = found.state.clone();
        let command = Command::MoveDate {
            field: field.to_owned(),
            to: date,
            by: Actor::new(act.by.clone(), ""),
            reason: String::new(),
        };
        let calendar = self.calendar();
        let records = workflows::decide(&after, &found.plan, command, &act.for_cycle(), &calendar)
            .map_err(|refusal| refuse(refusal.to_string()))?;
        records
            .iter()
            .for_each(|record| workflows::apply(&mut after, record));
        let before = self.ahead(act, &found.cycle).await?;
        let calendar = self.calendar();
        let ahead = self.ahead_from(act, &found.cycle, &calendar, after).await?;
        Ok(Shift {
            from: self.falls_on(&found, Some(rule)),
            to,
            date,
            field: field.to_owned(),
            field_title: title.unwrap_or_else(|| field.to_owned()),
            moved: shifted(&before, &ahead),
            cycle: found.cycle,
        })
    }

    /// Moves a date of a survey to a day, and everything that hangs on it.
    ///
    /// # Errors
    /// As for [`Year::try_moving`]; the cycle refuses.
    pub async fn move_day(
        &self,
        act: &Act,
        survey: &str,
        moving: Moving,
        to: NaiveDate,
        by: Actor,
        reason: String,
    ) -> Result<(), Refusal> {
        let shift = self.try_moving(act, survey, moving, to).await?;
        let command = Command::MoveDate {
            field: shift.field,
            to: shift.date,
            by,
            reason,
        };
        self.command(act, &shift.cycle, command).await
    }

    /// Closes a survey now. Where a cycle collects it, the cycle goes on.
    ///
    /// # Errors
    /// It does not take answers; the cycle refuses.
    pub async fn close_now(&self, act: &Act, survey: &str) -> Result<(), Refusal> {
        let (_, turn) = self.asked_for(survey)?;
        self.check_open(&turn)?;
        if let Some(found) = self.collects(survey).await? {
            let open = workflows::open_collections(&found.state, &found.plan);
            let mut settled = false;
            for collection in open.into_iter().filter(|one| one.key.step == found.step.id) {
                let settle = Command::Settle {
                    key: collection.key,
                    outcome: outcome::CLOSED.to_owned(),
                    input_hash: None,
                };
                self.command(act, &found.cycle, settle).await?;
                settled = true;
            }
            if settled {
                return Ok(());
            }
        }
        let key = self.open_key(&turn)?;
        let change = Change {
            guards: vec![Guard::Is(key, store::Digest::of(OPEN))],
            writes: vec![self.open_write(&turn, false)?],
            events: vec![Event::SurveyClosed { survey: turn }],
            cause: None,
        };
        self.commit(act, change).await
    }

    /// Opens a survey that no running cycle is about to open: for the first time, or again after it closed.
    ///
    /// # Errors
    /// A cycle will open it; it takes answers already; its questionnaire cannot be published.
    pub async fn open_now(&self, act: &Act, survey: &str) -> Result<(), Refusal> {
        let (_, turn) = self.asked_for(survey)?;
        if self.check_open(&turn).is_ok() {
            return Err(Refusal::Cycle("この調査は、すでに受付中です。".into()));
        }
        if let Some(collecting) = self.collecting(survey).await?
            && collecting.phase == Phase::Ahead
        {
            return Err(Refusal::Cycle(format!(
                "この調査は、サイクル「{}」が開始します。早めるときは、開始の日を動かしてください。",
                collecting.title
            )));
        }
        let held = self.state(|state| state.surveys.get(&turn).cloned());
        let mut change = match held.filter(|held| held.opened_at.is_some()) {
            Some(held) => Change {
                events: vec![Event::SurveyOpened {
                    survey: turn.clone(),
                    version: held.version,
                    asked: held.asked,
                    roster: held.roster,
                    terms: held.terms,
                }],
                writes: vec![self.open_write(&turn, true)?],
                ..Change::default()
            },
            None => {
                let published = self.publish(survey).await?;
                self.commit(act, published).await?;
                self.open_survey(survey).await?
            }
        };
        change.guards.push(Guard::Absent(self.open_key(&turn)?));
        self.commit(act, change).await
    }

    /// The step of a running cycle that collects a survey: the one that is not over, or else the last.
    async fn collects(&self, survey: &str) -> Result<Option<Found>, Refusal> {
        let running = |state: &workflows::State| {
            matches!(
                state.phase,
                workflows::Phase::Running | workflows::Phase::Suspended
            )
        };
        let cycles: Vec<(String, workflows::State)> = self.state(|state| {
            let cycles = state.cycles.iter().filter(|(_, state)| running(state));
            cycles
                .map(|(id, state)| (id.clone(), state.clone()))
                .collect()
        });
        let asks = |name: &String| {
            let named = self.pack.survey(name);
            named.is_some_and(|named| named.id == survey || named.turn() == survey)
        };
        for (cycle, state) in cycles {
            let plan = self.plan(&cycle).await?;
            let mut steps = plan.steps.iter();
            let step =
                steps.find(|step| matches!(&step.kind, Kind::Collect { name } if asks(name)));
            if let Some(step) = step.cloned() {
                return Ok(Some(Found {
                    cycle,
                    plan,
                    step,
                    state,
                }));
            }
        }
        Ok(None)
    }

    /// The step that opens the survey.
    fn opens_by(&self, found: &Found, survey: &str) -> Option<Step> {
        let asks = |name: &String| {
            let named = self.pack.survey(name);
            named.is_some_and(|named| named.id == survey || named.turn() == survey)
        };
        let mut steps = found.plan.steps.iter();
        let step = steps.find(|step| match &step.kind {
            Kind::Effect { name, args } => name == "survey.open" && args.first().is_some_and(asks),
            _ => false,
        });
        step.cloned()
    }

    fn falls_on(&self, found: &Found, rule: Option<&DateRule>) -> Option<NaiveDate> {
        // A step that closes by the rule has that day for its deadline.
        let step = Step {
            closes: Some(rule?.clone()),
            ..found.step.clone()
        };
        let mut state = found.state.clone();
        state.closings.remove(&step.id);
        workflows::deadline(&state, &found.plan, &step, &self.calendar())
    }

    /// The date of the field that brings the rule to a day; of several the latest.
    fn date_for(
        &self,
        found: &Found,
        rule: &DateRule,
        field: &str,
        to: NaiveDate,
    ) -> Option<NaiveDate> {
        let mut found = Found {
            cycle: found.cycle.clone(),
            plan: found.plan.clone(),
            step: found.step.clone(),
            state: found.state.clone(),
        };
        // The day itself first: a rule without offsets is the field.
        let days = (0..=FARTHEST_DAYS).flat_map(|days| {
            let days = Days::new(days);
            [to.checked_sub_days(days), to.checked_add_days(days)]
        });
        let mut brings = |date: &NaiveDate| {
            found.state.dates.insert(field.to_owned(), *date);
            self.falls_on(&found, Some(rule)) == Some(to)
        };
        days.flatten().find(|date| brings(date))
    }
}

fn closing_rule(found: &Found) -> Option<&DateRule> {
    let extended = found.state.closings.get(&found.step.id);
    extended.or(found.step.closes.as_ref())
}

/// The date field on which a rule hangs.
fn field_of(rule: &DateRule) -> Option<&str> {
    match &rule.base {
        Base::Field(field) => Some(field),
        _ => None,
    }
}

/// What is on another day in the second dry run than in the first, in the order of the second.
fn shifted(before: &[Entry], after: &[Entry]) -> Vec<Shifted> {
    let days = |entries: &[Entry]| {
        let mut days: Vec<((String, String), NaiveDate)> = Vec::new();
        for entry in entries {
            let step = entry.step.as_ref().map(ToString::to_string);
            let key = (step.unwrap_or_default(), entry.title.clone());
            // Of a step that appears several times, the first.
            if !days.iter().any(|(known, _)| *known == key) {
                days.push((key, entry.on));
            }
        }
        days
    };
    let (before, after) = (days(before), days(after));
    let on = |days: &[((String, String), NaiveDate)], key: &(String, String)| {
        let found = days.iter().find(|(known, _)| known == key);
        found.map(|(_, on)| *on)
    };
    let gone = before
        .iter()
        .filter(|(key, _)| on(&after, key).is_none())
        .map(|(key, from)| (key, Some(*from), None));
    let moved = after
        .iter()
        .map(|(key, to)| (key, on(&before, key), Some(*to)))
        .filter(|(_, from, to)| from != to);
    let all = moved.chain(gone);
    all.map(|(key, from, to)| Shifted {
        title: key.1.clone(),
        from,
        to,
    })
    .collect()
}
