//! A pack: a municipality as data, read whole and checked whole.

mod base;
mod check;
mod countings;
mod cycles;
mod files;
mod ledgers;
mod new;
mod read;
mod remark;
mod together;

use std::collections::{BTreeMap, BTreeSet};

use authoring::Finding;
use forms::Questionnaire;
use schemars::JsonSchema;
use serde::Deserialize;
use workflows::{Kind, Parameters, Script, Vocabulary};

pub use base::text as base_text;
pub use check::is_slug;
pub use files::{Files, is_path};
pub use new::skeleton;
pub(crate) use read::forms_of;
pub use together::{Beside, together};

use crate::agenda::{Agenda, OwnPaper};
use crate::figure::{Figure, PercentStyle};
use crate::frame::Frame;
use crate::history::Print;
use crate::ledger::{Ledger, Watching};
use crate::map::{Countings, Indicator, Map, Named};
use crate::municipality::{Municipality, PaperStyle};
use crate::results::Coding;
use crate::roster::Roster;
use crate::survey::Survey;

/// What a script of a cycle may ask the engine to do (effects), to work out (computes), and what
/// it may wait for (signals). The one list; `Year::perform` carries each of them out.
pub const EFFECTS: [&str; 5] = [
    "survey.publish",
    "survey.open",
    "mail.invitation",
    "mail.unanswered",
    "papers.dispatch",
];
pub const COMPUTES: [&str; 5] = ["tally", "indicators", "map", "agenda", "papers"];
pub const SIGNALS: [&str; 3] = ["levels.received", "meeting.closed", "month.closed"];

/// A checked pack. Everything in it refers to something that is there.
#[derive(Clone, Debug)]
pub struct Pack {
    pub municipality: Municipality,
    pub style: PaperStyle,
    pub frame: Frame,
    pub questionnaires: BTreeMap<String, Questionnaire>,
    pub surveys: Vec<Survey>,
    pub rosters: BTreeMap<String, Roster>,
    /// The roster of a survey as it was when the survey opened; comes before the present file.
    pub asked: BTreeMap<String, Roster>,
    /// What was said about free texts, by survey and item: only in the pack as it was asked.
    pub codings: BTreeMap<String, BTreeMap<String, Coding>>,
    pub map: Map,
    /// Earlier versions of the map, by version.
    pub maps: BTreeMap<u32, Map>,
    pub countings: Countings,
    /// Figures published by others or in earlier years.
    pub published: Vec<Figure>,
    /// What publications printed of figures whose counts are known.
    pub prints: Vec<Print>,
    pub ledgers: BTreeMap<String, Ledger>,
    pub(crate) watches: Vec<Watching>,
    pub agenda: Agenda,
    /// Papers of its own, then those of the base.
    pub papers: Vec<OwnPaper>,
    pub cycles: Vec<Cycle>,
    /// Templates by name (`report.md`): the pack's own and, where it has none, the base's.
    pub templates: BTreeMap<String, String>,
    /// SHA-256 over the names and texts of all files, cases left out.
    pub digest: String,
    remarks: Vec<Finding>,
}

/// A cycle that this municipality runs: its script and the parameters that a clerk edits.
#[derive(Clone, Debug)]
pub struct Cycle {
    pub id: String,
    pub script: Script,
    pub parameters: Parameters,
}

/// surveys.json.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Surveys {
    pub surveys: Vec<Survey>,
}

impl Cycle {
    /// The id of this turn of the cycle: `annual-2023`. Without a fiscal year, the cycle's own id.
    pub fn turn(&self) -> String {
        match self.parameters.fiscal_year() {
            Some(year) => format!("{}-{year}", self.id),
            None => self.id.clone(),
        }
    }

    /// The cycles that its steps start.
    pub fn children(&self) -> Vec<String> {
        let plan = self.script.plan(&self.parameters);
        let steps = plan.map(|plan| plan.steps).unwrap_or_default();
        let children = steps.into_iter().filter_map(|step| match step.kind {
            Kind::Cycle { name } => Some(name),
            _ => None,
        });
        children.collect()
    }
}

impl Pack {
    /// What is odd about the pack and not wrong (注意): it is accepted all the same.
    pub fn remarks(&self) -> Vec<Finding> {
        self.remarks.clone()
    }

    /// What is odd about the entries of ledgers: weekdays, and what is watched.
    pub fn remarks_on(&self, ledgers: &crate::ledger::Book) -> Vec<Finding> {
        remark::on_entries(&self.ledgers, &self.watches, ledgers)
    }

    /// How rates of an indicator are printed.
    pub fn percent(&self, indicator: &str) -> PercentStyle {
        let own = self.indicator(indicator).and_then(|one| one.decimals);
        PercentStyle {
            decimals: own.unwrap_or(self.style.percent.decimals),
            ..self.style.percent
        }
    }

    /// An indicator of the present map, or of the latest earlier one that has it.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        let earlier = || self.maps.values().rev().find_map(|map| map.indicator(id));
        self.map.indicator(id).or_else(earlier)
    }

    /// A survey by its id, or by the id of its turn.
    pub fn survey(&self, id: &str) -> Option<&Survey> {
        let mut surveys = self.surveys.iter();
        surveys.find(|survey| survey.id == id || survey.turn() == id)
    }

    /// A paper of its own or of the base.
    pub fn paper(&self, id: &str) -> Option<&OwnPaper> {
        self.papers.iter().find(|paper| paper.id == id)
    }

    /// The scenes of the map, then those of the frame: an entry may belong to one that no indicator has.
    pub(crate) fn scenes(&self) -> impl Iterator<Item = &Named> {
        self.map.scenes.iter().chain(&self.frame.scenes)
    }

    /// # Errors
    /// `pack.unknown_reference`: there is no such ledger; names the nearest one.
    pub fn ledger(&self, id: &str) -> Result<&Ledger, Finding> {
        self.ledgers.get(id).ok_or_else(|| {
            let known: Vec<&str> = self.ledgers.keys().map(String::as_str).collect();
            let todo = match authoring::nearest(id, known.iter().copied()) {
                Some(near) => format!("「{near}」ではありませんか。"),
                None => format!("使えるのは {} です。", known.join("、")),
            };
            let what = format!("台帳「{id}」はありません。");
            Finding::new(
                "pack.unknown_reference",
                format!("ledgers/{id}.json"),
                None,
                what,
                todo,
            )
        })
    }

    pub fn cycle(&self, id: &str) -> Option<&Cycle> {
        self.cycles.iter().find(|cycle| cycle.id == id)
    }

    /// The cycle that has the day of a meeting; the first one where none has.
    pub fn cycle_of(&self, meeting: &str) -> Option<&Cycle> {
        let on = self.agenda.meeting(meeting).map(|meeting| &meeting.on);
        let dated = |cycle: &&Cycle| on.is_some_and(|on| cycle.parameters.date(on).is_some());
        self.cycles.iter().find(dated).or(self.cycles.first())
    }

    /// The cycles that run on their own: not those that only a step of another starts (`.cycle("…")`).
    pub fn own_cycles(&self) -> impl Iterator<Item = &Cycle> {
        let children: BTreeSet<String> = self.cycles.iter().flat_map(Cycle::children).collect();
        let own = move |cycle: &&Cycle| !children.contains(&cycle.id);
        self.cycles.iter().filter(own)
    }

    /// The indicators counted from a survey, in the order of the map.
    pub fn indicators_of<'a>(
        &'a self,
        survey: &'a str,
    ) -> impl Iterator<Item = &'a crate::map::Indicator> {
        let id = self
            .survey(survey)
            .map_or(survey, |survey| survey.id.as_str());
        self.map
            .indicators
            .iter()
            .filter(move |indicator| indicator.survey.as_deref() == Some(id))
    }

    /// The questionnaire of a survey: its forms joined, discussion items that ride on it included.
    pub fn questionnaire(&self, survey: &str) -> Option<&Questionnaire> {
        self.questionnaires.get(&self.survey(survey)?.id)
    }

    /// Weekends, national holidays, 12/29–1/3 and the municipality's own closed days.
    pub fn calendar(&self) -> workflows::Calendar {
        let closed = self
            .municipality
            .calendar
            .closed
            .iter()
            .map(|day| (*day, "閉庁日".to_owned()));
        workflows::Calendar::national().with_closed_days(closed)
    }

    pub fn roster(&self, survey: &Survey) -> Option<&Roster> {
        let asked = self.asked.get(&survey.id);
        asked.or_else(|| self.rosters.get(&survey.roster))
    }
}

/// The words that a cycle's script may use in this municipality.
pub fn vocabulary(municipality: &Municipality, cycles: Vec<String>) -> Vocabulary {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Vocabulary {
        roles: municipality
            .roles
            .iter()
            .map(|role| role.name.clone())
            .collect(),
        effects: owned(&EFFECTS),
        computes: owned(&COMPUTES),
        signals: owned(&SIGNALS),
        cycles,
    }
}
