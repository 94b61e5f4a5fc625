//! Texts of papers that people change before they are sent.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::HashSet;

use super::compose::{PAPERS, Told};
use super::{Act, Change, Event, Handout, PaperFile, Refusal, Year};
use crate::figure::FigureBook;
use crate::meeting::{self, Content, Draft, Proofread, Written};

/// Bytes of the Markdown of one paper that a person changes.
pub const LARGEST_TEXT: usize = 256 << 10;

/// What a person wants of the text of a paper.
#[derive(Clone, Debug)]
pub enum Text {
    /// This Markdown.
    Typed(String),
    /// As its template writes it now.
    FromTemplate,
    /// As it stands, with the present number in every link.
    Refreshed,
}

impl Year {
    /// Which text of a paper is the present one: what a page has to send back with a change.
    ///
    /// # Errors
    /// There is no such paper, or it cannot be read.
    pub async fn paper_seen(&self, meeting: &str, paper: &str) -> Result<String, Refusal> {
        let handout = self.handout(meeting).await?;
        Ok(file_of(&handout, paper)?.file.clone())
    }

    /// What a paper would be with another text than it has, and whether it can be set. Nothing is stored.
    ///
    /// # Errors
    /// There is no such meeting; [`Refusal::Findings`] where the Markdown is wrong.
    pub async fn try_text(
        &self,
        meeting: &str,
        kept: &Written,
        markdown: &str,
    ) -> Result<(papers::Document, Draft), Refusal> {
        let mut draft = self.drafted(meeting).await?;
        if draft.paper(&kept.paper.id).is_none() {
            draft.papers.push(kept.paper.clone());
        }
        let written = Written {
            markdown: tidy(markdown)?,
            ..kept.clone()
        };
        let document = written.document(&draft).map_err(Refusal::Findings)?;
        Ok((document, draft))
    }

    /// A paper as it stands: as it will be corrected, if it has been sent.
    ///
    /// # Errors
    /// There is no such paper, or it cannot be read.
    pub async fn paper_text(&self, meeting: &str, paper: &str) -> Result<Written, Refusal> {
        if let Some(correction) = self.correction(meeting).await?
            && let Some(known) = correction.written(paper)
        {
            return Ok(known.clone());
        }
        self.written(meeting, paper).await
    }

    /// Changes the text of a paper that has not been sent. `seen`: the text that the page showed.
    ///
    /// # Errors
    /// [`Refusal::Findings`] where the Markdown is wrong; [`Refusal::Overtaken`] where somebody else has changed
    /// this paper since.
    pub async fn change_text(
        &self,
        act: &Act,
        meeting: &str,
        paper: &str,
        seen: &str,
        text: Text,
    ) -> Result<(), Refusal> {
        self.not_dispatched(meeting)?;
        loop {
            let before = self.convened(meeting).handout;
            let handout = self.handout(meeting).await?;
            if file_of(&handout, paper)?.file != seen {
                return Err(Refusal::Overtaken);
            }
            let draft = self.drafted(meeting).await?;
            let counted = self.counted().await?;
            let mut papers = Vec::new();
            for file in &handout.papers {
                let known: Written = self.read_file(&file.file).await?;
                papers.push(match file.paper.id == paper {
                    false => Told {
                        written: known,
                        fresh: false,
                    },
                    true => Told {
                        written: self.changed(&draft, &counted, known, &text)?,
                        fresh: true,
                    },
                });
            }
            let composed = self.hand_out(&counted, &handout, papers).await?;
            let turned = self
                .turn_over(meeting, PAPERS, before.as_deref(), Some(&composed.file))
                .await;
            let (guard, names) = match turned {
                // Somebody has changed another paper.
                Err(Refusal::Overtaken) => {
                    self.catch_up().await?;
                    continue;
                }
                other => other?,
            };
            let mut change = Change {
                guards: vec![guard],
                writes: composed.writes,
                ..Change::default()
            };
            change.writes.push(names);
            let gone = self.replaces(&mut change, before.as_deref(), &composed.file)?;
            change.events.push(Event::PaperEdited {
                meeting: meeting.to_owned(),
                paper: paper.to_owned(),
                file: composed.file,
            });
            match self.commit_over(act, change).await {
                Err(Refusal::Overtaken) => {}
                other => {
                    other?;
                    return self.forget_files(gone).await;
                }
            }
        }
    }

    fn changed(
        &self,
        draft: &Draft,
        counted: &super::Counted,
        known: Written,
        text: &Text,
    ) -> Result<Written, Refusal> {
        let anew = || {
            let id = &known.paper.id;
            let written = self.write_from(counted, draft, |paper| paper.id == *id)?;
            let written = written.into_iter().next();
            written.ok_or_else(|| Refusal::Unknown(format!("資料「{id}」")))
        };
        let by_hand = |markdown: String| Written {
            markdown,
            edited: true,
            ..known.clone()
        };
        let written = match (text, known.edited) {
            _ if known.paper.content == Content::Agenda => {
                return Err(Refusal::Cycle(
                    "次第の文は、次第の行から作られます。行を直してください。".into(),
                ));
            }
            (Text::FromTemplate, _) | (Text::Refreshed, false) => anew()?,
            (Text::Refreshed, true) => by_hand(meeting::refreshed(
                &self.pack,
                &counted.book,
                &known.markdown,
            )),
            (Text::Typed(markdown), _) => {
                let markdown = tidy(markdown)?;
                // Charts are those that the template has placed.
                match markdown == known.markdown {
                    true => known.clone(),
                    false => by_hand(markdown),
                }
            }
        };
        written.document(draft).map_err(Refusal::Findings)?;
        Ok(written)
    }

    /// What is doubtful about the numbers of another text of a paper. Rates that the template itself has typed are its
    /// own business.
    ///
    /// # Errors
    /// There is no such meeting, or the store cannot be read.
    pub async fn proofread(
        &self,
        meeting: &str,
        kept: &Written,
        markdown: &str,
    ) -> Result<Vec<Proofread>, Refusal> {
        let counted = self.counted().await?;
        let draft = self.drafted(meeting).await?;
        // What nobody has edited is the text of the template; else it is written, where a rate was typed at all.
        let template = LazyCell::new(|| match kept.edited {
            false => Cow::Borrowed(&kept.markdown),
            true => {
                let id = &kept.paper.id;
                let written = self.write_from(&counted, &draft, |known| known.id == *id);
                let written = written.ok().and_then(|papers| papers.into_iter().next());
                Cow::Owned(written.map_or_else(String::new, |written| written.markdown))
            }
        });
        let own: LazyCell<HashSet<&str>, _> = LazyCell::new(|| template.lines().collect());
        Ok(meeting::proofread(
            &counted.pack,
            &counted.book,
            markdown,
            |line| own.contains(line),
        ))
    }

    /// The papers of a meeting whose numbers have changed since they were written, by id, with how many.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn outdated(&self, meeting: &str) -> Result<Vec<(String, usize)>, Refusal> {
        let counted = self.counted().await?;
        let handout = self.handout(meeting).await?;
        let mut found = Vec::new();
        for file in &handout.papers {
            let written: Written = self.read_file(&file.file).await?;
            // What was typed does not change.
            let typed = |_: &str| true;
            let doubts = meeting::proofread(&counted.pack, &counted.book, &written.markdown, typed);
            if !doubts.is_empty() {
                found.push((file.paper.id.clone(), doubts.len()));
            }
        }
        Ok(found)
    }

    /// The figures as they stood when the papers of a meeting were written.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn printed_figures(&self, meeting: &str) -> Result<FigureBook, Refusal> {
        Ok(FigureBook::frozen(self.handout(meeting).await?.figures))
    }
}

fn file_of<'a>(handout: &'a Handout, paper: &str) -> Result<&'a PaperFile, Refusal> {
    let mut papers = handout.papers.iter();
    let file = papers.find(|file| file.paper.id == paper);
    file.ok_or_else(|| Refusal::Unknown(format!("資料「{paper}」")))
}

/// Markdown as it is kept: with the line ends of this program.
pub(super) fn tidy(markdown: &str) -> Result<String, Refusal> {
    if markdown.len() > LARGEST_TEXT {
        return Err(Refusal::TooLarge);
    }
    let text = markdown.replace("\r\n", "\n").replace('\r', "\n");
    Ok(format!("{}\n", text.trim_end()))
}
