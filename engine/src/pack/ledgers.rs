//! Reading the ledgers of a pack: definitions, then their entries line by line, then the watches.

use std::collections::BTreeMap;

use authoring::{Finding, Source};
use forms::{Condition, Questionnaire};

use super::files::stem;
use super::read::{Read, Reader};
use crate::frame::Frame;
use crate::ledger::{Book, Definition, Ledger, Watches, Watching};
use crate::schema::Kind;

/// The ledgers that could be read, with the text of their definitions for the checks.
#[derive(Default)]
pub(super) struct Ledgers {
    pub definitions: BTreeMap<String, Read<Definition>>,
    pub read: BTreeMap<String, Ledger>,
    pub watches: Option<Source>,
    pub watching: Vec<Watching>,
}

impl Reader<'_> {
    pub(super) fn ledgers(
        &mut self,
        forms: &BTreeMap<String, Questionnaire>,
        frame: Option<&Frame>,
    ) -> Ledgers {
        let mut ledgers = Ledgers::default();
        let paths = self.files.in_folder("ledgers", "json");
        let paths: Vec<String> = paths.map(|(path, _)| path.to_owned()).collect();
        for path in paths {
            let id = stem(&path).to_owned();
            let Some(read) = self.json::<Definition>(&path, Kind::Ledger) else {
                continue;
            };
            // An unknown form is reported by check::ledgers.
            if let Some(form) = forms.get(&read.value.form)
                && let Some(ledger) = self.ledger(&id, &read, form)
            {
                ledgers.read.insert(id.clone(), ledger);
            }
            ledgers.definitions.insert(id, read);
        }
        if let Some(frame) = frame {
            self.entries(&mut ledgers, frame);
        }
        self.watches(&mut ledgers);
        ledgers
    }

    fn ledger(
        &mut self,
        id: &str,
        read: &Read<Definition>,
        form: &Questionnaire,
    ) -> Option<Ledger> {
        let (source, definition) = (&read.source, &read.value);
        let mut to_agenda = Vec::new();
        for (index, rule) in definition.to_agenda.iter().enumerate() {
            let at = format!("/to_agenda/{index}/where");
            to_agenda.push(self.condition(source, &at, &rule.condition, form));
        }
        let carry = definition.carry.as_ref();
        let carry = carry.map(|text| self.condition(source, "/carry", text, form));
        Some(Ledger {
            id: id.to_owned(),
            definition: definition.clone(),
            form: form.clone(),
            to_agenda: to_agenda.into_iter().collect::<Option<_>>()?,
            carry: match carry {
                Some(carry) => Some(carry?),
                None => None,
            },
            own: super::base::base().all(|(path, text)| {
                path != source.file() || self.files.0.get(path).is_some_and(|own| own != text)
            }),
            shipped: Vec::new(),
        })
    }

    fn condition(
        &mut self,
        source: &Source,
        at: &str,
        text: &str,
        form: &Questionnaire,
    ) -> Option<Condition> {
        let compiled = Condition::compile(text, form).map_err(|wrong| {
            let finding = |one: forms::Unreadable| source.finding(one.code, at, one.what, one.todo);
            wrong.into_iter().map(finding).collect()
        });
        self.take(compiled)
    }

    fn entries(&mut self, ledgers: &mut Ledgers, frame: &Frame) {
        let mut book = Book::default();
        for (path, text) in self.files.in_folder("ledgers", "jsonl") {
            let id = stem(path);
            if let Some(ledger) = ledgers.read.get(id) {
                let wrong = book.lines(ledger, &frame.programme, path, text);
                self.findings.extend(wrong);
            } else if !self.files.0.contains_key(&format!("ledgers/{id}.json")) {
                self.findings.push(Finding::new(
                    "pack.missing_file",
                    path,
                    None,
                    format!("台帳の定義 ledgers/{id}.json がありません。"),
                    "定義を置くか、このファイルの名を台帳の id に合わせてください。",
                ));
            }
        }
        for ledger in ledgers.read.values_mut() {
            ledger.shipped = book.entries(&ledger.id).to_vec();
        }
    }

    fn watches(&mut self, ledgers: &mut Ledgers) {
        let Some(read) = self.json::<Watches>("watches.json", Kind::Watches) else {
            return;
        };
        for (index, watch) in read.value.watches.into_iter().enumerate() {
            let form = ledgers.read.get(&watch.ledger).map(|ledger| &ledger.form);
            let at = format!("/watches/{index}/where");
            let condition = match (&watch.condition, form) {
                (Some(text), Some(form)) => self.condition(&read.source, &at, text, form),
                _ => None,
            };
            ledgers.watching.push(Watching { watch, condition });
        }
        ledgers.watches = Some(read.source);
    }
}
