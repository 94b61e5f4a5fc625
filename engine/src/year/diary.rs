//! The records of the cycles, for pages and papers that tell what happened. They are read from the journal
//! when somebody wants them, and each of them once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use workflows::Record;

use super::{Event, Refusal, Year};

/// What has been read so far.
#[derive(Default)]
pub(super) struct Diary {
    seen: u64,
    cycles: BTreeMap<String, Vec<Record>>,
    adopted: Vec<DateTime<Utc>>,
}

impl Year {
    /// All records of a cycle, the first one first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn records(&self, cycle: &str) -> Result<Vec<Record>, Refusal> {
        self.read_on().await?;
        let diary = self.diary.read().expect("no panic while it is held");
        Ok(diary.cycles.get(cycle).cloned().unwrap_or_default())
    }

    /// When the data of the pack changed.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn packs_adopted(&self) -> Result<Vec<DateTime<Utc>>, Refusal> {
        self.read_on().await?;
        let diary = self.diary.read().expect("no panic while it is held");
        Ok(diary.adopted.clone())
    }

    async fn read_on(&self) -> Result<(), Refusal> {
        let from = self.diary.read().expect("no panic while it is held").seen + 1;
        if self.state(|state| state.head) < from {
            return Ok(());
        }
        let journal = self.store.journal(self.slug(), from).await?;
        let mut diary = self.diary.write().expect("no panic while it is held");
        for record in journal {
            // Another request may have read some of them in the meantime.
            if record.seq != diary.seen + 1 {
                continue;
            }
            diary.seen = record.seq;
            let event = serde_json::from_value(record.event)
                .map_err(|error| Refusal::Unreadable(format!("記録 {}：{error}", record.seq)))?;
            match event {
                Event::CycleAdvanced { cycle, record } => {
                    diary.cycles.entry(cycle).or_default().push(*record);
                }
                Event::PackAdopted { .. } => diary.adopted.push(record.at),
                _ => {}
            }
        }
        Ok(())
    }
}
