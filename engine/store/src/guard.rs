//! Guard: what must hold at the moment of writing, or nothing of the commit is written.

use sha2::Digest as _;

use crate::key::Key;

/// A condition checked by the writer, after everything that was committed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing stands at the key. Makes a response that is sent twice one response.
    Absent(Key),
    /// The value at the key has this digest: nobody has changed it since it was read.
    Is(Key, Digest),
    /// The municipality's journal ends at this sequence number (0: it has no record yet).
    Head(u64),
}

impl Guard {
    /// The key still has the value that was read: `Absent` for `None`, `Is` for `Some`.
    pub fn unchanged(key: Key, read: Option<&[u8]>) -> Guard {
        match read {
            Some(value) => Guard::Is(key, Digest::of(value)),
            None => Guard::Absent(key),
        }
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
}
