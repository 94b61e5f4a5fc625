//! The bodies of a fiscal year, how often they meet in it, and what a body took over from which.

use chrono::NaiveDate;

use super::Body;
use crate::municipality::Municipality;

/// The first and the last day of a fiscal year (4/1 to 3/31).
pub fn fiscal_year(year: i32) -> (NaiveDate, NaiveDate) {
    let day = |month, last| workflows::calendar::in_fiscal_year(year, month, last);
    (
        day(4, 1).unwrap_or(NaiveDate::MIN),
        day(3, 31).unwrap_or(NaiveDate::MAX),
    )
}

impl Body {
    /// Whether it is there on any day of a fiscal year.
    pub fn in_year(&self, year: i32) -> bool {
        let (first, last) = fiscal_year(year);
        self.from.is_none_or(|from| from <= last) && self.to.is_none_or(|to| first <= to)
    }

    /// The fewest and the most meetings of a fiscal year at all its places. A body that is there, or
    /// unsuspended, for a part of the year only may not have met at all: its fewest are 0.
    ///
    /// `None` where its meetings are not known, or are somebody else's (`host`).
    pub fn meetings_in(&self, year: i32) -> Option<[u64; 2]> {
        let meets = self.meets.as_ref().filter(|_| self.host.is_none())?;
        let (first, last) = fiscal_year(year);
        let pause = self.suspended.as_ref();
        let pause =
            pause.filter(|pause| pause.from <= last && pause.to.is_none_or(|to| first <= to));
        let paused =
            pause.is_some_and(|pause| pause.from <= first && pause.to.is_none_or(|to| last <= to));
        if !self.in_year(year) || paused {
            return Some([0, 0]);
        }
        let [fewest, most] = self.all_places(meets.times);
        let whole = self.exists_on(first) && self.exists_on(last) && pause.is_none();
        Some([if whole { fewest } else { 0 }, most])
    }

    /// So many times at each place, at all places together.
    pub fn all_places(&self, times: [u32; 2]) -> [u64; 2] {
        times.map(|times| u64::from(times) * u64::from(self.places.unwrap_or(1)))
    }
}

impl Municipality {
    /// The bodies that are there on any day of a fiscal year, suspended ones included.
    pub fn bodies_in(&self, year: i32) -> impl Iterator<Item = &Body> {
        self.bodies.iter().filter(move |body| body.in_year(year))
    }

    /// The fewest and the most meetings of a fiscal year, of all own bodies that say how often they meet.
    pub fn load(&self, year: i32) -> [u64; 2] {
        let known = self.bodies.iter().filter_map(|body| body.meetings_in(year));
        known.fold([0, 0], |sum, times| [sum[0] + times[0], sum[1] + times[1]])
    }

    /// How many of the own bodies of a fiscal year say how often they meet, and how many do not.
    pub fn load_known(&self, year: i32) -> (usize, usize) {
        let own = self.bodies_in(year).filter(|body| body.host.is_none());
        let (known, unknown): (Vec<&Body>, Vec<&Body>) = own.partition(|body| body.meets.is_some());
        (known.len(), unknown.len())
    }

    /// A body and all that it took over from, directly or through others: whose history is its own.
    pub fn lineage(&self, id: &str) -> Vec<&Body> {
        let mut line: Vec<&Body> = self.body(id).into_iter().collect();
        let mut at = 0;
        while let Some(body) = line.get(at) {
            for before in body.succeeds.iter().filter_map(|id| self.body(id)) {
                if !line.iter().any(|known| known.id == before.id) {
                    line.push(before);
                }
            }
            at += 1;
        }
        line
    }
}
