//! An entry as a template sees it: every item as text under its id, and what the definition makes of it.

use forms::{Answers, Item, Kind};
use serde_json::{Map, Value, json};

use super::{Book, Entry, Ledger, When};
use crate::pack::Pack;

impl Book {
    /// `{id, title, text, day, year, month, weekday_note, state, state_label, scenes, body, again, from,
    /// from_title, previous}` and the items of the form. What is not known is null, which prints nothing.
    pub fn view(&self, pack: &Pack, ledger: &Ledger, entry: &Entry) -> Value {
        let mut view = self.alone(pack, ledger, entry);
        let before = ledger
            .after(entry)
            .and_then(|id| self.entry(&ledger.id, id));
        let before = before.map(|before| Value::Object(self.alone(pack, ledger, before)));
        view.insert("previous".to_owned(), before.unwrap_or_default());
        Value::Object(view)
    }

    fn alone(&self, pack: &Pack, ledger: &Ledger, entry: &Entry) -> Map<String, Value> {
        let items = ledger.form.items().iter();
        let mut view: Map<String, Value> = items
            .map(|item| (item.id.to_string(), label(item, &entry.answers)))
            .collect();
        let definition = &ledger.definition;
        let when = ledger.when(entry);
        let titled = |ledger: &str, id: &str| {
            let found = self.entry(ledger, id).zip(pack.ledgers.get(ledger));
            found.map(|(entry, ledger)| ledger.title(entry).to_owned())
        };
        let from = ledger.from(entry).and_then(|from| from.split_once('/'));
        let scenes = definition
            .scenes
            .as_ref()
            .map(|item| entry.answers.codes(item));
        let scenes: Vec<&str> = scenes
            .into_iter()
            .flatten()
            .filter_map(|code| pack.scenes().find(|scene| scene.id == code))
            .map(|scene| scene.name.as_str())
            .collect();
        let state = ledger.state(entry);
        let special = json!({
            "id": entry.id,
            "title": ledger.title(entry),
            "text": definition.text.as_ref().and_then(|item| entry.answers.text(item)),
            "day": when.map(When::japanese),
            "year": when.map(When::fiscal_year),
            "month": when.and_then(When::month),
            "state": state,
            "state_label": state.map(|code| ledger.state_label(code)),
            "scenes": scenes,
            "body": body(pack, ledger, entry, when),
            "again": ledger.again(entry).and_then(|id| titled(&ledger.id, id)),
            "from": ledger.from(entry),
            "from_title": from.and_then(|(ledger, id)| titled(ledger, id)),
            "weekday_note": ledger.weekday_note(entry),
        });
        if let Value::Object(special) = special {
            view.extend(special);
        }
        view
    }
}

/// The name of its body on that day; its present name where the day is not known.
fn body<'a>(pack: &'a Pack, ledger: &Ledger, entry: &Entry, when: Option<When>) -> Option<&'a str> {
    let body = pack.municipality.body(ledger.body(entry)?)?;
    Some(when.map_or(&body.name, |when| body.name_on(when.last_day())))
}

/// An answer in words: the titles of options, a date in 和暦; a number stays a number.
fn label(item: &Item, answers: &Answers) -> Value {
    let id = item.id.as_str();
    let titles = || {
        let codes = answers.codes(id).into_iter();
        let titles = codes.map(|code| {
            item.option(code)
                .map_or(code, |option| option.title.as_str())
        });
        titles.collect::<Vec<_>>().join("、")
    };
    match &item.kind {
        _ if answers.is_blank(id) => Value::Null,
        Kind::Integer { .. } => answers.integer(id).into(),
        Kind::Single { .. } | Kind::Multiple { .. } => titles().into(),
        Kind::Date => When::read(answers, id).map(When::japanese).into(),
        Kind::Matrix { .. } | Kind::Repeat { .. } => Value::Null,
        Kind::File { .. } => answers.attached(id).map(|file| file.name).into(),
        Kind::Decimal { .. } | Kind::Text { .. } => answers.typed(id).join("").into(),
    }
}
