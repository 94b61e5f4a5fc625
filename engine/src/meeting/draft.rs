//! Drafting a 次第: the skeleton of the meeting, filled with reports of closed surveys and with
//! proposals, and the papers that belong to its lines.

use chrono::{NaiveDate, NaiveTime};
use papers::wareki;
use workflows::{FieldValue, Parameters};

use super::outline::{Attendance, Content, Draft, Line, LineKind, Paper, REFERENCE, Rank};
use crate::agenda::{Entry, Fill, Meeting};
use crate::body::{Body, fiscal_year};
use crate::ledger::Book;
use crate::pack::Pack;

/// The ledger of 重点目標.
const GOALS: &str = "goals";

/// What is known when a meeting is drafted.
pub struct Known<'a> {
    /// The surveys to report, in the order in which they closed.
    pub closed: &'a [String],
    /// What is recorded: the source of what ledgers and watches raise, and of the goals carried over.
    pub ledgers: &'a Book,
    pub on: NaiveDate,
}

/// Drafts a meeting.
///
/// `None` where the pack has no such meeting.
pub fn draft(
    pack: &Pack,
    parameters: &Parameters,
    meeting: &str,
    known: &Known<'_>,
) -> Option<Draft> {
    let meeting = pack.agenda.meeting(meeting)?;
    let on = parameters.date(&meeting.on);
    let body = pack.municipality.body(&meeting.body);
    let mut drafting = Drafting {
        pack,
        meeting,
        day: on.unwrap_or_else(|| fiscal_year(meeting.fiscal_year).0),
        known,
        numbered: 0,
        lines: Vec::new(),
        papers: Vec::new(),
    };
    let title = drafting.title();
    drafting.papers.push(Paper {
        id: "agenda".into(),
        number: None,
        title: title.clone(),
        kind: None,
        content: Content::Agenda,
        rank: Rank::Apart,
        by_hand: false,
    });
    for entry in &meeting.items {
        drafting.entry(entry, 1, "");
    }
    drafting.references();
    let (lines, papers) = (drafting.lines, drafting.papers);
    let on = parameters.date(&meeting.on);
    let said = |id: &Option<String>| id.as_deref().and_then(|id| text(parameters, id));
    Some(Draft {
        meeting: meeting.id.clone(),
        title,
        on,
        when: when(pack, on, said(&meeting.time)),
        place: said(&meeting.place).unwrap_or_default().to_owned(),
        quorum: body.zip(on).and_then(|(body, on)| attendance(body, on)),
        lines,
        papers,
        layout: pack.style.layout.clone(),
        fiction: pack.municipality.paper_footer.clone(),
        set_aside: Vec::new(),
        added: 0,
    })
}

fn attendance(body: &Body, on: NaiveDate) -> Option<Attendance> {
    Some(Attendance {
        members: body.members_on(on),
        needed: body.needed_on(on)?,
    })
}

/// A paper by itself, without a meeting: what it would be on a day, about a fiscal year (its own, if none is given).
///
/// `None` where there is no such paper.
pub fn alone(pack: &Pack, id: &str, on: NaiveDate, year: Option<i32>) -> Option<Draft> {
    let paper = pack.paper(id)?;
    Some(Draft {
        meeting: String::new(),
        title: paper.title.clone(),
        on: Some(on),
        when: Vec::new(),
        place: String::new(),
        quorum: None,
        lines: Vec::new(),
        papers: vec![Paper {
            id: paper.id.clone(),
            number: None,
            title: paper.title.clone(),
            kind: None,
            content: Content::Own {
                paper: id.into(),
                year,
            },
            rank: Rank::Apart,
            by_hand: false,
        }],
        layout: pack.style.layout.clone(),
        fiction: pack.municipality.paper_footer.clone(),
        set_aside: Vec::new(),
        added: 0,
    })
}

struct Drafting<'a> {
    pack: &'a Pack,
    meeting: &'a Meeting,
    /// Of the meeting, or the first of its fiscal year.
    day: NaiveDate,
    known: &'a Known<'a>,
    /// 資料 numbered so far.
    numbered: usize,
    lines: Vec<Line>,
    papers: Vec<Paper>,
}

impl Drafting<'_> {
    fn title(&self) -> String {
        let width = self.pack.style.layout.dates.digits;
        let year = wareki::fiscal_year(self.meeting.fiscal_year, width).unwrap_or_default();
        let body = self
            .pack
            .municipality
            .body(&self.meeting.body)
            .map_or("", |body| body.name_on(self.day));
        let ordinal = width.set(&self.meeting.ordinal.to_string());
        format!("{year}　第{ordinal}回{body}　次第")
    }

    fn entry(&mut self, entry: &Entry, level: u8, under: &str) {
        let id = self.free_id(&format!("{under}{}", entry.title));
        self.lines.push(Line {
            id: id.clone(),
            level: Some(level),
            title: entry.title.clone(),
            notes: entry.notes.clone(),
            ..Line::default()
        });
        match entry.fill {
            Some(Fill::Reports) => self.reports(&entry.title, level + 1),
            Some(Fill::Proposals) => {
                self.proposals(&entry.title, level + 1);
                self.raised(level + 1);
            }
            Some(Fill::Goals) => self.goals(level + 1),
            None => {}
        }
        // What is only told stands as plain text, as a clerk writes it.
        let under = format!("{id}/");
        for inner in &entry.items {
            if inner.kind.is_some() {
                let id = self.free_id(&format!("{under}{}", inner.title));
                self.lines.push(Line {
                    id,
                    title: inner.title.clone(),
                    notes: inner.notes.clone(),
                    kind: Some(LineKind::Information),
                    ..Line::default()
                });
            } else {
                self.entry(inner, level + 1, &under);
            }
        }
    }

    /// A title may stand twice in one place.
    fn free_id(&self, wanted: &str) -> String {
        let taken = |id: &str| self.lines.iter().any(|line| line.id == id);
        let mut ids =
            std::iter::once(wanted.to_owned()).chain((2..).map(|n| format!("{wanted}＃{n}")));
        ids.find(|id| !taken(id))
            .expect("there is always another number")
    }

    /// One report is a line of text; several are numbered.
    fn reports(&mut self, kind: &str, level: u8) {
        let pack = self.pack;
        let surveys: Vec<_> = self
            .known
            .closed
            .iter()
            .filter_map(|id| pack.survey(id))
            .collect();
        let level = (surveys.len() > 1).then_some(level);
        for survey in surveys {
            let id = format!("report-{}", survey.id);
            let title = survey.report_title();
            let line = title.trim_end_matches("について").to_owned();
            self.lines.push(Line {
                id: format!("report/{}", survey.turn()),
                level,
                title: line,
                paper: Some(id.clone()),
                reason: Some(self.report_reason(&survey.id)),
                kind: Some(LineKind::Report),
                ..Line::default()
            });
            let number = self.next_number();
            let main = id.clone();
            self.paper(
                id,
                number,
                title,
                Some(kind),
                Content::Report {
                    survey: survey.turn(),
                },
            );
            let free_text = pack
                .questionnaire(&survey.id)
                .is_some_and(super::tally::has_free_text);
            if free_text {
                self.paper(
                    format!("free-text-{}", survey.id),
                    "別添".into(),
                    "自由記載欄の主な意見".into(),
                    None,
                    Content::FreeText {
                        survey: survey.turn(),
                    },
                );
                self.rank(Rank::Annex { of: main });
            }
        }
    }

    /// 「調査が終わったため」, or which discussion item asked for the survey.
    fn report_reason(&self, survey: &str) -> String {
        let asked_by: Vec<&str> = self
            .pack
            .agenda
            .requests()
            .filter(|(_, request)| {
                self.pack
                    .survey(request.survey())
                    .is_some_and(|s| s.turn() == survey || s.id == survey)
            })
            .map(|(part, _)| part.title.as_str())
            .collect();
        if asked_by.is_empty() {
            "締め切った調査で、まだ報告していないため".to_owned()
        } else {
            format!(
                "前の会議の協議事項（{}）から生まれた調査のため",
                asked_by.join("、")
            )
        }
    }

    fn proposals(&mut self, kind: &str, level: u8) {
        let pack = self.pack;
        for proposal in pack.agenda.proposals(&self.meeting.id) {
            let id = format!("proposal-{}", proposal.id);
            let line = format!("proposal/{}", proposal.id);
            self.lines.push(Line {
                id: line.clone(),
                title: proposal.title.clone(),
                paper: Some(id.clone()),
                reason: Some("この会議に諮る協議事項として定められているため".to_owned()),
                kind: Some(LineKind::Discussion),
                ..Line::default()
            });
            for part in proposal.parts.iter().filter(|_| proposal.parts.len() > 1) {
                self.lines.push(Line {
                    id: format!("{line}/{}", part.id),
                    level: Some(level),
                    title: part.title.clone(),
                    kind: Some(LineKind::Discussion),
                    ..Line::default()
                });
            }
            let number = self.next_number();
            self.paper(
                id,
                number,
                proposal.title.clone(),
                Some(kind),
                Content::Proposal {
                    proposal: proposal.id.clone(),
                },
            );
        }
    }

    /// What ledgers and watches ask the body to discuss: it stays until the entry says otherwise, so what
    /// was not finished comes back by itself.
    fn raised(&mut self, level: u8) {
        let (ledgers, on) = (self.known.ledgers, self.known.on);
        for raised in ledgers.raised(self.pack, &self.meeting.body, on) {
            let meeting = raised.meeting.as_deref();
            let carried_from = meeting.map(|id| self.left_over_by(id));
            self.lines.push(Line {
                id: raised.from,
                level: Some(level),
                title: raised.title,
                reason: Some(raised.reason),
                kind: Some(LineKind::Discussion),
                carried_from,
                ..Line::default()
            });
        }
    }

    /// 第１回…委員会; the id of a meeting that the pack does not know (any more).
    fn left_over_by(&self, id: &str) -> String {
        let pack = self.pack;
        let meeting = pack.agenda.meeting(id);
        meeting.map_or_else(|| id.to_owned(), |meeting| called(pack, meeting, self.day))
    }

    /// The goals of the year before that go on.
    fn goals(&mut self, level: u8) {
        let (pack, known) = (self.pack, self.known);
        let Some(ledger) = pack.ledgers.get(GOALS) else {
            return;
        };
        let goals = known
            .ledgers
            .carried(pack, GOALS, self.meeting.fiscal_year - 1);
        for goal in goals {
            let state = ledger.state(goal).map(|code| ledger.state_label(code));
            self.lines.push(Line {
                id: format!("{GOALS}/{}", goal.id),
                level: Some(level),
                title: ledger.title(goal).to_owned(),
                reason: Some(match state {
                    Some(state) => format!("前の年度の判定が「{state}」のため"),
                    None => "前の年度の判定がまだないため".to_owned(),
                }),
                kind: Some(LineKind::Discussion),
                ..Line::default()
            });
        }
    }

    fn references(&mut self) {
        let pack = self.pack;
        for reference in &self.meeting.references {
            let (title, content) = match (reference.as_str(), pack.paper(reference)) {
                ("plan", _) => (pack.map.title().to_owned(), Content::Plan),
                (id, Some(paper)) => {
                    let content = Content::Own {
                        paper: id.into(),
                        year: None,
                    };
                    (paper.title.clone(), content)
                }
                (_, None) => continue,
            };
            let number = self.reference_number();
            self.paper(reference.clone(), number, title, None, content);
            self.rank(Rank::Reference);
        }
    }

    /// 参考資料; where there are several, 参考資料１, 参考資料２ …
    fn reference_number(&self) -> String {
        let numbered = |paper: &&Paper| {
            let number = paper.number.as_deref();
            number.is_some_and(|number| number.starts_with(REFERENCE))
        };
        let next = self.papers.iter().filter(numbered).count() + 1;
        match self.meeting.references.len() {
            0 | 1 => REFERENCE.to_owned(),
            _ => {
                let width = self.pack.style.layout.dates.digits;
                format!("{REFERENCE}{}", width.set(&next.to_string()))
            }
        }
    }

    fn next_number(&mut self) -> String {
        self.numbered += 1;
        let width = self.pack.style.layout.dates.digits;
        format!("資料{}", width.set(&self.numbered.to_string()))
    }

    fn paper(
        &mut self,
        id: String,
        number: String,
        title: String,
        kind: Option<&str>,
        content: Content,
    ) {
        let kind = kind.map(|kind| format!("（{kind}）"));
        self.papers.push(Paper {
            id,
            number: Some(number),
            title,
            kind,
            content,
            rank: Rank::Main,
            by_hand: false,
        });
    }

    /// The rank of the paper that was added last.
    fn rank(&mut self, rank: Rank) {
        if let Some(paper) = self.papers.last_mut() {
            paper.rank = rank;
        }
    }
}

/// 令和６年度　第１回…委員会, by the name of a day.
pub fn called(pack: &Pack, meeting: &Meeting, day: NaiveDate) -> String {
    let width = pack.style.layout.dates.digits;
    let body = pack.municipality.body(&meeting.body);
    let name = body.map_or("", |body| body.name_on(day));
    let ordinal = width.set(&meeting.ordinal.to_string());
    let year = wareki::fiscal_year(meeting.fiscal_year, width).unwrap_or_default();
    format!("{year}　第{ordinal}回{name}")
}

fn when(pack: &Pack, on: Option<NaiveDate>, time: Option<&str>) -> Vec<String> {
    let width = pack.style.layout.dates.digits;
    let day = on.and_then(|on| wareki::date(on, width).ok());
    let time = time.and_then(|time| NaiveTime::parse_from_str(time, "%H:%M").ok());
    day.into_iter()
        .chain(time.map(|time| format!("{}～", wareki::time(time, width))))
        .collect()
}

fn text<'a>(parameters: &'a Parameters, id: &str) -> Option<&'a str> {
    match &parameters.field(id)?.value {
        FieldValue::Text(text) | FieldValue::Time(text) => Some(text),
        _ => None,
    }
}
