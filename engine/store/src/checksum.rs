//! The checksum of our own that each value has, over its name and its content.
//!
//! A database checks its pages, if at all, but not that a page is the one that was asked for.

/// CRC-32 of name, NUL and content.
pub(crate) fn checksum(name: &[u8], content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(name);
    // Keeps the border between name and content: a name holds no NUL.
    hasher.update(&[0]);
    hasher.update(content);
    hasher.finalize()
}
