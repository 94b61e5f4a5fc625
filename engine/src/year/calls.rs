//! Telephone calls to those who have not answered: who called, when, and what came of it. What was said is
//! a value of the store, so that it can be deleted; the journal has its digest.

use store::{CommitError, Guard};

use super::perform::sha256;
use super::{Act, Call, CallOutcome, Change, Event, Refusal, Year};

/// Characters of what was said.
const LONGEST_NOTE: usize = 500;

/// How often it is tried again when somebody else has noted a call in between.
const TRIES: usize = 8;

/// A call with what was said.
#[derive(Clone, Debug, PartialEq)]
pub struct NotedCall {
    pub call: Call,
    pub note: Option<String>,
}

impl Year {
    /// Notes a call to one of those asked.
    ///
    /// # Errors
    /// Nobody of this id is asked; the note is too long.
    pub async fn note_call(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        outcome: CallOutcome,
        note: &str,
    ) -> Result<(), Refusal> {
        let (_, turn) = self.asked_for(survey)?;
        let roster = self.roster(&turn).await;
        let asked = roster.is_some_and(|roster| roster.respondent(respondent).is_some());
        if !asked && !self.state(|state| state.is_withdrawn(&turn, respondent)) {
            return Err(Refusal::Unknown(format!("対象者「{respondent}」")));
        }
        let note = note.trim();
        if note.chars().count() > LONGEST_NOTE {
            return Err(Refusal::Cycle(format!(
                "電話のメモは{LONGEST_NOTE}字までにしてください。"
            )));
        }
        let note = (!note.is_empty()).then_some(note.as_bytes());
        for _ in 0..TRIES {
            let number = 1 + self.state(|state| {
                let held = state.surveys.get(&turn);
                let calls = held.and_then(|held| held.calls.get(respondent));
                calls.map_or(0, |calls| calls.len() as u32)
            });
            let key = self.call_key(&turn, respondent, number)?;
            let event = Event::CallNoted {
                survey: turn.clone(),
                respondent: respondent.to_owned(),
                number,
                by: act.by.clone(),
                outcome,
                digest: note.map(sha256),
            };
            // Also a call without a note has its value, so that two at once get two numbers.
            let change = Change {
                guards: vec![Guard::Absent(key.clone())],
                events: vec![event],
                writes: vec![(key, Some(note.unwrap_or_default().to_vec()))],
                ..Change::default()
            };
            match self.commit(act, change).await {
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => return other,
            }
        }
        Err(Refusal::Overtaken)
    }

    /// The calls to a respondent with what was said, the first first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn calls(&self, turn: &str, respondent: &str) -> Result<Vec<NotedCall>, Refusal> {
        let calls = self.state(|state| {
            let held = state.surveys.get(turn);
            held.and_then(|held| held.calls.get(respondent).cloned())
        });
        let mut noted = Vec::new();
        for call in calls.unwrap_or_default() {
            let mut note = None;
            if call.noted {
                let key = self.call_key(turn, respondent, call.number)?;
                let bytes = self.store.get(&key).await?;
                note = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            }
            noted.push(NotedCall { call, note });
        }
        Ok(noted)
    }
}
