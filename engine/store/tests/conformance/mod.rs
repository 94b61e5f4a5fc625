//! The conformance suite: what every implementation of the store must do.
//!
//! `conformance::trials(open)` makes one test of each case. `open` is a `fn(&Path) -> Store` that opens the
//! store belonging to a folder: the same folder again is the same store, a new folder an empty one. What
//! keeps no folder derives a name from it.

pub mod commits;
pub mod files;
pub mod guards;
pub mod jobs;
pub mod journal;
pub mod limits;
pub mod reading;
pub mod transfer;

use std::path::Path;

use chrono::{DateTime, Utc};
use futures_executor::block_on;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use store::{Commit, Key, Store};

pub type Open = fn(&Path) -> Store;

/// 2026-07-01 09:00 in Tokyo.
pub const AT: DateTime<Utc> = match DateTime::from_timestamp(1_782_864_000, 0) {
    Some(at) => at,
    None => panic!("in the range of chrono"),
};

/// A commit of 架空市 that does nothing yet.
pub fn commit() -> Commit {
    Commit {
        municipality: "架空市".to_owned(),
        at: AT,
        by: "事務局".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: Vec::new(),
        events: Vec::new(),
        writes: Vec::new(),
    }
}

pub fn writes<const N: usize>(pairs: [(&str, &str); N]) -> Commit {
    let write = |(path, value): (&str, &str)| (key(path), Some(value.as_bytes().to_vec()));
    Commit {
        writes: pairs.map(write).into(),
        ..commit()
    }
}

pub fn events(events: impl IntoIterator<Item = Value>) -> Commit {
    Commit {
        events: events.into_iter().collect(),
        ..commit()
    }
}

pub fn event(n: u64) -> Value {
    json!({ "type": "noted", "n": n })
}

pub fn key(path: &str) -> Key {
    path.parse().expect("a key written in a test")
}

/// Runs a case on a store in a folder of its own.
fn run<F: Future<Output = ()>>(open: Open, case: fn(Open, std::path::PathBuf) -> F) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    block_on(case(open, folder.path().join("data")));
}

macro_rules! cases {
    ($open:ident; $($group:ident { $($case:ident),* $(,)? })*) => {
        vec![$($(Trial::test(concat!(stringify!($group), "::", stringify!($case)), move || {
            run($open, $group::$case);
            Ok(())
        })),*),*]
    };
}

/// One test of each case.
pub fn trials(open: Open) -> Vec<Trial> {
    cases! { open;
        commits { is_durable_and_visible, is_atomic, last_write_to_a_key_counts, removes, many_at_once, a_dropped_future_harms_nothing }
        guards { absent, unchanged, head, all_must_hold, sees_what_the_same_batch_wrote, sixty_four_threads_have_one_winner,
                 a_counter_loses_no_increment }
        jobs { come_in_due_order, only_due_ones_and_no_more_than_asked, come_back_as_they_were_written,
               of_other_municipalities_and_queues_are_not_given, sixty_four_threads_share_without_overlap, a_lease_ends,
               a_slow_owner_may_finish_while_nobody_took_over, can_be_given_back, writing_again_makes_a_new_one,
               a_claim_settles_once_in_a_batch, a_refused_commit_changes_no_job, travel_with_an_export,
               of_a_refused_import_are_not_given, only_jobs_stand_where_jobs_stand, the_head_is_where_the_journal_ends }
        journal { chains_per_municipality, from_a_sequence_number, a_page_at_a_time, hashes_are_those_of_another_program, keeps_who_and_why, time_is_cut_to_microseconds,
                  floats_keep_their_hash }
        limits { event_size, value_size, commit_size, nesting, nul, foreign_key, municipality_name }
        reading { scan_stays_below_its_prefix, scan_is_in_byte_order, municipalities_are_listed, nothing_is_nothing, any_key_and_value_read_back,
                  scan_sees_whole_commits }
        files { reads_back, same_content_is_the_same_file, unknown_is_none, forgotten_when_nobody_has_it }
        transfer { gives_the_same_heads, one_municipality_only, any_bytes_survive, refuses_an_existing_municipality, refuses_an_edited_record,
                   refuses_a_cut_export, refuses_what_is_wrong, a_refused_import_leaves_nothing, refuses_an_unknown_version, reads_the_export_of_the_first_release }
    }
}
