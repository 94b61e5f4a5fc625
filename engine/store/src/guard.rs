//! Guard: what must hold at the moment of writing, or nothing of the commit is written.

use sha2::Digest as _;

use crate::error::StoreError;
use crate::job::Ticket;
use crate::key::Key;
use crate::record::Head;

/// A condition checked by the writer, after everything that was committed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing stands at the key. Makes a response that is sent twice one response.
    Absent(Key),
    /// The value at the key has this digest: nobody has changed it since it was read.
    Is(Key, Digest),
    /// The municipality's journal ends at this sequence number (0: it has no record yet).
    Head(u64),
    /// The job is still claimed by this claim: [`Claim::guard`](crate::Claim::guard).
    Claimed(Ticket),
}

impl Guard {
    /// The key still has the value that was read: `Absent` for `None`, `Is` for `Some`.
    pub fn unchanged(key: Key, read: Option<&[u8]>) -> Guard {
        match read {
            Some(value) => Guard::Is(key, Digest::of(value)),
            None => Guard::Absent(key),
        }
    }

    /// The key at which the guard looks, if it is one that looks at a key.
    pub(crate) fn key(&self) -> Option<&Key> {
        match self {
            Guard::Absent(key) | Guard::Is(key, _) => Some(key),
            Guard::Claimed(ticket) => Some(&ticket.key),
            Guard::Head(_) => None,
        }
    }

    /// What is there instead, if the guard does not hold.
    pub(crate) fn broken_by(
        &self,
        head: &Head,
        value: impl Fn(&Key) -> Result<Option<Vec<u8>>, StoreError>,
        holds: impl Fn(&Ticket) -> bool,
    ) -> Result<Option<Found>, StoreError> {
        Ok(match self {
            Guard::Absent(key) => value(key)?.map(|value| Found::Value(Some(value))),
            Guard::Is(key, digest) => match value(key)? {
                Some(value) if Digest::of(&value) == *digest => None,
                other => Some(Found::Value(other)),
            },
            Guard::Head(seq) => (*seq != head.seq).then_some(Found::Head(head.seq)),
            Guard::Claimed(ticket) => (!holds(ticket)).then_some(Found::ClaimLost),
        })
    }
}

/// SHA-256 of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    pub fn of(value: &[u8]) -> Digest {
        Digest(sha2::Sha256::digest(value).into())
    }
}

/// A guard that did not hold, and what was there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub guard: Guard,
    pub found: Found,
}

/// What a guard found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The value at the guard's key; `None` when nothing stands there.
    Value(Option<Vec<u8>>),
    /// The sequence number at which the journal ends.
    Head(u64),
    /// The job was claimed by somebody else since, or written again, or ended.
    ClaimLost,
}
