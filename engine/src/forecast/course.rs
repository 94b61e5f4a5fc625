//! The course of a dry run through the engine: the events that a running year would have recorded are folded
//! into the same state, and the same rules draft each 次第 from it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use forms::{Item, Kind as ItemKind, Questionnaire};
use serde::Serialize;
use workflows::simulate::{Entry, EntryKind};
use workflows::{Kind, Plan, calendar};

use super::{Warning, bodies};
use crate::ledger::Book;
use crate::meeting::{self, Content, Draft, Known};
use crate::pack::{Cycle, Pack};
use crate::year::{Event, MEETING_CLOSED, State};

/// A meeting as the dry run holds it.
#[derive(Clone, Debug, Serialize)]
pub struct Sitting {
    /// Of agenda.json; empty where the plan waits for a meeting that is not in there.
    pub meeting: String,
    /// 第1回…委員会
    pub title: String,
    pub body: String,
    pub on: NaiveDate,
    /// Titles of what would be reported, and of what would be proposed.
    pub reports: Vec<String>,
    pub proposals: Vec<String>,
    /// The 次第, if the meeting is in agenda.json.
    #[serde(skip)]
    pub draft: Option<Draft>,
    /// Turns of the surveys that have closed when its papers are written.
    #[serde(skip)]
    pub closed: Vec<String>,
}

/// A survey as the dry run holds it.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    pub survey: String,
    pub name: String,
    pub opens: NaiveDate,
    pub closes: Option<NaiveDate>,
    pub offices: u64,
    /// What one office may be asked at most: a row of a matrix and an item of a repeat count as one question.
    pub questions: u64,
}

pub(super) struct Course {
    pub sittings: Vec<Sitting>,
    pub surveys: Vec<Asked>,
}

struct Walk<'a> {
    pack: &'a Pack,
    cycle: &'a Cycle,
    plan: &'a Plan,
    state: State,
    /// What ships with the pack.
    ledgers: Book,
    course: Course,
    /// By meeting: its 次第 and what had closed when the papers were written.
    drafted: BTreeMap<String, (Draft, Vec<String>)>,
}

impl Course {
    pub(super) fn of(pack: &Pack, cycle: &Cycle, plan: &Plan, entries: &[Entry]) -> Course {
        let course = Course {
            sittings: Vec::new(),
            surveys: Vec::new(),
        };
        let mut walk = Walk {
            pack,
            cycle,
            plan,
            state: State::default(),
            ledgers: Book::shipped(pack),
            course,
            drafted: BTreeMap::new(),
        };
        for entry in entries {
            walk.follow(entry);
        }
        walk.course
    }

    pub(super) fn warnings(&self, pack: &Pack) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for sitting in &self.sittings {
            let (title, on) = (sitting.title.clone(), sitting.on);
            let known = sitting.draft.is_some();
            if known && sitting.reports.is_empty() && sitting.proposals.is_empty() {
                warnings.push(Warning::EmptyAgenda { title, on });
            }
            warnings.extend(bodies::absent(pack, sitting));
        }
        warnings
    }
}

impl Walk<'_> {
    fn follow(&mut self, entry: &Entry) {
        let Some(step) = entry
            .step
            .as_ref()
            .and_then(|key| self.plan.step(key.step.as_str()))
        else {
            return;
        };
        let argument = |args: &[String]| args.first().cloned().unwrap_or_default();
        match (&step.kind, entry.kind) {
            (Kind::Collect { name }, EntryKind::Opened) => self.opened(name, entry.on),
            (Kind::Collect { name }, EntryKind::Closed) => self.closed(name, entry.on),
            (Kind::Compute { name, args }, EntryKind::Compute) if name == "agenda" => {
                self.draft(entry.on, &argument(args));
            }
            (Kind::Compute { name, args }, EntryKind::Compute) if name == "papers" => {
                self.write(entry.on, &argument(args));
            }
            (Kind::Effect { name, args }, EntryKind::Effect) if name == "papers.dispatch" => {
                let meeting = argument(args);
                self.record(entry.on, Event::PapersDispatched { meeting });
            }
            (Kind::WaitFor { signal, key, .. }, EntryKind::Signal) if signal == MEETING_CLOSED => {
                self.held(key, &step.title, entry.on);
            }
            _ => {}
        }
    }

    fn record(&mut self, on: NaiveDate, event: Event) {
        let next = self.state.head + 1;
        self.state.apply(next, calendar::opening(on), event);
    }

    fn opened(&mut self, name: &str, on: NaiveDate) {
        let Some(survey) = self.pack.survey(name) else {
            return;
        };
        let questionnaire = self.pack.questionnaire(name);
        let asked = self
            .pack
            .roster(survey)
            .map_or(0, |roster| roster.respondents.len());
        let asked = u64::try_from(asked).unwrap_or(u64::MAX);
        let turn = survey.turn();
        if !self.state.surveys.contains_key(&turn) {
            self.course.surveys.push(Asked {
                survey: turn.clone(),
                name: survey.name.clone(),
                opens: on,
                closes: None,
                offices: asked,
                questions: questionnaire.map_or(0, questions),
            });
        }
        let event = Event::SurveyOpened {
            survey: turn,
            version: questionnaire.map_or(0, Questionnaire::version),
            asked,
            roster: String::new(),
            terms: survey.terms(),
        };
        self.record(on, event);
    }

    fn closed(&mut self, name: &str, on: NaiveDate) {
        let Some(survey) = self.pack.survey(name).map(|survey| survey.turn()) else {
            return;
        };
        let asked = self.course.surveys.iter_mut();
        for asked in asked.filter(|asked| asked.survey == survey) {
            asked.closes = Some(on);
        }
        self.record(on, Event::SurveyClosed { survey });
    }

    fn draft(&mut self, on: NaiveDate, meeting: &str) {
        let reports = self.state.to_report(meeting);
        let parameters = &self.cycle.parameters;
        let known = Known {
            closed: &reports,
            ledgers: &self.ledgers,
            on,
        };
        if let Some(draft) = meeting::draft(self.pack, parameters, meeting, &known) {
            let closed = self.all_closed();
            self.drafted.insert(meeting.to_owned(), (draft, closed));
        }
    }

    fn write(&mut self, on: NaiveDate, meeting: &str) {
        let closed = self.all_closed();
        let Some((draft, known)) = self.drafted.get_mut(meeting) else {
            return;
        };
        *known = closed;
        let reports = draft
            .papers
            .iter()
            .filter_map(|paper| match &paper.content {
                Content::Report { survey } => Some(survey.clone()),
                _ => None,
            });
        let event = Event::PapersWritten {
            meeting: meeting.to_owned(),
            reports: reports.collect(),
            file: String::new(),
        };
        self.record(on, event);
    }

    fn held(&mut self, key: &str, step: &str, on: NaiveDate) {
        if !self.drafted.contains_key(key) {
            // No step of the plan drafts it: what the clerk would draft on that day.
            self.draft(on, key);
        }
        let (draft, closed) = self.drafted.get(key).cloned().unzip();
        let paper = |wanted: fn(&Content) -> bool| {
            let papers = draft.iter().flat_map(|draft: &Draft| &draft.papers);
            let wanted = papers.filter(|paper| wanted(&paper.content));
            wanted.map(|paper| paper.title.clone()).collect()
        };
        let reports = paper(|content| matches!(content, Content::Report { .. }));
        let mut proposals: Vec<String> =
            paper(|content| matches!(content, Content::Proposal { .. }));
        // What ledgers and watches raise has a reason, and no paper of its own.
        let lines = draft.iter().flat_map(|draft| &draft.lines);
        let raised = lines.filter(|line| line.reason.is_some() && line.paper.is_none());
        proposals.extend(raised.map(|line| line.title.clone()));
        let meeting = self.pack.agenda.meeting(key);
        let body = meeting.and_then(|meeting| self.pack.municipality.body(&meeting.body));
        self.course.sittings.push(Sitting {
            meeting: key.to_owned(),
            title: meeting.zip(body).map_or_else(
                || step.to_owned(),
                |(meeting, body)| format!("第{}回{}", meeting.ordinal, body.name_on(on)),
            ),
            body: body.map_or_else(|| step.to_owned(), |body| body.name_on(on).to_owned()),
            on,
            reports,
            proposals,
            closed: closed.unwrap_or_default(),
            draft,
        });
        let event = Event::MeetingClosed {
            meeting: key.to_owned(),
        };
        self.record(on, event);
    }

    fn all_closed(&self) -> Vec<String> {
        let surveys = self.state.surveys.iter();
        let closed = surveys.filter(|(_, held)| held.closed_at.is_some());
        closed.map(|(turn, _)| turn.clone()).collect()
    }
}

/// Questions of a questionnaire: a row of a matrix and an item of a repeat count as one.
fn questions(questionnaire: &Questionnaire) -> u64 {
    questionnaire.items().iter().map(asks).sum()
}

fn asks(item: &Item) -> u64 {
    match &item.kind {
        _ if item.is_calculated() => 0,
        ItemKind::Matrix { rows, .. } => u64::try_from(rows.len()).unwrap_or(u64::MAX),
        ItemKind::Repeat { items, .. } => items.iter().map(asks).sum(),
        _ => 1,
    }
}
