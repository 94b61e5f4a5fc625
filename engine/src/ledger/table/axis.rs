//! What divides a table: the options of an item, months, fiscal years, or several items side by side.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use forms::{Answers, Kind, Questionnaire};
use papers::digits::Width;
use papers::wareki;

use super::super::filter::item;
use super::super::when::{japanese_month, month};
use super::super::{Unfit, When};
use super::Records;

/// The rows or the columns of a table.
pub(super) struct Axis {
    /// The heading of its labels.
    pub title: String,
    pub lines: Vec<Line>,
    by: By,
}

pub(super) struct Line {
    /// Code, month or year; the id of an item. Empty: no answer.
    pub key: String,
    pub label: String,
}

enum By {
    /// A single line.
    One,
    Item {
        id: String,
        several: bool,
    },
    Month,
    Year,
    /// Every line is an integer item of its own.
    Items,
}

impl Axis {
    pub(super) fn of(records: &Records<'_>, name: &str) -> Result<Axis, Unfit> {
        let mut axis = match name {
            "month" => months(records),
            "year" => years(records),
            id => items_answers(records, id)?,
        };
        let blank = records
            .records
            .iter()
            .any(|(answers, when)| axis.keys(answers, *when).is_empty());
        if blank {
            let label = match axis.by {
                By::Month => "月不明",
                By::Year => "年度不明",
                _ => "無回答",
            };
            axis.lines.push(line("", label));
        }
        Ok(axis)
    }

    /// 件数, 人数.
    pub(super) fn one(unit: &str) -> Axis {
        Axis {
            title: String::new(),
            lines: vec![line("", &format!("{unit}数"))],
            by: By::One,
        }
    }

    pub(super) fn items(form: &Questionnaire, ids: &[String]) -> Axis {
        let title = |id: &String| form.item(id).map_or(id.clone(), |item| item.title.clone());
        Axis {
            title: "区分".to_owned(),
            lines: ids.iter().map(|id| line(id, &title(id))).collect(),
            by: By::Items,
        }
    }

    /// Whether every line is an integer item.
    pub(super) fn is_items(&self) -> bool {
        matches!(self.by, By::Items)
    }

    /// Whether its lines are parts of one whole, so that it has a total.
    pub(super) fn divides(&self) -> bool {
        !matches!(self.by, By::Items | By::One)
    }

    /// Whether the lines add up to the total: not where one record can stand in several.
    pub(super) fn adds_up(&self) -> bool {
        !matches!(
            self.by,
            By::Items | By::One | By::Item { several: true, .. }
        )
    }

    /// One line can stand for several answers of one record.
    pub(super) fn several(&self) -> bool {
        matches!(self.by, By::Item { several: true, .. })
    }

    /// The lines in which a record stands.
    pub(super) fn places(&self, answers: &Answers, when: Option<When>) -> Vec<usize> {
        if !self.divides() {
            return (0..self.lines.len()).collect();
        }
        let keys = self.keys(answers, when);
        let stands = |line: &Line| match line.key.as_str() {
            "" => keys.is_empty(),
            key => keys.iter().any(|own| own == key),
        };
        let lines = self.lines.iter().enumerate();
        lines
            .filter(|(_, line)| stands(line))
            .map(|(at, _)| at)
            .collect()
    }

    fn keys(&self, answers: &Answers, when: Option<When>) -> Vec<String> {
        match &self.by {
            By::Item { id, .. } => answers.typed(id),
            By::Month => when.and_then(When::month).into_iter().collect(),
            By::Year => when
                .map(|when| when.fiscal_year().to_string())
                .into_iter()
                .collect(),
            By::One | By::Items => Vec::new(),
        }
    }
}

fn line(key: &str, label: &str) -> Line {
    Line {
        key: key.to_owned(),
        label: label.to_owned(),
    }
}

/// The twelve months of the fiscal year; of several fiscal years, the months that occur.
fn months(records: &Records<'_>) -> Axis {
    let dated = records.records.iter().filter_map(|(_, when)| *when);
    let (mut years, mut found) = (BTreeSet::new(), BTreeSet::new());
    for when in dated {
        years.insert(when.fiscal_year());
        found.extend(when.month());
    }
    let lines = match years.iter().collect::<Vec<_>>().as_slice() {
        [year] => {
            let first = |month: u32| {
                let year = if month < 4 { *year + 1 } else { **year };
                NaiveDate::from_ymd_opt(year, month, 1)
            };
            let months = (4..=12).chain(1..=3).filter_map(first);
            months
                .map(|first| {
                    line(
                        &first.format("%Y-%m").to_string(),
                        &format!("{}月", first.month()),
                    )
                })
                .collect()
        }
        _ => found
            .iter()
            .map(|key| line(key, &month(key).map_or_else(|| key.clone(), japanese_month)))
            .collect(),
    };
    Axis {
        title: "月".to_owned(),
        lines,
        by: By::Month,
    }
}

fn years(records: &Records<'_>) -> Axis {
    let dated = records.records.iter().filter_map(|(_, when)| *when);
    let years: BTreeSet<i32> = dated.map(When::fiscal_year).collect();
    let label = |year: i32| {
        wareki::fiscal_year(year, Width::Half).unwrap_or_else(|_| format!("{year}年度"))
    };
    Axis {
        title: "年度".to_owned(),
        lines: years
            .into_iter()
            .map(|year| line(&year.to_string(), &label(year)))
            .collect(),
        by: By::Year,
    }
}

/// The options of an item in the order of the form; of other items, the answers that occur.
fn items_answers(records: &Records<'_>, id: &str) -> Result<Axis, Unfit> {
    let item = item(records.form, id)?;
    let answered = || -> BTreeSet<String> {
        records
            .records
            .iter()
            .flat_map(|(answers, _)| answers.typed(id))
            .collect()
    };
    let lines = match &item.kind {
        Kind::Single { options } | Kind::Multiple { options, .. } => options
            .iter()
            .map(|option| line(&option.code, &option.title))
            .collect(),
        Kind::Integer { .. } => {
            let mut numbers: Vec<i64> = answered()
                .iter()
                .filter_map(|number| number.parse().ok())
                .collect();
            numbers.sort_unstable();
            numbers
                .into_iter()
                .map(|n| line(&n.to_string(), &n.to_string()))
                .collect()
        }
        Kind::Text { .. } if records.body == Some(id) => {
            let found = answered();
            let bodies = records.bodies.iter().filter(|(id, _)| found.contains(*id));
            bodies.map(|(id, name)| line(id, name)).collect()
        }
        Kind::Text { .. } | Kind::Date => answered().iter().map(|text| line(text, text)).collect(),
        Kind::Decimal { .. } | Kind::Matrix { .. } | Kind::Repeat { .. } | Kind::File { .. } => {
            return Err(Unfit(format!(
                "設問「{id}」では表を分けられません。選択肢の設問か、短い答えの設問を書いてください。"
            )));
        }
    };
    Ok(Axis {
        title: item.title.clone(),
        lines,
        by: By::Item {
            id: id.to_owned(),
            several: matches!(item.kind, Kind::Multiple { .. }),
        },
    })
}
