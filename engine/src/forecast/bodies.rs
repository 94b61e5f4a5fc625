//! What the bodies of a pack bring to a year: how often they meet by their own account, and meetings of
//! bodies that are not there on the day.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Sitting, Warning};
use crate::body::fiscal_year;
use crate::pack::Pack;

/// The meetings of a fiscal year by what the bodies say of themselves (`meets`), beside those that cycles hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frequency {
    /// 年度.
    pub year: i32,
    pub lowest: u64,
    pub highest: u64,
    /// The bodies that meet at all, with their fewest and most meetings.
    pub bodies: Vec<(String, [u64; 2])>,
}

impl Frequency {
    /// `None` where no body says how often it meets in that year.
    pub(super) fn of(pack: &Pack, year: i32) -> Option<Frequency> {
        let (first, _) = fiscal_year(year);
        let [lowest, highest] = pack.municipality.load(year);
        let bodies: Vec<(String, [u64; 2])> = pack
            .municipality
            .bodies_in(year)
            .filter_map(|body| Some((body.name_on(first).to_owned(), body.meetings_in(year)?)))
            .filter(|(_, [_, most])| *most > 0)
            .collect();
        (!bodies.is_empty()).then_some(Frequency {
            year,
            lowest,
            highest,
            bodies,
        })
    }
}

/// A meeting of a body that has ended, is not yet there, or does not meet at the time.
pub(super) fn absent(pack: &Pack, sitting: &Sitting) -> Option<Warning> {
    let meeting = pack.agenda.meeting(&sitting.meeting)?;
    let body = pack.municipality.body(&meeting.body)?;
    let on: NaiveDate = sitting.on;
    let (name, title) = (body.name_on(on).to_owned(), sitting.title.clone());
    if !body.exists_on(on) {
        return Some(Warning::NoSuchBody {
            body: name,
            title,
            on,
        });
    }
    body.suspended_on(on).then(|| Warning::SuspendedBody {
        body: name,
        title,
        on,
        reason: body
            .suspended
            .as_ref()
            .and_then(|pause| pause.reason.clone()),
    })
}
