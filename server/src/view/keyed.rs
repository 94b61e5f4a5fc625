//! The dense form for returns on paper, and how the returns of the offices stand.

use engine::keyed::{Misread, is_typed, shown};
use engine::year::{KeyedIn, Source, Year};
use forms::{Answers, Choice, Examined, Issue, Item, Kind, Questionnaire};
use serde::Serialize;

use super::field::{id, said};
use super::when;

/// Rows of a repeat that stand on the form before anything is typed.
const ROWS: usize = 3;

#[derive(Debug, Serialize)]
pub struct DensePage {
    pub title: String,
    pub fields: Vec<Dense>,
}

/// One input of the form, or a group of them.
#[derive(Debug, Default, Serialize)]
pub struct Dense {
    pub id: String,
    /// The path of the answer; empty for a heading.
    pub name: String,
    pub title: String,
    /// choice, choices, number, text, long, date; heading, row, end.
    pub kind: &'static str,
    pub value: String,
    pub unit: Option<String>,
    /// Options with their numbers.
    pub options: Vec<Numbered>,
    pub required: bool,
    /// Not asked according to what was typed so far.
    pub hidden: bool,
    pub wrong: Option<String>,
    /// What a button takes away or adds.
    pub act: String,
}

#[derive(Debug, Serialize)]
pub struct Numbered {
    pub number: usize,
    pub title: String,
}

/// How the return of an office stands.
#[derive(Debug, Serialize)]
pub struct Standing {
    /// open, first, second (of somebody else to do), differs, done
    pub word: &'static str,
    pub label: String,
    /// What counts now: ウェブ 12/3 10:00.
    pub answered: Option<String>,
    pub by_web: bool,
    /// Keyed in first by this person, who cannot key it in again.
    pub own: bool,
    /// Returns that were set aside, each with the reason.
    pub aside: Vec<String>,
}

/// What has to be looked at again, with the way to it.
#[derive(Debug, Serialize)]
pub struct Wrong {
    pub message: String,
    pub field: String,
}

/// The whole questionnaire on one page.
pub fn pages(
    form: &Questionnaire,
    answers: &Answers,
    examined: &Examined,
    misread: &[Misread],
) -> Vec<DensePage> {
    let maker = Maker {
        answers,
        examined,
        misread,
    };
    let pages = form.pages().iter().map(|page| {
        let mut fields = Vec::new();
        for item in page.items.iter().filter_map(|id| form.item(id.as_str())) {
            maker.add(&mut fields, item, item.id.as_str().to_owned());
        }
        DensePage {
            title: page.title.clone(),
            fields,
        }
    });
    pages.collect()
}

struct Maker<'a> {
    answers: &'a Answers,
    examined: &'a Examined,
    misread: &'a [Misread],
}

impl Maker<'_> {
    fn add(&self, fields: &mut Vec<Dense>, item: &Item, path: String) {
        if !is_typed(item) {
            return;
        }
        match &item.kind {
            Kind::Matrix { rows, .. } => {
                fields.push(self.heading(item, &path));
                for row in rows {
                    let path = format!("{path}.{}", row.id);
                    let mut one = self.input(item, &path);
                    (one.title, one.required) = (row.title.clone(), false);
                    fields.push(one);
                }
            }
            Kind::Repeat {
                label, items, max, ..
            } => {
                fields.push(self.heading(item, &path));
                let rows = self.answers.rows(&path);
                let count = match rows {
                    0 => ROWS.min(*max),
                    rows => rows,
                };
                for row in 0..count {
                    let path = format!("{path}.{row}");
                    fields.push(Dense {
                        id: id(&path),
                        title: format!("{label}{}", row + 1),
                        kind: "row",
                        ..Dense::default()
                    });
                    for inner in items.iter() {
                        self.add(fields, inner, format!("{path}.{}", inner.id.as_str()));
                    }
                }
                fields.push(Dense {
                    title: format!("{label}を加える"),
                    kind: "end",
                    act: if count < *max {
                        format!("add:{path}")
                    } else {
                        String::new()
                    },
                    ..Dense::default()
                });
            }
            _ => fields.push(self.input(item, &path)),
        }
    }

    fn heading(&self, item: &Item, path: &str) -> Dense {
        Dense {
            id: id(path),
            title: item.title.clone(),
            kind: "heading",
            required: item.required,
            hidden: !self.examined.is_shown(path),
            ..Dense::default()
        }
    }

    fn input(&self, item: &Item, path: &str) -> Dense {
        let misread = self.misread.iter().find(|one| one.path == path);
        Dense {
            id: id(path),
            name: path.to_owned(),
            title: item.title.clone(),
            kind: match &item.kind {
                Kind::Single { .. } | Kind::Matrix { .. } => "choice",
                Kind::Multiple { .. } => "choices",
                Kind::Integer { .. } | Kind::Decimal { .. } => "number",
                Kind::Date => "date",
                Kind::Text { long: true, .. } => "long",
                _ => "text",
            },
            value: match misread {
                Some(one) => one.typed.clone(),
                None => shown(item, self.answers, path),
            },
            unit: item.unit().map(str::to_owned),
            options: numbered(item.options()),
            required: item.required,
            hidden: !path.contains('.') && !self.examined.is_shown(path),
            wrong: misread.map(|one| one.message.clone()),
            act: String::new(),
        }
    }
}

/// The options of a question as a printed form counts them.
pub fn numbered(options: &[Choice]) -> Vec<Numbered> {
    let options = options.iter().enumerate();
    let numbered = options.map(|(place, option)| Numbered {
        number: place + 1,
        title: option.title.clone(),
    });
    numbered.collect()
}

/// Everything to look at again, in the order in which it was found.
pub fn wrong(form: &Questionnaire, misread: &[Misread], issues: &[Issue]) -> Vec<Wrong> {
    let misread = misread.iter().map(|one| {
        let title = form.item_at(&one.path).map(|item| item.title.as_str());
        Wrong {
            message: format!("{}：{}", title.unwrap_or_default(), one.message),
            field: id(&one.path),
        }
    });
    let issues = issues.iter().map(said).map(|said| Wrong {
        message: said.message,
        field: said.field,
    });
    misread.chain(issues).collect()
}

/// How the return of an office stands for this person.
pub fn standing(year: &Year, survey: &str, respondent: &str, person: &str) -> Standing {
    let keyed = year.keyed(survey, respondent);
    let counts = year.counts(survey, respondent);
    let responded = year.state(|state| {
        let held = state.surveys.get(survey)?;
        held.responded.get(respondent).cloned()
    });
    let aside = year.state(|state| {
        let of = state.aside.get(survey).and_then(|all| all.get(respondent));
        of.cloned().unwrap_or_default()
    });
    let answered = responded
        .as_ref()
        .map(|one| format!("{} {}", one.source.label(), when::short(one.at)));
    let own = keyed.first.as_ref().is_some_and(|one| one.by == person);
    let (word, label) = match (&keyed.first, &keyed.second) {
        (Some(_), Some(_)) if !counts => ("differs", "食い違いがあります".to_owned()),
        (Some(first), None) if !counts && own => (
            "first",
            format!("1回目を入力（{}）。2回目は別の人", first.by),
        ),
        (Some(first), None) if !counts => (
            "second",
            format!("2回目を待っています（1回目 {}）", first.by),
        ),
        _ if responded.is_some() => ("done", "受付済み".to_owned()),
        _ => ("open", "未回答".to_owned()),
    };
    Standing {
        word,
        label,
        answered,
        by_web: responded.is_some_and(|one| one.source == Source::Web),
        own: own && word == "first",
        aside: aside
            .iter()
            .map(|one| {
                format!(
                    "{}の回答を別に保管しています。{}",
                    one.source.label(),
                    one.why.sentence()
                )
            })
            .collect(),
    }
}

/// The word by which an address says what was just done.
pub fn word(done: &KeyedIn) -> &'static str {
    match done {
        KeyedIn::Counted { instead: None, .. } => "counted",
        KeyedIn::Counted { .. } => "instead",
        KeyedIn::Aside(_) => "aside",
        KeyedIn::SecondNeeded => "second",
        KeyedIn::Differs(_) => "differs",
    }
}

/// What was just done, in a sentence.
pub fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "counted" => "受け付けました。集計に入ります。",
        "instead" => {
            "受け付けました。前の回答の代わりに集計に入ります。前の回答は別に保管しています。"
        }
        "aside" => {
            "すでにある回答のほうを採りました。いま入力したものは集計に入れず、別に保管しています。"
        }
        "second" => "1回目の入力を預かりました。別の人が2回目を入力すると、集計に入ります。",
        "kept" => "ここまでの入力を保存しました。まだ受け付けていません。",
        "dropped" => "入力を取り消しました。はじめから入力できます。",
        _ => return None,
    })
}
