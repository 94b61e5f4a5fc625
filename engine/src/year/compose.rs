//! Putting the papers of a meeting together: what is written anew, what stays, and the figures that they print.
//!
//! Every part of a meeting that people edit (次第, papers, corrections, the day, minutes) is a file, and a key names
//! the present one. An edit is guarded by that key, so of two people at once the later one is told.

use std::collections::BTreeMap;

use store::{CommitError, Guard};

use super::respond::to_json;
use super::{Act, Change, Convened, Counted, Frozen, Handout, PaperFile, Refusal, Write, Year};
use crate::figure::FigureKey;
use crate::meeting::{Content, Draft, Written};

/// The parts of a meeting, as keys name them.
pub(super) const AGENDA: &str = "agenda";
pub(super) const PAPERS: &str = "papers";
pub(super) const CORRECTION: &str = "correction";
pub(super) const DAY: &str = "day";
pub(super) const MINUTES: &str = "minutes";

/// Papers put together, with what is to be written.
pub(super) struct Composed {
    pub file: String,
    pub writes: Vec<Write>,
    /// The surveys that they report.
    pub reports: Vec<String>,
}

/// A paper of a handout.
pub(super) struct Told {
    pub written: Written,
    /// Its numbers are those of this moment; otherwise those with which it was written.
    pub fresh: bool,
}

impl Year {
    pub(super) fn convened(&self, meeting: &str) -> Convened {
        self.state(|state| state.meetings.get(meeting).cloned())
            .unwrap_or_default()
    }

    /// Writes the papers of a draft. Those of `before` that `keeps` says yes to keep their text; number and title
    /// are as in the draft.
    pub(super) async fn compose(
        &self,
        draft: &Draft,
        before: &Handout,
        keeps: impl Fn(&Written) -> bool,
    ) -> Result<Composed, Refusal> {
        let counted = self.counted().await?;
        let mut kept = BTreeMap::new();
        for file in &before.papers {
            let written: Written = self.read_file(&file.file).await?;
            let paper = draft.paper(&file.paper.id);
            if let Some(paper) = paper.filter(|paper| paper.content == written.paper.content)
                && paper.content != Content::Agenda
                && keeps(&written)
            {
                let paper = paper.clone();
                kept.insert(paper.id.clone(), Written { paper, ..written });
            }
        }
        let fresh = self.write_from(&counted, draft, |paper| !kept.contains_key(&paper.id))?;
        let mut fresh: BTreeMap<String, Written> = fresh
            .into_iter()
            .map(|written| (written.paper.id.clone(), written))
            .collect();
        let papers = draft.papers.iter().filter_map(|paper| {
            let kept = kept.remove(&paper.id).map(|written| Told {
                written,
                fresh: false,
            });
            kept.or_else(|| {
                let written = fresh.remove(&paper.id)?;
                Some(Told {
                    written,
                    fresh: true,
                })
            })
        });
        self.hand_out(&counted, before, papers.collect()).await
    }

    /// Keeps papers and the figures that they print.
    pub(super) async fn hand_out(
        &self,
        counted: &Counted,
        before: &Handout,
        papers: Vec<Told>,
    ) -> Result<Composed, Refusal> {
        let mut writes = Vec::new();
        let mut handout = Handout::default();
        let mut figures: BTreeMap<FigureKey, Frozen> = BTreeMap::new();
        for told in papers {
            let written = told.written;
            for key in written.figures() {
                let earlier = || {
                    let mut figures = before.figures.iter();
                    figures.find(|frozen| frozen.figure.key == key).cloned()
                };
                let now = counted.book.freeze(&key);
                let frozen = match told.fresh {
                    true => now.or_else(earlier),
                    false => earlier().or(now),
                };
                if let Some(frozen) = frozen
                    && (told.fresh || !figures.contains_key(&key))
                {
                    figures.insert(key, frozen);
                }
            }
            let name = format!("{}.json", written.paper.id);
            let (file, write) = self.keep_file(&name, &to_json(&written)?).await?;
            writes.push(write);
            handout.papers.push(PaperFile {
                paper: written.paper,
                file,
            });
        }
        handout.figures = figures.into_values().collect();
        let reports = handout.papers.iter();
        let reports = reports.filter_map(|file| match &file.paper.content {
            Content::Report { survey } => Some(survey.clone()),
            _ => None,
        });
        let reports = reports.collect();
        let (file, write) = self.keep_file("handout.json", &to_json(&handout)?).await?;
        writes.push(write);
        Ok(Composed {
            file,
            writes,
            reports,
        })
    }

    /// What keeps a part of a meeting as it was looked at (`seen`) until the commit, and the write that names its
    /// next file.
    pub(super) async fn turn_over(
        &self,
        meeting: &str,
        part: &str,
        seen: Option<&str>,
        next: Option<&str>,
    ) -> Result<(Guard, Write), Refusal> {
        let key = self.meeting_key(meeting, part)?;
        let stored = self.store.get(&key).await?;
        // What was committed before the key was read is known now; what is committed after it changes the key.
        self.catch_up().await?;
        let convened = self.convened(meeting);
        let present = match part {
            AGENDA => convened.draft,
            PAPERS => convened.handout,
            CORRECTION => convened.correction,
            DAY => convened.day,
            _ => convened.minutes,
        };
        if present.as_deref() != seen {
            return Err(Refusal::Overtaken);
        }
        let guard = Guard::unchanged(key.clone(), stored.as_deref());
        Ok((guard, (key, next.map(|file| file.as_bytes().to_vec()))))
    }

    /// A handout that another one replaces goes: it has the figures down to single respondents, and nobody would
    /// find it when answers are deleted.
    pub(super) fn replaces(
        &self,
        change: &mut Change,
        before: Option<&str>,
        file: &str,
    ) -> Result<Vec<String>, Refusal> {
        let gone: Vec<String> = before
            .filter(|before| *before != file)
            .map(str::to_owned)
            .into_iter()
            .collect();
        for file in &gone {
            change.writes.push((self.file_key(file)?, None));
        }
        Ok(gone)
    }

    /// Takes away the bytes of files that no key names any more.
    pub(super) async fn forget_files(&self, gone: Vec<String>) -> Result<(), Refusal> {
        for file in gone {
            self.store.forget_file(&file.parse()?).await?;
        }
        Ok(())
    }

    /// Commits an edit. Somebody else who was quicker is [`Refusal::Overtaken`].
    pub(super) async fn commit_over(&self, act: &Act, change: Change) -> Result<(), Refusal> {
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => {
                self.catch_up().await?;
                Err(Refusal::Overtaken)
            }
            other => other,
        }
    }
}
