//! Who acts, and when. The clock enters the engine here and nowhere else.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// An act: the instant, and the person or part of the program that acts.
#[derive(Clone, Debug)]
pub struct Act {
    pub at: DateTime<Utc>,
    pub by: String,
    /// 代決: the person for whom this one decides.
    pub on_behalf_of: Option<String>,
}

impl Act {
    pub fn new(at: DateTime<Utc>, by: impl Into<String>) -> Act {
        let (by, on_behalf_of) = (by.into(), None);
        Act {
            at,
            by,
            on_behalf_of,
        }
    }

    /// What the program does on its own: timers, computations.
    pub fn by_meguri(at: DateTime<Utc>) -> Act {
        Act::new(at, "meguri")
    }

    /// The day in Japan: 15:30 UTC is already tomorrow there.
    pub fn today(&self) -> NaiveDate {
        self.at.with_timezone(&japan()).date_naive()
    }

    pub(crate) fn for_cycle(&self) -> workflows::At {
        workflows::At {
            instant: self.at,
            today: self.today(),
        }
    }
}

/// UTC+9, without daylight saving since 1952.
pub fn japan() -> FixedOffset {
    FixedOffset::east_opt(9 * 3600).expect("nine hours are a valid offset")
}
