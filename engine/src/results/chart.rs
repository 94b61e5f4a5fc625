//! The chart of a question, as one would put it into a handout.

use std::collections::BTreeMap;

use papers::Chart;
use papers::chart::{Band, Group, Kind, Unit};

use super::{Question, Shape, Table, TableRow};
use crate::figure::HIDDEN;

/// Bands with more parts than there are patterns cannot be told apart.
const MOST_PARTS: usize = 6;
/// Bars side by side.
const MOST_SERIES: usize = 4;

/// How the shares of options are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As the question suggests: bands for one answer of few options, bars otherwise.
    #[default]
    Fitting,
    /// 帯グラフ.
    Bands,
    /// 棒グラフ.
    Bars,
}

/// The chart; `None` where there is nothing to draw.
pub fn chart(question: &Question, look: Look) -> Option<Chart> {
    let kind = match question.shape {
        Shape::Number => numbers(question),
        Shape::Single | Shape::Matrix | Shape::Multiple => {
            let bands = (look != Look::Bars).then(|| bands(question)).flatten();
            bands.or_else(|| bars(question))
        }
        Shape::Text => bars(question),
        Shape::Date | Shape::File | Shape::Rows => None,
    }?;
    // The base of bars stands in the title: it is the same for all of them.
    let n = match (&kind, question.lines.as_slice()) {
        (Kind::Bars { .. }, [line]) => {
            let n = match &line.table {
                Some(table) => table.bases[0].n,
                None => line.spreads.first().and_then(|spread| spread.n),
            };
            n.map(|n| format!("（n={n}）"))
        }
        _ => None,
    };
    Some(Chart {
        id: format!("question-{}", question.path.replace('.', "-")),
        title: format!("{}{}", question.title, n.unwrap_or_default()),
        description: String::new(),
        kind,
    })
}

/// Whether the shares of this question fill a band: one answer each, few options, nothing hidden.
fn bands(question: &Question) -> Option<Kind> {
    if question.shape == Shape::Multiple {
        return None;
    }
    let tables: Vec<(&str, &Table)> = question
        .lines
        .iter()
        .map(|line| Some((line.title.as_str(), line.table.as_ref()?)))
        .collect::<Option<_>>()?;
    let rows: Vec<&TableRow> = tables.first()?.1.rows.iter().collect();
    // What nobody has in any band needs no place in the legend.
    let used: Vec<usize> = (0..rows.len())
        .filter(|at| {
            let chosen = |table: &&Table| {
                table.rows[*at]
                    .values
                    .iter()
                    .any(|value| value.tenths != Some(0))
            };
            rows[*at].code.is_some() || tables.iter().any(|(_, table)| chosen(table))
        })
        .collect();
    if used.len() > MOST_PARTS {
        return None;
    }
    let band = |label: String, table: &Table, head: usize| {
        let tenths = used.iter().map(|at| table.rows[*at].values[head].tenths);
        Some(Band {
            label,
            n: Some(table.bases[head].n?),
            tenths: tenths.collect::<Option<Vec<u64>>>()?,
        })
    };
    let rows_of_chart: Vec<Band> = match tables.as_slice() {
        [(_, table)] => question
            .heads
            .iter()
            .enumerate()
            .map(|(at, head)| band(head.label.clone(), table, at))
            .collect::<Option<_>>()?,
        several => several
            .iter()
            .map(|(title, table)| band((*title).to_owned(), table, 0))
            .collect::<Option<_>>()?,
    };
    Some(Kind::Bands {
        parts: used.iter().map(|at| rows[*at].label.clone()).collect(),
        rows: rows_of_chart,
    })
}

fn bars(question: &Question) -> Option<Kind> {
    let [line] = question.lines.as_slice() else {
        return bars_of_rows(question);
    };
    let table = line.table.as_ref()?;
    let heads = match question.heads.len() {
        several if several <= MOST_SERIES => several,
        _ => 1,
    };
    let shown = table
        .rows
        .iter()
        .filter(|row| row.code.is_some() || row.values[0].tenths != Some(0));
    let group = |row: &TableRow| Group {
        label: row.label.clone(),
        n: None,
        values: row.values[..heads]
            .iter()
            .map(|value| value.tenths)
            .collect(),
        said: said(
            row.values[..heads]
                .iter()
                .map(|value| value.share.as_deref()),
        ),
    };
    Some(Kind::Bars {
        unit: Unit::Percent,
        groups: shown.map(group).collect(),
        series: question.heads[..heads]
            .iter()
            .map(|head| head.label.clone())
            .collect(),
    })
}

/// A matrix: its rows as groups, its options as series where they are few.
fn bars_of_rows(question: &Question) -> Option<Kind> {
    let first = question.lines.first()?.table.as_ref()?;
    let options: Vec<&str> = first
        .rows
        .iter()
        .filter(|row| row.code.is_some())
        .map(|row| row.label.as_str())
        .collect();
    if options.len() > MOST_SERIES {
        return None;
    }
    let groups = question.lines.iter().map(|line| {
        let table = line.table.as_ref()?;
        let rows = &table.rows[..options.len()];
        Some(Group {
            label: line.title.clone(),
            n: line.n,
            values: rows.iter().map(|row| row.values[0].tenths).collect(),
            said: said(rows.iter().map(|row| row.values[0].share.as_deref())),
        })
    });
    Some(Kind::Bars {
        unit: Unit::Percent,
        groups: groups.collect::<Option<_>>()?,
        series: options.into_iter().map(str::to_owned).collect(),
    })
}

fn numbers(question: &Question) -> Option<Kind> {
    let spread = question.lines.first()?.spreads.first()?;
    if spread.classes.len() < 2 {
        return None;
    }
    let unit = question.unit.as_deref().unwrap_or_default();
    let groups = spread.classes.iter().map(|(label, count)| Group {
        label: format!("{label}{unit}"),
        n: None,
        values: vec![*count],
        said: match count {
            Some(_) => BTreeMap::new(),
            None => BTreeMap::from([(0, HIDDEN.to_owned())]),
        },
    });
    let counted = if question.rows_of.is_some() {
        "行"
    } else {
        "件"
    };
    Some(Kind::Bars {
        unit: Unit::Count(counted.to_owned()),
        groups: groups.collect(),
        series: vec!["回答".to_owned()],
    })
}

/// What is printed where that is not the value: ＊ for what is hidden, - for nobody.
fn said<'a>(shares: impl Iterator<Item = Option<&'a str>>) -> BTreeMap<usize, String> {
    let said = shares
        .enumerate()
        .map(|(series, share)| (series, share.unwrap_or(HIDDEN).to_owned()));
    said.collect()
}
