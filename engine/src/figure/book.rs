//! All figures of a municipality at one moment: those counted from responses here and those
//! published by others.

use std::collections::{BTreeMap, HashMap};

use forms::Answers;
use forms::tally::Row;
use forms::{Measure, Questionnaire};

use super::{Amount, Comparison, Difference, Figure, FigureKey, Origin, Printed, difference};
use crate::map::{Counting, Indicator};
use crate::municipality::RosterFormat;
use crate::pack::Pack;
use crate::roster::Respondent;
use crate::survey::{NO_COLUMNS, Survey, is_unnamed};

/// The answers to a survey, by respondent.
pub type AnswersOf<'a> = BTreeMap<&'a str, &'a Answers>;

/// Figures by their key. Those counted here come before published ones of the same key.
#[derive(Clone, Debug, Default)]
pub struct FigureBook {
    figures: HashMap<FigureKey, Figure>,
    /// What a counted figure is made of; kept beside it for the page that shows where it comes from.
    breakdowns: HashMap<FigureKey, Provenance>,
}

/// How a counted figure came about, in words and counts. No answer of a single person is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Provenance {
    pub numerator: String,
    pub denominator: Option<String>,
    pub breakdowns: Vec<Breakdown>,
}

/// Numerator and denominator by hospital, by office, by whatever the indicator says.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Breakdown {
    pub title: String,
    /// By a column of the roster: for staff only.
    pub by_respondent: bool,
    pub groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Group {
    pub label: String,
    pub numerator: u64,
    pub denominator: Option<u64>,
}

/// A figure as it was printed, kept with the papers that print it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Frozen {
    pub figure: Figure,
    pub provenance: Option<Provenance>,
}

/// Where a figure was counted: the survey and what came back.
pub struct FigureSource<'a> {
    pub survey: &'a Survey,
    pub version: u32,
    pub answers: &'a AnswersOf<'a>,
}

impl FigureBook {
    /// The published figures of a pack, before anything is counted.
    pub fn published(pack: &Pack) -> FigureBook {
        let figures = pack
            .published
            .iter()
            .map(|figure| (figure.key.clone(), figure.clone()))
            .collect();
        FigureBook {
            figures,
            breakdowns: HashMap::new(),
        }
    }

    /// The figures of a handout, as they were printed.
    pub fn frozen(figures: Vec<Frozen>) -> FigureBook {
        let mut book = FigureBook::default();
        for frozen in figures {
            book.keep(frozen);
        }
        book
    }

    /// Adds a figure as it was once counted.
    pub(crate) fn keep(&mut self, frozen: Frozen) {
        let key = frozen.figure.key.clone();
        if let Some(provenance) = frozen.provenance {
            self.breakdowns.insert(key.clone(), provenance);
        }
        self.figures.insert(key, frozen.figure);
    }

    /// Counts every indicator of a survey from its answers.
    pub fn count(&mut self, pack: &Pack, source: &FigureSource<'_>) {
        let survey = source.survey;
        let (Some(roster), Some(questionnaire)) =
            (pack.roster(survey), pack.questionnaire(&survey.id))
        else {
            return;
        };
        let asked: Vec<BTreeMap<String, String>> = roster
            .respondents
            .iter()
            .map(|r| r.columns.clone())
            .collect();
        let by_id: BTreeMap<&str, &Respondent> = roster
            .respondents
            .iter()
            .map(|r| (r.id.as_str(), r))
            .collect();
        let rows: Vec<Row<'_>> = source
            .answers
            .iter()
            .filter_map(|(id, answers)| {
                let row = by_id.get(id).map(|respondent| &respondent.columns);
                let nobodys = || is_unnamed(id).then_some(&NO_COLUMNS);
                Some(Row {
                    answers,
                    respondent: row.or_else(nobodys)?,
                })
            })
            .collect();
        let mut formats = pack.municipality.rosters.iter();
        let format = formats.find(|format| format.id == roster.id);
        let origin = Origin::Survey {
            survey: survey.turn(),
            questionnaire: questionnaire.id().to_string(),
            version: source.version,
            responses: rows.len() as u64,
            asked: asked.len() as u64,
            estimated: None,
        };
        for indicator in pack.indicators_of(&survey.id) {
            let Some(counting) = pack.countings.get(&indicator.id) else {
                continue;
            };
            let key = FigureKey {
                indicator: indicator.id.clone(),
                area: pack.municipality.home_area.clone(),
                year: survey.survey_year,
            };
            let seen = Seen {
                rows: &rows,
                asked: &asked,
                questionnaire,
                format,
                record: "回答",
            };
            let mut origin = origin.clone();
            if let Origin::Survey { estimated, .. } = &mut origin {
                *estimated = counting
                    .estimate
                    .as_ref()
                    .map(|estimate| estimate.how.clone());
            }
            self.take(key.clone(), counting, &seen, indicator, origin);
            // Where nobody may know whose an answer is, a part of a single one is not shown either.
            if survey.anonymous
                && let Some(provenance) = self.breakdowns.get_mut(&key)
            {
                provenance.breakdowns.clear();
            }
        }
    }

    /// Counts one figure and keeps it, with what it is made of.
    pub(super) fn take(
        &mut self,
        key: FigureKey,
        counting: &Counting,
        seen: &Seen<'_>,
        indicator: &Indicator,
        origin: Origin,
    ) {
        let num = counting.numerator.evaluate(seen.rows, seen.asked);
        let measured = counting.denominator.as_ref();
        let measured = measured.map(|measure| measure.evaluate(seen.rows, seen.asked));
        let den = measured.or(counting.estimate.as_ref().map(|estimate| estimate.estimate));
        let amount = match den {
            Some(den) => Amount::Ratio { num, den },
            None => Amount::Count(num),
        };
        // Of an estimated base nobody is left over.
        let counted = measured.map_or(Amount::Count(num), |den| Amount::Ratio { num, den });
        let small = |below| counted.is_below(below);
        let amount = if indicator.hide_below.is_some_and(small) {
            Amount::Hidden
        } else {
            amount
        };
        // Its parts would give a small number away.
        let breakdowns = match indicator.hide_below {
            Some(_) => &[],
            None => indicator.breakdowns.as_slice(),
        };
        let mut provenance = seen.provenance(counting, breakdowns);
        if indicator.hide_below.is_some() {
            provenance.breakdowns.clear();
        }
        self.breakdowns.insert(key.clone(), provenance);
        let figure = Figure {
            key: key.clone(),
            amount,
            origin,
        };
        self.figures.insert(key, figure);
    }

    /// Adds the sum of an area. A figure that was counted here stays; one that was published gives way
    /// only to a sum in which no member is missing.
    pub fn add_sum(&mut self, figure: Figure) {
        let stays = |known: &Figure| match known.origin {
            Origin::Published { .. } => !figure.coverage().is_empty(),
            _ => true,
        };
        if !self.get(&figure.key).is_some_and(stays) {
            self.figures.insert(figure.key.clone(), figure);
        }
    }

    pub fn get(&self, key: &FigureKey) -> Option<&Figure> {
        self.figures.get(key)
    }

    pub fn of(&self, indicator: &str, area: &str, year: i32) -> Option<&Figure> {
        self.get(&FigureKey {
            indicator: indicator.into(),
            area: area.into(),
            year,
        })
    }

    /// The years for which an area has a figure of an indicator, in no order.
    pub fn years(&self, indicator: &str, area: &str) -> impl Iterator<Item = i32> {
        let keys = self.figures.keys();
        let own = keys.filter(move |key| key.indicator == indicator && key.area == area);
        own.map(|key| key.year)
    }

    /// The newest of them.
    pub fn newest(&self, indicator: &str, area: &str) -> Option<i32> {
        self.years(indicator, area).max()
    }

    /// How a counted figure came about; `None` for a published one.
    pub fn provenance(&self, key: &FigureKey) -> Option<&Provenance> {
        self.breakdowns.get(key)
    }

    /// A figure to keep with a paper.
    pub fn freeze(&self, key: &FigureKey) -> Option<Frozen> {
        Some(Frozen {
            figure: self.get(key)?.clone(),
            provenance: self.provenance(key).cloned(),
        })
    }

    /// All figures, in the order of their keys.
    pub fn figures(&self) -> Vec<&Figure> {
        let mut all: Vec<&Figure> = self.figures.values().collect();
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all
    }

    /// The difference of two figures in points and the municipality's word for it. `None` where one is
    /// missing, or where the indicator's series breaks between them.
    pub fn compare(
        &self,
        pack: &Pack,
        a: &FigureKey,
        b: &FigureKey,
    ) -> Option<(Printed, Comparison)> {
        if a.indicator == b.indicator && !pack.map.compares(&a.indicator, a.year, b.year) {
            return None;
        }
        let style = &pack.style;
        let rule: Difference = style.difference;
        let percent = pack.percent(&a.indicator);
        let points = difference(self.get(a)?, self.get(b)?, rule, percent)?;
        Some((points, style.closeness.judge(points)))
    }
}

/// What was counted, to be divided once more for the page that shows where a number comes from.
pub(super) struct Seen<'a> {
    pub rows: &'a [Row<'a>],
    pub asked: &'a [BTreeMap<String, String>],
    pub questionnaire: &'a Questionnaire,
    /// What the columns of the roster are called.
    pub format: Option<&'a RosterFormat>,
    /// What is counted: 回答, 記録.
    pub(super) record: &'a str,
}

impl Seen<'_> {
    fn provenance(&self, counting: &Counting, by: &[String]) -> Provenance {
        let mut breakdowns: Vec<Breakdown> = by
            .iter()
            .filter_map(|by| self.breakdown(counting, by))
            .collect();
        let counted = counting.numerator.groups(self.rows, self.asked);
        if !counted.is_empty() {
            let groups = counted.into_iter().map(|(label, numerator)| Group {
                label,
                numerator,
                denominator: None,
            });
            breakdowns.insert(
                0,
                Breakdown {
                    title: "数えた区分".into(),
                    by_respondent: false,
                    groups: groups.collect(),
                },
            );
        }
        Provenance {
            numerator: counting.numerator.describe(self.record),
            denominator: counting
                .denominator
                .as_ref()
                .map(|measure| measure.describe(self.record)),
            breakdowns,
        }
    }

    fn breakdown(&self, counting: &Counting, by: &str) -> Option<Breakdown> {
        let parts = |measure: &Measure| measure.breakdown(self.rows, self.asked, by);
        let numerators = parts(&counting.numerator)?;
        let denominators = counting.denominator.as_ref().and_then(parts);
        // The denominator has every group that the numerator has, and those without a single case.
        let labels = denominators
            .as_ref()
            .unwrap_or(&numerators)
            .iter()
            .map(|(label, _)| label.clone());
        let count = |groups: &[(String, u64)], label: &str| {
            groups.iter().find(|(l, _)| l == label).map(|(_, n)| *n)
        };
        let groups = labels.map(|label| Group {
            numerator: count(&numerators, &label).unwrap_or(0),
            denominator: denominators
                .as_ref()
                .and_then(|groups| count(groups, &label)),
            label,
        });
        let inner = by.strip_prefix("respondent.");
        let column = inner.and_then(|id| {
            let format = self.format?;
            let named = [&format.key, &format.name_column].contains(&&id.to_owned());
            let column = format.columns.iter().find(|column| column.id == id);
            column.filter(|_| !named)
        });
        // 種別ごと: 居宅介護支援事業所 rather than its code.
        let meant = |label: String| {
            let meaning = column.and_then(|column| column.values.get(&label));
            meaning.cloned().unwrap_or(label)
        };
        Some(Breakdown {
            title: match (inner, column) {
                (Some(_), Some(column)) => format!("{}ごと", column.title),
                (Some(_), None) => "回答者ごと".to_owned(),
                (None, _) => format!("{}ごと", self.title(by)),
            },
            by_respondent: inner.is_some(),
            groups: groups
                .filter(|group| group.numerator > 0 || group.denominator.is_some_and(|n| n > 0))
                .map(|group| Group {
                    label: meant(group.label),
                    ..group
                })
                .collect(),
        })
    }

    /// The title of an item, also of one inside a repeat.
    fn title(&self, id: &str) -> String {
        let inner = self
            .questionnaire
            .items()
            .iter()
            .find_map(|item| match &item.kind {
                forms::Kind::Repeat { items, .. } => items.get(id),
                _ => None,
            });
        let item = self.questionnaire.item(id).or(inner);
        item.map_or_else(|| id.to_owned(), |item| item.title.clone())
    }
}
