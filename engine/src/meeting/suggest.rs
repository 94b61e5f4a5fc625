//! What could be put on a 次第 and is not: each with the reason why.
//!
//! Suggested are the lines that a fresh draft would have, indicators off their target, open issues of the region
//! (課題), and the minutes of the meeting before, where they are not approved yet. What already stands in the 次第
//! and what somebody has set aside is not suggested again.

use chrono::NaiveDate;
use papers::digits::Width;
use papers::wareki;
use serde::{Deserialize, Serialize};

use super::draft::called;
use super::outline::{Draft, Line, LineKind, Paper, Rank};
use crate::figure::{Amount, Figure, FigureBook, Printed};
use crate::ledger::Book;
use crate::map::{Direction, Indicator};
use crate::pack::Pack;

const ISSUES: &str = "issues";

/// A line that somebody may want, and its papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub source: Source,
    pub line: Line,
    #[serde(default)]
    pub papers: Vec<Paper>,
}

/// Where a suggestion comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Survey,
    Proposal,
    CarriedOver,
    Minutes,
    Target,
    Watch,
    Issue,
    Ledger,
    /// The skeleton of agenda.json.
    Skeleton,
}

/// What is known when suggestions are made.
pub struct Beside<'a> {
    pub book: &'a FigureBook,
    pub ledgers: &'a Book,
    /// The meeting of the same body whose minutes wait for approval.
    pub minutes_of: Option<&'a str>,
}

impl Source {
    pub fn label(self) -> &'static str {
        match self {
            Source::Survey => "終わった調査",
            Source::Proposal => "協議事項",
            Source::CarriedOver => "前の会議から",
            Source::Minutes => "会議録",
            Source::Target => "目標と指標",
            Source::Watch => "見守り",
            Source::Issue => "地域課題",
            Source::Ledger => "台帳",
            Source::Skeleton => "次第のひな形",
        }
    }

    fn of(line: &Line) -> Source {
        let (from, _) = line.id.split_once('/').unwrap_or((&line.id, ""));
        match from {
            "report" => Source::Survey,
            "proposal" => Source::Proposal,
            "watches" => Source::Watch,
            _ if line.carried_from.is_some() => Source::CarriedOver,
            _ if line.reason.is_some() => Source::Ledger,
            _ => Source::Skeleton,
        }
    }
}

/// Suggestions for a draft, in the order of their sources. `fresh`: the same meeting as it would be drafted now.
pub fn suggest(pack: &Pack, draft: &Draft, fresh: &Draft, beside: &Beside<'_>) -> Vec<Suggestion> {
    let lines = fresh.lines.iter().map(|line| {
        let main = line.paper.as_deref();
        let of = |paper: &&Paper| {
            main == Some(paper.id.as_str())
                || matches!(&paper.rank, Rank::Annex { of } if main == Some(of))
        };
        let papers = fresh.papers.iter().filter(of).cloned().collect();
        Suggestion {
            source: Source::of(line),
            line: line.clone(),
            papers,
        }
    });
    let mut all: Vec<Suggestion> = lines.collect();
    all.extend(off_target(pack, beside.book));
    all.extend(issues(pack, draft, beside.ledgers));
    all.extend(beside.minutes_of.and_then(|id| minutes(pack, id)));
    let known = |id: &str| {
        draft.line(id).is_some() || draft.set_aside.iter().any(|aside| aside.line.id == id)
    };
    all.retain(|one| !known(&one.line.id));
    all.sort_by_key(|one| one.source);
    all
}

/// Main and other indicators whose newest value is on the wrong side of their target.
fn off_target<'a>(pack: &'a Pack, book: &'a FigureBook) -> impl Iterator<Item = Suggestion> + 'a {
    let indicators = pack.map.indicators.iter();
    indicators.filter_map(move |indicator| {
        let target = indicator.target?;
        let area = &pack.municipality.home_area;
        let figure = book.of(&indicator.id, area, book.newest(&indicator.id, area)?)?;
        let value = value(pack, indicator, figure)?;
        let missed = match indicator.direction? {
            Direction::Up => value.minus(target).units < 0,
            Direction::Down => value.minus(target).units > 0,
            Direction::Neither => false,
        };
        let unit = &indicator.unit;
        let year = wareki::fiscal_year(figure.key.year, Width::Half).unwrap_or_default();
        let reason = format!("{year}の値が{value}{unit}で、目標の{target}{unit}に届いていないため");
        missed.then(|| Suggestion {
            source: Source::Target,
            line: Line {
                id: format!("target/{}/{}", indicator.id, figure.key.year),
                title: format!("{}の状況について", indicator.name),
                reason: Some(reason),
                kind: Some(LineKind::Discussion),
                ..Line::default()
            },
            papers: Vec::new(),
        })
    })
}

fn value(pack: &Pack, indicator: &Indicator, figure: &Figure) -> Option<Printed> {
    match figure.amount {
        Amount::Count(count) => Some(Printed {
            units: i64::try_from(count).ok()?,
            decimals: 0,
        }),
        _ => figure.percent(pack.percent(&indicator.id)),
    }
}

/// Issues of the region that are still open, of the body of the meeting or of none.
fn issues(pack: &Pack, draft: &Draft, ledgers: &Book) -> Vec<Suggestion> {
    let body = pack
        .agenda
        .meeting(&draft.meeting)
        .map(|meeting| meeting.body.as_str());
    let year = draft.on.map(workflows::calendar::fiscal_year);
    let Some(ledger) = pack.ledgers.get(ISSUES) else {
        return Vec::new();
    };
    let years = year.into_iter().flat_map(|year| [year, year - 1]);
    let entries = years.flat_map(|year| ledgers.carried(pack, ISSUES, year));
    let theirs = entries.filter(|entry| ledger.body(entry).is_none_or(|own| Some(own) == body));
    let suggestions = theirs.map(|entry| {
        let stage = ledger.state(entry).map(|code| ledger.state_label(code));
        Suggestion {
            source: Source::Issue,
            line: Line {
                id: format!("{ISSUES}/{}", entry.id),
                title: ledger.title(entry).to_owned(),
                reason: Some(match stage {
                    Some(stage) => format!("地域課題が「{stage}」のまま残っているため"),
                    None => "地域課題が残っているため".to_owned(),
                }),
                kind: Some(LineKind::Discussion),
                ..Line::default()
            },
            papers: Vec::new(),
        }
    });
    suggestions.collect()
}

fn minutes(pack: &Pack, id: &str) -> Option<Suggestion> {
    let meeting = pack.agenda.meeting(id)?;
    let before = called(pack, meeting, NaiveDate::MAX);
    Some(Suggestion {
        source: Source::Minutes,
        line: Line {
            id: format!("minutes/{id}"),
            title: "前回の会議録の確認について".to_owned(),
            reason: Some(format!("{before}の会議録がまだ承認されていないため")),
            kind: Some(LineKind::Report),
            carried_from: Some(before),
            ..Line::default()
        },
        papers: Vec::new(),
    })
}
