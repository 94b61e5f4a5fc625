//! Remarks (注意): what is odd about a pack and not wrong. The pack is accepted; whoever answers for it
//! should look. One subject a file.

mod ledgers;

pub(super) use ledgers::of as on_entries;

mod meetings;
mod printed;

use authoring::Finding;

use super::read::Parts;

pub(super) fn all(parts: &Parts) -> Vec<Finding> {
    let mut remarks: Vec<Finding> = [ledgers::remarks, meetings::remarks, printed::remarks]
        .iter()
        .flat_map(|remarks| remarks(parts))
        .collect();
    remarks.sort();
    remarks
}
