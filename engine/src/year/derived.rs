//! What stands beside the journal and can be made anew from it: the doctor's look at a municipality.
//!
//! | Value | Must be |
//! |---|---|
//! | `cycle/<id>` | the number of the cycle's records: what its commands are guarded by |
//! | `open/<survey>` | there while the survey takes answers |
//! | `spent/<hash>` | there when a one-time link was used |
//! | `withdrawn/<survey>/<respondent>` | there while somebody is not asked any more |
//! | `asked/<survey>` | absent, or the file of the roster as it is asked |
//! | `due/cycle/<id>` | there while a timer or work of the cycle waits |
//! | `response/<survey>/…`, `draft/<survey>/…` | absent once the answers were deleted |
//! | `newest-snapshot` | absent, or the fold up to its record |

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use store::{Commit, Key, Store};
use workflows::Plan;

use super::collection::OPEN;
use super::keeping;
use super::key::key;
use super::respond::read_json;
use super::wake::{self, CYCLES};
use super::{Event, Refusal, State, Write, snapshot};

/// Something beside the journal that does not agree with it, and what it has to be.
#[derive(Clone, Debug)]
pub struct Astray {
    pub key: Key,
    right: Option<Vec<u8>>,
}

impl fmt::Display for Astray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.right {
            Some(_) => "がないか、記録と合いません",
            None => "は、記録によればないはずのものです",
        };
        write!(
            f,
            "「{}」{what}。`meguri doctor --mend` で記録から作り直せます。",
            self.key
        )
    }
}

/// Folds a municipality's journal from its first record and compares what stands beside it.
///
/// # Errors
/// The journal cannot be read or holds a record of an unknown version.
pub async fn astray(
    store: &Store,
    municipality: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Astray>, Refusal> {
    let mut state = State::default();
    let mut astray = Vec::new();
    let taken = snapshot::newest(store, municipality).await?;
    for record in store.journal(municipality, 1).await? {
        let event: Event = serde_json::from_value(record.event)
            .map_err(|error| Refusal::Unreadable(format!("記録 {}：{error}", record.seq)))?;
        state.apply(record.seq, record.at, event);
        if let Some((_, kept)) = &taken
            && kept.head == record.seq
            && *kept != state
        {
            let key = key(municipality, snapshot::NEWEST)?;
            astray.push(Astray { key, right: None });
        }
    }
    let mut right = right(store, &state, municipality, now).await?;
    for area in ["cycle", "open", "spent", "withdrawn"] {
        for (key, value) in store.scan(&key(municipality, &[area])?).await? {
            match right.remove(&key) {
                Some(expected) if expected == value => {}
                expected => astray.push(Astray {
                    key,
                    right: expected,
                }),
            }
        }
    }
    for (key, value) in store.scan(&key(municipality, &["asked"])?).await? {
        let held = key
            .segments()
            .last()
            .and_then(|survey| state.surveys.get(survey));
        let roster = held.map(|held| held.roster.clone().into_bytes());
        if roster.as_ref() != Some(&value) {
            astray.push(Astray { key, right: roster });
        }
    }
    for area in keeping::areas_of(&state.surveys) {
        for (key, _) in store.scan(&key(municipality, &area)?).await? {
            astray.push(Astray { key, right: None });
        }
    }
    // A job's instant is its own, and one with nothing to do removes itself: it is enough that it is there.
    for (key, _) in store.scan(&key(municipality, &["due", CYCLES])?).await? {
        let known = key
            .segments()
            .last()
            .is_some_and(|cycle| state.cycles.contains_key(cycle));
        if right.remove(&key).is_none() && !known {
            astray.push(Astray { key, right: None });
        }
    }
    astray.extend(right.into_iter().map(|(key, value)| Astray {
        key,
        right: Some(value),
    }));
    Ok(astray)
}

/// Makes right what is astray.
///
/// # Errors
/// The store refused.
pub async fn mend(
    store: &Store,
    municipality: &str,
    now: DateTime<Utc>,
    astray: Vec<Astray>,
) -> Result<(), Refusal> {
    let writes: Vec<Write> = astray.into_iter().map(|it| (it.key, it.right)).collect();
    let commit = Commit {
        municipality: municipality.to_owned(),
        at: now,
        by: "doctor".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: Vec::new(),
        events: Vec::new(),
        writes,
    };
    store
        .commit(commit)
        .await
        .map(drop)
        .map_err(Refusal::Commit)
}

async fn right(
    store: &Store,
    state: &State,
    municipality: &str,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Key, Vec<u8>>, Refusal> {
    let mut right = BTreeMap::new();
    for (id, cycle) in &state.cycles {
        let records = cycle.records.to_string().into_bytes();
        right.insert(key(municipality, &["cycle", id])?, records);
        let plan = pinned(store, municipality, &cycle.plan).await?;
        // Whoever takes the job puts it where the next thing is due.
        if wake::due(cycle, &plan, now).is_some() {
            let (key, job) = wake::job(municipality, id, now)?;
            right.extend(job.map(|job| (key, job)));
        }
    }
    for (survey, held) in &state.surveys {
        if held.is_open() {
            right.insert(key(municipality, &["open", survey])?, OPEN.to_vec());
        }
        for respondent in held.withdrawn.keys() {
            let segments = ["withdrawn", survey, respondent];
            right.insert(key(municipality, &segments)?, b"1".to_vec());
        }
    }
    for (hash, door) in &state.links {
        if door.is_none() {
            right.insert(key(municipality, &["spent", hash])?, b"1".to_vec());
        }
    }
    Ok(right)
}

/// The plan to which a cycle is pinned.
async fn pinned(store: &Store, municipality: &str, hash: &str) -> Result<Plan, Refusal> {
    let unknown = || Refusal::Unknown(format!("計画 {hash}"));
    let file = store.get(&key(municipality, &["plan", hash])?).await?;
    let file = String::from_utf8_lossy(&file.ok_or_else(unknown)?).into_owned();
    let bytes = store.file(&file.parse()?).await?;
    read_json(&bytes.ok_or_else(unknown)?)
}
