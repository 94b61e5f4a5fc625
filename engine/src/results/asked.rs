//! What a reader asks of the results, and what of it is shown.

use serde::Serialize;

use super::{Column, Division, Filter, Offered, Question, Response, Responses, Shield, questions};

/// Filters and a break, as they stand in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub filter: Filter,
    /// Id of the subject.
    pub by: Option<String>,
}

/// The results as they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    pub questions: Vec<Question>,
    /// Responses that are looked at.
    pub responses: u64,
    /// Title of the break.
    pub by: Option<String>,
    /// Responses without an answer to the break: they are in no column.
    pub left_out: u64,
    pub refused: Option<NotDivided>,
}

/// Why the results are shown undivided all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotDivided {
    /// Differences of several filters would show single answers.
    Several,
    /// A question with several answers each.
    NotSingle,
    TooFew,
}

impl NotDivided {
    pub fn label(self) -> &'static str {
        match self {
            NotDivided::Several => {
                "一人ひとりの回答が分かることのないよう、絞り込みとクロス集計は合わせて一つの項目だけにできます。全体を表示しています。"
            }
            NotDivided::NotSingle => {
                "いくつでも選べる設問では、一人ひとりの回答が分かることのないよう、分けて表示しません。全体を表示しています。"
            }
            NotDivided::TooFew => {
                "回答が少ないため、この項目では分けて表示しません。全体を表示しています。"
            }
        }
    }
}

/// Counts what is asked for. Behind a shield, a filter is a column of the crosstab by the same subject: so there is
/// one set of numbers for each subject, and none to subtract from another.
pub fn shown(
    responses: &Responses<'_>,
    offered: &[Offered],
    asked: &Asked,
    shield: Shield,
) -> Shown {
    let all: Vec<&Response<'_>> = responses.rows.iter().collect();
    let known = |id: &str| offered.iter().find(|one| one.id == id);
    let by = asked.by.as_deref().and_then(known);
    if !shield.is_up() {
        let kept: Vec<&Response<'_>> = all
            .into_iter()
            .filter(|one| asked.filter.keeps(one))
            .collect();
        let division = by
            .filter(|by| by.single)
            .and_then(|by| Division::new(&kept, by, shield));
        let refused = match (by, &division) {
            (Some(by), _) if !by.single => Some(NotDivided::NotSingle),
            (Some(_), None) => Some(NotDivided::TooFew),
            _ => None,
        };
        return of(responses, &kept, division.as_ref(), shield, refused);
    }
    let undivided = |refused| of(responses, &all, None, shield, refused);
    let subject = match (by, asked.filter.is_empty(), asked.filter.only()) {
        (None, true, _) => return undivided(None),
        (Some(by), true, _) => by,
        (None, _, Some((subject, _))) => match offered.iter().find(|one| one.subject == *subject) {
            Some(one) => one,
            None => return undivided(None),
        },
        _ => return undivided(Some(NotDivided::Several)),
    };
    if !subject.single {
        return undivided(Some(NotDivided::NotSingle));
    }
    let Some(division) = Division::new(&all, subject, shield) else {
        return undivided(Some(NotDivided::TooFew));
    };
    let mut shown = of(responses, &all, Some(&division), shield, None);
    if let Some((subject, codes)) = asked.filter.only() {
        let own = |column: &Column<'_, '_>| {
            let code = column.code.as_deref();
            code.is_some_and(|code| {
                codes
                    .iter()
                    .any(|one| one == code && asked.filter.has(subject, one))
            })
        };
        let mut kept: Vec<usize> = division
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| own(column))
            .map(|(at, _)| at + 1)
            .collect();
        if kept.is_empty() {
            return undivided(Some(NotDivided::TooFew));
        }
        kept.insert(0, 0);
        for question in &mut shown.questions {
            question.keep(&kept);
        }
    }
    shown
}

fn of(
    responses: &Responses<'_>,
    kept: &[&Response<'_>],
    division: Option<&Division<'_, '_>>,
    shield: Shield,
    refused: Option<NotDivided>,
) -> Shown {
    Shown {
        questions: questions(responses, kept, division, shield),
        responses: kept.len() as u64,
        by: division.map(|division| division.title.clone()),
        left_out: division.map_or(0, |division| division.left_out.len() as u64),
        refused,
    }
}

impl Question {
    /// Keeps these heads and their columns.
    fn keep(&mut self, kept: &[usize]) {
        fn only<T: Clone>(all: &mut Vec<T>, kept: &[usize]) {
            *all = kept.iter().filter_map(|at| all.get(*at).cloned()).collect();
        }
        only(&mut self.heads, kept);
        for line in &mut self.lines {
            only(&mut line.spreads, kept);
            if let Some(table) = &mut line.table {
                only(&mut table.bases, kept);
                table
                    .rows
                    .iter_mut()
                    .for_each(|row| only(&mut row.values, kept));
            }
        }
    }
}
