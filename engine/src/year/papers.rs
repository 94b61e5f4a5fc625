//! Papers of the running year: drafting the 次第, writing the 資料, sending them out frozen.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use papers::Document;
use store::FileHash;

use super::compose::{AGENDA, PAPERS};
use super::respond::{read_json, to_json};
use super::{Act, Change, Counted, Event, Handout, Refusal, Write, Year};
use crate::meeting::{self, Draft, Facts, Known, Paper, Written};

impl Year {
    /// Stores a file and the key that makes it part of this municipality. The key is to be written
    /// together with the event that names the file.
    pub(super) async fn keep_file(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<(String, Write), Refusal> {
        let hash = self.store.put_file(bytes).await?;
        let key = hash
            .key(self.slug())
            .map_err(|error| Refusal::Unreadable(error.to_string()))?;
        Ok((
            hash.as_str().to_owned(),
            (key, Some(name.as_bytes().to_vec())),
        ))
    }

    pub(super) async fn read_file<T: serde::de::DeserializeOwned>(
        &self,
        file: &str,
    ) -> Result<T, Refusal> {
        read_json(&self.file(file).await?)
    }

    pub(super) async fn file(&self, file: &str) -> Result<Vec<u8>, Refusal> {
        let hash: FileHash = file.parse()?;
        let bytes = self.store.file(&hash).await?;
        bytes.ok_or_else(|| Refusal::Unknown(format!("ファイル {file}")))
    }

    /// Drafts the 次第 of a meeting from what has happened so far. Nothing is stored.
    ///
    /// # Errors
    /// The pack has no such meeting.
    pub async fn agenda(&self, cycle: &str, meeting: &str) -> Result<Draft, Refusal> {
        let reports = self.state(|state| state.to_report(meeting));
        self.agenda_with(cycle, meeting, &reports).await
    }

    /// Drafts the 次第 of a meeting that is still ahead, with the surveys that will have closed by
    /// then. Nothing is stored.
    ///
    /// # Errors
    /// The pack has no such meeting, or the cycle is unknown.
    pub async fn agenda_ahead(&self, cycle: &str, meeting: &str) -> Result<Draft, Refusal> {
        let on = self.agenda_with(cycle, meeting, &[]).await?.on;
        let mut surveys = self.state(|state| state.to_report(meeting));
        for survey in &self.pack.surveys {
            let turn = survey.turn();
            let ahead = self.state(|state| {
                state
                    .surveys
                    .get(&turn)
                    .is_none_or(|held| held.closed_at.is_none())
            });
            if ahead
                && self
                    .closes_on(&turn)
                    .await?
                    .zip(on)
                    .is_some_and(|(closes, on)| closes < on)
            {
                surveys.push(turn);
            }
        }
        self.agenda_with(cycle, meeting, &surveys).await
    }

    async fn agenda_with(
        &self,
        cycle: &str,
        meeting: &str,
        reports: &[String],
    ) -> Result<Draft, Refusal> {
        let parameters = self.parameters(cycle).await?;
        let on = self.pack.agenda.meeting(meeting);
        let on = on.and_then(|meeting| parameters.date(&meeting.on));
        let known = Known {
            closed: reports,
            ledgers: &*self.ledgers().await?,
            on: on.unwrap_or(NaiveDate::MAX),
        };
        meeting::draft(&self.pack, &parameters, meeting, &known)
            .ok_or_else(|| Refusal::Unknown(format!("会議「{meeting}」")))
    }

    /// Drafts the 次第, or drafts it again: what people have changed in the meantime stays.
    pub(super) async fn draft_agenda(&self, cycle: &str, meeting: &str) -> Result<Change, Refusal> {
        self.not_dispatched(meeting)?;
        let seen = self.convened(meeting).draft;
        let fresh = self.agenda(cycle, meeting).await?;
        let draft = match seen {
            Some(_) => meeting::merge(&self.drafted(meeting).await?, fresh),
            None => fresh,
        };
        let (file, write) = self.keep_file("agenda.json", &to_json(&draft)?).await?;
        let (guard, names) = self
            .turn_over(meeting, AGENDA, seen.as_deref(), Some(&file))
            .await?;
        let event = Event::AgendaDrafted {
            meeting: meeting.to_owned(),
            file,
        };
        Ok(Change {
            guards: vec![guard],
            events: vec![event],
            writes: vec![write, names],
            ..Change::default()
        })
    }

    /// The drafted 次第 of a meeting, as it was stored.
    ///
    /// # Errors
    /// It is not drafted yet, or cannot be read.
    pub async fn drafted(&self, meeting: &str) -> Result<Draft, Refusal> {
        let file = self.state(|state| {
            state
                .meetings
                .get(meeting)
                .and_then(|convened| convened.draft.clone())
        });
        let draft: Draft = self
            .read_file(&file.ok_or_else(|| Refusal::Unknown(format!("会議「{meeting}」の次第")))?)
            .await?;
        Ok(draft.identified())
    }

    /// Writes all papers of a drafted meeting, and keeps the figures that they print. A text that a person has
    /// changed stays.
    pub(super) async fn write_papers(&self, meeting: &str) -> Result<Change, Refusal> {
        self.not_dispatched(meeting)?;
        let seen = self.convened(meeting).handout;
        let draft = self.drafted(meeting).await?;
        let before = self.handout(meeting).await?;
        let composed = self.compose(&draft, &before, |kept| kept.edited).await?;
        let (guard, names) = self
            .turn_over(meeting, PAPERS, seen.as_deref(), Some(&composed.file))
            .await?;
        let mut change = Change {
            guards: vec![guard],
            writes: composed.writes,
            ..Change::default()
        };
        change.writes.push(names);
        self.replaces(&mut change, seen.as_deref(), &composed.file)?;
        change.events.push(Event::PapersWritten {
            meeting: meeting.to_owned(),
            reports: composed.reports,
            file: composed.file,
        });
        Ok(change)
    }

    /// The papers of a meeting as they were written, with their figures. Empty before that.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn handout(&self, meeting: &str) -> Result<Handout, Refusal> {
        let file = self.state(|state| state.meetings.get(meeting).and_then(|m| m.handout.clone()));
        match file {
            Some(file) => self.read_file(&file).await,
            None => Ok(Handout::default()),
        }
    }

    /// The papers of a draft that are wanted, as they would be written now. Nothing is stored.
    ///
    /// # Errors
    /// A template or the Markdown it made is wrong.
    pub async fn written_now(
        &self,
        draft: &Draft,
        wanted: impl Fn(&Paper) -> bool,
    ) -> Result<Vec<Written>, Refusal> {
        self.write_from(&self.counted().await?, draft, wanted)
    }

    /// The fiscal years that a paper can be about, the newest first: those of the entries of the ledgers that its
    /// template names. None where it is about a year of its own, or names none.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn years_of(&self, paper: &str) -> Result<Vec<i32>, Refusal> {
        let paper = self.pack.paper(paper).filter(|paper| paper.year.is_none());
        let template = paper.map(|paper| paper.template());
        let text = template.and_then(|name| self.pack.templates.get(&name));
        let book = self.ledgers().await?;
        let ledgers = self.pack.ledgers.values();
        let text = text.filter(|text| text.contains("year"));
        let named = ledgers.filter(|ledger| text.is_some_and(|text| text.contains(&ledger.id)));
        let years: BTreeSet<i32> = named
            .flat_map(|ledger| {
                let whens = book.entries(&ledger.id).iter();
                whens.filter_map(|entry| ledger.when(entry))
            })
            .map(|when| when.fiscal_year())
            .collect();
        Ok(years.into_iter().rev().collect())
    }

    /// A paper by itself, without a meeting, about a fiscal year: if none is given its own, otherwise the newest
    /// of its entries that has begun.
    ///
    /// # Errors
    /// There is no such paper, or a template is wrong.
    pub async fn alone(
        &self,
        act: &Act,
        paper: &str,
        year: Option<i32>,
    ) -> Result<(Draft, Written), Refusal> {
        let unknown = || Refusal::Unknown(format!("資料「{paper}」"));
        let own = self.pack.paper(paper).ok_or_else(unknown)?.year;
        let today = act.today();
        let this_year = workflows::calendar::fiscal_year(today);
        let newest = self.years_of(paper).await?.into_iter();
        let newest = newest.filter(|year| *year <= this_year).max();
        let year = year.or(own).or(newest).unwrap_or(this_year);
        let draft = meeting::alone(&self.pack, paper, today, Some(year)).ok_or_else(unknown)?;
        let written = self.written_now(&draft, |_| true).await?.into_iter().next();
        Ok((draft, written.ok_or_else(unknown)?))
    }

    pub(super) fn write_from(
        &self,
        counted: &Counted,
        draft: &Draft,
        wanted: impl Fn(&Paper) -> bool,
    ) -> Result<Vec<Written>, Refusal> {
        let answers = counted.by_survey();
        let facts = Facts {
            pack: counted.pack.clone(),
            book: counted.book.clone(),
            ledgers: counted.ledgers.clone(),
            answers: &answers,
        };
        let mut all = Vec::new();
        let mut findings = Vec::new();
        for paper in draft.papers.iter().filter(|paper| wanted(paper)) {
            match meeting::write(&facts, draft, paper) {
                Ok(written) => {
                    // What cannot be set is found now and not when the paper is opened.
                    findings.extend(written.document(draft).err().unwrap_or_default());
                    all.push(written);
                }
                Err(wrong) => findings.extend(wrong),
            }
        }
        if findings.is_empty() {
            Ok(all)
        } else {
            Err(Refusal::Findings(findings))
        }
    }

    /// A stored paper.
    ///
    /// # Errors
    /// There is no such paper, or it cannot be read.
    pub async fn written(&self, meeting: &str, paper: &str) -> Result<Written, Refusal> {
        self.written_in(&self.handout(meeting).await?, paper).await
    }

    pub(super) async fn written_in(
        &self,
        handout: &Handout,
        paper: &str,
    ) -> Result<Written, Refusal> {
        let mut papers = handout.papers.iter();
        let file = papers.find(|file| file.paper.id == paper);
        let file = file.ok_or_else(|| Refusal::Unknown(format!("資料「{paper}」")))?;
        self.read_file(&file.file).await
    }

    /// A stored paper, ready for any writer.
    ///
    /// # Errors
    /// As [`Year::written`].
    pub async fn document(&self, meeting: &str, paper: &str) -> Result<Document, Refusal> {
        let draft = self.drafted(meeting).await?;
        self.written(meeting, paper)
            .await?
            .document(&draft)
            .map_err(Refusal::Findings)
    }

    pub(super) fn dispatch(&self, meeting: &str) -> Result<Change, Refusal> {
        let written = self.state(|state| {
            state
                .meetings
                .get(meeting)
                .is_some_and(|m| m.handout.is_some())
        });
        if !written {
            return Err(Refusal::Unknown(format!("会議「{meeting}」の資料")));
        }
        Ok(Change {
            events: vec![Event::PapersDispatched {
                meeting: meeting.to_owned(),
            }],
            ..Change::default()
        })
    }

    pub(super) fn not_dispatched(&self, meeting: &str) -> Result<(), Refusal> {
        let sent = self.state(|state| {
            state
                .meetings
                .get(meeting)
                .is_some_and(|m| m.dispatched_at.is_some())
        });
        match sent {
            true => Err(Refusal::Cycle(
                "資料はすでに送付されています。番号と内容は変えられません。".into(),
            )),
            false => Ok(()),
        }
    }
}
