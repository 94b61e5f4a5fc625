//! Counting indicators from the entries of ledgers: a figure for each fiscal year in which the ledger was kept.

use std::collections::BTreeMap;

use forms::tally::Row;

use super::book::Seen;
use super::{FigureBook, FigureKey, Origin};
use crate::ledger::{Book, Entry, Filter, Ledger};
use crate::pack::Pack;

impl FigureBook {
    /// Counts every indicator of every ledger. 【再掲】 is not counted. A year without an entry between the first
    /// and the last, or since the ledger has been kept (`since`), counts 0.
    pub fn count_ledgers(&mut self, pack: &Pack, book: &Book) {
        let newest = pack
            .ledgers
            .values()
            .filter_map(|ledger| Some(years(ledger, book)?.1))
            .max();
        for indicator in &pack.map.indicators {
            let ledger = indicator
                .ledger
                .as_ref()
                .and_then(|id| pack.ledgers.get(id));
            let (Some(ledger), Some(counting)) = (ledger, pack.countings.get(&indicator.id)) else {
                continue;
            };
            let kept = years(ledger, book);
            let since = ledger.definition.since.or(kept.map(|(first, _)| first));
            let until = match ledger.definition.since {
                Some(_) => newest,
                None => kept.map(|(_, last)| last),
            };
            let (Some(since), Some(until)) = (since, until) else {
                continue;
            };
            for year in since..=until {
                let entries = book.counted(ledger, &Filter::year(year));
                let nobody = BTreeMap::new();
                let rows: Vec<Row<'_>> = entries
                    .iter()
                    .map(|entry| Row {
                        answers: &entry.answers,
                        respondent: &nobody,
                    })
                    .collect();
                let key = FigureKey {
                    indicator: indicator.id.clone(),
                    area: pack.municipality.home_area.clone(),
                    year,
                };
                let origin = Origin::Ledger {
                    ledger: ledger.id.clone(),
                    name: ledger.name().to_owned(),
                    entries: rows.len() as u64,
                    estimated: counting
                        .estimate
                        .as_ref()
                        .map(|estimate| estimate.how.clone()),
                };
                let seen = Seen {
                    rows: &rows,
                    asked: &[],
                    questionnaire: &ledger.form,
                    format: None,
                    record: "記録",
                };
                self.take(key, counting, &seen, indicator, origin);
            }
        }
    }
}

/// The first and the last fiscal year of a ledger's entries.
fn years(ledger: &Ledger, book: &Book) -> Option<(i32, i32)> {
    let year = |entry: &Entry| Some(ledger.when(entry)?.fiscal_year());
    let years = || book.entries(&ledger.id).iter().filter_map(year);
    Some((years().min()?, years().max()?))
}
