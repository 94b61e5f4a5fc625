//! Batch: what the requests of one turn write, with the reads that see it before sled does.

use std::collections::HashMap;

use crate::commit::{Commit, Committed};
use crate::embedded::{database, frame, layout};
use crate::error::{CommitError, StoreError};
use crate::guard::{Digest, Found, Guard, Refusal};
use crate::record::{self, Head};

/// Writes that wait for the end of the turn. Keeps the last write to each name.
pub(super) struct Batch<'a> {
    tree: &'a sled::Tree,
    writes: HashMap<String, Option<Vec<u8>>>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(tree: &'a sled::Tree) -> Batch<'a> {
        Batch {
            tree,
            writes: HashMap::new(),
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
        for guard in &commit.guards {
            let found = match guard {
                Guard::Absent(key) => match self.get(&layout::value(key))? {
                    None => continue,
                    value => Found::Value(value),
                },
                Guard::Is(key, digest) => match self.get(&layout::value(key))? {
                    Some(value) if Digest::of(&value) == *digest => continue,
                    value => Found::Value(value),
                },
                Guard::Head(seq) if *seq == head.seq => continue,
                Guard::Head(_) => Found::Head(head.seq),
            };
            return Err(CommitError::Refused(Box::new(Refusal {
                guard: guard.clone(),
                found,
            })));
        }
        let (records, new_head) = record::append(head, &commit);
        for record in &records {
            self.put(
                layout::record(&record.municipality, record.seq),
                record.to_bytes(),
            );
        }
        for (key, value) in commit.writes {
            self.writes.insert(layout::value(&key), value);
        }
        self.put_head(&commit.municipality, &new_head);
        Ok(Committed {
            records,
            head: new_head,
        })
    }

    /// The batch as sled takes it, each content in its frame.
    pub(super) fn into_sled(self) -> sled::Batch {
        let mut batch = sled::Batch::default();
        for (name, content) in self.writes {
            match content {
                Some(content) => batch.insert(name.as_str(), frame::seal(&name, &content)),
                None => batch.remove(name.as_str()),
            }
        }
        batch
    }
}
