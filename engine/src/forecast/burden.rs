//! How much the same office is asked in a year.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Asked;
use crate::municipality::{Column, Municipality};
use crate::pack::Pack;

/// What a group of respondents is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Burden {
    /// The meaning of the roster's 種別, or 全体 where it has none.
    pub group: String,
    pub offices: u64,
    /// Surveys that one of them gets: the fewest and the most.
    pub times: (u64, u64),
    /// Questions that one of them is asked at most.
    pub each: u64,
    /// Questions put to all of them.
    pub questions: u64,
}

/// Surveys and questions of every office, by its group, its id and its name: the same office may stand in
/// several rosters.
#[derive(Default)]
pub(super) struct Load(BTreeMap<String, BTreeMap<Office, Asks>>);

/// Id and name.
type Office = (String, String);

/// Surveys and questions.
#[derive(Default)]
struct Asks {
    surveys: u64,
    questions: u64,
}

impl Load {
    pub(super) fn add(&mut self, pack: &Pack, surveys: &[Asked]) {
        for asked in surveys {
            let Some(survey) = pack.survey(&asked.survey) else {
                continue;
            };
            let column = kind(&pack.municipality, &survey.roster);
            let roster = pack.roster(survey);
            for office in roster.into_iter().flat_map(|roster| &roster.respondents) {
                let group = column.map_or("全体", |column| {
                    let code = office.columns.get(&column.id).map_or("", String::as_str);
                    column.values.get(code).map_or(code, String::as_str)
                });
                let offices = self.0.entry(group.to_owned()).or_default();
                let asks = offices
                    .entry((office.id.clone(), office.name.clone()))
                    .or_default();
                asks.surveys += 1;
                asks.questions += asked.questions;
            }
        }
    }

    pub(super) fn by_group(self) -> Vec<Burden> {
        let groups = self.0.into_iter().map(|(group, offices)| {
            let times = offices.values().map(|asks| asks.surveys);
            let questions = offices.values().map(|asks| asks.questions);
            Burden {
                offices: u64::try_from(offices.len()).unwrap_or(u64::MAX),
                times: (times.clone().min().unwrap_or(0), times.max().unwrap_or(0)),
                each: questions.clone().max().unwrap_or(0),
                questions: questions.sum(),
                group,
            }
        });
        groups.collect()
    }
}

/// The column that says what kind of office it is: the one headed 種別, or else the first with codes.
fn kind<'a>(municipality: &'a Municipality, roster: &str) -> Option<&'a Column> {
    let mut formats = municipality.rosters.iter();
    let columns = &formats.find(|format| format.id == roster)?.columns;
    let coded = || columns.iter().filter(|column| !column.values.is_empty());
    let named = coded().find(|column| column.title.contains("種別"));
    named.or_else(|| coded().next())
}
