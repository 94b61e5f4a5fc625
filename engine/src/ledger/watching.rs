//! What the watches see: how many entries there were in the months up to a day, or which lie near each other.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use forms::Condition;
use papers::wareki;
use serde::Serialize;

use super::{Book, Entry, Filter, Ledger, Near, Raised, Watch, When};
use crate::pack::Pack;

/// A watch of a checked pack.
#[derive(Clone, Debug)]
pub(crate) struct Watching {
    pub watch: Watch,
    pub condition: Option<Condition>,
}

/// What a watch sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    pub id: String,
    /// What it says when it is met, with the counts.
    pub text: String,
    /// The counts alone.
    pub said: String,
    /// Entries, or pairs of entries.
    pub count: u64,
    pub met: bool,
}

impl Book {
    /// What every watch sees on a day.
    pub fn watched(&self, pack: &Pack, on: NaiveDate) -> Vec<Seen> {
        let ledger = |watching: &Watching| pack.ledgers.get(&watching.watch.ledger);
        let watches = pack.watches.iter();
        watches
            .filter_map(|watching| Some(self.seen(ledger(watching)?, watching, Some(on))))
            .collect()
    }

    /// A watch that warns, on the day on which it saw most; `None` where that was not enough.
    pub(crate) fn warned(
        &self,
        ledgers: &BTreeMap<String, Ledger>,
        watching: &Watching,
    ) -> Option<Seen> {
        let watch = &watching.watch;
        watch.warn.as_ref()?;
        let ledger = ledgers.get(&watch.ledger)?;
        let dated = self
            .entries(&ledger.id)
            .iter()
            .filter_map(|entry| ledger.when(entry));
        let days: Vec<_> = match (watch.months, &watch.near) {
            (Some(_), None) => dated.map(|when| Some(when.last_day())).collect(),
            _ => vec![None],
        };
        let seen = days.into_iter().map(|on| self.seen(ledger, watching, on));
        let most = seen.reduce(|most, seen| if seen.count > most.count { seen } else { most });
        most.filter(|seen| seen.met)
    }

    /// Lines under 協議事項 of a body.
    pub(super) fn proposed(&self, pack: &Pack, body: &str, on: NaiveDate) -> Vec<Raised> {
        let proposing = pack.watches.iter().filter_map(|watching| {
            let propose = watching.watch.propose.as_ref();
            Some((watching, propose.filter(|propose| propose.body == body)?))
        });
        let raised = proposing.filter_map(|(watching, propose)| {
            let ledger = pack.ledgers.get(&watching.watch.ledger)?;
            let seen = self.seen(ledger, watching, Some(on));
            seen.met.then(|| Raised {
                title: propose.title.clone(),
                reason: seen.said,
                from: format!("watches/{}", watching.watch.id),
                meeting: None,
            })
        });
        raised.collect()
    }

    /// On a day, or without one over all entries.
    fn seen(&self, ledger: &Ledger, watching: &Watching, on: Option<NaiveDate>) -> Seen {
        let watch = &watching.watch;
        let filter = Filter {
            condition: watching.condition.clone(),
            ..Filter::default()
        };
        let entries = self.counted(ledger, &filter);
        let (count, met, said) = match &watch.near {
            Some(near) => {
                let pairs = pairs(ledger, &entries, near, on);
                // Where small numbers are hidden, single entries are not named.
                let named = ledger.definition.hide_below.is_none() && !pairs.is_empty();
                let names = if named {
                    format!("：{}", pairs.join("、"))
                } else {
                    String::new()
                };
                let count = pairs.len() as u64;
                (count, count > 0, format!("{count}組{names}"))
            }
            None => {
                let from = watch
                    .months
                    .zip(on)
                    .and_then(|(months, on)| window(on, months));
                let inside = |day: NaiveDate| {
                    from.is_none_or(|from| from <= day) && on.is_none_or(|on| day <= on)
                };
                let days = entries.into_iter().filter_map(|entry| ledger.when(entry));
                let count = days.filter(|when| inside(when.first_day())).count() as u64;
                let least = watch.at_least.unwrap_or(1);
                (count, count >= least, counted(ledger, watch, on, count))
            }
        };
        let propose = watch.propose.as_ref().map(|propose| &propose.title);
        let text = match watch.warn.as_ref().or(propose) {
            Some(text) => format!("{text}（{said}）"),
            None => said.clone(),
        };
        Seen {
            id: watch.id.clone(),
            text,
            said,
            count,
            met,
        }
    }
}

/// 相談記録が令和7年6月30日（月）までの12か月で23件、基準は20件以上
fn counted(ledger: &Ledger, watch: &Watch, on: Option<NaiveDate>, count: u64) -> String {
    let unit = &ledger.definition.unit;
    let over = match (on.map(|on| When::Day(on).japanese()), watch.months) {
        (Some(on), Some(months)) => format!("{on}までの{months}か月で"),
        (Some(on), None) => format!("{on}までに"),
        (None, _) => "これまでに".to_owned(),
    };
    let least = watch
        .at_least
        .map_or(String::new(), |least| format!("、基準は{least}{unit}以上"));
    format!("{}が{over}{count}{unit}{least}", ledger.name())
}

/// The first day of the months up to a day: the 12 months up to 2025-03-31 begin on 2024-04-01.
fn window(on: NaiveDate, months: u32) -> Option<NaiveDate> {
    on.succ_opt()?.checked_sub_months(Months::new(months))
}

/// Pairs of entries dated by a day; of those, with a day asked about, the ones that touch its fiscal year.
fn pairs(ledger: &Ledger, entries: &[&Entry], near: &Near, on: Option<NaiveDate>) -> Vec<String> {
    let dated: Vec<(&Entry, NaiveDate)> = entries
        .iter()
        .filter_map(|entry| match ledger.when(entry)? {
            When::Day(day) => Some((*entry, day)),
            _ => None,
        })
        .collect();
    let year = on.map(wareki::fiscal_year_of);
    let this_year = |day: NaiveDate| year.is_none_or(|year| wareki::fiscal_year_of(day) == year);
    let mut pairs = Vec::new();
    for (nth, (a, on_a)) in dated.iter().enumerate() {
        for (b, on_b) in &dated[nth + 1..] {
            let (same, differs) = (&near.same, &near.differs);
            let answered = |entry: &Entry, item: &str| entry.answers.typed(item);
            let alike = !a.answers.is_blank(same) && answered(a, same) == answered(b, same);
            let apart = !a.answers.is_blank(differs)
                && !b.answers.is_blank(differs)
                && answered(a, differs) != answered(b, differs);
            let close = (*on_b - *on_a).num_days().abs() <= near.days;
            if alike && apart && close && (this_year(*on_a) || this_year(*on_b)) {
                let said = |entry: &Entry, day: NaiveDate| {
                    format!("{} {}", When::Day(day).japanese(), ledger.title(entry))
                };
                pairs.push(format!("「{}」と「{}」", said(a, *on_a), said(b, *on_b)));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_end_on_the_day_asked_about() {
        assert_eq!(window(day("2025-03-31"), 12), Some(day("2024-04-01")));
        assert_eq!(window(day("2025-06-30"), 1), Some(day("2025-06-01")));
        assert_eq!(window(day("2025-02-28"), 1), Some(day("2025-02-01")));
        assert_eq!(window(day("2025-06-15"), 1), Some(day("2025-05-16")));
    }
}
