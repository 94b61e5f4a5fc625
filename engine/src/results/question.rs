//! A question with its counts: for all responses that are looked at, and for each column of a crosstab.

use std::collections::BTreeMap;

use forms::tally::{Detail, ItemTally, Tally};
use forms::{Item, Kind};
use serde::Serialize;

use super::{Coding, Division, REFERENCE_BELOW, Response, Responses, Shield, Spread};
use crate::figure::{Amount, PercentStyle};

/// A question as pages and charts show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// `rule_used`, or inside a repeat `hospitals.discharged`.
    pub path: String,
    pub title: String,
    pub shape: Shape,
    /// Of an item inside a repeat the title of the repeat: what is counted are its rows, not responses.
    pub rows_of: Option<String>,
    pub unit: Option<String>,
    /// All responses, then the columns of the crosstab.
    pub heads: Vec<Head>,
    /// One; of a matrix one for each of its rows.
    pub lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Single,
    Multiple,
    Matrix,
    Number,
    Date,
    Text,
    File,
    /// A repeat: how many rows.
    Rows,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    pub code: Option<String>,
    pub label: String,
    /// Responses in it.
    pub responses: u64,
}

/// The counts of a question, or of one row of a matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub path: String,
    pub title: String,
    /// Those to whom it was shown, 無回答 and わからない included. `None`: so few that it is hidden.
    pub n: Option<u64>,
    /// With an answer other than わからない.
    pub answered: Option<u64>,
    pub blanks: Blanks,
    /// Of a question with options.
    pub table: Option<Table>,
    /// Of a number, one for each head.
    pub spreads: Vec<Spread>,
    /// Not shown to this reader: too few, or too few who were not asked.
    pub withheld: bool,
}

/// The four ways of having no answer. `None`: hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Blanks {
    pub not_in_version: Option<u64>,
    pub not_shown: Option<u64>,
    pub no_answer: Option<u64>,
    pub dont_know: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The base under each head, and whether it is so small that its shares are 参考値.
    pub bases: Vec<Base>,
    pub rows: Vec<TableRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Base {
    pub n: Option<u64>,
    pub reference: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableRow {
    /// The option's; of わからない and 無回答 none.
    pub code: Option<String>,
    pub label: String,
    /// One for each head.
    pub values: Vec<Value>,
}

/// A count with its share; nothing of either where it is hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    pub count: Option<u64>,
    /// `38.5%`; `-` where nobody chose it.
    pub share: Option<String>,
    /// Tenths of a percent, for the bar.
    pub tenths: Option<u64>,
}

/// Every question of the form, in its order, counted over `kept` and over the columns of a division of them.
pub fn questions(
    responses: &Responses<'_>,
    kept: &[&Response<'_>],
    division: Option<&Division<'_, '_>>,
    shield: Shield,
) -> Vec<Question> {
    let columns = division.map_or(&[][..], |division| &division.columns);
    let groups: Vec<&[&Response<'_>]> = std::iter::once(kept)
        .chain(columns.iter().map(|column| column.responses.as_slice()))
        .collect();
    let tallies: Vec<Tally> = groups.iter().map(|group| tally(responses, group)).collect();
    let mut heads = vec![Head {
        code: None,
        label: "全体".to_owned(),
        responses: kept.len() as u64,
    }];
    heads.extend(columns.iter().map(|column| Head {
        code: column.code.clone(),
        label: column.label.clone(),
        responses: column.responses.len() as u64,
    }));
    let counting = Counting {
        tallies: &tallies,
        groups: &groups,
        shield,
        percent: responses.pack.style.percent,
        codings: responses.pack.codings.get(&responses.survey.id),
    };
    let mut all = Vec::new();
    let mut at = 0;
    for item in responses.form.items() {
        all.push(counting.question(item, None, &heads, &mut at));
        if let Kind::Repeat { items, .. } = &item.kind {
            for inner in items.iter() {
                all.push(counting.question(inner, Some(item), &heads, &mut at));
            }
        }
    }
    all
}

fn tally(responses: &Responses<'_>, group: &[&Response<'_>]) -> Tally {
    let mut tally = Tally::new(responses.form);
    for response in group {
        match response.version {
            Some(version) => tally.add_version(version, &response.row()),
            None => tally.add(&response.row()),
        }
    }
    tally
}

struct Counting<'c, 'r, 'a> {
    tallies: &'c [Tally],
    groups: &'c [&'c [&'r Response<'a>]],
    shield: Shield,
    percent: PercentStyle,
    codings: Option<&'c BTreeMap<String, Coding>>,
}

impl Counting<'_, '_, '_> {
    fn question(
        &self,
        item: &Item,
        outer: Option<&Item>,
        heads: &[Head],
        at: &mut usize,
    ) -> Question {
        let path = match outer {
            Some(outer) => format!("{}.{}", outer.id, item.id),
            None => item.id.to_string(),
        };
        let entries = match &item.kind {
            Kind::Matrix { rows, .. } => rows.len(),
            _ => 1,
        };
        let lines = (*at..*at + entries).map(|entry| {
            let counts: Vec<&ItemTally> = self
                .tallies
                .iter()
                .map(|tally| &tally.items[entry])
                .collect();
            self.line(item, outer, &counts)
        });
        let lines = lines.collect();
        *at += entries;
        Question {
            path,
            title: item.title.clone(),
            shape: shape(item),
            rows_of: outer.map(|outer| outer.title.clone()),
            unit: item.unit().map(str::to_owned),
            heads: heads.to_vec(),
            lines,
        }
    }

    fn line(&self, item: &Item, outer: Option<&Item>, counts: &[&ItemTally]) -> Line {
        let whole = counts[0];
        let n = whole.shown();
        let below = self.shield.below.unwrap_or(0);
        let few = |count: u64| (1..below).contains(&count);
        // Who was not asked has answered another question in the one way that leads past this one.
        let withheld = few(n) || few(whole.base - n);
        let seen = |count: u64| (!few(count) && !withheld).then_some(count);
        let mut blanks = Blanks {
            not_in_version: seen(whole.blanks.not_in_version),
            not_shown: seen(whole.blanks.not_shown),
            no_answer: seen(whole.blanks.no_answer),
            dont_know: seen(whole.blanks.dont_know),
        };
        let table = match (withheld, &item.kind, outer) {
            (true, ..) => None,
            (false, Kind::Text { .. }, None) => self.groups_of_texts(item),
            _ => self.table(item, counts),
        };
        if let Some(table) = &table {
            let of = |label: &str| {
                let row = table
                    .rows
                    .iter()
                    .find(|row| row.code.is_none() && row.label == label);
                row.map(|row| row.values[0].count)
            };
            blanks.no_answer = of(NO_ANSWER).unwrap_or(blanks.no_answer);
            blanks.dont_know = of(DONT_KNOW).unwrap_or(blanks.dont_know);
        }
        let said = blanks.no_answer.is_some() && blanks.dont_know.is_some();
        let number = matches!(item.kind, Kind::Integer { .. } | Kind::Decimal { .. });
        let spreads = match number && !withheld {
            true => self.spreads(item, outer),
            false => Vec::new(),
        };
        Line {
            path: whole.path.clone(),
            title: whole.title.clone(),
            n: (!withheld).then_some(n),
            answered: Some(whole.answered).filter(|count| said && seen(*count).is_some()),
            blanks,
            table,
            spreads,
            withheld,
        }
    }

    fn table(&self, item: &Item, counts: &[&ItemTally]) -> Option<Table> {
        let Detail::Options(options) = &counts[0].detail else {
            return None;
        };
        let partition = !matches!(item.kind, Kind::Multiple { .. });
        let unknown = item.options().iter().any(|option| option.unknown);
        let mut labels: Vec<(Option<String>, String)> = options
            .iter()
            .map(|option| (Some(option.code.clone()), option.title.clone()))
            .collect();
        let mut rows: Vec<Vec<u64>> = options
            .iter()
            .map(|option| {
                let count = |tally: &&ItemTally| tally.count(&option.code).unwrap_or(0);
                counts.iter().map(count).collect()
            })
            .collect();
        let mut blank = |label: &str, of: &dyn Fn(&ItemTally) -> u64| {
            labels.push((None, label.to_owned()));
            rows.push(counts.iter().map(|tally| of(tally)).collect());
        };
        if unknown {
            blank(DONT_KNOW, &|tally| tally.blanks.dont_know);
        }
        blank(NO_ANSWER, &|tally| tally.blanks.no_answer);
        rows.push(counts.iter().map(|tally| tally.shown()).collect());
        let left_out: Vec<u64> = rows
            .iter()
            .map(|row| row[0].saturating_sub(row[1..].iter().sum::<u64>()))
            .collect();
        let left_out = if counts.len() > 1 {
            left_out
        } else {
            vec![0; rows.len()]
        };
        let hides = self.shield.hides(&rows, &left_out, partition);
        let (Some(bases), Some(base_hides)) = (rows.pop(), hides.last().cloned()) else {
            return None;
        };
        let rows = labels.into_iter().zip(rows).zip(&hides);
        Some(Table {
            rows: rows
                .map(|(((code, label), row), hides)| {
                    let cells = row.iter().zip(&bases).zip(hides.iter().zip(&base_hides));
                    TableRow {
                        code,
                        label,
                        values: cells
                            .map(|((count, n), (hidden, base))| {
                                self.value(*count, *n, *hidden || *base)
                            })
                            .collect(),
                    }
                })
                .collect(),
            bases: bases
                .iter()
                .zip(&base_hides)
                .map(|(n, hidden)| Base {
                    n: (!hidden).then_some(*n),
                    reference: *n < REFERENCE_BELOW,
                })
                .collect(),
        })
    }

    /// The groups into which somebody has put free texts, of those who wrote one. A text can be in several.
    fn groups_of_texts(&self, item: &Item) -> Option<Table> {
        let id = item.id.as_str();
        let coding = self
            .codings
            .and_then(|codings| codings.get(id))
            .filter(|coding| !coding.groups.is_empty())?;
        let written: Vec<Vec<&str>> = self
            .groups
            .iter()
            .map(|group| {
                let wrote = group
                    .iter()
                    .filter(|response| response.answers.text(id).is_some());
                wrote.map(|response| response.id).collect()
            })
            .collect();
        let counted = |belongs: &dyn Fn(&str) -> bool| -> Vec<u64> {
            let count = |ids: &Vec<&str>| ids.iter().filter(|id| belongs(id)).count() as u64;
            written.iter().map(count).collect()
        };
        let mut rows: Vec<(Option<String>, String, Vec<u64>)> = coding
            .groups
            .iter()
            .map(|group| {
                let counts = counted(&|id| coding.groups_of(id).any(|one| one.id == group.id));
                (Some(group.id.clone()), group.title.clone(), counts)
            })
            .collect();
        let rest = counted(&|id| coding.groups_of(id).next().is_none());
        rows.push((None, UNCODED.to_owned(), rest));
        let below = self.shield.below.unwrap_or(0);
        let hidden = |count: u64| (1..below).contains(&count);
        let bases: Vec<u64> = written.iter().map(|ids| ids.len() as u64).collect();
        let values = |counts: Vec<u64>| {
            let cells = counts.into_iter().zip(&bases);
            cells
                .map(|(count, n)| self.value(count, *n, hidden(count) || hidden(*n)))
                .collect()
        };
        Some(Table {
            rows: rows
                .into_iter()
                .map(|(code, label, counts)| TableRow {
                    code,
                    label,
                    values: values(counts),
                })
                .collect(),
            bases: bases
                .iter()
                .map(|n| Base {
                    n: (!hidden(*n)).then_some(*n),
                    reference: *n < REFERENCE_BELOW,
                })
                .collect(),
        })
    }

    fn value(&self, count: u64, n: u64, hidden: bool) -> Value {
        if hidden {
            return Value {
                count: None,
                share: None,
                tenths: None,
            };
        }
        let percent = Amount::Ratio { num: count, den: n }.percent(self.percent);
        let percent = percent.filter(|_| count > 0);
        Value {
            count: Some(count),
            share: Some(percent.map_or("-".to_owned(), |percent| format!("{percent}%"))),
            tenths: Some(percent.map_or(0, |percent| u64::try_from(percent.tenths()).unwrap_or(0))),
        }
    }

    fn spreads(&self, item: &Item, outer: Option<&Item>) -> Vec<Spread> {
        let below = self.shield.below.unwrap_or(0);
        let spread = |group: &&[&Response<'_>]| {
            let values = group.iter().flat_map(|response| match outer {
                None => response
                    .answers
                    .decimal(item.id.as_str())
                    .into_iter()
                    .collect::<Vec<_>>(),
                Some(outer) => {
                    let rows = 0..response.answers.rows(outer.id.as_str());
                    let paths = rows.map(|row| format!("{}.{row}.{}", outer.id, item.id));
                    paths
                        .filter_map(|path| response.answers.decimal(&path))
                        .collect()
                }
            });
            Spread::of(values, below)
        };
        self.groups.iter().map(spread).collect()
    }
}

pub(super) const NO_ANSWER: &str = "無回答";
pub(super) const DONT_KNOW: &str = "わからない";
/// Texts that are in no group.
const UNCODED: &str = "未分類";

pub(super) fn shape(item: &Item) -> Shape {
    match item.kind {
        Kind::Single { .. } => Shape::Single,
        Kind::Multiple { .. } => Shape::Multiple,
        Kind::Matrix { .. } => Shape::Matrix,
        Kind::Integer { .. } | Kind::Decimal { .. } => Shape::Number,
        Kind::Date => Shape::Date,
        Kind::Text { .. } => Shape::Text,
        Kind::File { .. } => Shape::File,
        Kind::Repeat { .. } => Shape::Rows,
    }
}
