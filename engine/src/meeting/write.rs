//! Writing a paper: its template is rendered to Markdown with the figures of the moment, and the
//! Markdown becomes a document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use authoring::Finding;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use papers::digits::Width;
use papers::{Chart, Document, Head, Place, wareki};
use serde_json::json;

use super::functions::{self, Look};
use super::outline::{Content, Draft, Paper};
use super::tally;
use crate::figure::{AnswersOf, FigureBook, FigureKey};
use crate::ledger::Book;
use crate::map::Indicator;
use crate::pack::Pack;

/// Variables that a template can use.
pub const VARIABLES: [&str; 16] = [
    "agenda",
    "meeting",
    "municipality",
    "survey",
    "areas",
    "indicators",
    "tally",
    "texts",
    "proposal",
    "plan",
    "map",
    "frame",
    "year",
    "today",
    "previous_year_note",
    "free_text",
];

/// What is known when papers are written.
#[derive(Clone)]
pub struct Facts<'a> {
    pub pack: Arc<Pack>,
    pub book: Arc<FigureBook>,
    /// The entries of the ledgers.
    pub ledgers: Arc<Book>,
    /// The answers of each survey that is reported.
    pub answers: &'a BTreeMap<String, AnswersOf<'a>>,
}

/// A paper as written: the Markdown that staff can edit, and the charts it places.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Written {
    pub paper: Paper,
    pub markdown: String,
    pub charts: Vec<Chart>,
    /// A person has changed the text: it is not written from the template again unless somebody asks for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// Which version since the papers were sent: 1 is the one that was sent first.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub version: u32,
}

fn first() -> u32 {
    1
}

fn is_first(version: &u32) -> bool {
    *version == 1
}

/// Writes one paper of a meeting.
///
/// # Errors
/// `paper.template` with the template's file and line.
pub fn write(facts: &Facts<'_>, draft: &Draft, paper: &Paper) -> Result<Written, Vec<Finding>> {
    let survey = match &paper.content {
        Content::Report { survey } | Content::FreeText { survey } => Some(survey.as_str()),
        // What people bring has no template.
        Content::Text | Content::Errata => {
            return Ok(Written::by_hand(paper.clone(), String::new()));
        }
        Content::File { name, .. } => {
            let markdown = format!("添付ファイル：{}\n", papers::escape(name));
            return Ok(Written::by_hand(paper.clone(), markdown));
        }
        _ => None,
    };
    let year = year_of(&facts.pack, draft, paper);
    let charts = Arc::new(Mutex::new(Vec::new()));
    let (name, text) = template(&facts.pack, &paper.content);
    let look = Look {
        pack: facts.pack.clone(),
        book: facts.book.clone(),
        ledgers: facts.ledgers.clone(),
        responses: Arc::new(functions::responses(&text, facts.answers)),
        year,
        charts: charts.clone(),
    };
    let mut environment = environment();
    functions::register(&mut environment, &look);
    let context = variables(facts, draft, paper, survey, year);
    let markdown = environment
        .render_named_str(&name, &text, context)
        .map_err(|error| vec![crate::template::refused(&name, &error)])?;
    let charts = charts
        .lock()
        .expect("the template is done with its charts")
        .clone();
    Ok(Written {
        paper: paper.clone(),
        markdown: squeeze(&markdown),
        charts,
        edited: false,
        version: 1,
    })
}

/// The fiscal year that a paper is about: its survey's, its own, its meeting's.
fn year_of(pack: &Pack, draft: &Draft, paper: &Paper) -> i32 {
    let of_meeting = || draft.on.map(workflows::calendar::fiscal_year);
    let of_plan = || pack.map.plan.as_ref().map(|plan| plan.fiscal_year);
    let year = match &paper.content {
        Content::Report { survey } | Content::FreeText { survey } => {
            pack.survey(survey).map(|survey| survey.survey_year)
        }
        Content::Own { paper, year } => {
            year.or_else(|| pack.paper(paper)?.year).or_else(of_meeting)
        }
        _ => None,
    };
    year.or_else(of_plan)
        .or_else(of_meeting)
        .unwrap_or_default()
}

impl Written {
    /// A paper whose text no template has written.
    pub fn by_hand(paper: Paper, markdown: String) -> Written {
        Written {
            paper,
            markdown,
            charts: Vec::new(),
            edited: true,
            version: 1,
        }
    }

    /// The figures that the paper links to.
    pub fn figures(&self) -> BTreeSet<FigureKey> {
        let links = self.markdown.split("](figure:").skip(1);
        links
            .filter_map(|rest| rest.split(')').next()?.parse().ok())
            .collect()
    }

    /// The paper as a document, ready for any writer.
    ///
    /// # Errors
    /// `paper.*` findings of the Markdown.
    pub fn document(&self, draft: &Draft) -> Result<Document, Vec<Finding>> {
        let numbers: BTreeMap<String, String> = draft
            .papers
            .iter()
            .filter_map(|paper| Some((paper.id.clone(), paper.number.clone()?)))
            .collect();
        let charts = self
            .charts
            .iter()
            .map(|chart| (chart.id.clone(), chart.clone()))
            .collect();
        let agenda = self.paper.content == Content::Agenda;
        let place = |label: &str, lines: Vec<String>| Place {
            label: label.into(),
            lines,
        };
        let head = Head {
            title: self.paper.title.clone(),
            number: self.paper.number.clone(),
            kind: self.paper.kind.clone(),
            place: if agenda {
                vec![
                    place("日時", draft.when.clone()),
                    place("場所", vec![draft.place.clone()]),
                ]
            } else {
                Vec::new()
            },
            fiction: draft.fiction.clone(),
            ..Head::default()
        };
        papers::read(
            &self.paper.id,
            &self.markdown,
            head,
            &draft.layout,
            &numbers,
            &charts,
        )
    }
}

/// The template for a kind of paper: `report.<survey>.md`, otherwise `report.md`. A paper of its own names it.
pub(super) fn template(pack: &Pack, content: &Content) -> (String, String) {
    let (particular, general) = match content {
        Content::Own { paper, .. } => {
            let name = pack.paper(paper).map(crate::agenda::OwnPaper::template);
            (None, name.unwrap_or_default())
        }
        _ => template_names(&untimed(pack, content)),
    };
    let mut names = particular.iter().chain([&general]);
    let found = names.find_map(|name| Some((name, pack.templates.get(name)?)));
    let (name, text) = found.map_or((&general, ""), |(name, text)| (name, text.as_str()));
    (format!("templates/{name}"), text.to_owned())
}

/// A template is named for the survey, not for this year's turn of it.
fn untimed(pack: &Pack, content: &Content) -> Content {
    let base = |id: &String| {
        pack.survey(id)
            .map_or_else(|| id.clone(), |survey| survey.id.clone())
    };
    match content {
        Content::Report { survey } => Content::Report {
            survey: base(survey),
        },
        Content::FreeText { survey } => Content::FreeText {
            survey: base(survey),
        },
        other => other.clone(),
    }
}

/// The template of this one paper, where a paper can have one, and the template of all of its kind.
pub(super) fn template_names(content: &Content) -> (Option<String>, String) {
    let (name, particular) = match content {
        Content::Agenda => ("agenda", None),
        Content::Report { survey } => ("report", Some(survey)),
        Content::FreeText { survey } => ("free_text", Some(survey)),
        Content::Proposal { proposal } => ("proposal", Some(proposal)),
        Content::Plan => ("plan", None),
        Content::Own { paper, .. } => (paper.as_str(), None),
        Content::Text | Content::File { .. } | Content::Errata => ("", None),
    };
    let particular = particular.map(|id| format!("{name}.{id}.md"));
    (particular, format!("{name}.md"))
}

pub(crate) fn environment() -> Environment<'static> {
    let mut environment = crate::template::environment();
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(|out, _, value| {
        if value.is_undefined() {
            return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
        }
        if value.is_safe() || value.is_number() {
            write!(out, "{value}")?;
        } else if !value.is_none() {
            write!(out, "{}", papers::escape(&value.to_string()))?;
        }
        Ok(())
    });
    environment
}

fn variables(
    facts: &Facts<'_>,
    draft: &Draft,
    paper: &Paper,
    survey: Option<&str>,
    year: i32,
) -> Value {
    let pack = &facts.pack;
    let municipality = &pack.municipality;
    let short = wareki::fiscal_short(year - 1, Width::Full).unwrap_or_default();
    let note = pack.style.previous_year_note.replace("{前年}", &short);
    let none = AnswersOf::new();
    let answers = survey.and_then(|id| facts.answers.get(id)).unwrap_or(&none);
    let areas: Vec<_> = municipality
        .areas
        .iter()
        .map(|area| json!({ "id": area.id, "name": area.name }))
        .collect();
    let indicators: Vec<_> = survey.map_or(Vec::new(), |id| {
        pack.indicators_of(id).map(indicator).collect()
    });
    let proposal = match &paper.content {
        Content::Proposal { proposal } => pack.agenda.proposals.iter().find(|p| p.id == *proposal),
        _ => None,
    };
    let free_text = survey
        .map(|id| format!("free-text-{id}"))
        .filter(|id| draft.paper(id).is_some());
    Value::from(Serde(json!({
        "municipality": { "name": municipality.name },
        "agenda": { "lines": draft.lines },
        "meeting": {
            "title": draft.title,
            "place": draft.place,
            "on": draft.on.and_then(|on| wareki::date_only(on, Width::Half).ok()),
            "quorum": draft.quorum,
        },
        "survey": survey.and_then(|id| pack.survey(id)).map(|survey| survey_variables(pack, survey, answers)),
        "areas": areas,
        "indicators": indicators,
        "tally": survey.map(|id| tally::view(pack, id, answers)),
        "texts": survey.map(|id| tally::free_texts(pack, id, answers)),
        "proposal": proposal,
        "plan": { "title": pack.map.title(), "phases": pack.map.plan.as_ref().map_or(&[][..], |plan| &plan.phases) },
        "map": map(pack),
        "frame": pack.frame,
        "year": year,
        "today": draft.on.map(|on| on.to_string()),
        "previous_year_note": note,
        "free_text": free_text,
    })))
}

fn survey_variables(
    pack: &Pack,
    survey: &crate::survey::Survey,
    answers: &AnswersOf<'_>,
) -> serde_json::Value {
    let report = survey.report.as_ref();
    json!({
        "name": survey.name,
        "year": wareki::fiscal_year(survey.survey_year, Width::Full).unwrap_or_default(),
        "period": survey.period.as_ref().map(|period| &period.label),
        "asked": pack.roster(survey).map_or(0, |roster| roster.respondents.len()),
        "answered": answers.len(),
        "target": report.and_then(|report| report.target.as_ref()),
        "method": report.and_then(|report| report.method.as_ref()),
        "notes": report.map_or(&[][..], |report| &report.notes),
        "next_steps": report.map_or(&[][..], |report| &report.next_steps),
    })
}

fn indicator(indicator: &Indicator) -> serde_json::Value {
    json!({
        "id": indicator.id,
        "name": indicator.name,
        "main": indicator.main,
        "rate": indicator.denominator.is_some(),
        "unit": indicator.unit,
        "scenes": indicator.scenes,
        "decision": indicator.decision,
    })
}

/// The map with its indicators by scene: an indicator of two scenes stands in both.
fn map(pack: &Pack) -> serde_json::Value {
    let indicators = &pack.map.indicators;
    let all = |wanted: &dyn Fn(&Indicator) -> bool| {
        let wanted = indicators.iter().filter(|one| wanted(one));
        wanted.map(indicator).collect::<Vec<_>>()
    };
    let scenes = pack.map.scenes.iter().map(|scene| {
        let indicators = all(&|one| one.scenes.contains(&scene.id));
        json!({ "id": scene.id, "name": scene.name, "indicators": indicators })
    });
    json!({
        "version": pack.map.version,
        "scenes": scenes.collect::<Vec<_>>(),
        "indicators": all(&|_| true),
        "without_scene": all(&|one| one.scenes.is_empty()),
    })
}

/// At most one blank line in a row, as a person would type it.
pub(crate) fn squeeze(markdown: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in markdown.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    format!("{}\n", lines.join("\n").trim_end())
}
