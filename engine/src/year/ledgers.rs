//! Ledgers at work: entries handed in since the pack was written, and months that are closed.
//!
//! An entry is kept as a value for each of its rounds, so that what stood there before a change can be read
//! again; the journal says who changed it and has a digest, not the entry.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use forms::Answers;
use serde::{Deserialize, Serialize};
use store::{CommitError, Guard};

use super::perform::sha256;
use super::respond::{read_json, to_json};
use super::{Act, Change, Event, Refusal, Year};
use crate::ledger::{Book, Entry};

/// The signal that a month of a ledger is closed; its key is `<ledger>@<2025-06>`.
pub(crate) const MONTH_CLOSED: &str = "month.closed";

/// A round of an entry as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Of the form to which it was given.
    version: u32,
    at: DateTime<Utc>,
    answers: Answers,
}

impl Year {
    /// The entries of all ledgers: the pack's, then those handed in here.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn ledgers(&self) -> Result<Arc<Book>, Refusal> {
        let entered = self.state(|state| state.entered);
        let known = self
            .ledgers
            .read()
            .expect("no panic while they are held")
            .clone();
        if let Some((_, book)) = known.filter(|(seen, _)| *seen == entered) {
            return Ok(book);
        }
        let mut book = Book::shipped(&self.pack);
        let all = self.state(|state| state.ledgers.clone());
        for (ledger, held) in &all {
            for id in &held.order {
                let round = held.entries.get(id).copied().unwrap_or_default();
                let bytes = self.store.get(&self.entry_key(ledger, id, round)?).await?;
                let lost = || Refusal::Unreadable(format!("{ledger} の {id} の記録がありません"));
                let kept: Kept = read_json(&bytes.ok_or_else(lost)?)?;
                let entry = Entry {
                    id: id.clone(),
                    answers: kept.answers,
                    line: None,
                };
                book.put(ledger, entry);
            }
        }
        let book = Arc::new(book);
        *self.ledgers.write().expect("no panic while they are held") =
            Some((entered, book.clone()));
        Ok(book)
    }

    /// Hands an entry in, or changes one: `{"id": "c27", "triage": "council"}` changes what it names.
    ///
    /// # Errors
    /// It does not pass the form, refers to what is not there, steps over a stage, belongs to a month that is
    /// closed, or somebody else has changed it at the same time.
    pub async fn enter(
        &self,
        act: &Act,
        ledger: &str,
        entry: serde_json::Value,
    ) -> Result<Entry, Refusal> {
        let book = self.ledgers().await?;
        let entered = book
            .enter(&self.pack, ledger, entry)
            .map_err(Refusal::NotEntered)?;
        let known = book.entry(ledger, &entered.id);
        if known.is_some_and(|known| known.answers == entered.answers) {
            return Ok(entered);
        }
        // Neither out of a closed month nor into one.
        let mut guards = Vec::new();
        for entry in known.into_iter().chain([&entered]) {
            guards.extend(self.still_open(ledger, entry)?);
        }
        let round = self.state(|state| {
            let held = state.ledgers.get(ledger);
            held.and_then(|held| held.entries.get(&entered.id))
                .map_or(1, |round| round + 1)
        });
        let kept = Kept {
            version: self
                .pack
                .ledgers
                .get(ledger)
                .map_or(0, |ledger| ledger.form.version()),
            at: act.at,
            answers: entered.answers.clone(),
        };
        let (key, text) = (self.entry_key(ledger, &entered.id, round)?, to_json(&kept)?);
        let event = Event::Entered {
            ledger: ledger.to_owned(),
            entry: entered.id.clone(),
            round,
            digest: sha256(&text),
        };
        let change = Change {
            guards: guards
                .into_iter()
                .chain([Guard::Absent(key.clone())])
                .collect(),
            events: vec![event],
            writes: vec![(key, Some(text))],
            ..Change::default()
        };
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => {
                self.catch_up().await?;
                Err(Refusal::Cycle(
                    "ほかの人が同じ記録を先に直しました。開き直して、内容を確かめてください。"
                        .to_owned(),
                ))
            }
            other => other.map(|()| entered),
        }
    }

    /// Closes a month (`2025-06`) of a ledger, and tells every cycle that waits for it. Closing it again changes
    /// nothing.
    ///
    /// # Errors
    /// Entries of the month have no state yet.
    pub async fn close_month(&self, act: &Act, ledger: &str, month: &str) -> Result<(), Refusal> {
        while !self.closed(ledger, month) {
            match self.try_to_close(act, ledger, month).await {
                // Something was handed in in the meantime, perhaps for this month.
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => other?,
            }
        }
        let key = format!("{ledger}@{month}");
        let running = self.state(|state| {
            let running = state
                .cycles
                .iter()
                .filter(|(_, cycle)| cycle.phase == workflows::Phase::Running);
            running.map(|(id, _)| id.clone()).collect::<Vec<_>>()
        });
        for cycle in running {
            let waits = self.waited_for(&cycle).await?.into_iter();
            if waits
                .into_iter()
                .any(|waited| waited.signal == MONTH_CLOSED && waited.key == key)
            {
                self.signal(act, &cycle, MONTH_CLOSED, &key).await?;
            }
        }
        Ok(())
    }

    async fn try_to_close(&self, act: &Act, ledger: &str, month: &str) -> Result<(), Refusal> {
        let head = self.state(|state| state.head);
        let book = self.ledgers().await?;
        let closed = book.close_month(&self.pack, ledger, month);
        closed.map_err(|refused| Refusal::Cycle(refused.to_string()))?;
        let change = Change {
            guards: vec![Guard::Head(head)],
            events: vec![Event::MonthClosed {
                ledger: ledger.to_owned(),
                month: month.to_owned(),
            }],
            writes: vec![(self.month_key(ledger, month)?, Some(b"closed".to_vec()))],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Whether a month of a ledger is closed.
    pub fn closed(&self, ledger: &str, month: &str) -> bool {
        self.state(|state| {
            state
                .ledgers
                .get(ledger)
                .is_some_and(|held| held.closed.contains(month))
        })
    }

    /// What keeps an entry's month open until it is stored; nothing where it belongs to no month.
    fn still_open(&self, ledger: &str, entry: &Entry) -> Result<Option<Guard>, Refusal> {
        let when = self
            .pack
            .ledgers
            .get(ledger)
            .and_then(|ledger| ledger.when(entry));
        match when.and_then(|when| when.month()) {
            Some(month) if self.closed(ledger, &month) => Err(Refusal::Cycle(format!(
                "{month} の月はもう閉じられています。閉じた月の記録は直せません。"
            ))),
            Some(month) => Ok(Some(Guard::Absent(self.month_key(ledger, &month)?))),
            None => Ok(None),
        }
    }
}
