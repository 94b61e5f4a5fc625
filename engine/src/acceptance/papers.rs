//! Papers and 次第 as they come out with the entries and responses of the case.

use chrono::NaiveDate;

use super::case::Step;
use super::look::plain;
use super::scene::{Scene, said};
use crate::forecast::sittings;
use crate::meeting::{self, Content, Draft, Known};

impl Scene<'_> {
    pub(super) fn agenda(&self, meeting: &str, step: &Step) -> Vec<String> {
        match self.draft(meeting, self.day(step)) {
            Ok(draft) => self.look(&read_aloud(&draft), step),
            Err(why) => vec![why],
        }
    }

    pub(super) fn paper(&self, paper: &str, step: &Step) -> Vec<String> {
        match self.written(paper, step) {
            Ok(text) => self.look(&text, step),
            Err(why) => vec![why],
        }
    }

    fn written(&self, id: &str, step: &Step) -> Result<String, String> {
        let on = self.day(step);
        let draft = match &step.meeting {
            Some(meeting) => self.draft(meeting, on)?,
            None => match meeting::alone(&self.pack, id, on, step.year) {
                Some(draft) => draft,
                None => self.holding(id, on)?,
            },
        };
        let paper = draft
            .paper(id)
            .ok_or_else(|| format!("資料「{id}」はありません"))?;
        let answers = self.given();
        let written = meeting::write(&self.facts(&answers), &draft, paper);
        let written = written.map_err(|findings| said(&findings).join(" ／ "))?;
        // What cannot be set is no paper.
        written
            .document(&draft)
            .map_err(|findings| said(&findings).join(" ／ "))?;
        Ok(plain(&written.markdown))
    }

    /// The first meeting that hands out a paper.
    fn holding(&self, paper: &str, on: NaiveDate) -> Result<Draft, String> {
        let meetings = self.pack.agenda.meetings.iter();
        let mut drafts = meetings.filter_map(|meeting| self.draft(&meeting.id, on).ok());
        let draft = drafts.find(|draft| draft.paper(paper).is_some());
        draft.ok_or_else(|| format!("資料「{paper}」はありません"))
    }

    /// The 次第 as it is drafted on a day: surveys have closed as in the dry run.
    fn draft(&self, meeting: &str, on: NaiveDate) -> Result<Draft, String> {
        let nowhere = || format!("会議「{meeting}」を開くサイクルがありません");
        let cycles = self.pack.cycles.iter();
        let held = cycles.flat_map(|cycle| {
            let sittings = sittings(&self.pack, cycle).into_iter();
            sittings.map(move |sitting| (cycle, sitting))
        });
        let (cycle, sitting) = held
            .into_iter()
            .find(|(_, sitting)| sitting.meeting == meeting)
            .ok_or_else(nowhere)?;
        let drafted = sitting.draft.ok_or_else(nowhere)?;
        let reports = drafted
            .papers
            .iter()
            .filter_map(|paper| match &paper.content {
                Content::Report { survey } => Some(survey.clone()),
                _ => None,
            });
        let reports: Vec<String> = reports.collect();
        let draft = meeting::draft(
            &self.pack,
            &cycle.parameters,
            meeting,
            &Known {
                closed: &reports,
                ledgers: &self.ledgers,
                on,
            },
        );
        draft.ok_or_else(nowhere)
    }
}

/// A 次第 as text: its title, its lines with the numbers of their papers, and why each line stands there.
fn read_aloud(draft: &Draft) -> String {
    let mut lines = vec![draft.title.clone()];
    lines.extend(draft.when.clone());
    for line in &draft.lines {
        let paper = line.paper.as_deref().and_then(|id| draft.paper(id));
        let number = paper
            .and_then(|paper| paper.number.as_deref())
            .unwrap_or_default();
        lines.push(format!("{} {number}", line.title));
        lines.extend(line.notes.iter().cloned());
        lines.extend(line.reason.iter().map(|reason| format!("（{reason}）")));
    }
    for paper in &draft.papers {
        lines.push(format!(
            "{} {}",
            paper.number.as_deref().unwrap_or_default(),
            paper.title
        ));
    }
    lines.join("\n")
}
