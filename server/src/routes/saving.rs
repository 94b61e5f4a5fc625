//! Taking a page in: what was typed on it comes into the draft as it is stored by then, also when another device has
//! changed it since the page was shown.

use std::sync::Mutex;

use engine::year::{Draft, Revision};
use forms::{Answers, Change, Marks};

use super::answering::{Answering, base, grown, wrong_here};
use super::own;
use crate::app::App;
use crate::error::PageError;
use crate::view::field::{self, Field, Typed};

/// A page that was taken in.
pub struct Saved {
    pub draft: Draft,
    /// The questions that the page has now.
    pub fields: Vec<Field>,
    /// The first of them that the page did not show.
    pub more: Option<String>,
    pub wrong: bool,
    /// Items of the page that another device had changed, and that were left alone here.
    pub elsewhere: Vec<String>,
    /// Items that both had changed: what was typed here stands now, the other one is kept beside.
    pub both: Vec<String>,
    /// Where to look after rows came or went, or after somebody chose.
    pub place: Option<String>,
}

impl Saved {
    pub fn base(&self) -> String {
        base(&self.draft, &self.fields)
    }
}

/// Keeps the fields of a page (from 1), and does what its button says with them.
///
/// # Errors
/// The response was handed in already; the draft is too large; the store is away.
pub async fn take_in(
    app: &App,
    answering: &Answering,
    number: usize,
    fields: &[(String, String)],
) -> Result<Saved, PageError> {
    let index = number.checked_sub(1).ok_or(PageError::NotFound)?;
    let act = own(fields, "_act");
    let chosen = Choice::of(answering, act).await?;
    let seen = Mutex::new(Taken::default());
    let draft = answering
        .year
        .revise_draft(
            &app.act(answering.by()),
            &answering.survey,
            answering.whose(),
            |draft| {
                let mut taken = taken(answering, number, fields, draft);
                let mut answers = std::mem::take(&mut taken.answers);
                let mut done = Vec::new();
                match &chosen {
                    Some(Choice { item, other }) => {
                        if let Some(other) = other {
                            answers.take(item, other);
                        }
                        taken.both.retain(|both| both != item);
                        taken.place = Some(field::id(item));
                        done.push(item.clone());
                    }
                    // Rows that another device has moved are not what this page means by their number.
                    None if taken.moved(act) => {}
                    None => {
                        taken.place =
                            field::change_rows(&answering.questionnaire, &mut answers, act);
                    }
                }
                let revision = Revision {
                    answers,
                    displaces: taken.both.clone(),
                    chosen: done,
                };
                *seen.lock().expect("nothing panics while it is held") = taken;
                revision
            },
        )
        .await?;
    let taken = seen.into_inner().expect("nothing panics while it is held");
    let examined = answering.questionnaire.examine(&draft.answers);
    let typed = Typed {
        answers: &draft.answers,
        examined: &examined,
        strict: false,
    };
    let now = answering.questions(number, &typed);
    Ok(Saved {
        more: grown(&now, fields),
        wrong: wrong_here(answering, index, &typed),
        fields: now,
        draft,
        elsewhere: taken.elsewhere,
        both: taken.both,
        place: taken.place,
    })
}

/// A button beside an answer of another device.
struct Choice {
    item: String,
    /// That answer; nothing where the present one stays.
    other: Option<Answers>,
}

impl Choice {
    /// `other:<item>:<round>` or `keep:<item>`.
    async fn of(answering: &Answering, act: &str) -> Result<Option<Choice>, PageError> {
        let Some((what, rest)) = act.split_once(':') else {
            return Ok(None);
        };
        match what {
            "keep" => Ok(Some(Choice {
                item: rest.to_owned(),
                other: None,
            })),
            "other" => {
                let draft = answering.draft().await?;
                let wanted = rest.rsplit_once(':').and_then(|(item, round)| {
                    let round: u64 = round.parse().ok()?;
                    let mut kept = draft.displaced.iter();
                    kept.find(|it| it.item == item && it.round == round)
                });
                let Some(displaced) = wanted else {
                    return Ok(None);
                };
                let (year, survey) = (&answering.year, &answering.survey);
                let other = year.displaced(survey, answering.whose(), displaced).await?;
                Ok(Some(Choice {
                    item: displaced.item.clone(),
                    other: Some(other),
                }))
            }
            _ => Ok(None),
        }
    }
}

#[derive(Default)]
struct Taken {
    answers: Answers,
    elsewhere: Vec<String>,
    both: Vec<String>,
    place: Option<String>,
}

impl Taken {
    /// The rows that a button adds to or takes from were changed elsewhere.
    fn moved(&self, act: &str) -> bool {
        let of = act
            .split_once(':')
            .map_or("", |(_, path)| field::root(path));
        self.elsewhere.iter().chain(&self.both).any(|id| id == of)
    }
}

/// What the fields of a page make of a draft, item by item.
fn taken(
    answering: &Answering,
    number: usize,
    fields: &[(String, String)],
    draft: &Draft,
) -> Taken {
    let page = number.checked_sub(1);
    let form = &answering.questionnaire;
    let base = own(fields, "_base").split_once(' ');
    let base = base.and_then(|(round, marks)| Some((round.parse::<u64>().ok()?, marks)));
    // A program that sends answers says nothing of what it saw: they are the newest.
    let Some((_, marks)) = base.filter(|(round, _)| *round != draft.round) else {
        return Taken {
            answers: form.decode(page, fields, &draft.answers),
            ..Taken::default()
        };
    };
    let examined = form.examine(&draft.answers);
    let typed = Typed {
        answers: &draft.answers,
        examined: &examined,
        strict: false,
    };
    let stored = Marks::of(&field::untouched(&answering.questions(number, &typed)));
    let (was, sent) = (Marks::from(marks), Marks::of(fields));
    let (mut here, mut elsewhere, mut both) = (Vec::new(), Vec::new(), Vec::new());
    for question in sent.questions() {
        match was.change(question, &sent, &stored) {
            Change::None => {}
            Change::Here => here.push(question),
            Change::Elsewhere => elsewhere.push(question.to_owned()),
            Change::Both => {
                here.push(question);
                both.push(question.to_owned());
            }
        }
    }
    let mine = |(name, _): &&(String, String)| here.contains(&field::root(name));
    let fields: Vec<(String, String)> = fields.iter().filter(mine).cloned().collect();
    Taken {
        answers: form.decode(page, &fields, &draft.answers),
        elsewhere,
        both,
        place: None,
    }
}
