//! One after the other: two requests of the same respondent read a draft, change it, and store it.
//! At the same time, the one would undo what the other has just stored.

use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::{Mutex, MutexGuard};

/// Two respondents seldom share a lane; when they do, one of them waits for a moment.
static LANES: [Mutex<()>; 4096] = [const { Mutex::const_new(()) }; 4096];

/// Waits for the turn of this link, and keeps it until the guard is dropped.
pub async fn in_turn(link: &str) -> MutexGuard<'static, ()> {
    let mut hasher = DefaultHasher::new();
    link.hash(&mut hasher);
    let lane = hasher.finish() % LANES.len() as u64;
    LANES[lane as usize].lock().await
}
