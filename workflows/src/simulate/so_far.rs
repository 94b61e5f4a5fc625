//! What has happened in a running cycle, as entries like those of a dry run.

use super::timeline::{Entry, Timeline};
use crate::plan::Plan;
use crate::record::Record;

/// The records of a cycle as entries. A step that the plan no longer has goes by its id.
pub fn so_far<'a>(plan: &Plan, records: impl IntoIterator<Item = &'a Record>) -> Vec<Entry> {
    let mut timeline = Timeline::default();
    for record in records {
        timeline.add(plan, record);
    }
    timeline.entries
}
