//! Entries whose printed weekday is not that of their date, and watches that have seen enough to warn.

use std::collections::BTreeMap;

use authoring::Finding;

use super::super::read::Parts;
use crate::ledger::{Book, Ledger, Watching};

pub(super) fn remarks(parts: &Parts) -> Vec<Finding> {
    let ledgers = &parts.ledgers.read;
    let book = Book::of(ledgers.values());
    of(ledgers, &parts.ledgers.watching, &book)
}

/// The remarks about the entries of a book.
pub(crate) fn of(
    ledgers: &BTreeMap<String, Ledger>,
    watching: &[Watching],
    book: &Book,
) -> Vec<Finding> {
    let weekdays = ledgers.values().flat_map(|ledger| weekdays(ledger, book));
    let mut remarks: Vec<Finding> = weekdays.collect();
    remarks.extend(watching.iter().filter_map(|watching| {
        let seen = book.warned(ledgers, watching)?;
        Some(Finding::new(
            "pack.watched",
            "watches.json",
            None,
            format!("見守り「{}」: {}", seen.id, seen.text),
            "記録を確かめ、要るなら手を打ってください。",
        ))
    }));
    remarks
}

fn weekdays(ledger: &Ledger, book: &Book) -> Vec<Finding> {
    let entries = book.entries(&ledger.id).iter();
    let wrong = entries.filter_map(|entry| {
        let note = ledger.weekday_note(entry)?;
        let day = ledger.when(entry)?.japanese();
        Some(Finding::new(
            "pack.weekday_differs",
            ledger.file(),
            entry.line,
            format!(
                "{}の記録「{}」（{day}）: {note}。",
                ledger.name(),
                ledger.title(entry)
            ),
            "日付と曜日のどちらが正しいかを原典で確かめてください。",
        ))
    });
    wrong.collect()
}
