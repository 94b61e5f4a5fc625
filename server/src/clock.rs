//! The one place where the product reads the clock.

use std::sync::RwLock;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

/// What time it is. In a demo, time is part of the story and goes on from there.
pub enum Clock {
    System,
    Story(RwLock<(DateTime<Utc>, Instant)>),
}

impl Clock {
    pub fn story(starts: DateTime<Utc>) -> Clock {
        Clock::Story(RwLock::new((starts, Instant::now())))
    }

    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Clock::System => system(),
            Clock::Story(point) => {
                let (told, since) = *point
                    .read()
                    .expect("nothing panics while the story is held");
                told + TimeDelta::from_std(since.elapsed()).unwrap_or_default()
            }
        }
    }

    /// Moves the story forward; it never goes back. The real clock is left alone.
    pub fn advance(&self, to: DateTime<Utc>) {
        if let Clock::Story(point) = self {
            let to = to.max(self.now());
            *point
                .write()
                .expect("nothing panics while the story is held") = (to, Instant::now());
        }
    }

    pub fn is_story(&self) -> bool {
        matches!(self, Clock::Story(_))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where the clock is read"
)]
fn system() -> DateTime<Utc> {
    Utc::now()
}
