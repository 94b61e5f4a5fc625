//! The results of a survey, question by question, in words and printed shares.

use std::collections::BTreeMap;

use forms::tally::{Detail, ItemTally, Row, Tally, tally};
use forms::{Kind, Questionnaire};
use serde::Serialize;

use crate::figure::{AnswersOf, Printed};
use crate::pack::Pack;
use crate::results::{Coding, Masker, printable};
use crate::survey::{NO_COLUMNS, is_unnamed};

/// One question's results as papers and pages show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub path: String,
    pub title: String,
    /// Those to whom it was shown, 無回答 included: the base of the shares.
    pub n: u64,
    /// With an answer other than わからない.
    pub answered: u64,
    /// It stands inside a repeat: what is counted are rows, not responses.
    pub row: bool,
    pub multiple: bool,
    pub options: Vec<Chosen>,
    pub numbers: Option<Numbers>,
    pub unit: String,
    pub blanks: Vec<Blank>,
    /// Free texts, sorted by their text: their order must not say whose they are.
    pub texts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen {
    pub label: String,
    pub count: u64,
    /// 38.5%; - where nobody chose it.
    pub share: String,
    /// Tenths of a percent.
    pub tenths: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    pub n: u64,
    pub sum: String,
    pub min: String,
    pub max: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blank {
    pub label: &'static str,
    pub count: u64,
}

/// A question with its free texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FreeTexts {
    pub title: String,
    /// As they may be printed: with names taken out.
    pub answers: Vec<String>,
    /// The same texts by the groups in which somebody has put them; empty before that.
    pub groups: Vec<TextGroup>,
}

/// Texts of one group. A text stands in each of its groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextGroup {
    pub title: String,
    pub answers: Vec<String>,
}

/// Whether a questionnaire asks for long texts, which are handed out as a paper of their own.
pub fn has_free_text(questionnaire: &Questionnaire) -> bool {
    questionnaire
        .items()
        .iter()
        .any(|item| matches!(item.kind, Kind::Text { long: true, .. }))
}

/// The tally of a survey.
pub fn count(pack: &Pack, survey: &str, answers: &AnswersOf<'_>) -> Option<Tally> {
    let roster = pack.roster(pack.survey(survey)?)?;
    let questionnaire = pack.questionnaire(survey)?;
    let columns: BTreeMap<&str, _> = roster
        .respondents
        .iter()
        .map(|r| (r.id.as_str(), &r.columns))
        .collect();
    let rows = answers.iter().filter_map(|(id, answers)| {
        let nobodys = || is_unnamed(id).then_some(&NO_COLUMNS);
        Some(Row {
            answers,
            respondent: columns.get(id).copied().or_else(nobodys)?,
        })
    });
    Some(tally(questionnaire, rows))
}

/// Every question of a survey with its counts and shares.
pub fn view(pack: &Pack, survey: &str, answers: &AnswersOf<'_>) -> Vec<Asked> {
    let (Some(tally), Some(questionnaire)) =
        (count(pack, survey, answers), pack.questionnaire(survey))
    else {
        return Vec::new();
    };
    let printing = Printing::of(pack, survey);
    let items = tally.items.iter();
    items
        .filter(|item| !matches!(item.detail, Detail::Rows { .. }))
        .map(|item| asked(questionnaire, item, answers, &printing))
        .collect()
}

/// The long texts of a survey, question by question.
pub fn free_texts(pack: &Pack, survey: &str, answers: &AnswersOf<'_>) -> Vec<FreeTexts> {
    let Some(questionnaire) = pack.questionnaire(survey) else {
        return Vec::new();
    };
    let printing = Printing::of(pack, survey);
    let long = questionnaire
        .items()
        .iter()
        .filter(|item| matches!(item.kind, Kind::Text { long: true, .. }));
    long.map(|item| {
        let id = item.id.as_str();
        FreeTexts {
            title: item.title.clone(),
            answers: printing.texts(id, answers),
            groups: printing.groups(id, answers),
        }
    })
    .collect()
}

/// How free texts are printed.
struct Printing<'a> {
    codings: Option<&'a BTreeMap<String, Coding>>,
    masker: Masker,
}

impl<'a> Printing<'a> {
    fn of(pack: &'a Pack, survey: &str) -> Printing<'a> {
        let survey = pack.survey(survey);
        Printing {
            codings: survey.and_then(|survey| pack.codings.get(&survey.id)),
            masker: Masker::new(pack, survey.and_then(|survey| pack.roster(survey))),
        }
    }

    fn coding(&self, item: &str) -> Coding {
        let coding = self.codings.and_then(|codings| codings.get(item));
        coding.cloned().unwrap_or_default()
    }

    fn texts(&self, item: &str, answers: &AnswersOf<'_>) -> Vec<String> {
        let coding = self.coding(item);
        let given = answers
            .iter()
            .filter_map(|(id, answers)| Some((id, answers.text(item)?)));
        let mut texts: Vec<String> = given
            .map(|(id, text)| printable(&coding, &self.masker, id, text))
            .collect();
        texts.sort();
        texts
    }

    fn groups(&self, item: &str, answers: &AnswersOf<'_>) -> Vec<TextGroup> {
        let coding = self.coding(item);
        let of = |belongs: &dyn Fn(&str) -> bool| {
            let some: AnswersOf<'_> = answers
                .iter()
                .filter(|(id, _)| belongs(id))
                .map(|(id, one)| (*id, *one))
                .collect();
            self.texts(item, &some)
        };
        if coding.groups.is_empty() {
            return Vec::new();
        }
        let grouped = coding.groups.iter().map(|group| TextGroup {
            title: group.title.clone(),
            answers: of(&|id| coding.groups_of(id).any(|one| one.id == group.id)),
        });
        let rest = TextGroup {
            title: "そのほか".to_owned(),
            answers: of(&|id| coding.groups_of(id).next().is_none()),
        };
        grouped
            .chain([rest])
            .filter(|group| !group.answers.is_empty())
            .collect()
    }
}

fn in_repeat(questionnaire: &Questionnaire, path: &str) -> bool {
    let outer = path.split('.').next().and_then(|id| questionnaire.item(id));
    outer.is_some_and(|item| matches!(item.kind, Kind::Repeat { .. }))
}

fn asked(
    questionnaire: &Questionnaire,
    item: &ItemTally,
    answers: &AnswersOf<'_>,
    printing: &Printing<'_>,
) -> Asked {
    let definition = questionnaire.item_at(&item.path);
    let kind = definition.map(|definition| &definition.kind);
    let n = item.shown();
    let text = matches!(kind, Some(Kind::Text { .. }));
    Asked {
        path: item.path.clone(),
        title: item.title.clone(),
        n,
        answered: item.answered,
        row: item.path.contains('.') && in_repeat(questionnaire, &item.path),
        multiple: matches!(kind, Some(Kind::Multiple { .. })),
        options: options(item, n),
        numbers: item.numbers().map(|numbers| {
            let text = |number: Option<forms::Decimal>| {
                number.map_or("-".into(), |number| number.to_string())
            };
            Numbers {
                n: numbers.n,
                sum: text(numbers.sum),
                min: text(numbers.min),
                max: text(numbers.max),
            }
        }),
        unit: definition
            .and_then(|definition| definition.unit())
            .unwrap_or_default()
            .to_owned(),
        blanks: blanks(item),
        texts: if text && !item.path.contains('.') {
            printing.texts(&item.path, answers)
        } else {
            Vec::new()
        },
    }
}

fn options(item: &ItemTally, n: u64) -> Vec<Chosen> {
    let Detail::Options(options) = &item.detail else {
        return Vec::new();
    };
    let extra = [
        ("わからない", item.blanks.dont_know),
        ("無回答", item.blanks.no_answer),
    ];
    let known = options
        .iter()
        .map(|option| (option.title.as_str(), option.count));
    known
        .chain(extra.into_iter().filter(|(_, count)| *count > 0))
        .map(|(label, count)| {
            let share = Printed::half_up(count, n, 100, 1).filter(|_| count > 0);
            Chosen {
                label: label.to_owned(),
                count,
                share: share.map_or("-".into(), |share| format!("{share}%")),
                tenths: share.map_or(0, Printed::tenths),
            }
        })
        .collect()
}

fn blanks(item: &ItemTally) -> Vec<Blank> {
    let blanks = &item.blanks;
    [
        ("この版になし", blanks.not_in_version),
        ("非該当", blanks.not_shown),
        ("無回答", blanks.no_answer),
        ("わからない", blanks.dont_know),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(label, count)| Blank { label, count })
    .collect()
}
