//! How long answers are kept. When the time is over they are deleted, and counts remain: the figures that papers and
//! the map print, and each question's tally, without texts and without what single respondents gave.
//!
//! The time is counted in whole fiscal years from the April 1 after the survey has closed, as offices count the time
//! for which documents are kept (行政文書の保存期間の起算日).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use store::{FileHash, Guard, Key};

use super::compose::PAPERS;
use super::respond::to_json;
use super::{Act, Change, Deleted, Event, Handout, Held, Refusal, Write, Year, japan};
use crate::figure::{FigureBook, FigureSource, Frozen, Origin};
use crate::meeting::{self, Asked};
use crate::pack::Pack;
use crate::survey::Survey;

/// Areas of the store below which something stands that respondents said, by survey: `response/<survey>/…`. That
/// nothing of it is left is what the doctor looks for, so whoever keeps such a thing adds its area here.
pub const SAID: [&str; 9] = [
    "response",
    "draft",
    "earlier",
    "displaced",
    ATTACHED,
    "keyed",
    "keying",
    "aside",
    "call",
];

/// Where files stand that came with answers: `attached/<survey>/<respondent>/<file>`.
const ATTACHED: &str = "attached";

/// Keys removed in one commit.
const AT_ONCE: usize = 1000;

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// A survey that has closed, and how long its answers are kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Keeping {
    /// The turn: `discharge-rule-2023`.
    pub survey: String,
    pub name: String,
    pub closed_on: NaiveDate,
    pub responses: u64,
    /// Absent: nobody has said how long, and so they stay.
    pub keep_years: Option<u32>,
    /// The last day on which they have to be there.
    pub until: Option<NaiveDate>,
    pub due: bool,
    pub deleted: Option<Deleted>,
}

/// What is left of a survey whose answers were deleted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Remains {
    pub figures: Vec<Frozen>,
    pub questions: Vec<Question>,
}

/// A question's counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub title: String,
    pub n: u64,
    /// Label, count and printed share.
    pub options: Vec<(String, u64, String)>,
    /// n, sum, smallest and largest as printed, and the unit.
    pub numbers: Option<(u64, String, String, String, String)>,
    pub blanks: Vec<(String, u64)>,
}

/// The last day of the time for which answers are kept.
pub fn kept_until(closed_on: NaiveDate, years: u32) -> Option<NaiveDate> {
    let begins = workflows::calendar::fiscal_year(closed_on) + 1;
    let begins = NaiveDate::from_ymd_opt(begins, 4, 1)?;
    begins
        .checked_add_months(Months::new(years.checked_mul(12)?))?
        .pred_opt()
}

/// The last day on which a survey that closed took answers. One that is open until the end of its deadline is closed on
/// the next day, or still later where the server was away.
pub fn last_day(closed_at: DateTime<Utc>, deadline: Option<NaiveDate>) -> NaiveDate {
    let closed_on = closed_at.with_timezone(&japan()).date_naive();
    deadline.map_or(closed_on, |deadline| closed_on.min(deadline))
}

impl Year {
    /// The surveys that have closed, the first closed first.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub async fn keeping(&self, today: NaiveDate) -> Result<Vec<Keeping>, Refusal> {
        let held: Vec<(String, Held)> = self.state(|state| {
            let closed = state.surveys.iter();
            let closed = closed.filter(|(_, held)| held.closed_at.is_some());
            closed
                .map(|(id, held)| (id.clone(), held.clone()))
                .collect()
        });
        let mut kept = Vec::new();
        for (turn, held) in held {
            let Some(closed_at) = held.closed_at else {
                continue;
            };
            let closed_on = last_day(closed_at, self.closes_on(&turn).await?);
            let definition = definition(&self.pack, &turn);
            let keep_years = definition.and_then(|survey| survey.keep_years);
            let until = keep_years.and_then(|years| kept_until(closed_on, years));
            kept.push(Keeping {
                name: definition.map_or_else(|| turn.clone(), |survey| survey.name.clone()),
                survey: turn,
                closed_on,
                responses: held.responded.len() as u64,
                keep_years,
                until,
                due: held.deleted.is_none() && until.is_some_and(|until| until < today),
                deleted: held.deleted,
            });
        }
        kept.sort_by(|a, b| (a.closed_on, &a.survey).cmp(&(b.closed_on, &b.survey)));
        Ok(kept)
    }

    /// Deletes the answers to a survey whose time is over. Figures and tallies remain; what single respondents gave
    /// goes from the figures of papers too. Doing it again goes on where it was interrupted.
    ///
    /// # Errors
    /// The survey has not closed, its time is not over or nobody has said how long it is, or there is no reason.
    pub async fn delete_answers(
        &self,
        act: &Act,
        survey: &str,
        why: &str,
    ) -> Result<Deleted, Refusal> {
        let kept = self.keeping(act.today()).await?.into_iter();
        let kept = kept.into_iter().find(|kept| kept.survey == survey);
        let kept = kept.ok_or_else(|| {
            Refusal::Cycle("受付が終わっていない調査の回答は、削除できません。".to_owned())
        })?;
        if let Some(deleted) = kept.deleted {
            self.sweep(act, survey).await?;
            return Ok(deleted);
        }
        if let Some(why_not) = objection(&kept, why) {
            return Err(Refusal::Cycle(why_not));
        }
        let (head, held) = self.state(|state| (state.head, state.surveys.get(survey).cloned()));
        let held = held.ok_or_else(|| Refusal::Unknown(format!("調査「{survey}」")))?;
        let remains = self.remaining(survey, &held).await?;
        let (remains, write) = self.keep_file("remains.json", &to_json(&remains)?).await?;
        let mut change = Change {
            guards: vec![Guard::Head(head)],
            writes: vec![write],
            ..Change::default()
        };
        let mut handouts = BTreeMap::new();
        let mut gone = Vec::new();
        for (meeting, file) in self.handouts_with(survey).await? {
            let trimmed = trimmed(self.read_file::<Handout>(&file).await?, survey);
            let (trimmed, write) = self.keep_file("handout.json", &to_json(&trimmed)?).await?;
            if trimmed != file {
                change.writes.push(write);
                // Whoever is editing the papers at this moment is told.
                let names = self.meeting_key(&meeting, PAPERS)?;
                change
                    .writes
                    .push((names, Some(trimmed.clone().into_bytes())));
                gone.push(file);
                handouts.insert(meeting, trimmed);
            }
        }
        // What was said about texts goes with them.
        gone.extend(held.coded.values().cloned());
        for file in &gone {
            change.writes.push((self.file_key(file)?, None));
        }
        change.events.push(Event::AnswersDeleted {
            survey: survey.to_owned(),
            responses: kept.responses,
            why: why.trim().to_owned(),
            remains,
            handouts,
        });
        self.commit(act, change).await?;
        self.forget(survey);
        for file in gone {
            self.store.forget_file(&file.parse()?).await?;
        }
        self.sweep(act, survey).await?;
        let deleted = self.state(|state| state.surveys.get(survey)?.deleted.clone());
        deleted.ok_or_else(|| Refusal::Unknown(format!("調査「{survey}」")))
    }

    /// What is left of a survey whose answers were deleted; `None` while they are there.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn remains(&self, survey: &str) -> Result<Option<Remains>, Refusal> {
        let deleted = self.state(|state| state.surveys.get(survey)?.deleted.clone());
        match deleted {
            Some(deleted) => Ok(Some(self.read_file(&deleted.remains).await?)),
            None => Ok(None),
        }
    }

    /// The figures that are left of all surveys whose answers were deleted.
    pub(super) async fn remaining_figures(&self) -> Result<Vec<Frozen>, Refusal> {
        let deleted: Vec<String> = self.state(|state| {
            let deleted = state.surveys.values();
            let deleted = deleted.filter_map(|held| held.deleted.as_ref());
            deleted.map(|deleted| deleted.remains.clone()).collect()
        });
        let mut figures = Vec::new();
        for file in deleted {
            figures.extend(self.read_file::<Remains>(&file).await?.figures);
        }
        Ok(figures)
    }

    /// Counts a survey once more, to keep what may be kept.
    async fn remaining(&self, turn: &str, held: &Held) -> Result<Remains, Refusal> {
        let answers = self.answers(turn).await?;
        let answers = answers
            .iter()
            .map(|(id, answers)| (id.as_str(), answers.as_ref()))
            .collect();
        let Some(pack) = self.pack_of(turn, held).await? else {
            return Ok(Remains::default());
        };
        let Some(survey) = pack.survey(turn) else {
            return Ok(Remains::default());
        };
        let mut book = FigureBook::default();
        let version = held.version;
        let source = FigureSource {
            survey,
            version,
            answers: &answers,
        };
        book.count(&pack, &source);
        let keys = book.figures().into_iter().map(|figure| figure.key.clone());
        let keys: Vec<_> = keys.collect();
        let figures = keys.iter().filter_map(|key| book.freeze(key));
        Ok(Remains {
            figures: figures.map(without_respondents).collect(),
            questions: meeting::tally_view(&pack, turn, &answers)
                .into_iter()
                .map(question)
                .collect(),
        })
    }

    /// The pack as it was when this turn was asked: its year, questionnaire and roster.
    async fn pack_of(&self, turn: &str, held: &Held) -> Result<Option<Pack>, Refusal> {
        let mut pack = Pack::clone(&self.pack);
        let Some(id) = definition(&pack, turn).map(|survey| survey.id.clone()) else {
            return Ok(None);
        };
        let own = pack.surveys.iter_mut().find(|survey| survey.id == id);
        if let (Some(survey), Some(year)) = (own, year_of(turn)) {
            survey.survey_year = year;
        }
        let roster = self.read_file(&held.roster).await?;
        pack.asked.insert(id.clone(), roster);
        let published = self.published(turn).await?;
        pack.questionnaires
            .insert(id, forms::Questionnaire::clone(&published));
        Ok(Some(pack))
    }

    /// Removes what respondents said from the store, some at a time, and the files that came with it.
    async fn sweep(&self, act: &Act, survey: &str) -> Result<(), Refusal> {
        let mut files = self.codings(survey).await?;
        for area in SAID {
            let found = self.store.scan(&self.key([area, survey])?).await?;
            if area == ATTACHED {
                files.extend(found.iter().filter_map(|(key, _)| last(key)));
            }
            let writes: Vec<Write> = found.into_iter().map(|(key, _)| (key, None)).collect();
            for some in writes.chunks(AT_ONCE) {
                let change = Change {
                    writes: some.to_vec(),
                    ..Change::default()
                };
                self.commit(act, change).await?;
            }
        }
        let others = self.store.scan(&self.key([ATTACHED])?).await?;
        let others: BTreeSet<String> = others.iter().filter_map(|(key, _)| last(key)).collect();
        for file in files.difference(&others) {
            let change = Change {
                writes: vec![(self.file_key(file)?, None)],
                ..Change::default()
            };
            self.commit(act, change).await?;
            self.store.forget_file(&file.parse()?).await?;
        }
        Ok(())
    }

    /// The files in which free texts of a survey were put into groups: the texts are in them.
    async fn codings(&self, survey: &str) -> Result<BTreeSet<String>, Refusal> {
        let journal = self.store.journal(self.slug(), 1).await?.into_iter();
        let codings = journal.filter(|record| {
            record.event["event"] == "texts_coded" && record.event["survey"] == survey
        });
        let files = codings.filter_map(|record| Some(record.event["file"].as_str()?.to_owned()));
        Ok(files.collect())
    }

    /// The handouts that print a figure of a survey, by meeting.
    async fn handouts_with(&self, survey: &str) -> Result<Vec<(String, String)>, Refusal> {
        let all: Vec<(String, String)> = self.state(|state| {
            let meetings = state.meetings.iter();
            let written = meetings.filter_map(|(id, m)| Some((id.clone(), m.handout.clone()?)));
            written.collect()
        });
        let mut with = Vec::new();
        for (meeting, file) in all {
            let handout: Handout = self.read_file(&file).await?;
            if handout.figures.iter().any(|one| is_of(one, survey)) {
                with.push((meeting, file));
            }
        }
        Ok(with)
    }

    pub(super) fn file_key(&self, file: &str) -> Result<Key, Refusal> {
        let hash: FileHash = file.parse()?;
        let key = hash.key(self.slug());
        key.map_err(|error| Refusal::Unreadable(error.to_string()))
    }
}

/// The survey of a turn: also of an earlier year, whose pack said another `survey_year`.
pub(crate) fn definition<'a>(pack: &'a Pack, turn: &str) -> Option<&'a Survey> {
    pack.survey(turn).or_else(|| {
        year_of(turn)?;
        pack.survey(turn.rsplit_once('-')?.0)
    })
}

fn last(key: &Key) -> Option<String> {
    key.segments().last().map(str::to_owned)
}

fn year_of(turn: &str) -> Option<i32> {
    turn.rsplit_once('-')?.1.parse().ok()
}

fn objection(kept: &Keeping, why: &str) -> Option<String> {
    match kept.until {
        None => {
            return Some(
                "この調査は保存期間が決まっていません。先に保存期間（年）を決めてください。"
                    .to_owned(),
            );
        }
        Some(until) if !kept.due => {
            return Some(format!(
                "この調査の回答は{until}まで保存することになっています。その翌日から削除できます。"
            ));
        }
        Some(_) => {}
    }
    match why.trim().chars().count() {
        0 => Some("削除の理由を書いてください。".to_owned()),
        1..=LONGEST_REASON => None,
        _ => Some(format!("理由は{LONGEST_REASON}字までにしてください。")),
    }
}

fn is_of(frozen: &Frozen, turn: &str) -> bool {
    matches!(&frozen.figure.origin, Origin::Survey { survey, .. } if survey == turn)
}

fn without_respondents(mut frozen: Frozen) -> Frozen {
    if let Some(provenance) = &mut frozen.provenance {
        provenance.breakdowns.retain(|one| !one.by_respondent);
    }
    frozen
}

fn trimmed(handout: Handout, survey: &str) -> Handout {
    let figures = handout.figures.into_iter();
    let figures = figures.map(|one| match is_of(&one, survey) {
        true => without_respondents(one),
        false => one,
    });
    Handout {
        figures: figures.collect(),
        ..handout
    }
}

fn question(asked: Asked) -> Question {
    let numbers = asked.numbers;
    Question {
        title: asked.title,
        n: asked.n,
        options: asked
            .options
            .into_iter()
            .map(|option| (option.label, option.count, option.share))
            .collect(),
        numbers: numbers.map(|of| (of.n, of.sum, of.min, of.max, asked.unit)),
        blanks: asked
            .blanks
            .into_iter()
            .map(|blank| (blank.label.to_owned(), blank.count))
            .collect(),
    }
}

/// What is left in the store of answers that were deleted: for the doctor.
pub(super) fn areas_of(surveys: &BTreeMap<String, Held>) -> BTreeSet<[&str; 2]> {
    let deleted = surveys.iter().filter(|(_, held)| held.deleted.is_some());
    deleted
        .flat_map(|(survey, _)| SAID.map(|area| [area, survey.as_str()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn years_are_counted_from_the_april_after() {
        // 令和5年12月に終わった調査の3年は、令和6年4月1日から令和9年3月31日まで。
        assert_eq!(kept_until(day("2023-12-28"), 3), Some(day("2027-03-31")));
        assert_eq!(kept_until(day("2024-03-31"), 1), Some(day("2025-03-31")));
        assert_eq!(kept_until(day("2024-04-01"), 1), Some(day("2026-03-31")));
        assert_eq!(kept_until(day("2024-04-01"), 0), Some(day("2025-03-31")));
    }

    #[test]
    fn the_last_day_is_the_deadline_or_the_day_on_which_somebody_closed() {
        // A deadline of 3月31日: closed at midnight in Japan, after a night without the server, and by hand before it.
        for (closed_at, last) in [
            ("2024-03-31T15:00:02Z", "2024-03-31"),
            ("2024-04-01T00:10:00Z", "2024-03-31"),
            ("2024-03-29T01:00:00Z", "2024-03-29"),
        ] {
            let deadline = Some(day("2024-03-31"));
            let closed = closed_at.parse().unwrap();
            assert_eq!(last_day(closed, deadline), day(last), "{closed_at}");
        }
        let closed = "2024-03-31T15:00:02Z".parse().unwrap();
        assert_eq!(last_day(closed, None), day("2024-04-01"));
    }

    #[test]
    fn too_many_years_have_no_end() {
        assert_eq!(kept_until(day("2024-04-01"), u32::MAX), None);
    }
}
