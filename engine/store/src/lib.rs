//! The store of Meguri: a hash-chained journal for each municipality and the values beside it.
//!
//! A [`Commit`] carries events, writes and guards. It is applied as a whole or not at all, and when
//! [`Store::commit`] answers, it is on the disk and visible to readers. [`Guard`]s are checked at the
//! moment of writing, so two requests that race for the same key have exactly one winner, and the
//! other one learns what the winner wrote.
//!
//! What stands in the store:
//!
//! | What | Address | Form |
//! |---|---|---|
//! | value | [`Key`], `<municipality>/…` | any bytes up to 64 KiB |
//! | record | municipality and sequence number, from 1 | [`Record`], chained by SHA-256 |
//! | job | [`Job::key`], `<municipality>/due/<queue>/<id>` | a value with an instant; claimed by one process at a time |
//! | file | [`FileHash`] of its content | up to 1 GB; belongs to a municipality through [`FileHash::key`] |
//!
//! The journal is the truth: whatever else a municipality has must be rebuildable from it.
//!
//! The first segment of every key is the municipality, and a commit can only name keys of its own
//! municipality. What belongs to the installation and to no municipality (sessions, settings) goes
//! under a municipality whose name begins with `_`, by convention `_server`.
//!
//! Behind [`Store`] is the embedded one, on sled, used as `embedded::open` and `embedded::writer` describe, or, with
//! the feature `postgres`, one on PostgreSQL, for several processes at once. The other modules know nothing of
//! either: they are the contract, and `tests/conformance` holds both to it.

mod canonical;
mod chain;
mod checksum;
mod commit;
pub mod doctor;
mod error;
mod file;
mod guard;
mod job;
mod key;
pub mod limits;
mod problem;
mod record;
mod store;
mod transfer;

mod embedded;
#[cfg(feature = "postgres")]
mod postgres;

pub use commit::{Commit, Committed};
pub use error::{CommitError, ImportError, StoreError};
pub use file::FileHash;
pub use guard::{Digest, Found, Guard, Refusal};
pub use job::{Claim, Job, Ticket};
pub use key::{Key, KeyError};
pub use problem::Problem;
pub use record::{Head, Record};
pub use store::Store;
pub use transfer::{Exported, Imported, check_export};
