//! How keys, records and heads are named inside the one sled tree.
//!
//! | Entry | Holds |
//! |---|---|
//! | `value/<key>` | a value |
//! | `journal/<municipality>/<seq, 20 digits>` | a record |
//! | `head/<municipality>` | the end of the journal; a municipality exists when it has one |
//! | `import/<municipality>` | present while an import of the municipality is under way |
//! | `meta/format`, `meta/batch` | the form of this layout; how many batches were applied |
//!
//! Segments hold no `/`, so no name can run into the next column.

use crate::key::Key;

pub(super) const FORMAT: &str = "meta/format";
pub(super) const BATCH: &str = "meta/batch";
pub(super) const HEADS: &str = "head/";
pub(super) const IMPORTS: &str = "import/";
pub(super) const VALUES: &str = "value/";
pub(super) const JOURNALS: &str = "journal/";

pub(super) fn value(key: &Key) -> String {
    format!("{VALUES}{key}")
}

/// Everything below `key`; the slash keeps `a/bc` out of a scan of `a/b`.
pub(super) fn values_below(key: &Key) -> String {
    format!("{VALUES}{key}/")
}

pub(super) fn journal(municipality: &str) -> String {
    format!("{JOURNALS}{municipality}/")
}

pub(super) fn record(municipality: &str, seq: u64) -> String {
    format!("{JOURNALS}{municipality}/{seq:020}")
}

pub(super) fn head(municipality: &str) -> String {
    format!("{HEADS}{municipality}")
}

pub(super) fn import(municipality: &str) -> String {
    format!("{IMPORTS}{municipality}")
}

/// The key of a `value/` entry.
pub(super) fn key_of(entry: &[u8]) -> Option<Key> {
    std::str::from_utf8(entry)
        .ok()?
        .strip_prefix(VALUES)?
        .parse()
        .ok()
}

/// Municipality and sequence number of a `journal/` entry.
pub(super) fn seq_of(entry: &[u8]) -> Option<(&str, u64)> {
    let (municipality, seq) = std::str::from_utf8(entry)
        .ok()?
        .strip_prefix(JOURNALS)?
        .split_once('/')?;
    Some((municipality, seq.parse().ok()?))
}
