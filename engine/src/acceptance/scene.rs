//! What a case begins with, and what its steps change: entries of ledgers, responses to surveys.

use std::collections::BTreeMap;
use std::sync::Arc;

use authoring::Finding;
use chrono::NaiveDate;
use forms::Answers;
use serde::Deserialize;

use super::case::{Case, Enter, Month, Step};
use super::look::refusal;
use crate::area::Sheet;
use crate::figure::{AnswersOf, FigureBook, FigureSource};
use crate::ledger::Book;
use crate::meeting::Facts;
use crate::pack::{Files, Pack};

/// A response as it stands in a file; when and how it came does not matter here.
#[derive(Deserialize)]
struct Given {
    respondent: String,
    answers: Answers,
}

pub(super) struct Scene<'a> {
    pub files: &'a Files,
    pub pack: Arc<Pack>,
    pub ledgers: Book,
    /// Checked answers by the turn of a survey and the respondent.
    responses: BTreeMap<String, BTreeMap<String, Answers>>,
    /// Sheets received, by the name of who sent them.
    pub sheets: BTreeMap<String, Sheet>,
}

impl<'a> Scene<'a> {
    /// Reads the raw data of a case.
    pub(super) fn set(
        files: &'a Files,
        pack: &Arc<Pack>,
        case: &Case,
    ) -> Result<Self, Vec<String>> {
        let mut scene = Scene {
            files,
            pack: pack.clone(),
            ledgers: Book::shipped(pack),
            responses: BTreeMap::new(),
            sheets: BTreeMap::new(),
        };
        let mut read = Vec::new();
        for (ledger, name) in &case.entries {
            let text = scene.case_file(name).map_err(|why| vec![why])?;
            read.push((ledger.as_str(), format!("cases/{name}"), text));
        }
        let read: Vec<_> = read
            .iter()
            .map(|(ledger, file, text)| (*ledger, file.as_str(), *text))
            .collect();
        let added = scene.ledgers.add(pack, &read);
        added.map_err(|findings| said(&findings))?;
        for (survey, name) in &case.responses {
            let text = scene.case_file(name).map_err(|why| vec![why])?;
            let responses = responses(pack, survey, text)?;
            scene.responses.extend([responses]);
        }
        Ok(scene)
    }

    /// A file beside the case.
    pub(super) fn case_file(&self, name: &str) -> Result<&'a str, String> {
        let path = format!("cases/{name}");
        let text = self.files.get(&path);
        text.ok_or_else(|| format!("ファイル {path} がありません"))
    }

    pub(super) fn enter(&mut self, enter: &Enter, expected: &Step) -> Vec<String> {
        let entered = self
            .ledgers
            .enter(&self.pack, &enter.ledger, enter.entry.clone());
        match entered {
            Ok(entry) => {
                self.ledgers.put(&enter.ledger, entry);
                refusal(None, expected)
            }
            Err(findings) => refusal(Some(said(&findings).join(" ／ ")), expected),
        }
    }

    pub(super) fn close_month(&self, month: &Month, expected: &Step) -> Vec<String> {
        let closed = self
            .ledgers
            .close_month(&self.pack, &month.ledger, &month.month);
        refusal(closed.err().map(|refused| refused.to_string()), expected)
    }

    /// Everything that can be counted now.
    pub(super) fn book(&self) -> FigureBook {
        let mut book = FigureBook::published(&self.pack);
        for (turn, answers) in &self.given() {
            let Some(survey) = self.pack.survey(turn) else {
                continue;
            };
            let version = self
                .pack
                .questionnaire(turn)
                .map_or(0, forms::Questionnaire::version);
            let source = FigureSource {
                survey,
                version,
                answers,
            };
            book.count(&self.pack, &source);
        }
        book.count_ledgers(&self.pack, &self.ledgers);
        self.add_areas(&mut book);
        book
    }

    pub(super) fn given(&self) -> BTreeMap<String, AnswersOf<'_>> {
        let given = self.responses.iter().map(|(turn, answers)| {
            let answers = answers.iter().map(|(id, answers)| (id.as_str(), answers));
            (turn.clone(), answers.collect())
        });
        given.collect()
    }

    pub(super) fn facts<'b>(&self, answers: &'b BTreeMap<String, AnswersOf<'b>>) -> Facts<'b> {
        Facts {
            pack: self.pack.clone(),
            book: Arc::new(self.book()),
            ledgers: Arc::new(self.ledgers.clone()),
            answers,
        }
    }

    /// The day on which a step looks: its own, else the end of its fiscal year, else of the newest entry's.
    pub(super) fn day(&self, step: &Step) -> NaiveDate {
        let newest = || {
            let ledgers = self.pack.ledgers.values();
            let years = ledgers.flat_map(|ledger| {
                let entries = self.ledgers.entries(&ledger.id).iter();
                entries.filter_map(|entry| Some(ledger.when(entry)?.fiscal_year()))
            });
            years.max()
        };
        let year = || step.year.or_else(newest).unwrap_or(2000);
        step.on.unwrap_or_else(|| last_day(year()))
    }

    /// Remarks about the pack, and what is watched with the entries of the case.
    pub(super) fn remarked(&self) -> Vec<Finding> {
        let mut remarks = self.pack.remarks();
        remarks.extend(self.pack.remarks_on(&self.ledgers));
        remarks
    }
}

/// The last day of a fiscal year.
fn last_day(year: i32) -> NaiveDate {
    workflows::calendar::in_fiscal_year(year, 3, 31).unwrap_or_default()
}

/// Responses as they were handed in, checked by the questionnaire.
fn responses(
    pack: &Pack,
    survey: &str,
    text: &str,
) -> Result<(String, BTreeMap<String, Answers>), Vec<String>> {
    let unknown = || vec![format!("調査「{survey}」はありません")];
    let definition = pack.survey(survey).ok_or_else(unknown)?;
    let questionnaire = pack.questionnaire(survey).ok_or_else(unknown)?;
    let (mut given, mut wrong) = (BTreeMap::new(), Vec::new());
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let at = format!("{survey} の回答 {}行目", index + 1);
        let given_in: Given = match serde_json::from_str(line) {
            Ok(given_in) => given_in,
            Err(error) => {
                wrong.push(format!("{at}：{error}"));
                continue;
            }
        };
        let examined = questionnaire.examine(&given_in.answers);
        if examined.has_errors() {
            let issues = examined.issues.iter().map(|issue| issue.message.clone());
            wrong.push(format!("{at}：{}", issues.collect::<Vec<_>>().join(" ")));
        }
        given.insert(given_in.respondent, examined.answers);
    }
    if wrong.is_empty() {
        Ok((definition.turn(), given))
    } else {
        Err(wrong)
    }
}

pub(super) fn said(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}
