//! The entries of all ledgers at one moment: those that ship with the pack, and those entered since.

use std::collections::{BTreeMap, HashMap};

use authoring::Finding;
use serde_json::Value;

use super::refer::{self, Names};
use super::{Beginning, Entry, Filter, Ledger, Line, lines};
use crate::frame::ProgrammeItem;
use crate::pack::Pack;

/// Entries by ledger.
#[derive(Clone, Debug, Default)]
pub struct Book {
    ledgers: BTreeMap<String, Entries>,
}

/// In the order in which they were first entered, with the place of each id.
#[derive(Clone, Debug, Default)]
struct Entries {
    list: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl Book {
    /// The entries that ship with a pack.
    pub fn shipped(pack: &Pack) -> Book {
        Book::of(pack.ledgers.values())
    }

    pub(crate) fn of<'a>(ledgers: impl Iterator<Item = &'a Ledger>) -> Book {
        let mut book = Book::default();
        for ledger in ledgers {
            book.ledgers.insert(ledger.id.clone(), Entries::default());
            for entry in &ledger.shipped {
                book.put(&ledger.id, entry.clone());
            }
        }
        book
    }

    pub fn has(&self, ledger: &str) -> bool {
        self.ledgers.contains_key(ledger)
    }

    pub fn ledgers(&self) -> impl Iterator<Item = &str> {
        self.ledgers.keys().map(String::as_str)
    }

    /// All entries of a ledger, 【再掲】 included.
    pub fn entries(&self, ledger: &str) -> &[Entry] {
        self.ledgers
            .get(ledger)
            .map_or(&[], |entries| entries.list.as_slice())
    }

    pub fn entry(&self, ledger: &str, id: &str) -> Option<&Entry> {
        let entries = self.ledgers.get(ledger)?;
        entries.places.get(id).map(|place| &entries.list[*place])
    }

    /// The entries that pass a filter, in the order of time; those without a date come last.
    pub fn select(&self, ledger: &Ledger, filter: &Filter) -> Vec<&Entry> {
        let entries = self.entries(&ledger.id).iter();
        let mut found: Vec<&Entry> = entries.filter(|entry| filter.fits(ledger, entry)).collect();
        found.sort_by_key(|entry| {
            let day = ledger.when(entry).map(|when| when.first_day());
            (day.is_none(), day)
        });
        found
    }

    /// Those that are counted: without 【再掲】.
    pub fn counted(&self, ledger: &Ledger, filter: &Filter) -> Vec<&Entry> {
        let mut found = self.select(ledger, filter);
        found.retain(|entry| ledger.again(entry).is_none());
        found
    }

    /// What an entry that is handed in would become: `{"id": "c27", "triage": "council"}` is a new entry or,
    /// where the id is known, a change of the items that it names. Nothing is changed here.
    ///
    /// # Errors
    /// `pack.unknown_reference` (no such ledger), `pack.entry`, `pack.item_mark`, `pack.entry_stage`,
    /// `pack.entry_reference`.
    pub fn enter(&self, pack: &Pack, ledger: &str, entry: Value) -> Result<Entry, Vec<Finding>> {
        let ledger = pack.ledger(ledger).map_err(|finding| vec![finding])?;
        let line = Line::new(&ledger.file(), None, entry).map_err(|finding| vec![finding])?;
        let earlier = self.entry(&ledger.id, &line.id);
        let entry = ledger.apply(&pack.frame.programme, earlier, &line, Beginning::First)?;
        let mut findings = refer::check(ledger, &entry, self, &names(pack));
        findings.extend(refer::leaned_on(ledger, &entry, self));
        if findings.is_empty() {
            Ok(entry)
        } else {
            Err(findings)
        }
    }

    /// Puts an entry that was checked by [`Book::enter`] in its place.
    pub fn put(&mut self, ledger: &str, entry: Entry) {
        let entries = self.ledgers.entry(ledger.to_owned()).or_default();
        match entries.places.get(&entry.id) {
            Some(place) => entries.list[*place] = entry,
            None => {
                entries.places.insert(entry.id.clone(), entries.list.len());
                entries.list.push(entry);
            }
        }
    }

    /// Adds the lines of files (ledger, name of the file, text), as if they shipped with the pack: an entry may
    /// refer to one of another file.
    ///
    /// # Errors
    /// As [`Book::enter`], each with its file and line; then nothing is added.
    pub fn add(&mut self, pack: &Pack, files: &[(&str, &str, &str)]) -> Result<(), Vec<Finding>> {
        let (mut after, mut findings) = (self.clone(), Vec::new());
        for (ledger, file, text) in files {
            match pack.ledger(ledger) {
                Ok(ledger) => {
                    findings.extend(after.lines(ledger, &pack.frame.programme, file, text));
                }
                Err(finding) => findings.push(finding),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let names = names(pack);
        for (ledger, file, _) in files {
            let Some(ledger) = pack.ledgers.get(*ledger) else {
                continue;
            };
            let entries = after.entries(&ledger.id).iter();
            let wrong = entries.flat_map(|entry| refer::check(ledger, entry, &after, &names));
            findings.extend(wrong.map(|finding| Finding {
                file: (*file).to_owned(),
                ..finding
            }));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        *self = after;
        Ok(())
    }

    /// Applies every line; those that are wrong are left out and reported.
    pub(crate) fn lines(
        &mut self,
        ledger: &Ledger,
        marks: &[ProgrammeItem],
        file: &str,
        text: &str,
    ) -> Vec<Finding> {
        let (lines, mut findings) = lines::read(file, text);
        for line in lines {
            let earlier = self.entry(&ledger.id, &line.id);
            match ledger.apply(marks, earlier, &line, Beginning::Anywhere) {
                Ok(entry) => self.put(&ledger.id, entry),
                Err(wrong) => findings.extend(wrong),
            }
        }
        findings
    }
}

fn names(pack: &Pack) -> Names<'_> {
    Names {
        bodies: pack
            .municipality
            .bodies
            .iter()
            .map(|body| body.id.as_str())
            .collect(),
        scenes: Some(pack.scenes().map(|scene| scene.id.as_str()).collect()),
        indicators: Some(
            pack.map
                .indicators
                .iter()
                .map(|one| one.id.as_str())
                .collect(),
        ),
    }
}
