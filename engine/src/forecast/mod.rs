//! The year before it happens: the cycles of a pack run dry, and what the office learns from it.
//!
//! `workflows` plays the dates and the people; here the same rules that draft a real 次第 say what each
//! meeting would have to talk about, who is asked how much, and what the papers would look like with
//! invented responses. Nothing is stored.

mod bodies;
mod burden;
mod compare;
mod course;
mod dice;
mod invent;
mod papers;
mod text;
mod words;
mod year;

use std::collections::{BTreeMap, BTreeSet};

use authoring::Finding;
use chrono::NaiveDate;
use serde::Serialize;
use workflows::simulate::{Entry, Habits};
use workflows::{Moved, Plan};

pub use bodies::Frequency;
pub use burden::Burden;
pub use compare::{Comparison, in_columns};
pub use course::{Asked, Sitting};
pub use invent::response;
pub use papers::{FICTION, Rehearsed, rehearsed};
pub use words::{day, happened, month};

use crate::pack::{Cycle, Pack};
use course::Course;

/// What one turn of every cycle of a pack would bring.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    pub municipality: String,
    pub cycles: Vec<Turn>,
    /// Meetings in the order of their dates.
    pub meetings: Vec<Sitting>,
    pub frequency: Option<Frequency>,
    /// Surveys in the order in which they open.
    pub surveys: Vec<Asked>,
    /// Role, then month (`2023-11`): tasks and approvals.
    pub tasks: BTreeMap<String, BTreeMap<String, u32>>,
    pub burden: Vec<Burden>,
    pub warnings: Vec<Warning>,
    pub assumed: Assumed,
}

/// One turn of one cycle.
#[derive(Clone, Debug, Serialize)]
pub struct Turn {
    pub id: String,
    pub title: String,
    pub first: Option<NaiveDate>,
    pub last: Option<NaiveDate>,
    pub entries: Vec<Entry>,
    /// Titles of steps that were skipped under these assumptions.
    pub not_taken: Vec<String>,
    /// Whether the cycle reached its end.
    pub completed: bool,
    /// Dates that moved into another fiscal year.
    pub moved: Vec<Moved>,
    #[serde(skip)]
    pub plan: Plan,
}

/// Something to look at before the year begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// Nothing would be reported and nothing proposed.
    EmptyAgenda { title: String, on: NaiveDate },
    /// The body does not exist on that day.
    NoSuchBody {
        body: String,
        title: String,
        on: NaiveDate,
    },
    /// The body does not meet on that day.
    SuspendedBody {
        body: String,
        title: String,
        on: NaiveDate,
        reason: Option<String>,
    },
    /// Something odd about the pack.
    Remark(Finding),
    #[serde(untagged)]
    Cycle(workflows::simulate::Warning),
}

/// The habits, as far as they are the same for everybody.
#[derive(Clone, Debug, Serialize)]
pub struct Assumed {
    pub task_days: i32,
    pub approval_days: i32,
    pub signal_days: i32,
    pub never_answer_percent: u32,
}

impl Assumed {
    fn of(habits: &Habits) -> Assumed {
        Assumed {
            task_days: habits.task_days,
            approval_days: habits.approval_days,
            signal_days: habits.signal_days,
            never_answer_percent: habits.never_answer,
        }
    }
}

/// Runs these cycles of a pack dry, each in fiscal year `year` if one is given.
///
/// # Errors
/// A plan is refused, or the year is not possible for a cycle.
pub fn forecast(
    pack: &Pack,
    cycles: &[&Cycle],
    year: Option<i32>,
) -> Result<Forecast, Vec<Finding>> {
    let mut forecast = Forecast {
        municipality: pack.municipality.name.clone(),
        cycles: Vec::new(),
        meetings: Vec::new(),
        frequency: None,
        surveys: Vec::new(),
        tasks: BTreeMap::new(),
        burden: Vec::new(),
        warnings: Vec::new(),
        assumed: Assumed::of(&Habits::default()),
    };
    let mut load = burden::Load::default();
    for cycle in cycles {
        let (pack, moved) = pack.in_year(cycle, year)?;
        forecast.add(&pack, &cycle.id, moved, &mut load)?;
    }
    let about = cycles
        .iter()
        .find_map(|cycle| cycle.parameters.about_year());
    let about = year.or(about);
    forecast.frequency = about.and_then(|year| Frequency::of(pack, year));
    let remarks = pack.remarks().into_iter();
    forecast.warnings.extend(remarks.map(Warning::Remark));
    forecast.burden = load.by_group();
    forecast.meetings.sort_by_key(|sitting| sitting.on);
    forecast.surveys.sort_by_key(|asked| asked.opens);
    let mut seen = BTreeSet::new();
    forecast
        .warnings
        .retain(|warning| seen.insert(format!("{warning:?}")));
    Ok(forecast)
}

/// The meetings of a cycle as its dry run holds them; none where its plan is refused.
pub(crate) fn sittings(pack: &Pack, cycle: &Cycle) -> Vec<Sitting> {
    let Ok(plan) = cycle.script.plan(&cycle.parameters) else {
        return Vec::new();
    };
    let timeline = pack.dry_run_of(cycle, &plan);
    Course::of(pack, cycle, &plan, &timeline.entries).sittings
}

impl Forecast {
    fn add(
        &mut self,
        pack: &Pack,
        cycle: &str,
        moved: Vec<Moved>,
        load: &mut burden::Load,
    ) -> Result<(), Vec<Finding>> {
        let Some(cycle) = pack.cycle(cycle) else {
            return Ok(());
        };
        let plan = cycle.script.plan(&cycle.parameters)?;
        let timeline = pack.dry_run_of(cycle, &plan);
        let course = Course::of(pack, cycle, &plan, &timeline.entries);
        load.add(pack, &course.surveys);
        self.warnings
            .extend(timeline.warnings.into_iter().map(Warning::Cycle));
        self.warnings.extend(course.warnings(pack));
        for (role, months) in timeline.tasks {
            let known = self.tasks.entry(role).or_default();
            for (month, count) in months {
                *known.entry(month).or_default() += count;
            }
        }
        self.meetings.extend(course.sittings);
        self.surveys.extend(course.surveys);
        self.cycles.push(Turn {
            id: cycle.turn(),
            title: timeline.title,
            first: timeline.entries.iter().map(|entry| entry.on).min(),
            last: timeline.entries.iter().map(|entry| entry.on).max(),
            entries: timeline.entries,
            not_taken: timeline.not_taken,
            completed: timeline.completed,
            moved,
            plan,
        });
        Ok(())
    }

    /// The first and the last day of all cycles.
    pub fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let first = self.cycles.iter().filter_map(|turn| turn.first).min()?;
        let last = self.cycles.iter().filter_map(|turn| turn.last).max()?;
        Some((first, last))
    }

    /// How often each body meets, in the order of the first meetings.
    pub fn meetings_by_body(&self) -> Vec<(&str, usize)> {
        let mut bodies: Vec<(&str, usize)> = Vec::new();
        for sitting in &self.meetings {
            match bodies.iter_mut().find(|(body, _)| *body == sitting.body) {
                Some((_, count)) => *count += 1,
                None => bodies.push((&sitting.body, 1)),
            }
        }
        bodies
    }

    /// Tasks and approvals of every role in the whole run.
    pub fn tasks_by_role(&self) -> BTreeMap<&str, u32> {
        let sums = self.tasks.iter();
        sums.map(|(role, months)| (role.as_str(), months.values().sum()))
            .collect()
    }

    /// Respondents that are asked at least once.
    pub fn offices(&self) -> u64 {
        self.burden.iter().map(|group| group.offices).sum()
    }

    /// Questions put to all of them together.
    pub fn questions(&self) -> u64 {
        self.burden.iter().map(|group| group.questions).sum()
    }
}
