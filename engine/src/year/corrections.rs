//! Corrections of papers that were sent: prepared aside, compared line by line, and sent as a new version with a
//! 正誤表. What went out before stays as it was.

use chrono::{DateTime, Utc};
use papers::Document;
use serde::{Deserialize, Serialize};

use super::compose::{CORRECTION, Told};
use super::paper_texts::tidy;
use super::respond::to_json;
use super::{Act, Change, Event, Handout, Refusal, Year};
use crate::meeting::{
    self, Content, Draft, Erratum, Paper, Rank, Written, errata_paper, next_additional,
};

/// What is to be corrected next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Papers with another text.
    pub changed: Vec<Written>,
    /// Papers that are sent later: 資料1-2, 追加資料.
    pub added: Vec<Written>,
}

/// What a person wants to be corrected.
#[derive(Clone, Debug)]
pub enum Amend {
    Text {
        paper: String,
        markdown: String,
    },
    /// A new paper, beside another one or by itself.
    Add {
        title: String,
        beside: Option<String>,
        markdown: String,
    },
    /// As it was sent; an added one not at all.
    Undo {
        paper: String,
    },
}

/// A version of the papers of a meeting that went out.
#[derive(Clone, Debug)]
pub struct SentOut {
    /// From 1.
    pub version: usize,
    pub at: DateTime<Utc>,
    pub draft: Draft,
    pub handout: Handout,
}

impl Correction {
    pub(super) fn written(&self, paper: &str) -> Option<&Written> {
        let mut all = self.changed.iter().chain(&self.added);
        all.find(|written| written.paper.id == paper)
    }

    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty()
    }
}

impl Year {
    /// What is to be corrected of a meeting's papers; nothing when nobody has begun.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn correction(&self, meeting: &str) -> Result<Option<Correction>, Refusal> {
        match self.convened(meeting).correction {
            Some(file) => Ok(Some(self.read_file(&file).await?)),
            None => Ok(None),
        }
    }

    /// Which correction is the present one, for the page that changes it.
    pub fn correction_seen(&self, meeting: &str) -> Option<String> {
        self.convened(meeting).correction
    }

    /// Prepares a correction. Nothing goes out. `seen`: the correction that the page showed.
    ///
    /// # Errors
    /// The papers have not been sent, the Markdown is wrong, or somebody else has changed the correction since.
    pub async fn amend(
        &self,
        act: &Act,
        meeting: &str,
        seen: Option<&str>,
        amend: Amend,
    ) -> Result<(), Refusal> {
        let convened = self.sent_already(meeting)?;
        if convened.correction.as_deref() != seen {
            return Err(Refusal::Overtaken);
        }
        let mut correction = self.correction(meeting).await?.unwrap_or_default();
        let draft = self.drafted(meeting).await?;
        match amend {
            Amend::Text { paper, markdown } => {
                let sent = self.written(meeting, &paper).await;
                let known = correction.written(&paper).cloned();
                let known = match known {
                    Some(known) => known,
                    None => sent?,
                };
                if matches!(known.paper.content, Content::Errata | Content::File { .. }) {
                    return Err(Refusal::Cycle("この資料の文は直せません。".into()));
                }
                let markdown = tidy(&markdown)?;
                let changed = Written {
                    markdown,
                    edited: true,
                    ..known
                };
                changed.document(&draft).map_err(Refusal::Findings)?;
                let among = match correction.added.iter().any(|one| one.paper.id == paper) {
                    true => &mut correction.added,
                    false => &mut correction.changed,
                };
                among.retain(|one| one.paper.id != paper);
                among.push(changed);
                self.unchanged_away(meeting, &mut correction).await?;
            }
            Amend::Add {
                title,
                beside,
                markdown,
            } => {
                let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
                if title.is_empty() || title.chars().count() > 200 {
                    return Err(Refusal::Cycle(
                        "追加する資料の題名を、200文字までで書いてください。".into(),
                    ));
                }
                let mut ahead = draft.clone();
                ahead
                    .papers
                    .extend(correction.added.iter().map(|one| one.paper.clone()));
                let paper = Paper {
                    id: format!("added-{}", ahead.papers.len()),
                    number: Some(next_additional(&ahead, beside.as_deref())),
                    title,
                    kind: None,
                    content: Content::Text,
                    rank: Rank::Apart,
                    by_hand: true,
                };
                ahead.papers.push(paper.clone());
                let written = Written::by_hand(paper, tidy(&markdown)?);
                written.document(&ahead).map_err(Refusal::Findings)?;
                correction.added.push(written);
            }
            Amend::Undo { paper } => {
                correction.changed.retain(|one| one.paper.id != paper);
                correction.added.retain(|one| one.paper.id != paper);
            }
        }
        self.keep_correction(act, meeting, seen, correction).await
    }

    /// A text that is again as it was sent is no correction.
    async fn unchanged_away(
        &self,
        meeting: &str,
        correction: &mut Correction,
    ) -> Result<(), Refusal> {
        let mut kept = Vec::new();
        for one in std::mem::take(&mut correction.changed) {
            if self.written(meeting, &one.paper.id).await?.markdown != one.markdown {
                kept.push(one);
            }
        }
        correction.changed = kept;
        Ok(())
    }

    async fn keep_correction(
        &self,
        act: &Act,
        meeting: &str,
        seen: Option<&str>,
        correction: Correction,
    ) -> Result<(), Refusal> {
        let mut writes = Vec::new();
        let mut file = None;
        if !correction.is_empty() {
            let (kept, write) = self
                .keep_file("correction.json", &to_json(&correction)?)
                .await?;
            writes.push(write);
            file = Some(kept);
        }
        let (guard, names) = self
            .turn_over(meeting, CORRECTION, seen, file.as_deref())
            .await?;
        writes.push(names);
        let change = Change {
            guards: vec![guard],
            events: vec![Event::CorrectionDrafted {
                meeting: meeting.to_owned(),
                file,
            }],
            writes,
            ..Change::default()
        };
        self.commit_over(act, change).await
    }

    /// What the 正誤表 would say, and the papers that would be added.
    ///
    /// # Errors
    /// A paper cannot be read or set.
    pub async fn errata(&self, meeting: &str) -> Result<(Vec<Erratum>, Vec<String>), Refusal> {
        let correction = self.correction(meeting).await?.unwrap_or_default();
        let draft = self.drafted(meeting).await?;
        let mut errata = Vec::new();
        for after in &correction.changed {
            let before = self.written(meeting, &after.paper.id).await?;
            let before = before.document(&draft).map_err(Refusal::Findings)?;
            let changed = after.document(&draft).map_err(Refusal::Findings)?;
            let name = after.paper.number.as_ref().unwrap_or(&after.paper.title);
            errata.extend(meeting::errata(name, &before, &changed));
        }
        let added = correction.added.iter().map(|one| {
            let number = one.paper.number.as_deref().unwrap_or_default();
            format!("{number}　{}", one.paper.title)
        });
        Ok((errata, added.collect()))
    }

    /// The 正誤表 as it would go out.
    ///
    /// # Errors
    /// As [`Year::errata`].
    pub async fn errata_document(&self, meeting: &str) -> Result<Document, Refusal> {
        let draft = self.drafted(meeting).await?;
        let written = self.errata_written(meeting, &draft).await?;
        written.document(&draft).map_err(Refusal::Findings)
    }

    async fn errata_written(&self, meeting: &str, draft: &Draft) -> Result<Written, Refusal> {
        let (errata, added) = self.errata(meeting).await?;
        let before = draft
            .papers
            .iter()
            .filter(|paper| paper.content == Content::Errata)
            .count();
        let width = draft.layout.dates.digits;
        let number = match before {
            0 => "正誤表".to_owned(),
            n => format!("正誤表{}", width.set(&(n + 1).to_string())),
        };
        let of = draft.title.trim_end_matches("次第").trim();
        let paper = Paper {
            id: format!("errata-{}", before + 1),
            number: Some(number),
            title: format!("{of}　資料の訂正"),
            kind: None,
            content: Content::Errata,
            rank: Rank::Apart,
            by_hand: false,
        };
        let markdown = errata_paper(&errata, &added).map_err(Refusal::Findings)?;
        Ok(Written::by_hand(paper, markdown))
    }

    /// Sends the correction: the changed papers as a new version, the added ones, and the 正誤表.
    ///
    /// # Errors
    /// There is nothing to correct, or somebody else has changed the correction since.
    pub async fn send_correction(
        &self,
        act: &Act,
        meeting: &str,
        seen: &str,
    ) -> Result<(), Refusal> {
        let convened = self.sent_already(meeting)?;
        if convened.correction.as_deref() != Some(seen) {
            return Err(Refusal::Overtaken);
        }
        let correction = self.correction(meeting).await?.unwrap_or_default();
        let mut draft = self.drafted(meeting).await?;
        let errata = self.errata_written(meeting, &draft).await?;
        let before = self.handout(meeting).await?;
        let mut papers = Vec::new();
        for file in &before.papers {
            let sent: Written = self.read_file(&file.file).await?;
            let mut changed = correction.changed.iter();
            let changed = changed.find(|one| one.paper.id == file.paper.id);
            papers.push(match changed {
                Some(changed) => Told {
                    written: Written {
                        version: sent.version + 1,
                        ..changed.clone()
                    },
                    fresh: true,
                },
                None => Told {
                    written: sent,
                    fresh: false,
                },
            });
        }
        let new = correction.added.into_iter().chain([errata]);
        for written in new {
            draft.papers.push(written.paper.clone());
            papers.push(Told {
                written,
                fresh: true,
            });
        }
        let counted = self.counted().await?;
        let composed = self.hand_out(&counted, &before, papers).await?;
        let (drafted, write) = self.keep_file("agenda.json", &to_json(&draft)?).await?;
        let mut writes = composed.writes;
        writes.push(write);
        let mut guards = Vec::new();
        for (part, seen, next) in [
            (CORRECTION, Some(seen), None),
            (
                super::compose::PAPERS,
                convened.handout.as_deref(),
                Some(composed.file.as_str()),
            ),
            (
                super::compose::AGENDA,
                convened.draft.as_deref(),
                Some(drafted.as_str()),
            ),
        ] {
            let (guard, names) = self.turn_over(meeting, part, seen, next).await?;
            guards.push(guard);
            writes.push(names);
        }
        // Of what went out before, the papers stay; the figures are with the present version.
        let bare = Handout {
            figures: Vec::new(),
            ..before
        };
        let (bare, write) = self.keep_file("handout.json", &to_json(&bare)?).await?;
        writes.push(write);
        let mut change = Change {
            guards,
            writes,
            ..Change::default()
        };
        let mut gone = self.replaces(&mut change, convened.handout.as_deref(), &bare)?;
        gone.retain(|file| *file != composed.file);
        change.events.push(Event::PapersCorrected {
            meeting: meeting.to_owned(),
            draft: drafted,
            before: bare,
            file: composed.file,
        });
        self.commit_over(act, change).await?;
        self.forget_files(gone).await
    }

    /// Every version of a meeting's papers that went out, the first one first.
    ///
    /// # Errors
    /// A file cannot be read.
    pub async fn versions(&self, meeting: &str) -> Result<Vec<SentOut>, Refusal> {
        let convened = self.convened(meeting);
        let Some(dispatched) = convened.dispatched_at else {
            return Ok(Vec::new());
        };
        let mut versions = Vec::new();
        for (n, sent) in convened.earlier.iter().enumerate() {
            let draft = match &sent.draft {
                Some(file) => self.read_file::<Draft>(file).await?.identified(),
                None => self.drafted(meeting).await?,
            };
            versions.push(SentOut {
                version: n + 1,
                at: sent.at,
                draft,
                handout: self.read_file(&sent.handout).await?,
            });
        }
        versions.push(SentOut {
            version: versions.len() + 1,
            at: convened.corrected_at.unwrap_or(dispatched),
            draft: self.drafted(meeting).await?,
            handout: self.handout(meeting).await?,
        });
        Ok(versions)
    }

    /// A paper as it went out in a version.
    ///
    /// # Errors
    /// There is no such paper in it, or it cannot be read.
    pub async fn sent_document(&self, sent: &SentOut, paper: &str) -> Result<Document, Refusal> {
        let written = self.written_in(&sent.handout, paper).await?;
        written.document(&sent.draft).map_err(Refusal::Findings)
    }

    fn sent_already(&self, meeting: &str) -> Result<super::Convened, Refusal> {
        let convened = self.convened(meeting);
        match convened.dispatched_at {
            Some(_) => Ok(convened),
            None => Err(Refusal::Cycle(
                "資料はまだ送られていません。送る前は、資料そのものを直してください。".into(),
            )),
        }
    }
}
