//! Snapshots: the state as it was at a record, so that opening need not fold a whole decade.
//!
//! A snapshot is a convenience and never the truth. It names the record at which it was taken by number and
//! hash; one that does not fit the journal, that another release wrote or that cannot be read is ignored, and the
//! journal is folded from its beginning.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Guard, Key, Record, Store};

use super::key::key;
use super::link::hex;
use super::respond::{read_json, to_json};
use super::{Act, Change, Refusal, State, Write, Year};

/// Where the newest snapshot is named, below the municipality.
pub(super) const NEWEST: &[&str] = &["newest-snapshot"];

/// Rises whenever a field of [`State`] is added or changes its meaning.
const VERSION: u16 = 10;

/// A snapshot is taken after this many records.
const EVERY: u64 = 256;

/// Bytes of one piece: the store takes values of up to 64 KiB.
const PIECE: usize = 60 * 1024;

/// Pieces in one commit, of which the store takes 4 MiB.
const AT_ONCE: usize = 32;

/// What the newest snapshot is, and the record at which it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    version: u16,
    seq: u64,
    /// Hash of that record.
    hash: String,
    /// SHA-256 of the whole text.
    digest: String,
}

impl Year {
    /// Starts from the newest snapshot that fits the journal; returns the records that come after it.
    pub(super) async fn start_from_snapshot(&self) -> Result<Vec<Record>, Refusal> {
        if let Some((taken, state)) = newest(&self.store, self.slug()).await? {
            let mut records = self.store.journal(self.slug(), taken.seq).await?;
            let fits = records
                .first()
                .is_some_and(|record| record.seq == taken.seq && record.hash == taken.hash);
            if fits {
                self.replace_state(state, taken.seq);
                records.remove(0);
                return Ok(records);
            }
        }
        Ok(self.store.journal(self.slug(), 1).await?)
    }

    /// Takes a snapshot when enough has happened since the last one.
    ///
    /// # Errors
    /// The store refused. What another process took in the meantime is no error.
    pub async fn snapshot(&self, act: &Act) -> Result<(), Refusal> {
        let (head, last) = self.state(|state| (state.head, self.snapshot_at()));
        if head < last + EVERY {
            return Ok(());
        }
        let state = self.state(State::clone);
        let before = self.store.get(&self.newest_key()?).await?;
        let Some(record) = self
            .store
            .journal(self.slug(), head)
            .await?
            .into_iter()
            .next()
        else {
            return Ok(());
        };
        let text = to_json(&state)?;
        let taken = Taken {
            version: VERSION,
            seq: head,
            hash: record.hash,
            digest: hex(&Sha256::digest(&text)),
        };
        let folder = self.pieces_key(head)?;
        let mut pieces: Vec<Write> = Vec::new();
        for (nth, piece) in text.chunks(PIECE).enumerate() {
            pieces.push((self.piece_key(&folder, nth)?, Some(piece.to_vec())));
        }
        for some in pieces.chunks(AT_ONCE) {
            self.write(act, Vec::new(), some.to_vec()).await?;
        }
        let newest = self.newest_key()?;
        let unchanged = Guard::unchanged(newest.clone(), before.as_deref());
        match self
            .write(act, vec![unchanged], vec![(newest, Some(to_json(&taken)?))])
            .await
        {
            Ok(()) => {
                self.snapshot_taken(head);
                self.forget_older(act, head).await
            }
            // Another process took one at the same moment.
            Err(Refusal::Commit(store::CommitError::Refused(_))) => {
                self.snapshot_taken(head);
                Ok(())
            }
            Err(refusal) => Err(refusal),
        }
    }

    async fn forget_older(&self, act: &Act, newest: u64) -> Result<(), Refusal> {
        let all = self.store.scan(&self.key(["snapshot"])?).await?;
        let keep = self.pieces_key(newest)?;
        let older: Vec<Write> = all
            .into_iter()
            .filter(|(key, _)| !key.as_str().starts_with(&format!("{keep}/")))
            .map(|(key, _)| (key, None))
            .collect();
        match older.is_empty() {
            true => Ok(()),
            false => self.write(act, Vec::new(), older).await,
        }
    }

    async fn write(
        &self,
        act: &Act,
        guards: Vec<Guard>,
        writes: Vec<Write>,
    ) -> Result<(), Refusal> {
        let change = Change {
            guards,
            writes,
            ..Change::default()
        };
        self.commit(act, change).await
    }

    fn newest_key(&self) -> Result<Key, Refusal> {
        key(self.slug(), NEWEST)
    }

    fn pieces_key(&self, seq: u64) -> Result<Key, Refusal> {
        key(self.slug(), &["snapshot", &seq.to_string()])
    }

    fn piece_key(&self, folder: &Key, nth: usize) -> Result<Key, Refusal> {
        folder
            .join(&format!("{nth:06}"))
            .map_err(|error| Refusal::Unreadable(error.to_string()))
    }
}

/// The newest snapshot that this release can read; whether it fits the journal is another question.
pub(super) async fn newest(
    store: &Store,
    municipality: &str,
) -> Result<Option<(Taken, State)>, Refusal> {
    let Some(bytes) = store.get(&key(municipality, NEWEST)?).await? else {
        return Ok(None);
    };
    let taken = read_json::<Taken>(&bytes).ok();
    let Some(taken) = taken.filter(|taken| taken.version == VERSION) else {
        return Ok(None);
    };
    let folder = key(municipality, &["snapshot", &taken.seq.to_string()])?;
    let pieces = store.scan(&folder).await?.into_iter();
    let text: Vec<u8> = pieces.flat_map(|(_, piece)| piece).collect();
    let whole = hex(&Sha256::digest(&text)) == taken.digest;
    let state: Option<State> = read_json(&text).ok().filter(|_| whole);
    Ok(state.map(|state| (taken, state)))
}
