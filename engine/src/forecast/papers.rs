//! The papers of every meeting as they would come out, from invented responses, through the code that writes
//! the real ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use authoring::Finding;
use chrono::NaiveDate;
use forms::Answers;
use workflows::simulate::Habits;

use super::course::{Course, Sitting};
use super::dice::Dice;
use super::invent::response;
use crate::figure::{AnswersOf, FigureBook, FigureSource};
use crate::ledger::Book;
use crate::meeting::{self, Draft, Facts, Written};
use crate::pack::{Cycle, Pack};

/// The note at the foot of every page.
pub const FICTION: &str = "試算（架空の回答）";

/// The papers of one meeting.
pub struct Rehearsed {
    pub meeting: String,
    pub draft: Draft,
    pub written: Vec<Written>,
}

/// Invented answers by the turn of a survey and the office.
type Invented = BTreeMap<String, BTreeMap<String, Answers>>;

/// Writes the papers of every meeting of a cycle. A survey that is still open then has no answers yet. Also
/// returns how many responses could not be invented, because no draw kept the questionnaire's rules.
///
/// # Errors
/// A plan, a year or a template is refused.
pub fn rehearsed(
    pack: &Pack,
    cycle: &Cycle,
    year: Option<i32>,
    seed: u64,
) -> Result<(Vec<Rehearsed>, usize), Vec<Finding>> {
    let (pack, _) = pack.in_year(cycle, year)?;
    let Some(cycle) = pack.cycle(&cycle.id).cloned() else {
        return Ok((Vec::new(), 0));
    };
    let plan = cycle.script.plan(&cycle.parameters)?;
    let timeline = pack.dry_run_of(&cycle, &plan);
    let course = Course::of(&pack, &cycle, &plan, &timeline.entries);
    let mut invented = Invented::new();
    let mut failed = 0;
    for asked in &course.surveys {
        let on = asked.closes.unwrap_or(asked.opens);
        let (answers, without) = invent(&pack, &asked.survey, seed, on);
        invented.insert(asked.survey.clone(), answers);
        failed += without;
    }
    let pack = Arc::new(pack.into_owned());
    let sittings = course.sittings.into_iter();
    let written = sittings.filter_map(|sitting| write(&pack, sitting, &invented));
    Ok((written.collect::<Result<Vec<_>, _>>()?, failed))
}

/// The answers of those who answer, and how many of them could not be invented.
fn invent(
    pack: &Pack,
    survey: &str,
    seed: u64,
    on: NaiveDate,
) -> (BTreeMap<String, Answers>, usize) {
    let roster = pack.survey(survey).and_then(|survey| pack.roster(survey));
    let (Some(roster), Some(questionnaire)) = (roster, pack.questionnaire(survey)) else {
        return (BTreeMap::new(), 0);
    };
    let habits = Habits {
        asked: u32::try_from(roster.respondents.len()).unwrap_or(u32::MAX),
        ..Habits::default()
    };
    let mut offices: Vec<&str> = roster.respondents.iter().map(|r| r.id.as_str()).collect();
    // Who never answers is drawn too.
    offices.sort_by_key(|office| Dice::of(seed, &[survey, office, "answers"]).next());
    offices.truncate(usize::try_from(habits.answered()).unwrap_or(usize::MAX));
    let wanted = offices.len();
    let answers: BTreeMap<String, Answers> = offices
        .into_iter()
        .filter_map(|office| {
            Some((
                office.to_owned(),
                response(questionnaire, seed, office, on)?,
            ))
        })
        .collect();
    let failed = wanted - answers.len();
    (answers, failed)
}

fn write(
    pack: &Arc<Pack>,
    sitting: Sitting,
    invented: &Invented,
) -> Option<Result<Rehearsed, Vec<Finding>>> {
    let mut draft = sitting.draft?;
    draft.fiction = Some(match draft.fiction {
        Some(note) => format!("{FICTION}　{note}"),
        None => FICTION.to_owned(),
    });
    let mut answers: BTreeMap<String, AnswersOf<'_>> = BTreeMap::new();
    let ledgers = Book::shipped(pack);
    let mut book = FigureBook::published(pack);
    book.count_ledgers(pack, &ledgers);
    for turn in &sitting.closed {
        let (Some(given), Some(survey)) = (invented.get(turn), pack.survey(turn)) else {
            continue;
        };
        let given: AnswersOf<'_> = given
            .iter()
            .map(|(id, given)| (id.as_str(), given))
            .collect();
        let version = pack
            .questionnaire(turn)
            .map_or(0, forms::Questionnaire::version);
        let source = FigureSource {
            survey,
            version,
            answers: &given,
        };
        book.count(pack, &source);
        answers.insert(turn.clone(), given);
    }
    let facts = Facts {
        pack: pack.clone(),
        book: Arc::new(book),
        ledgers: Arc::new(ledgers),
        answers: &answers,
    };
    let mut written = Vec::new();
    for paper in &draft.papers {
        match meeting::write(&facts, &draft, paper) {
            Ok(paper) => written.push(paper),
            Err(findings) => return Some(Err(findings)),
        }
    }
    Some(Ok(Rehearsed {
        meeting: sitting.meeting,
        draft,
        written,
    }))
}
