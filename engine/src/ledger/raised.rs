//! What ledgers and watches put on the agenda of a body, each with its reason.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Book, Entry, Filter, Ledger};
use crate::pack::Pack;

/// A line under 協議事項.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    pub title: String,
    /// Why it stands there.
    pub reason: String,
    /// `ledger/entry`, or `watches/id`.
    pub from: String,
    /// The meeting that left it over, by its id.
    pub meeting: Option<String>,
}

/// The ledger of what meetings have left to do: postponed items and follow-ups.
pub const FOLLOW_UPS: &str = "follow-ups";

/// The item of such an entry that names the meeting from which it comes.
const MEETING: &str = "meeting";

impl Book {
    /// What a body has to discuss on a day, in the order of the ledgers, then of the watches. An entry that is
    /// dated later than the day waits; one that was not finished comes back for as long as its rule holds.
    pub fn raised(&self, pack: &Pack, body: &str, on: NaiveDate) -> Vec<Raised> {
        let mut raised = Vec::new();
        for ledger in pack.ledgers.values() {
            for entry in self.counted(ledger, &Filter::default()) {
                let from = format!("{}/{}", ledger.id, entry.id);
                let later = ledger.when(entry).is_some_and(|when| when.first_day() > on);
                if later {
                    continue;
                }
                if let Some(reason) = reason(ledger, entry, body) {
                    raised.push(Raised {
                        title: ledger.title(entry).to_owned(),
                        reason: reason.to_owned(),
                        from,
                        meeting: entry
                            .answers
                            .text(MEETING)
                            .filter(|_| ledger.id == FOLLOW_UPS)
                            .map(str::to_owned),
                    });
                }
            }
        }
        raised.extend(self.proposed(pack, body, on));
        raised
    }

    /// The entries of a fiscal year that stand in next year's draft: `carry` holds, and no entry has been
    /// promoted from them yet.
    pub fn carried<'a>(&'a self, pack: &Pack, ledger: &str, year: i32) -> Vec<&'a Entry> {
        let Some(ledger) = pack.ledgers.get(ledger) else {
            return Vec::new();
        };
        let Some(carry) = &ledger.carry else {
            return Vec::new();
        };
        let followed: BTreeSet<&str> = self
            .entries(&ledger.id)
            .iter()
            .filter_map(|entry| ledger.from(entry))
            .collect();
        let mut carried = self.counted(ledger, &Filter::year(year));
        carried.retain(|entry| {
            carry.holds(&entry.answers)
                && !followed.contains(format!("{}/{}", ledger.id, entry.id).as_str())
        });
        carried
    }
}

/// Why an entry belongs on the agenda of a body: the first rule that holds.
fn reason<'a>(ledger: &'a Ledger, entry: &Entry, body: &str) -> Option<&'a str> {
    let rules = ledger.definition.to_agenda.iter().zip(&ledger.to_agenda);
    let mut rules = rules.filter(|(rule, _)| {
        let whose = rule.body.as_deref().or_else(|| ledger.body(entry));
        whose.is_none_or(|whose| whose == body)
    });
    let found = rules.find(|(_, condition)| condition.holds(&entry.answers));
    found.map(|(rule, _)| rule.reason.as_str())
}
