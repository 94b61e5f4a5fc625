//! The secretariat's hand on the 次第: edits, and what could still be put on it.

use super::compose::{AGENDA, PAPERS};
use super::respond::to_json;
use super::{Act, Change, Event, Refusal, Year};
use crate::meeting::{self, Beside, Draft, Edit, Suggestion};

/// Bytes of a file that is attached to a meeting.
pub const LARGEST_ATTACHMENT: usize = 16 << 20;

impl Year {
    /// The turn of the cycle that has the day of a meeting: the one that runs, otherwise the pack's.
    pub fn turn_of(&self, meeting: &str) -> String {
        let definition = self.pack.cycle_of(meeting);
        let turn = definition.map(|cycle| cycle.turn()).unwrap_or_default();
        let running = self.state(|state| {
            let mut turns = state.cycles.keys();
            turns
                .rfind(|id| {
                    let of = self.definition(id).map(|known| known.id.clone());
                    of.is_some() && of == definition.map(|cycle| cycle.id.clone())
                })
                .cloned()
        });
        match self.state(|state| state.cycles.contains_key(&turn)) {
            true => turn,
            false => running.unwrap_or(turn),
        }
    }

    /// Which draft of a meeting is the present one: what a page has to send back with an edit.
    pub fn draft_seen(&self, meeting: &str) -> Option<String> {
        self.convened(meeting).draft
    }

    /// Drafts a meeting now, before its cycle does, or again. What people have changed stays.
    ///
    /// # Errors
    /// There is no such meeting, its papers have been sent, or somebody else was quicker.
    pub async fn draft_now(&self, act: &Act, meeting: &str) -> Result<(), Refusal> {
        if self.pack.agenda.meeting(meeting).is_none() {
            return Err(Refusal::Unknown(format!("会議「{meeting}」")));
        }
        let mut change = self.draft_agenda(&self.turn_of(meeting), meeting).await?;
        let draft: Draft = match change.events.first() {
            Some(Event::AgendaDrafted { file, .. }) => self.read_file(file).await?,
            _ => self.drafted(meeting).await?,
        };
        let gone = self.papers_follow(meeting, &draft, &mut change).await?;
        self.commit_over(act, change).await?;
        self.forget_files(gone).await
    }

    /// Edits the 次第 that a page has shown (`seen`). Papers that are written already get their new numbers.
    ///
    /// # Errors
    /// The edit does not fit, the papers have been sent, or somebody else has changed it since.
    pub async fn edit_agenda(
        &self,
        act: &Act,
        meeting: &str,
        seen: &str,
        edit: Edit,
    ) -> Result<(), Refusal> {
        self.not_dispatched(meeting)?;
        let known = self.convened(meeting).draft;
        if known.as_deref() != Some(seen) {
            return Err(Refusal::Overtaken);
        }
        let draft = self.drafted(meeting).await?;
        let edited =
            meeting::edit(&draft, edit).map_err(|unfit| Refusal::Cycle(unfit.to_string()))?;
        if edited == draft {
            return Ok(());
        }
        let (file, write) = self.keep_file("agenda.json", &to_json(&edited)?).await?;
        let (guard, names) = self
            .turn_over(meeting, AGENDA, Some(seen), Some(&file))
            .await?;
        let mut change = Change {
            guards: vec![guard],
            events: vec![Event::AgendaEdited {
                meeting: meeting.to_owned(),
                file,
            }],
            writes: vec![write, names],
            ..Change::default()
        };
        let gone = self.papers_follow(meeting, &edited, &mut change).await?;
        self.commit_over(act, change).await?;
        self.forget_files(gone).await
    }

    /// Where papers are written already, those of the new draft: the 次第 anew, the others as they are. Returns the
    /// files that go.
    async fn papers_follow(
        &self,
        meeting: &str,
        draft: &Draft,
        change: &mut Change,
    ) -> Result<Vec<String>, Refusal> {
        let Some(seen) = self.convened(meeting).handout else {
            return Ok(Vec::new());
        };
        let before = self.handout(meeting).await?;
        let composed = self.compose(draft, &before, |_| true).await?;
        let (guard, names) = self
            .turn_over(meeting, PAPERS, Some(&seen), Some(&composed.file))
            .await?;
        change.guards.push(guard);
        let gone = self.replaces(change, Some(&seen), &composed.file)?;
        change.events.push(Event::PapersWritten {
            meeting: meeting.to_owned(),
            reports: composed.reports,
            file: composed.file,
        });
        change.writes.extend(composed.writes);
        change.writes.push(names);
        Ok(gone)
    }

    /// Writes all papers of a meeting with the figures of this moment; a text that a person has changed stays.
    ///
    /// # Errors
    /// There is no 次第 yet, the papers have been sent, a template is wrong, or somebody else was quicker.
    pub async fn write_papers_now(&self, act: &Act, meeting: &str) -> Result<(), Refusal> {
        let before = self.convened(meeting).handout;
        let change = self.write_papers(meeting).await?;
        self.commit_over(act, change).await?;
        let gone = before.filter(|before| self.convened(meeting).handout.as_ref() != Some(before));
        self.forget_files(gone.into_iter().collect()).await
    }

    /// What could be put on the 次第 of a meeting, each with its reason.
    ///
    /// # Errors
    /// There is no 次第 yet, or the store cannot be read.
    pub async fn suggestions(&self, meeting: &str) -> Result<Vec<Suggestion>, Refusal> {
        let draft = self.drafted(meeting).await?;
        let fresh = self.agenda(&self.turn_of(meeting), meeting).await?;
        let counted = self.counted().await?;
        let before = self.meeting_before(meeting);
        let waiting = before.filter(|id| {
            let convened = self.convened(id);
            convened.minutes_finished_at.is_some() && convened.minutes_approved_in.is_none()
        });
        let beside = Beside {
            book: &counted.book,
            ledgers: &counted.ledgers,
            minutes_of: waiting.as_deref(),
        };
        Ok(meeting::suggest(&self.pack, &draft, &fresh, &beside))
    }

    /// The meeting of the same body before this one, in the order of the agenda.
    pub fn meeting_before(&self, meeting: &str) -> Option<String> {
        let this = self.pack.agenda.meeting(meeting)?;
        let meetings = &self.pack.agenda.meetings;
        let at = meetings.iter().position(|one| one.id == this.id)?;
        let mut earlier = meetings[..at].iter().rev();
        earlier
            .find(|one| one.body == this.body)
            .map(|one| one.id.clone())
    }

    /// The meeting of the same body after this one.
    pub fn meeting_after(&self, meeting: &str) -> Option<String> {
        let this = self.pack.agenda.meeting(meeting)?;
        let meetings = &self.pack.agenda.meetings;
        let at = meetings.iter().position(|one| one.id == this.id)?;
        let mut later = meetings[at + 1..].iter();
        later
            .find(|one| one.body == this.body)
            .map(|one| one.id.clone())
    }

    /// Keeps a file that somebody hands in for a meeting; returns what names it.
    ///
    /// # Errors
    /// It is larger than [`LARGEST_ATTACHMENT`], or the store refuses.
    pub async fn keep_attachment(
        &self,
        act: &Act,
        name: &str,
        bytes: &[u8],
    ) -> Result<String, Refusal> {
        if bytes.len() > LARGEST_ATTACHMENT {
            return Err(Refusal::TooLarge);
        }
        let (file, write) = self.keep_file(name, bytes).await?;
        let change = Change {
            writes: vec![write],
            ..Change::default()
        };
        self.commit(act, change).await?;
        Ok(file)
    }

    /// The bytes of a file that was attached.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub async fn attachment(&self, file: &str) -> Result<Vec<u8>, Refusal> {
        self.file(file).await
    }
}
