//! Batch: what the requests of one turn write, with the reads that see it before sled does.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::commit::{Commit, Committed};
use crate::embedded::jobs::Jobs;
use crate::embedded::{database, frame, layout};
use crate::error::{CommitError, StoreError};
use crate::job::{self, Job};
use crate::key::Key;
use crate::record::{self, Head};

/// Writes that wait for the end of the turn. Keeps the last write to each name.
pub(super) struct Batch<'a> {
    tree: &'a sled::Tree,
    jobs: &'a Mutex<Jobs>,
    writes: HashMap<String, Option<Vec<u8>>>,
    /// Jobs that are due when this batch is on the disk.
    due: HashMap<Key, DateTime<Utc>>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(tree: &'a sled::Tree, jobs: &'a Mutex<Jobs>) -> Batch<'a> {
        Batch {
            tree,
            jobs,
            writes: HashMap::new(),
            due: HashMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// What stands at `name`, with what this batch has already written.
    pub(super) fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(written) = self.writes.get(name) {
            return Ok(written.clone());
        }
        match self.tree.get(name).map_err(database("読み込み"))? {
            Some(framed) => Ok(Some(frame::open(name.as_bytes(), &framed)?.to_vec())),
            None => Ok(None),
        }
    }

    pub(super) fn put(&mut self, name: String, content: Vec<u8>) {
        self.writes.insert(name, Some(content));
    }

    pub(super) fn remove(&mut self, name: String) {
        self.writes.insert(name, None);
    }

    pub(super) fn put_head(&mut self, municipality: &str, head: &Head) {
        let content = serde_json::to_vec(head).expect("a head is a number and a string");
        self.put(layout::head(municipality), content);
    }

    /// Checks the guards of `commit` and, if all hold, takes its events and writes.
    pub(super) fn add(&mut self, commit: Commit, head: &Head) -> Result<Committed, CommitError> {
        let value = |key: &Key| self.get(&layout::value(key));
        commit.check_guards(head, value, |ticket| self.jobs().holds(ticket))?;
        let (records, new_head) = record::append(head, &commit);
        for record in &records {
            self.put(
                layout::record(&record.municipality, record.seq),
                record.to_json().into_bytes(),
            );
        }
        for (key, value) in commit.writes {
            if job::is_place(&key) {
                // From here on nobody gets the old job or holds a claim of it.
                self.jobs().remove(&key);
                self.due.remove(&key);
                if let Some(job) = value.as_ref().and_then(|value| Job::read(&key, value)) {
                    self.due.insert(key.clone(), job.due);
                }
            }
            self.writes.insert(layout::value(&key), value);
        }
        self.put_head(&commit.municipality, &new_head);
        Ok(Committed {
            records,
            head: new_head,
        })
    }

    /// Jobs that came with an import take their places when this batch is on the disk.
    pub(super) fn add_jobs(&mut self, jobs: Vec<(Key, DateTime<Utc>)>) {
        self.due.extend(jobs);
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The batch as sled takes it, each content in its frame, and the jobs that are then due.
    pub(super) fn into_sled(self) -> (sled::Batch, HashMap<Key, DateTime<Utc>>) {
        let mut batch = sled::Batch::default();
        for (name, content) in self.writes {
            match content {
                Some(content) => batch.insert(name.as_str(), frame::seal(&name, &content)),
                None => batch.remove(name.as_str()),
            }
        }
        (batch, self.due)
    }
}
