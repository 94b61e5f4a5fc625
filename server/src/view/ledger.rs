//! Ledgers and their entries as pages show them.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use engine::ledger::{Book, Entry, Filter, Ledger, When};
use engine::year::Year;
use forms::{Answers, Kind};
use minijinja::context;
use minijinja::value::Value;
use serde_json::Map;

/// Where a ledger or one of its entries is.
pub fn href(slug: &str, ledger: &str, entry: Option<&str>) -> String {
    let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let ledger = format!("/{slug}/ledgers/{}", part(ledger));
    entry.map_or_else(|| ledger.clone(), |id| format!("{ledger}/{}", part(id)))
}

/// A ledger in the list of ledgers. Whoever may not see its single entries does not see small counts either.
pub fn card(year: &Year, book: &Book, ledger: &Ledger, this_year: i32, single: bool) -> Value {
    let count = |entries: Vec<&Entry>| {
        let count = entries.len() as u64;
        let hidden = ledger.definition.hide_below.filter(|_| !single);
        match hidden.is_some_and(|below| (1..below).contains(&count)) {
            true => "＊".to_owned(),
            false => count.to_string(),
        }
    };
    let all = book.counted(ledger, &Filter::default());
    let without_state: Vec<&Entry> = match ledger.definition.state {
        Some(_) => {
            let open = all.iter().filter(|entry| ledger.state(entry).is_none());
            open.copied().collect()
        }
        None => Vec::new(),
    };
    let closed = year.state(|state| {
        state
            .ledgers
            .get(&ledger.id)
            .map(|held| held.closed.clone())
    });
    let closed = closed.unwrap_or_default();
    let last = closed.last().and_then(|month| When::read_month(month));
    context! {
        href => href(year.slug(), &ledger.id, None),
        name => ledger.name(),
        unit => ledger.definition.unit.as_str(),
        dated => !ledger.definition.when.is_empty(),
        this_year => count(book.counted(ledger, &Filter::year(this_year))),
        state => ledger.state_item().map(|item| item.title.as_str()),
        without_state => (!without_state.is_empty()).then(|| count(without_state)),
        closed => closed.len(),
        closed_until => last.map(When::japanese),
        all => count(all),
        single,
    }
}

/// A line of the list of entries.
pub fn row(slug: &str, book: &Book, ledger: &Ledger, entry: &Entry) -> Value {
    let first = ledger.again(entry);
    let first = first.map(|id| {
        book.entry(&ledger.id, id)
            .map_or(id, |first| ledger.title(first))
    });
    context! {
        id => entry.id.as_str(),
        href => href(slug, &ledger.id, Some(&entry.id)),
        title => ledger.title(entry),
        day => ledger.when(entry).map(When::japanese),
        again => first,
        state => ledger.state(entry).map(|code| ledger.state_label(code)),
    }
}

/// Whether entries can belong to a month, so that it can be closed.
pub fn has_months(ledger: &Ledger) -> bool {
    let mut items = ledger.definition.when.iter();
    items.any(|id| {
        let item = ledger.form.item(id);
        item.is_some_and(|item| !matches!(item.kind, Kind::Integer { .. }))
    })
}

/// The fiscal years that have entries and the present one, the newest first.
pub fn years(book: &Book, ledger: &Ledger, this_year: i32) -> Vec<i32> {
    let whens = book.entries(&ledger.id).iter();
    let years = whens.filter_map(|entry| ledger.when(entry));
    let years: BTreeSet<i32> = years
        .map(|when| when.fiscal_year())
        .chain([this_year])
        .collect();
    years.into_iter().rev().collect()
}

/// The months of a fiscal year, each with its entries and whether it is closed.
pub fn months(
    year: &Year,
    book: &Book,
    ledger: &Ledger,
    fiscal_year: i32,
    chosen: Option<&str>,
) -> Vec<Value> {
    let here = href(year.slug(), &ledger.id, None);
    let firsts = (4..=12)
        .map(|month| (fiscal_year, month))
        .chain((1..=3).map(|month| (fiscal_year + 1, month)));
    let months = firsts.filter_map(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1));
    months
        .map(|first| {
            let month = first.format("%Y-%m").to_string();
            let filter = Filter {
                month: Some(month.clone()),
                ..Filter::default()
            };
            context! {
                title => format!("{}月", first.month()),
                count => book.select(ledger, &filter).len(),
                closed => year.closed(&ledger.id, &month),
                href => format!("{here}?month={month}"),
                here => chosen == Some(month.as_str()),
            }
        })
        .collect()
}

/// All items of the form as an entry is handed in: what is blank takes away what stood there.
pub fn whole(ledger: &Ledger, answers: &Answers) -> Map<String, serde_json::Value> {
    let items = ledger.form.items().iter();
    let blank = items.map(|item| (item.id.to_string(), serde_json::Value::Null));
    let mut fields: Map<String, serde_json::Value> = blank.collect();
    if let Ok(serde_json::Value::Object(said)) = serde_json::to_value(answers) {
        fields.extend(said);
    }
    fields
}
