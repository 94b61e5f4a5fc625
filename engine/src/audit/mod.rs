//! The journal as somebody reads it who has to answer for it: who did what, when, on whose behalf. Answers are not in
//! the journal and so cannot be here.

mod cycle;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use workflows::Plan;

use crate::ledger::When;
use crate::pack::Pack;
use crate::year::{Event, japan};

/// What an event is about, as the search offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Survey,
    Answer,
    Letter,
    Figure,
    Meeting,
    Ledger,
    Cycle,
    People,
    Settings,
}

/// A record in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    pub number: u64,
    pub at: DateTime<Utc>,
    pub by: String,
    pub on_behalf_of: Option<String>,
    pub kind: Kind,
    /// A sentence without its subject: 「調査「退院調整」の受付を始めた」.
    pub what: String,
    pub hash: String,
}

/// What is looked for; what is empty is not asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Part of a name; of who acted or for whom.
    pub who: String,
    pub kind: Option<Kind>,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// Part of the sentence.
    pub words: String,
}

/// Where names come from.
pub struct Names<'a> {
    pub pack: &'a Pack,
    pub plans: &'a BTreeMap<String, Arc<Plan>>,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Survey,
        Kind::Answer,
        Kind::Letter,
        Kind::Figure,
        Kind::Meeting,
        Kind::Ledger,
        Kind::Cycle,
        Kind::People,
        Kind::Settings,
    ];

    /// As it stands in an address.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Survey => "survey",
            Kind::Answer => "answer",
            Kind::Letter => "letter",
            Kind::Figure => "figure",
            Kind::Meeting => "meeting",
            Kind::Ledger => "ledger",
            Kind::Cycle => "cycle",
            Kind::People => "people",
            Kind::Settings => "settings",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Kind::Survey => "調査",
            Kind::Answer => "回答",
            Kind::Letter => "依頼・督促",
            Kind::Figure => "集計",
            Kind::Meeting => "会議・資料",
            Kind::Ledger => "台帳",
            Kind::Cycle => "サイクル",
            Kind::People => "担当者・サインイン",
            Kind::Settings => "設定",
        }
    }
}

impl Entry {
    /// A record with its event, in words.
    pub fn new(names: &Names<'_>, record: &store::Record, event: &Event) -> Entry {
        let (kind, what) = words::of(names, event);
        Entry {
            number: record.seq,
            at: record.at,
            by: record.by.clone(),
            on_behalf_of: record.on_behalf_of.clone(),
            kind,
            what,
            hash: record.hash.clone(),
        }
    }
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    pub fn takes(&self, entry: &Entry) -> bool {
        let day = entry.at.with_timezone(&japan()).date_naive();
        let names = [Some(&entry.by), entry.on_behalf_of.as_ref()];
        self.kind.is_none_or(|kind| kind == entry.kind)
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
            && names
                .into_iter()
                .flatten()
                .any(|name| name.contains(&self.who))
            && entry.what.contains(&self.words)
    }
}

impl Names<'_> {
    fn survey(&self, turn: &str) -> String {
        let year = turn
            .rsplit_once('-')
            .and_then(|(_, year)| year.parse().ok());
        match crate::year::definition(self.pack, turn) {
            Some(survey) => match year {
                Some(year) => format!("「{}」（{}）", survey.name, When::Year(year).japanese()),
                None => format!("「{}」", survey.name),
            },
            None => format!("「{turn}」"),
        }
    }

    fn meeting(&self, id: &str) -> String {
        let meeting = self.pack.agenda.meeting(id);
        let body = meeting.and_then(|meeting| self.pack.municipality.body(&meeting.body));
        match (meeting, body) {
            (Some(meeting), Some(body)) => format!(
                "「{}」（{}第{}回）",
                body.name,
                When::Year(meeting.fiscal_year).japanese(),
                meeting.ordinal
            ),
            _ => format!("「{id}」"),
        }
    }

    fn ledger(&self, id: &str) -> String {
        let name = self
            .pack
            .ledgers
            .get(id)
            .map(|ledger| ledger.definition.name.as_str());
        format!("「{}」", name.unwrap_or(id))
    }

    fn step(&self, cycle: &str, key: &workflows::Key) -> String {
        let plan = self.plans.get(cycle);
        let step = plan.and_then(|plan| plan.step(key.step.as_str()));
        let title = step.map_or(key.step.as_str(), |step| step.title.as_str());
        let item = match key.item.as_str() {
            "" => String::new(),
            item => format!("（{item}）"),
        };
        match key.round {
            1 => format!("「{title}」{item}"),
            round => format!("「{title}」{item}の{round}回目"),
        }
    }
}
