//! watches.json: what is counted again and again, so that somebody hears of it when it is much.

use chrono::{Months, NaiveDate};
use forms::Condition;
use papers::wareki;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Book, Entry, Filter, Ledger, Raised, When};
use crate::pack::Pack;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Watches {
    pub watches: Vec<Watch>,
}

/// Either how many entries there were (`at_least`), or entries that lie `near` each other.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Watch {
    pub id: String,
    pub ledger: String,
    /// An expression over the items of the ledger's form.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// Counted over this many months up to the day asked about; without it, from the first entry on.
    #[serde(default)]
    #[schemars(range(min = 1, max = 120))]
    pub months: Option<u32>,
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub at_least: Option<u64>,
    #[serde(default)]
    pub near: Option<Near>,
    /// A line under 協議事項 of a body's next 次第.
    #[serde(default)]
    pub propose: Option<Propose>,
    /// A remark.
    #[serde(default)]
    pub warn: Option<String>,
}

/// Two entries with the same answer to one item and different ones to another, at most so many days apart.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Near {
    pub same: String,
    pub differs: String,
    #[schemars(range(min = 0, max = 366))]
    pub days: i64,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Propose {
    pub title: String,
    pub body: String,
}

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
    /// Entries, or pairs of entries.
    pub count: u64,
    pub met: bool,
}

impl Book {
    /// What every watch sees on a day.
    pub fn watched(&self, pack: &Pack, on: NaiveDate) -> Vec<Seen> {
        let watches = pack.watches.iter();
        watches
            .filter_map(|watching| self.seen(pack, watching, Some(on)))
            .collect()
    }

    /// The watches that warn, each on the day on which it saw most.
    pub(crate) fn warned(&self, pack: &Pack) -> Vec<Seen> {
        let warning = pack
            .watches
            .iter()
            .filter(|watching| watching.watch.warn.is_some());
        let most = warning.filter_map(|watching| {
            let ledger = pack.ledgers.get(&watching.watch.ledger)?;
            let days = self
                .entries(&ledger.id)
                .iter()
                .filter_map(|entry| ledger.when(entry));
            let counted = watching.watch.months.is_some() && watching.watch.near.is_none();
            let days: Vec<_> = if counted {
                days.map(|when| Some(when.last_day())).collect()
            } else {
                vec![None]
            };
            let seen = days
                .into_iter()
                .filter_map(|on| self.seen(pack, watching, on));
            seen.reduce(|most, seen| if seen.count > most.count { seen } else { most })
        });
        most.filter(|seen| seen.met).collect()
    }

    pub(super) fn proposed<'a>(
        &'a self,
        pack: &'a Pack,
        body: &'a str,
        on: NaiveDate,
    ) -> impl Iterator<Item = Raised> + 'a {
        pack.watches.iter().filter_map(move |watching| {
            let propose = watching
                .watch
                .propose
                .as_ref()
                .filter(|propose| propose.body == body)?;
            let seen = self
                .seen(pack, watching, Some(on))
                .filter(|seen| seen.met)?;
            Some(Raised {
                title: propose.title.clone(),
                reason: seen.text,
                from: format!("watches/{}", watching.watch.id),
            })
        })
    }

    /// On a day, or without one over all entries.
    fn seen(&self, pack: &Pack, watching: &Watching, on: Option<NaiveDate>) -> Option<Seen> {
        let watch = &watching.watch;
        let ledger = pack.ledgers.get(&watch.ledger)?;
        let filter = Filter {
            condition: watching.condition.clone(),
            ..Filter::default()
        };
        let entries = self.counted(ledger, &filter);
        let (count, met, said) = match &watch.near {
            Some(near) => {
                let pairs = pairs(ledger, &entries, near, on);
                let count = pairs.len() as u64;
                (count, count > 0, format!("{count}組：{}", pairs.join("、")))
            }
            None => {
                let from = watch
                    .months
                    .zip(on)
                    .and_then(|(months, on)| window(on, months));
                let inside = entries
                    .into_iter()
                    .filter_map(|entry| ledger.when(entry))
                    .filter(|when| {
                        let day = when.first_day();
                        from.is_none_or(|from| from <= day) && on.is_none_or(|on| day <= on)
                    });
                let count = inside.count() as u64;
                let least = watch.at_least.unwrap_or(1);
                (
                    count,
                    count >= least,
                    counted(ledger, watch, on, count, least),
                )
            }
        };
        let text = match (&watch.warn, &watch.propose) {
            (Some(warn), _) => format!("{warn}（{said}）"),
            (None, Some(propose)) => format!("{}（{said}）", propose.title),
            (None, None) => said,
        };
        Some(Seen {
            id: watch.id.clone(),
            text,
            count,
            met,
        })
    }
}

/// 相談記録が令和7年6月30日（月）までの12か月で23件、基準は20件以上
fn counted(
    ledger: &Ledger,
    watch: &Watch,
    on: Option<NaiveDate>,
    count: u64,
    least: u64,
) -> String {
    let unit = &ledger.definition.unit;
    let until = on.map_or(String::new(), |on| {
        format!("{}まで", When::Day(on).japanese())
    });
    let months = watch
        .months
        .map_or(String::new(), |months| format!("の{months}か月"));
    let over = match format!("{until}{months}") {
        over if over.is_empty() => "これまで".to_owned(),
        over => over,
    };
    format!(
        "{}が{over}で{count}{unit}、基準は{least}{unit}以上",
        ledger.name()
    )
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
