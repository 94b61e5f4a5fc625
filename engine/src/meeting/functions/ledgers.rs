//! The ledgers in a template.
//!
//! | Call | Gives |
//! |---|---|
//! | `entries(ledger)` | its entries in the order of time, 【再掲】 included; `year=`, `month=`, `where=`, or an item and its code |
//! | `count(ledger)` | how many, 【再掲】 left out; the same words |
//! | `table(source, rows=…)` | a Markdown table over a ledger or a survey: see `tables.rs` |
//! | `programme()` | the programme items with the entries of the ledger `programme`; `year=` leaves out what is dated otherwise |
//! | `carried(ledger)` | entries of the year before that stand in this year's draft; `year=` |
//! | `watches()` | what every watch sees; `on=` a day, without it the last day of the paper's fiscal year |

use chrono::NaiveDate;
use forms::Questionnaire;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error};
use serde_json::json;

use super::{Look, refuse};
use crate::body::fiscal_year;
use crate::ledger::{Entry, Filter, Ledger, Unfit};

/// Words of a call of `entries`, `count` or `table` that are no items.
pub const TABLE_WORDS: [&str; 10] = [
    "year", "month", "where", "rows", "columns", "sum", "share", "totals", "ratio", "decimals",
];

/// The ledger of the programme items.
const PROGRAMME: &str = "programme";

pub(super) fn register(environment: &mut Environment<'_>, look: &Look) {
    let l = look.clone();
    environment.add_function("entries", move |id: String, args: Kwargs| {
        l.entries(&id, &args)
    });
    let l = look.clone();
    environment.add_function("count", move |id: String, args: Kwargs| l.count(&id, &args));
    let l = look.clone();
    environment.add_function("programme", move |args: Kwargs| l.programme(&args));
    let l = look.clone();
    environment.add_function(
        "carried",
        move |id: String, args: Kwargs| -> Result<Value, Error> {
            let year: Option<i32> = args.get("year")?;
            args.assert_all_used()?;
            let ledger = l.ledger(&id)?;
            let carried = l
                .ledgers
                .carried(&l.pack, &ledger.id, year.unwrap_or(l.year) - 1);
            Ok(l.views(ledger, carried))
        },
    );
    let l = look.clone();
    environment.add_function("watches", move |args: Kwargs| l.watches(&args));
}

impl Look {
    pub(super) fn ledger(&self, id: &str) -> Result<&Ledger, Error> {
        let found = self.pack.ledger(id);
        found.map_err(|finding| refuse(format!("{}{}", finding.what, finding.todo)))
    }

    fn entries(&self, id: &str, args: &Kwargs) -> Result<Value, Error> {
        let ledger = self.ledger(id)?;
        let filter = filter(&ledger.form, args)?;
        if ledger.definition.hide_below.is_some() {
            return Err(refuse(format!(
                "台帳「{id}」は hide_below で件数の少ない数を伏せるので、記録を一件ずつ並べられません。table() か count() を使ってください。"
            )));
        }
        Ok(self.views(ledger, self.ledgers.select(ledger, &filter)))
    }

    fn views(&self, ledger: &Ledger, entries: Vec<&Entry>) -> Value {
        let views = entries.into_iter();
        views.map(|entry| self.view(ledger, entry)).collect()
    }

    fn view(&self, ledger: &Ledger, entry: &Entry) -> Value {
        Value::from(Serde(self.ledgers.view(&self.pack, ledger, entry)))
    }

    fn count(&self, id: &str, args: &Kwargs) -> Result<Value, Error> {
        let ledger = self.ledger(id)?;
        let count = self
            .ledgers
            .counted(ledger, &filter(&ledger.form, args)?)
            .len() as u64;
        let hidden = ledger
            .definition
            .hide_below
            .is_some_and(|below| (1..below).contains(&count));
        Ok(if hidden {
            Value::from_safe_string("＊".to_owned())
        } else {
            count.into()
        })
    }

    fn programme(&self, args: &Kwargs) -> Result<Value, Error> {
        let year: Option<i32> = args.get("year")?;
        args.assert_all_used()?;
        let ledger = self.ledger(PROGRAMME)?;
        let mark = ledger.definition.marks.as_ref().map(|marks| &marks.mark);
        let entries = self.ledgers.select(ledger, &Filter::default());
        let fits = |entry: &Entry| {
            let of = ledger.when(entry).map(|when| when.fiscal_year());
            of.is_none_or(|of| year.is_none_or(|year| year == of))
        };
        let items = self.pack.frame.programme.iter().map(|item| {
            let of_item = entries.iter().filter(|entry| {
                mark.and_then(|mark| entry.answers.text(mark)) == Some(item.mark.as_str())
                    && fits(entry)
            });
            let phase = self
                .pack
                .frame
                .phases
                .iter()
                .find(|phase| phase.id == item.phase);
            minijinja::context! {
                mark => item.mark.as_str(),
                title => item.title.as_str(),
                phase => phase.map(|phase| phase.title.as_str()),
                entries => of_item.map(|entry| self.view(ledger, entry)).collect::<Vec<_>>(),
            }
        });
        Ok(items.collect())
    }

    fn watches(&self, args: &Kwargs) -> Result<Value, Error> {
        let on: Option<String> = args.get("on")?;
        args.assert_all_used()?;
        let on = match on {
            Some(text) => NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| {
                refuse(format!(
                    "「{text}」は日付ではありません。2025-03-31 のように書いてください。"
                ))
            })?,
            None => fiscal_year(self.year).1,
        };
        let seen = self.ledgers.watched(&self.pack, on).into_iter();
        let seen = seen.map(|seen| json!({ "id": seen.id, "text": seen.text, "said": seen.said, "count": seen.count, "met": seen.met }));
        Ok(seen.map(|seen| Value::from(Serde(seen))).collect())
    }
}

pub(super) fn unfit(unfit: Unfit) -> Error {
    refuse(unfit.0)
}

/// `year=`, `month=`, `where=`, and every other word as an item with its code. The words of `table` are no
/// items anywhere.
pub(super) fn filter(form: &Questionnaire, args: &Kwargs) -> Result<Filter, Error> {
    let mut filter = Filter {
        year: args.get("year")?,
        month: args.get("month")?,
        ..Filter::default()
    };
    let condition: Option<String> = args.get("where")?;
    if let Some(condition) = condition {
        filter = filter.with_condition(form, &condition).map_err(unfit)?;
    }
    for name in args.args().filter(|name| !TABLE_WORDS.contains(name)) {
        let value: Value = args.get(name)?;
        filter = filter
            .with_item(form, name, &value.to_string())
            .map_err(unfit)?;
    }
    Ok(filter)
}
