//! A drafted meeting: the lines of its 次第 and its papers, as the program drafted and people edited them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub(super) const REFERENCE: &str = "参考資料";
pub(super) const ANNEX: &str = "別添";

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
    /// What a person did not want in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
    /// Lines and papers that people have added so far, for their ids.
    #[serde(default)]
    pub added: u32,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The same in every draft of this meeting: where it comes from (`会議事項/報告事項`, `report/discharge-2026`,
    /// `follow-ups/f1`), or `hand-1` for one that a person added.
    #[serde(default)]
    pub id: String,
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
    /// 報告, 協議 …: nothing for 開会 and the like.
    #[serde(default)]
    pub kind: Option<LineKind>,
    /// The meeting that left it over, by its title.
    #[serde(default)]
    pub carried_from: Option<String>,
    /// What a person has changed of it: that stays when the meeting is drafted again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub by_hand: BTreeSet<ByHand>,
}

/// What is done with a line in the meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Report,
    Discussion,
    Information,
    Other,
}

/// A part of a line that a person has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByHand {
    /// The whole line.
    Added,
    Title,
    Notes,
    Kind,
    /// Where it stands, and how deep.
    Place,
    Paper,
}

/// A line that a person took out of the 次第, or a suggestion that a person did not follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    pub line: Line,
    /// Its papers.
    pub papers: Vec<Paper>,
    /// The line before it, when it stood in the 次第.
    pub after: Option<String>,
    pub why: String,
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
    #[serde(default)]
    pub rank: Rank,
    /// A person attached it: it stays when the meeting is drafted again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

/// How a paper is numbered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rank", rename_all = "snake_case")]
pub enum Rank {
    /// 資料１, 資料２ in the order of the lines.
    #[default]
    Main,
    /// 別添 of another paper.
    Annex { of: String },
    /// 参考資料
    Reference,
    /// 机上配布
    Table,
    /// Sent later, or no 資料 at all (次第, 正誤表): its number does not follow the lines.
    Apart,
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
    /// Written by a person from nothing.
    Text,
    /// A file that a person handed in (SHA-256), with its name.
    File {
        file: String,
        name: String,
    },
    /// 正誤表
    Errata,
}

impl LineKind {
    pub const ALL: [LineKind; 4] = [
        LineKind::Report,
        LineKind::Discussion,
        LineKind::Information,
        LineKind::Other,
    ];

    /// 報告, 協議, 情報提供, その他.
    pub fn label(self) -> &'static str {
        match self {
            LineKind::Report => "報告",
            LineKind::Discussion => "協議",
            LineKind::Information => "情報提供",
            LineKind::Other => "その他",
        }
    }

    /// As it stands in JSON and in forms.
    pub fn code(self) -> &'static str {
        match self {
            LineKind::Report => "report",
            LineKind::Discussion => "discussion",
            LineKind::Information => "information",
            LineKind::Other => "other",
        }
    }

    pub fn of(code: &str) -> Option<LineKind> {
        LineKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The kind as it stands in the corner of a paper: （報告事項）.
    pub(super) fn corner(self) -> String {
        match self {
            LineKind::Report | LineKind::Discussion => format!("（{}事項）", self.label()),
            LineKind::Information | LineKind::Other => format!("（{}）", self.label()),
        }
    }
}

impl Draft {
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// With ids and ranks, which the drafts of the first release did not have.
    pub fn identified(mut self) -> Draft {
        for (n, line) in self.lines.iter_mut().enumerate() {
            if line.id.is_empty() {
                line.id = format!("line-{n}");
            }
        }
        let mut main = String::new();
        for paper in &mut self.papers {
            let number = paper.number.as_deref().unwrap_or_default();
            match (&paper.content, &paper.rank) {
                (Content::Agenda, _) => paper.rank = Rank::Apart,
                (_, Rank::Main) if number.starts_with(ANNEX) => {
                    paper.rank = Rank::Annex { of: main.clone() };
                }
                (_, Rank::Main) if number.starts_with(REFERENCE) => paper.rank = Rank::Reference,
                (_, Rank::Main) => main.clone_from(&paper.id),
                _ => {}
            }
        }
        self
    }

    pub fn paper(&self, id: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.id == id)
    }
}
