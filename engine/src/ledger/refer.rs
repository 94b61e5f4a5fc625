//! What an entry refers to must be there: other entries, bodies, scenes, indicators (`pack.entry_reference`).

use authoring::{Finding, nearest};

use super::{Book, Entry, Ledger};

/// What entries can refer to beside entries. A list that could not be read is `None`: then any name may be
/// right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names<'a> {
    pub bodies: Vec<&'a str>,
    pub scenes: Option<Vec<&'a str>>,
    pub indicators: Option<Vec<&'a str>>,
}

/// Everything that an entry refers to and that is not there.
pub(crate) fn check(
    ledger: &Ledger,
    entry: &Entry,
    book: &Book,
    names: &Names<'_>,
) -> Vec<Finding> {
    let asking = Asking {
        ledger,
        entry,
        book,
    };
    let definition = &ledger.definition;
    let mut findings = Vec::new();
    findings.extend(asking.again());
    findings.extend(asking.after());
    findings.extend(asking.from());
    findings.extend(asking.names("会議体", definition.body.as_ref(), Some(&names.bodies)));
    findings.extend(asking.names("場面", definition.scenes.as_ref(), names.scenes.as_ref()));
    findings.extend(asking.names(
        "指標",
        definition.indicator.as_ref(),
        names.indicators.as_ref(),
    ));
    findings
}

/// An entry that others lean on cannot become 【再掲】 itself. Asked when one is changed; among entries that are read
/// together the others say so.
pub(crate) fn leaned_on(ledger: &Ledger, entry: &Entry, book: &Book) -> Option<Finding> {
    ledger.again(entry)?;
    let mut others = book.entries(&ledger.id).iter();
    let other = others.find(|other| ledger.again(other) == Some(&entry.id))?;
    let asking = Asking {
        ledger,
        entry,
        book,
    };
    Some(asking.say(
        format!(
            "記録「{}」の【再掲】の元なので、【再掲】にはできません。",
            other.id
        ),
        format!("「{}」の元を先に改めてください。", other.id),
    ))
}

struct Asking<'a> {
    ledger: &'a Ledger,
    entry: &'a Entry,
    book: &'a Book,
}

impl Asking<'_> {
    fn again(&self) -> Option<Finding> {
        let first = self.ledger.again(self.entry)?;
        if first == self.entry.id {
            return Some(self.say(
                "自分自身の【再掲】になっています。",
                "はじめに載せた記録の id を書いてください。",
            ));
        }
        let Some(first) = self.book.entry(&self.ledger.id, first) else {
            return Some(self.missing("【再掲】の元", first, self.ids(&self.ledger.id)));
        };
        let again = self.ledger.again(first)?;
        Some(self.say(
            format!("【再掲】の元「{}」も【再掲】です。", first.id),
            format!("はじめに載せた記録（「{again}」）の id を書いてください。"),
        ))
    }

    fn after(&self) -> Option<Finding> {
        let before = self.ledger.after(self.entry)?;
        if before == self.entry.id {
            return Some(self.say(
                "自分自身の後になっています。",
                "前の記録の id を書いてください。",
            ));
        }
        let there = self.book.entry(&self.ledger.id, before).is_some();
        (!there).then(|| self.missing("前の記録", before, self.ids(&self.ledger.id)))
    }

    fn from(&self) -> Option<Finding> {
        let from = self.ledger.from(self.entry)?;
        let Some((ledger, id)) = from.split_once('/') else {
            return Some(self.say(
                format!("元の記録「{from}」が「台帳/記録」の形ではありません。"),
                "issues/i3 のように、台帳の id と記録の id を書いてください。",
            ));
        };
        if !self.book.has(ledger) {
            return Some(self.missing("台帳", ledger, self.book.ledgers()));
        }
        let there = self.book.entry(ledger, id).is_some();
        (!there).then(|| self.missing("元の記録", id, self.ids(ledger)))
    }

    fn names(&self, what: &str, item: Option<&String>, known: Option<&Vec<&str>>) -> Vec<Finding> {
        let (Some(item), Some(known)) = (item, known) else {
            return Vec::new();
        };
        let codes = self.entry.answers.codes(item);
        let unknown = codes.into_iter().filter(|code| !known.contains(code));
        unknown
            .map(|code| self.missing(what, code, known.iter().copied()))
            .collect()
    }

    fn ids(&self, ledger: &str) -> impl Iterator<Item = &str> {
        self.book
            .entries(ledger)
            .iter()
            .map(|entry| entry.id.as_str())
    }

    fn missing<'a>(&self, what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Finding {
        let known: Vec<&str> = known.collect();
        let todo = match nearest(name, known.iter().copied()) {
            Some(near) => format!("「{near}」ではありませんか。"),
            None if known.is_empty() => format!("{what}を先に書いてください。"),
            None if known.len() <= 20 => format!("{} のどれかにしてください。", known.join("、")),
            None => "ある名前に直すか、消してください。".to_owned(),
        };
        self.say(format!("{what}「{name}」はありません。"), todo)
    }

    fn say(&self, what: impl std::fmt::Display, todo: impl Into<String>) -> Finding {
        Finding::new(
            "pack.entry_reference",
            self.ledger.file(),
            self.entry.line,
            format!("{}の記録「{}」: {what}", self.ledger.name(), self.entry.id),
            todo,
        )
    }
}
