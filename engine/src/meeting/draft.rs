//! Drafting a 次第: the skeleton of the meeting, filled with reports of closed surveys and with
//! proposals, and the papers that belong to its lines.

use chrono::{NaiveDate, NaiveTime};
use papers::wareki;
use serde::{Deserialize, Serialize};
use workflows::{FieldValue, Parameters};

use crate::agenda::{Entry, Fill, Meeting};
use crate::body::{Body, fiscal_year};
use crate::ledger::Book;
use crate::pack::Pack;

const REFERENCE: &str = "参考資料";

/// The ledger of 重点目標.
const GOALS: &str = "goals";

/// A drafted meeting: lines in reading order and the papers that are handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub meeting: String,
    /// 令和６年度　第１回…委員会　次第
    pub title: String,
    pub on: Option<NaiveDate>,
    /// 日時 and 場所, as printed.
    pub when: Vec<String>,
    pub place: String,
    /// Who must come, where the members of the day are known.
    #[serde(default)]
    pub quorum: Option<Attendance>,
    pub lines: Vec<Line>,
    pub papers: Vec<Paper>,
    /// How the papers are set: kept here, so that a paper that went out looks the same for ever.
    pub layout: papers::Style,
    /// The note at the foot of every page, where offices and answers are invented.
    pub fiction: Option<String>,
}

/// 定足数, as of the day of the meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Members on that day.
    pub members: u32,
    /// How many of them must come.
    pub needed: u32,
}

/// A line of the 次第.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// 1 to 4: a numbered item; none: a line of text below the item before it.
    pub level: Option<u8>,
    pub title: String,
    #[serde(default)]
    pub notes: Vec<String>,
    /// The paper that belongs to it.
    #[serde(default)]
    pub paper: Option<String>,
    /// Why the engine put it there; nothing for a line of the skeleton.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A paper of the meeting (次第, 資料, 別添, 参考資料).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    pub id: String,
    /// 資料１; none for the 次第. Frozen at dispatch.
    pub number: Option<String>,
    pub title: String,
    /// （報告事項）
    #[serde(default)]
    pub kind: Option<String>,
    pub content: Content,
}

/// What a paper is written from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Content {
    Agenda,
    Report {
        survey: String,
    },
    FreeText {
        survey: String,
    },
    Proposal {
        proposal: String,
    },
    Plan,
    /// A paper of the pack's own or of the base.
    Own {
        paper: String,
        /// About this fiscal year in place of its own.
        #[serde(default)]
        year: Option<i32>,
    },
}

impl Draft {
    pub fn paper(&self, id: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.id == id)
    }
}

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
    });
    for entry in &meeting.items {
        drafting.entry(entry, 1);
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
        }],
        layout: pack.style.layout.clone(),
        fiction: pack.municipality.paper_footer.clone(),
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

    fn entry(&mut self, entry: &Entry, level: u8) {
        self.lines.push(Line {
            level: Some(level),
            title: entry.title.clone(),
            notes: entry.notes.clone(),
            paper: None,
            reason: None,
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
        for inner in &entry.items {
            if inner.kind.is_some() {
                self.lines.push(Line {
                    level: None,
                    title: inner.title.clone(),
                    notes: inner.notes.clone(),
                    paper: None,
                    reason: None,
                });
            } else {
                self.entry(inner, level + 1);
            }
        }
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
                level,
                title: line,
                notes: Vec::new(),
                paper: Some(id.clone()),
                reason: Some(self.report_reason(&survey.id)),
            });
            let number = self.next_number();
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
            self.lines.push(Line {
                level: None,
                title: proposal.title.clone(),
                notes: Vec::new(),
                paper: Some(id.clone()),
                reason: Some("この会議に諮る協議事項として定められているため".to_owned()),
            });
            for part in proposal.parts.iter().filter(|_| proposal.parts.len() > 1) {
                self.lines.push(Line {
                    level: Some(level),
                    title: part.title.clone(),
                    notes: Vec::new(),
                    paper: None,
                    reason: None,
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
            self.lines.push(Line {
                level: Some(level),
                title: raised.title,
                notes: Vec::new(),
                paper: None,
                reason: Some(raised.reason),
            });
        }
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
                level: Some(level),
                title: ledger.title(goal).to_owned(),
                notes: Vec::new(),
                paper: None,
                reason: Some(match state {
                    Some(state) => format!("前の年度の判定が「{state}」のため"),
                    None => "前の年度の判定がまだないため".to_owned(),
                }),
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
        });
    }
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
