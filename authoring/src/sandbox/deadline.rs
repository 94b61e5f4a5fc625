//! The deadline of an evaluation: the only place of the pure crates that looks at a clock, and only to stop.

use std::cell::Cell;
use std::time::{Duration, Instant};

use rhai::{Dynamic, Engine};

thread_local! {
    static STARTED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Stops an evaluation of `engine` that takes longer than `millis`.
///
/// The operation counter restarts at 1 with each evaluation and an evaluation stays on its thread, so the
/// first operation marks the start. The time is looked at every 32 operations: reading it costs more than
/// one operation does.
pub(super) fn install(engine: &mut Engine, millis: u64) {
    let limit = Duration::from_millis(millis);
    engine.on_progress(move |operations| {
        if operations <= 1 {
            STARTED.set(Some(Instant::now()));
            return None;
        }
        if operations % 32 != 0 {
            return None;
        }
        let elapsed = STARTED.get().map(|started| started.elapsed());
        elapsed
            .filter(|elapsed| *elapsed > limit)
            .map(|_| Dynamic::from(format!("{millis}ミリ秒を超えました")))
    });
}
