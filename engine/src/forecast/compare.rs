//! Two forecasts side by side: what another plan would save or cost.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::Forecast;
use super::words::day;
use crate::picture::halves;

/// Two plans, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    pub one: String,
    pub other: String,
    pub rows: Vec<Row>,
}

/// One thing that both plans have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub title: String,
    pub one: String,
    pub other: String,
    /// How much more the other has, where both are numbers.
    pub difference: Option<i64>,
}

impl Comparison {
    /// `names`: what the two are called.
    pub fn of(one: &Forecast, other: &Forecast, names: [String; 2]) -> Comparison {
        let mut rows = vec![
            Row::counted("会議", one.meetings.len(), other.meetings.len(), "回"),
            Row::counted("調査", one.surveys.len(), other.surveys.len(), "回"),
        ];
        let bodies = one
            .meetings_by_body()
            .into_iter()
            .chain(other.meetings_by_body());
        for body in distinct(bodies.map(|(body, _)| body)) {
            let held = |forecast: &Forecast| {
                let mut bodies = forecast.meetings_by_body().into_iter();
                bodies
                    .find(|(known, _)| *known == body)
                    .map_or(0, |(_, count)| count)
            };
            rows.push(Row::counted(
                &format!("会議：{body}"),
                held(one),
                held(other),
                "回",
            ));
        }
        let (tasks, others) = (one.tasks_by_role(), other.tasks_by_role());
        let all = |tasks: &std::collections::BTreeMap<&str, u32>| tasks.values().sum::<u32>();
        rows.push(Row::counted("仕事と決裁", all(&tasks), all(&others), "件"));
        for role in distinct(tasks.keys().chain(others.keys()).copied()) {
            let of = |tasks: &std::collections::BTreeMap<&str, u32>| {
                tasks.get(role).copied().unwrap_or(0)
            };
            rows.push(Row::counted(
                &format!("仕事：{role}"),
                of(&tasks),
                of(&others),
                "件",
            ));
        }
        rows.push(Row::counted(
            "聞かれる先",
            one.offices(),
            other.offices(),
            "件",
        ));
        rows.push(Row::counted(
            "延べの問",
            one.questions(),
            other.questions(),
            "問",
        ));
        let most = |forecast: &Forecast| {
            let groups = forecast.burden.iter();
            groups.map(|group| group.times.1).max().unwrap_or(0)
        };
        rows.push(Row::counted(
            "同じ先に聞く回数（最多）",
            most(one),
            most(other),
            "回",
        ));
        let edge = |forecast: &Forecast, last: bool| {
            forecast.span().map_or("―".to_owned(), |(first, end)| {
                day(if last { end } else { first })
            })
        };
        rows.push(Row::said("最初の日", edge(one, false), edge(other, false)));
        rows.push(Row::said("最後の日", edge(one, true), edge(other, true)));
        rows.push(Row::counted(
            "注意",
            one.warnings.len(),
            other.warnings.len(),
            "件",
        ));
        let [one, other] = names;
        Comparison { one, other, rows }
    }
}

impl Row {
    fn counted<N: TryInto<i64>>(title: &str, one: N, other: N, unit: &str) -> Row {
        let [one, other] = [one, other].map(|count| count.try_into().unwrap_or(i64::MAX));
        Row {
            title: title.to_owned(),
            one: format!("{one}{unit}"),
            other: format!("{other}{unit}"),
            difference: Some(other.saturating_sub(one)),
        }
    }

    fn said(title: &str, one: String, other: String) -> Row {
        Row {
            title: title.to_owned(),
            one,
            other,
            difference: None,
        }
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            String::new(),
            self.one.clone(),
            self.other.clone(),
            "差".to_owned(),
        ];
        let rows = self.rows.iter().map(|row| {
            let difference = row
                .difference
                .map_or(String::new(), |difference| match difference {
                    0 => "±0".to_owned(),
                    difference => format!("{difference:+}"),
                });
            [
                row.title.clone(),
                row.one.clone(),
                row.other.clone(),
                difference,
            ]
        });
        f.write_str(&in_columns(std::iter::once(names).chain(rows)))
    }
}

/// Lines whose cells stand below one another, 全角 counted as two.
pub fn in_columns<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = rows.collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = halves(cell).max(*width);
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - halves(cell) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
