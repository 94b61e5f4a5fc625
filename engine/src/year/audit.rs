//! Looking back through the journal, the newest record first.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use store::Problem;
use workflows::Plan;

use super::{Act, Change, Event, Refusal, Year};
use crate::audit::{Entry, Filter, Names};

/// Records that are read at once.
const AT_ONCE: u64 = 1000;

/// A page of the journal.
#[derive(Clone, Debug, Default)]
pub struct LookedBack {
    pub entries: Vec<Entry>,
    /// Where the next page goes on: its records have smaller numbers. Absent at the beginning of the journal.
    pub before: Option<u64>,
}

/// A change of a file of the pack that was made in the pages.
#[derive(Clone, Debug)]
pub struct PackRevision {
    pub number: u64,
    pub at: DateTime<Utc>,
    pub by: String,
    pub path: String,
    /// The text, as a file; absent where the file was removed.
    pub file: Option<String>,
}

impl Year {
    /// At most `limit` records that a filter takes and whose number is smaller than `before`, the newest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn look_back(
        &self,
        filter: &Filter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<LookedBack, Refusal> {
        let head = self.state(|state| state.head);
        let mut end = before.unwrap_or(head + 1).min(head + 1);
        let mut page = LookedBack::default();
        let plans = self.plans_by_cycle().await?;
        let names = Names {
            pack: &self.pack,
            plans: &plans,
        };
        // Without a filter no more is read than is shown.
        let at_once = match filter.is_empty() {
            true => limit as u64,
            false => AT_ONCE,
        };
        while end > 1 {
            let from = end.saturating_sub(at_once).max(1);
            let count = usize::try_from(end - from).unwrap_or(usize::MAX);
            let records = self.store.journal_page(self.slug(), from, count).await?;
            for record in records.iter().rev() {
                let event: Event =
                    serde_json::from_value(record.event.clone()).map_err(|error| {
                        Refusal::Unreadable(format!("記録 {}：{error}", record.seq))
                    })?;
                let entry = Entry::new(&names, record, &event);
                if !filter.takes(&entry) {
                    continue;
                }
                page.entries.push(entry);
                if page.entries.len() == limit {
                    page.before = (record.seq > 1).then_some(record.seq);
                    return Ok(page);
                }
            }
            end = from;
        }
        Ok(page)
    }

    /// Every change of the pack that was made in the pages, the newest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn pack_history(&self) -> Result<Vec<PackRevision>, Refusal> {
        let mut history = Vec::new();
        let mut from = 1;
        loop {
            let at_once = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
            let records = self.store.journal_page(self.slug(), from, at_once).await?;
            let Some(last) = records.last().map(|record| record.seq) else {
                break;
            };
            for record in records {
                // Told apart by the name first: a long journal is not read into events for a few of them.
                if record.event["event"] != "pack_revised" {
                    continue;
                }
                if let Ok(Event::PackRevised { path, file }) = serde_json::from_value(record.event)
                {
                    history.push(PackRevision {
                        number: record.seq,
                        at: record.at,
                        by: record.by,
                        path,
                        file,
                    });
                }
            }
            from = last + 1;
        }
        history.reverse();
        Ok(history)
    }

    /// Checks the chain of hashes, and everything else of this municipality in the store.
    ///
    /// # Errors
    /// The store cannot be read at all.
    pub async fn verify(&self) -> Result<Vec<Problem>, Refusal> {
        Ok(self.store.verify(Some(self.slug())).await?)
    }

    /// Writes out everything of this municipality, to be kept as a backup or moved to another server.
    ///
    /// # Errors
    /// The store cannot be read, or `out` fails.
    pub async fn export(
        &self,
        out: &mut (dyn std::io::Write + Send),
    ) -> Result<store::Exported, Refusal> {
        Ok(self.store.export(Some(self.slug()), out).await?)
    }

    /// Writes down that somebody takes everything away.
    ///
    /// # Errors
    /// The store refused.
    pub async fn note_export(&self, act: &Act) -> Result<(), Refusal> {
        let change = Change {
            events: vec![Event::Exported {}],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    async fn plans_by_cycle(&self) -> Result<BTreeMap<String, Arc<Plan>>, Refusal> {
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        let mut plans = BTreeMap::new();
        for cycle in cycles {
            let plan = self.plan(&cycle).await?;
            plans.insert(cycle, plan);
        }
        Ok(plans)
    }
}
