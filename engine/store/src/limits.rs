//! Limits of what one commit may carry.

/// Bytes of one event as canonical JSON. What is larger goes into a value or a file, with its digest in the event.
pub const EVENT_BYTES: usize = 4 * 1024;

/// Bytes of one value. Larger things are files: sled would put them beside its log, where nothing syncs them.
pub const VALUE_BYTES: usize = 64 * 1024;

/// Bytes of all keys, values and events of one commit together.
pub const COMMIT_BYTES: usize = 4 * 1024 * 1024;

/// Levels of nesting in one event. A JSON reader stops at 128, and an event stands two levels deep in an export.
pub const EVENT_DEPTH: usize = 64;

/// Bytes of one file. PostgreSQL takes no field and no message of 1 GiB or more.
pub const FILE_BYTES: usize = 1_000_000_000;

/// Bytes of one segment of a key, and of a municipality's name.
pub const SEGMENT_BYTES: usize = 200;

/// Bytes of a whole key.
pub const KEY_BYTES: usize = 1000;
