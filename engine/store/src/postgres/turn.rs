//! Turn: what the commits of one transaction write, each seeing what those before it wrote.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::commit::{Commit, Committed};
use crate::error::{CommitError, StoreError};
use crate::job::Ticket;
use crate::key::Key;
use crate::postgres::session::open_value;
use crate::record::{self, Head, Record};

/// Begins as what was read under the locks of the municipalities concerned.
pub(super) struct Turn {
    /// Municipalities that are being imported.
    pub(super) importing: HashSet<String>,
    pub(super) stored_heads: HashMap<String, Head>,
    /// Value and checksum at each key at which a guard looks.
    pub(super) stored: HashMap<String, (Vec<u8>, i32)>,
    /// Who has claimed each job that a guard names.
    pub(super) tickets: HashMap<String, i64>,
    pub(super) heads: BTreeMap<String, Head>,
    pub(super) records: Vec<Record>,
    pub(super) values: BTreeMap<Key, Option<Vec<u8>>>,
}

impl Turn {
    /// Checks the guards of `commit` and, if all hold, takes its events and writes.
    pub(super) fn add(&mut self, commit: &Commit) -> Result<Committed, CommitError> {
        let name = &commit.municipality;
        if self.importing.contains(name) {
            return Err(CommitError::Importing {
                municipality: name.clone(),
            });
        }
        let head = self.heads.get(name).or_else(|| self.stored_heads.get(name));
        let head = head.cloned().unwrap_or_else(Head::start);
        commit.check_guards(&head, |key| self.get(key), |ticket| self.holds(ticket))?;
        let (records, head) = record::append(&head, commit);
        self.records.extend(records.iter().cloned());
        self.values.extend(commit.writes.iter().cloned());
        self.heads.insert(name.clone(), head.clone());
        Ok(Committed { records, head })
    }

    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(written) = self.values.get(key) {
            return Ok(written.clone());
        }
        match self.stored.get(key.as_str()) {
            Some((value, sum)) => open_value(key.as_str(), value.clone(), *sum).map(Some),
            None => Ok(None),
        }
    }

    /// A job that was written in this turn is a new one.
    fn holds(&self, ticket: &Ticket) -> bool {
        !self.values.contains_key(&ticket.key)
            && self.tickets.get(ticket.key.as_str()) == Some(&ticket.number)
    }
}
