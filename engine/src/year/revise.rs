//! The pack as the pages have changed it: their texts lie over the pack's folder, as the folder lies over
//! the base. They are kept in the store, so that every process on it reads the same pack.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use store::{CommitError, Guard, Store};

use super::{Act, Change, Event, Refusal, Year};
use crate::pack::{Files, Pack};

/// The text of each path that was changed; nothing where the file was removed.
pub type Revisions = BTreeMap<String, Option<String>>;

impl Year {
    /// Opens a municipality with its pack as the pages have changed it. `pack` is that of `files` alone.
    ///
    /// # Errors
    /// As for [`Year::open`]; [`Refusal::Findings`] when the folder was changed so that the pages' texts no
    /// longer fit it.
    pub async fn open_revised(
        store: Store,
        pack: Arc<Pack>,
        files: &Files,
        at: DateTime<Utc>,
    ) -> Result<Year, Refusal> {
        let mut year = Year::look(store, pack).await?;
        let revisions = year.revisions().await?;
        if !revisions.is_empty() {
            let mut files = files.clone();
            files.lay_over(revisions);
            year.pack = Arc::new(Pack::read(&files).map_err(Refusal::Findings)?);
        }
        year.adopt_pack(at).await?;
        Ok(year)
    }

    /// What the pages have changed in the pack.
    ///
    /// # Errors
    /// A text cannot be read.
    pub async fn revisions(&self) -> Result<Revisions, Refusal> {
        let mut texts = Revisions::new();
        for (path, file) in self.state(|state| state.revised.clone()) {
            let text = match file {
                Some(file) => Some(self.revision(&file).await?),
                None => None,
            };
            texts.insert(path, text);
        }
        Ok(texts)
    }

    /// A text that the pages once laid over the pack, by the file that the journal names.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn revision(&self, file: &str) -> Result<String, Refusal> {
        let text = String::from_utf8(self.file(file).await?);
        text.map_err(|error| Refusal::Unreadable(error.to_string()))
    }

    /// Lays texts over the pack; whoever calls has checked that the pack is whole with them. `seen` is what the
    /// pages had changed when that was checked.
    ///
    /// # Errors
    /// [`Refusal::Overtaken`] when somebody else has changed the pack since.
    pub async fn revise(
        &self,
        act: &Act,
        seen: &BTreeMap<String, Option<String>>,
        changes: &[(String, Option<String>)],
    ) -> Result<(), Refusal> {
        if self.state(|state| state.revised != *seen) {
            return Err(Refusal::Overtaken);
        }
        let key = self.revision_key()?;
        let count = self.store.get(&key).await?;
        let next = match &count {
            None => 1,
            Some(bytes) => {
                let text = std::str::from_utf8(bytes).ok();
                let count: u64 = text
                    .and_then(|text| text.parse().ok())
                    .ok_or_else(|| Refusal::Unreadable("revision".to_owned()))?;
                count + 1
            }
        };
        let mut change = Change {
            guards: vec![Guard::unchanged(key.clone(), count.as_deref())],
            writes: vec![(key, Some(next.to_string().into_bytes()))],
            ..Change::default()
        };
        for (path, text) in changes {
            let file = match text {
                Some(text) => {
                    let (file, write) = self.keep_file(path, text.as_bytes()).await?;
                    change.writes.push(write);
                    Some(file)
                }
                None => None,
            };
            let path = path.clone();
            change.events.push(Event::PackRevised { path, file });
        }
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => {
                self.catch_up().await?;
                Err(Refusal::Overtaken)
            }
            other => other,
        }
    }

    /// Whether the pages have changed the pack since this year took it up.
    pub fn is_outdated(&self) -> bool {
        self.state(|state| state.revised != self.revised)
    }
}
