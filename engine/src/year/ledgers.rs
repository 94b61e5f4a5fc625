//! Ledgers at work: entries handed in since the pack was written, and months that are closed.
//!
//! An entry is kept as a value for each of its rounds, so that what stood there before a change can be read
//! again; the journal says who changed it and has a digest, not the entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use forms::Answers;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{CommitError, Guard, Key};

use super::perform::sha256;
use super::respond::{read_json, to_json};
use super::{Act, Change, Event, Refusal, Token, Year};
use crate::ledger::{Book, Entry, Ledger};

/// The signal that a month of a ledger is closed; its key is `<ledger>@<2025-06>`.
pub(crate) const MONTH_CLOSED: &str = "month.closed";

/// A round of an entry as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Of the form to which it was given.
    version: u32,
    at: DateTime<Utc>,
    by: String,
    answers: Answers,
}

/// An entry as it stood after one of its changes.
#[derive(Clone, Debug)]
pub struct Round {
    /// From 1; 0 is the entry that ships with the pack.
    pub round: u32,
    pub answers: Answers,
    /// Who handed it in, and when; nobody for one that ships with the pack.
    pub handed_in: Option<(String, DateTime<Utc>)>,
}

/// The book as it was when so many rounds were handed in.
#[derive(Clone, Default)]
pub(super) struct Known {
    entered: u64,
    rounds: BTreeMap<String, BTreeMap<String, u32>>,
    book: Arc<Book>,
}

impl Year {
    /// The entries of all ledgers: the pack's, then those handed in here.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn ledgers(&self) -> Result<Arc<Book>, Refusal> {
        let known = self
            .ledgers
            .read()
            .expect("no panic while they are held")
            .clone();
        let (entered, all) = self.state(|state| match &known {
            Some(known) if known.entered == state.entered => (state.entered, BTreeMap::new()),
            _ => (state.entered, state.ledgers.clone()),
        });
        let mut known = match known {
            Some(known) if known.entered == entered => return Ok(known.book),
            Some(known) => known,
            None => Known {
                book: Arc::new(Book::shipped(&self.pack)),
                ..Known::default()
            },
        };
        // Only what has changed since is read again.
        let book = Arc::make_mut(&mut known.book);
        for (ledger, held) in &all {
            let rounds = known.rounds.entry(ledger.clone()).or_default();
            for id in &held.order {
                let round = held.entries.get(id).copied().unwrap_or_default();
                if rounds.insert(id.clone(), round) == Some(round) {
                    continue;
                }
                let entry = Entry {
                    id: id.clone(),
                    answers: self.kept(ledger, id, round).await?.answers,
                    line: None,
                };
                book.put(ledger, entry);
            }
        }
        known.entered = entered;
        let book = known.book.clone();
        *self.ledgers.write().expect("no panic while they are held") = Some(known);
        Ok(book)
    }

    async fn kept(&self, ledger: &str, id: &str, round: u32) -> Result<Kept, Refusal> {
        let bytes = self.store.get(&self.entry_key(ledger, id, round)?).await?;
        let lost = || Refusal::Unreadable(format!("{ledger} の {id} の記録がありません"));
        read_json(&bytes.ok_or_else(lost)?)
    }

    /// The ledgers of the municipality's own, then those of the base that have entries.
    pub fn kept_ledgers(&self) -> Vec<&Ledger> {
        let ledgers = self.pack.ledgers.values();
        let used = |ledger: &&Ledger| {
            let handed_in = |held: &super::Ledgered| !held.order.is_empty();
            ledger.own
                || !ledger.shipped.is_empty()
                || self.state(|state| state.ledgers.get(&ledger.id).is_some_and(handed_in))
        };
        let mut kept: Vec<&Ledger> = ledgers.filter(used).collect();
        kept.sort_by_key(|ledger| !ledger.own);
        kept
    }

    /// How often an entry has been handed in here.
    pub fn round(&self, ledger: &str, id: &str) -> u32 {
        self.state(|state| {
            let held = state.ledgers.get(ledger);
            let round = held.and_then(|held| held.entries.get(id));
            round.copied().unwrap_or_default()
        })
    }

    /// An entry as it stood after one of its changes; `None` where there is no such round.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn entry_at(
        &self,
        ledger: &str,
        id: &str,
        round: u32,
    ) -> Result<Option<Round>, Refusal> {
        if round == 0 {
            let ledger = self.pack.ledgers.get(ledger);
            let mut shipped = ledger.into_iter().flat_map(|ledger| &ledger.shipped);
            let shipped = shipped.find(|entry| entry.id == id);
            return Ok(shipped.map(|entry| Round {
                round,
                answers: entry.answers.clone(),
                handed_in: None,
            }));
        }
        if round > self.round(ledger, id) {
            return Ok(None);
        }
        let kept = self.kept(ledger, id, round).await?;
        Ok(Some(Round {
            round,
            answers: kept.answers,
            handed_in: Some((kept.by, kept.at)),
        }))
    }

    /// Hands an entry in, or changes one: `{"id": "c27", "triage": "council"}` changes what it names.
    ///
    /// # Errors
    /// It does not pass the form, refers to what is not there, steps over a stage, belongs to a month that is
    /// closed, or somebody else has changed it at the same time.
    pub async fn enter(&self, act: &Act, ledger: &str, entry: Value) -> Result<Entry, Refusal> {
        self.hand_in(act, ledger, entry, None, None).await
    }

    /// Changes an entry as it was seen: after `seen` changes.
    ///
    /// # Errors
    /// As [`Year::enter`]; [`Refusal::Overtaken`] when it has been changed since.
    pub async fn enter_over(
        &self,
        act: &Act,
        ledger: &str,
        entry: Value,
        seen: u32,
    ) -> Result<Entry, Refusal> {
        self.hand_in(act, ledger, entry, Some(seen), None).await
    }

    /// Hands in a new entry, which gets its id here. The same `once` hands in once, however often it is sent.
    ///
    /// # Errors
    /// As [`Year::enter`].
    pub async fn enter_new(
        &self,
        act: &Act,
        ledger: &str,
        once: &Token,
        mut fields: Map<String, Value>,
    ) -> Result<Entry, Refusal> {
        let once = self.key(["once", ledger, &once.to_string()])?;
        loop {
            if let Some(id) = self.store.get(&once).await? {
                self.catch_up().await?;
                let id = String::from_utf8_lossy(&id);
                let known = self.ledgers().await?.entry(ledger, &id).cloned();
                return known.ok_or_else(|| Refusal::Unknown(format!("記録「{id}」")));
            }
            let of = self.pack.ledger(ledger);
            let of = of.map_err(|finding| Refusal::NotEntered(vec![finding]))?;
            let id = self.ledgers().await?.next_id(of, &fields, act.today());
            fields.insert("id".to_owned(), id.into());
            let entry = Value::Object(fields.clone());
            match self.hand_in(act, ledger, entry, Some(0), Some(&once)).await {
                // Somebody else was given this id at the same moment.
                Err(Refusal::Overtaken) => {}
                other => return other,
            }
        }
    }

    async fn hand_in(
        &self,
        act: &Act,
        ledger: &str,
        entry: Value,
        seen: Option<u32>,
        once: Option<&Key>,
    ) -> Result<Entry, Refusal> {
        // Looked at before the book: a book that is newer is caught by the guard of the next round.
        let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
        let round = self.round(ledger, id);
        let book = self.ledgers().await?;
        let known = book.entry(ledger, id);
        let overtaken = seen.is_some_and(|seen| seen != round);
        if overtaken || once.is_some() && known.is_some() {
            return Err(Refusal::Overtaken);
        }
        let entered = book
            .enter(&self.pack, ledger, entry)
            .map_err(Refusal::NotEntered)?;
        if known.is_some_and(|known| known.answers == entered.answers) {
            return Ok(entered);
        }
        // Neither out of a closed month nor into one.
        let touched: Vec<&Entry> = known.into_iter().chain([&entered]).collect();
        let mut guards = Vec::new();
        for entry in &touched {
            guards.extend(self.still_open(ledger, entry)?);
        }
        guards.extend(once.map(|once| Guard::Absent(once.clone())));
        let round = round + 1;
        let of = self.pack.ledgers.get(ledger);
        let kept = Kept {
            version: of.map_or(0, |ledger| ledger.form.version()),
            at: act.at,
            by: act.by.clone(),
            answers: entered.answers.clone(),
        };
        let (key, text) = (self.entry_key(ledger, &entered.id, round)?, to_json(&kept)?);
        guards.push(Guard::Absent(key.clone()));
        let event = Event::Entered {
            ledger: ledger.to_owned(),
            entry: entered.id.clone(),
            round,
            digest: sha256(&text),
        };
        let mut writes = vec![(key, Some(text))];
        writes.extend(once.map(|once| (once.clone(), Some(entered.id.clone().into_bytes()))));
        let change = Change {
            guards,
            events: vec![event],
            writes,
            ..Change::default()
        };
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => {
                self.catch_up().await?;
                for entry in touched {
                    self.still_open(ledger, entry)?;
                }
                Err(Refusal::Overtaken)
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
