//! An entry of a ledger: its id and the clean answers to the form.

use forms::Answers;
use papers::wareki;
use serde_json::{Map, Value};

use super::{Ledger, When};

/// One consultation, event, issue …
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Unique in its ledger.
    pub id: String,
    /// Checked by the form.
    pub answers: Answers,
    /// The line of `ledgers/<id>.jsonl` that last changed it; none for one that was entered since.
    pub line: Option<u32>,
}

impl Entry {
    /// The entry as a line of `ledgers/<id>.jsonl`: its id and the items.
    pub fn json(&self) -> Value {
        let mut fields = Map::from_iter([("id".to_owned(), Value::from(self.id.as_str()))]);
        fields.extend(self.fields());
        Value::Object(fields)
    }

    /// Its answers as they stand in a line of `ledgers/<id>.jsonl`, without the id.
    pub(super) fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(&self.answers) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }
}

/// What the definition says about an entry.
impl Ledger {
    /// When it was: by the first item of `when` that is answered.
    pub fn when(&self, entry: &Entry) -> Option<When> {
        let mut items = self.definition.when.iter();
        items.find_map(|item| When::read(&entry.answers, item))
    }

    /// Its title; its id where it has none.
    pub fn title<'a>(&self, entry: &'a Entry) -> &'a str {
        said(entry, self.definition.title.as_ref()).unwrap_or(&entry.id)
    }

    /// The entry of this ledger that is counted in its place (【再掲】).
    pub fn again<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        said(entry, self.definition.again.as_ref())
    }

    pub fn body<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        said(entry, self.definition.body.as_ref())
    }

    /// `ledger/entry` from which it was promoted.
    pub fn from<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        said(entry, self.definition.from.as_ref())
    }

    /// The entry of this ledger that comes before it.
    pub fn after<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        said(entry, self.definition.after.as_ref())
    }

    /// Which weekday a source prints, where the day is another.
    pub fn weekday_note(&self, entry: &Entry) -> Option<String> {
        let printed = said(entry, self.definition.weekday.as_ref())?;
        let Some(When::Day(day)) = self.when(entry) else {
            return None;
        };
        let weekday = wareki::weekday(day);
        (printed != weekday).then(|| format!("原典の曜日は「{printed}」（正しくは「{weekday}」）"))
    }

    /// The code of its state.
    pub fn state<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        said(
            entry,
            self.definition.state.as_ref().map(|state| &state.item),
        )
    }
}

fn said<'a>(entry: &'a Entry, item: Option<&String>) -> Option<&'a str> {
    entry.answers.text(item?).filter(|text| !text.is_empty())
}
