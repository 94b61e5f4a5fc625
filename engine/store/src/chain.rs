//! Following a municipality's chain of hashes, for verification.

use crate::error::StoreError;
use crate::problem::Problem;
use crate::record::{Head, Record};

/// Where a journal says that it ends.
pub(crate) enum Stated {
    Missing,
    /// Listed already with the other entries that cannot be read.
    Unreadable,
    Head(Head),
}

/// What is wrong with a journal whose records, in order, are `records`. After a break it goes on from what stands
/// there, so that each break is listed once.
pub(crate) fn problems(
    municipality: &str,
    records: impl IntoIterator<Item = (u64, Result<Record, StoreError>)>,
    stated: Stated,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let municipality = || municipality.to_owned();
    let chain = |seq| Problem::Chain {
        municipality: municipality(),
        seq,
    };
    let mut last = 0;
    // None: the record before cannot be read, so nobody knows what its successor's `prev` should be.
    let mut head = Some(Head::start());
    for (seq, record) in records {
        last = seq;
        head = match record {
            Ok(record) => {
                let before = head.unwrap_or_else(|| Head {
                    seq: seq.saturating_sub(1),
                    hash: record.prev.clone(),
                });
                if before.follow(&record).is_none() {
                    problems.push(chain(seq));
                }
                Some(Head {
                    seq,
                    hash: record.hash,
                })
            }
            Err(StoreError::UnknownVersion { version, .. }) => {
                problems.push(Problem::Version {
                    municipality: municipality(),
                    seq,
                    version,
                });
                None
            }
            Err(_) => {
                problems.push(chain(seq));
                None
            }
        };
    }
    match stated {
        Stated::Unreadable => {}
        Stated::Head(stated) if stated.seq == last => {
            if head.is_some_and(|head| head.hash != stated.hash) {
                problems.push(chain(last));
            }
        }
        stated => problems.push(Problem::Head {
            municipality: municipality(),
            head: match stated {
                Stated::Head(head) => head.seq,
                _ => 0,
            },
            last,
        }),
    }
    problems
}
