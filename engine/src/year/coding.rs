//! What somebody says about the free texts of a question: kept as a file, so that no text is in the journal.

use store::{CommitError, Guard};

use super::respond::to_json;
use super::{Act, Change, Event, Refusal, Year};
use crate::results::Coding;

impl Year {
    /// The coding of a question of a turn of a survey, and the file from which it was read; empty before anybody
    /// has coded.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn coding(&self, turn: &str, item: &str) -> Result<(Coding, Option<String>), Refusal> {
        match self.coded(turn, item) {
            Some(file) => Ok((self.read_file(&file).await?, Some(file))),
            None => Ok((Coding::default(), None)),
        }
    }

    /// Keeps a coding that was made over what stood in the file `seen`.
    ///
    /// # Errors
    /// [`Refusal::Overtaken`]: somebody else has coded in the meantime. The store refuses.
    pub async fn code(
        &self,
        act: &Act,
        turn: &str,
        item: &str,
        seen: Option<&str>,
        coding: &Coding,
    ) -> Result<(), Refusal> {
        if self.coded(turn, item).as_deref() != seen {
            return Err(Refusal::Overtaken);
        }
        let (file, write) = self.keep_file("coding.json", &to_json(coding)?).await?;
        let texts = coding.texts.values();
        let event = Event::TextsCoded {
            survey: turn.to_owned(),
            item: item.to_owned(),
            groups: coding.groups.len() as u64,
            coded: texts.clone().filter(|text| !text.groups.is_empty()).count() as u64,
            confirmed: texts.filter(|text| text.masked.is_some()).count() as u64,
            file,
        };
        loop {
            let (head, now) = (self.state(|state| state.head), self.coded(turn, item));
            if now.as_deref() != seen {
                return Err(Refusal::Overtaken);
            }
            let change = Change {
                guards: vec![Guard::Head(head)],
                events: vec![event.clone()],
                writes: vec![write.clone()],
                ..Change::default()
            };
            match self.commit(act, change).await {
                // Something else was recorded in the meantime, perhaps another coding.
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => return other,
            }
        }
    }

    fn coded(&self, turn: &str, item: &str) -> Option<String> {
        self.state(|state| state.surveys.get(turn)?.coded.get(item).cloned())
    }
}
