//! Frame: what stands in sled, each content behind its checksum.

use crate::checksum::checksum;
use crate::error::StoreError;

const CHECKSUM_BYTES: usize = 4;

/// The checksum of name and content, then the content.
pub(super) fn seal(name: &str, content: &[u8]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(CHECKSUM_BYTES + content.len());
    framed.extend_from_slice(&checksum(name.as_bytes(), content).to_be_bytes());
    framed.extend_from_slice(content);
    framed
}

/// The content, if its checksum is right.
pub(super) fn open<'a>(name: &[u8], framed: &'a [u8]) -> Result<&'a [u8], StoreError> {
    match framed.split_first_chunk::<CHECKSUM_BYTES>() {
        Some((stated, content)) if u32::from_be_bytes(*stated) == checksum(name, content) => {
            Ok(content)
        }
        _ => Err(StoreError::Damaged {
            place: format!("「{}」", String::from_utf8_lossy(name)),
        }),
    }
}
