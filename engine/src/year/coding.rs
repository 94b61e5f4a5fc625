//! What somebody says about the free texts of a question: kept as a file, so that no text is in the journal.

use serde::{Deserialize, Serialize};
use store::{CommitError, Guard};

use super::respond::to_json;
use super::{Act, Change, Event, Refusal, Year};
use crate::results::Coding;

/// A coding as it is kept. It says of what it is, so that no other file has the same content and its name.
#[derive(Serialize, Deserialize)]
struct Filed {
    survey: String,
    item: String,
    coding: Coding,
}

impl Year {
    /// The coding of a question of a turn of a survey, and the file from which it was read; empty before anybody
    /// has coded.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn coding(
        &self,
        turn: &str,
        item: &str,
    ) -> Result<(Coding, Option<String>), Refusal> {
        match self.coded(turn, item) {
            Some(file) => Ok((self.coding_in(&file).await?, Some(file))),
            None => Ok((Coding::default(), None)),
        }
    }

    pub(super) async fn coding_in(&self, file: &str) -> Result<Coding, Refusal> {
        Ok(self.read_file::<Filed>(file).await?.coding)
    }

    /// Keeps a coding that was made over what stood in the file `seen`, in its place.
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
        let filed = Filed {
            survey: turn.to_owned(),
            item: item.to_owned(),
            coding: coding.clone(),
        };
        let (file, write) = self.keep_file("coding.json", &to_json(&filed)?).await?;
        if seen == Some(file.as_str()) {
            return Ok(());
        }
        let mut writes = vec![write];
        if let Some(seen) = seen {
            writes.push((self.file_key(seen)?, None));
        }
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
                writes: writes.clone(),
                ..Change::default()
            };
            match self.commit(act, change).await {
                // Something else was recorded in the meantime, perhaps another coding.
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => break other?,
            }
        }
        if let Some(seen) = seen {
            self.store.forget_file(&seen.parse()?).await?;
        }
        Ok(())
    }

    fn coded(&self, turn: &str, item: &str) -> Option<String> {
        self.state(|state| state.surveys.get(turn)?.coded.get(item).cloned())
    }
}
