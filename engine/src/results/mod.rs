//! The results of a survey as its staff read them: every question with its base and its four blanks, filtered,
//! crossed, beside the years before; free texts masked and put into groups; the answers as tables to take away.
//!
//! | Part | Where |
//! |---|---|
//! | the responses with what the roster knows about who gave them | this file |
//! | what responses can be divided by, and which of them are looked at | `subject.rs`, `filter.rs` |
//! | the columns of a crosstab, none of them so small that it shows a person | `division.rs` |
//! | what a reader asks for, and what of it is shown | `asked.rs` |
//! | counts of a question | `question.rs`, `spread.rs` |
//! | which small counts are hidden | `shield.rs` |
//! | its chart | `chart.rs` |
//! | the same question in earlier turns | `turns.rs` |
//! | free texts: what names somebody, and which group it belongs to | `mask.rs`, `coding.rs`, `texts.rs` |
//! | the answers as tables, and as CSV | `export/`, `csv.rs` |

mod asked;
mod chart;
mod coding;
mod csv;
mod division;
mod export;
mod filter;
mod mask;
mod question;
mod shield;
mod spread;
mod subject;
mod texts;
mod turns;

use std::collections::BTreeMap;

use forms::tally::Row;
use forms::{Answers, Questionnaire};

use crate::figure::AnswersOf;
use crate::municipality::RosterFormat;
use crate::pack::Pack;
use crate::survey::{NO_COLUMNS, Survey, is_unnamed};

pub use asked::{Asked, NotDivided, Shown, shown};
pub use chart::{Look, chart};
pub use coding::{Coded, Coding, Group, Masked, NotCoded};
pub use csv::{Encoding, Unwritable, csv};
pub use division::{Column, Division};
pub use export::{Export, code_list, long, wide, workbook};
pub use filter::Filter;
pub use mask::{MASK, Masker, Part, masked};
pub use question::{Blanks, Head, Line, Question, Shape, Table, TableRow, Value, questions};
pub use shield::{FEWEST, Shield};
pub use spread::Spread;
pub use subject::{Offered, Subject, offered};
pub use texts::{Given, given, printable};
pub use turns::{OptionYears, Share, Turn, TurnShown, by_year};

/// Fewer in the base than this: 参考値, marked ＊.
pub const REFERENCE_BELOW: u64 = 30;

/// The responses to one turn of a survey.
pub struct Responses<'a> {
    pub pack: &'a Pack,
    pub survey: &'a Survey,
    pub form: &'a Questionnaire,
    pub rows: Vec<Response<'a>>,
}

/// One response.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    /// The respondent's, or of an anonymous survey one that says nothing.
    pub id: &'a str,
    pub answers: &'a Answers,
    /// What the roster says; empty for who is not on it.
    pub columns: &'a BTreeMap<String, String>,
    /// The version to which it was given, where that is not the present one.
    pub version: Option<&'a Questionnaire>,
}

impl<'a> Responses<'a> {
    /// `versions` has the questionnaires of those who answered an earlier version. `None` where the pack has no
    /// such survey.
    pub fn new(
        pack: &'a Pack,
        survey: &str,
        answers: &AnswersOf<'a>,
        versions: &BTreeMap<&str, &'a Questionnaire>,
    ) -> Option<Responses<'a>> {
        let survey = pack.survey(survey)?;
        let roster = pack.roster(survey)?;
        let rows = answers.iter().filter_map(|(id, answers)| {
            let respondent = roster.respondent(id);
            // Who was withdrawn is counted no more.
            if respondent.is_none() && !is_unnamed(id) {
                return None;
            }
            let columns = respondent.filter(|_| !survey.anonymous);
            Some(Response {
                id,
                answers,
                columns: columns.map_or(&NO_COLUMNS, |respondent| &respondent.columns),
                version: versions.get(id).copied(),
            })
        });
        Some(Responses {
            pack,
            survey,
            form: pack.questionnaire(&survey.id)?,
            rows: rows.collect(),
        })
    }

    /// The roster's columns; none of them says anything about an anonymous response.
    fn format(&self) -> Option<&'a RosterFormat> {
        let roster = self.pack.roster(self.survey)?;
        let mut formats = self.pack.municipality.rosters.iter();
        formats
            .find(|format| format.id == roster.id)
            .filter(|_| !self.survey.anonymous)
    }
}

impl<'a> Response<'a> {
    pub(super) fn row(&self) -> Row<'a> {
        Row {
            answers: self.answers,
            respondent: self.columns,
        }
    }
}
