//! Long lists in several records: an event record holds 4 KiB (CYCLES §8).

use serde::Serialize;

/// Bytes of JSON that a list may take in a record of its own, and in one that says other things too.
const ALONE: usize = 3_000;
const BESIDE: usize = 600;

/// The list in order, in pieces; the first is the one that goes beside other things and may be empty.
pub(super) fn pieces<T: Serialize>(values: Vec<T>) -> Vec<Vec<T>> {
    let mut pieces = vec![Vec::new()];
    let mut left = BESIDE;
    for value in values {
        let size = size(&value) + 1;
        if size > left {
            pieces.push(Vec::new());
            left = ALONE;
        }
        left = left.saturating_sub(size);
        if let Some(piece) = pieces.last_mut() {
            piece.push(value);
        }
    }
    pieces
}

/// Bytes of JSON.
pub(super) fn size<T: Serialize + ?Sized>(value: &T) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |json| json.len())
}
