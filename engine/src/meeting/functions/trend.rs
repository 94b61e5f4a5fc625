//! The years of an indicator in a template, as a table and as a chart.
//!
//! | Call | Writes |
//! |---|---|
//! | `trend(id)` | a table, one line a year, with breaks, years left out, and what was decided; `area=` |
//! | `trend_chart(id)` | the same as a chart; nothing with fewer than two values |
//! | `misprints()` | notes on published figures that were printed wrongly; `year=` for one year's |

use std::fmt::Write;

use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error};
use papers::digits::Width;
use papers::wareki;

use super::{Look, link};
use crate::figure::{Amount, Figure, FigureKey, Known, series, trend};
use crate::history::Print;
use crate::map::Indicator;

pub(super) fn register(environment: &mut Environment<'_>, look: &Look) {
    let l = look.clone();
    environment.add_function("trend", move |id: String, args: Kwargs| {
        let key = l.key(&id, &args)?;
        l.trend(&key)
    });
    let l = look.clone();
    environment.add_function("trend_chart", move |id: String, args: Kwargs| {
        let key = l.key(&id, &args)?;
        l.trend_chart(&key)
    });
    let l = look.clone();
    environment.add_function("misprints", move |args: Kwargs| -> Result<Value, Error> {
        let year: Option<i32> = args.get("year")?;
        args.assert_all_used()?;
        let all = l.pack.prints.iter();
        let wanted = all.filter(|one| year.is_none_or(|year| one.key.year == year));
        Ok(wanted.filter_map(|one| l.misprint(one)).collect())
    });
}

impl Look {
    fn trend(&self, key: &FigureKey) -> Result<Value, Error> {
        let years = series(&self.pack, &self.book, &key.indicator, &key.area);
        let Some(indicator) = self.pack.indicator(&key.indicator) else {
            return Ok(Value::from(""));
        };
        let mut text = String::new();
        if years.is_empty() {
            text.push_str("値はまだありません。\n");
        } else {
            text.push_str("| 年度 | 値 | 内訳 |\n|:-:|:--|--:|\n");
        }
        for year in &years {
            if let Some(why) = &year.broken {
                let why = papers::escape(why);
                line(&mut text, "――", &format!("系列の断絶：{why}"), "");
            }
            let (value, counts) = match &year.known {
                Known::Value(figure) => {
                    let value = self.printed(indicator, figure);
                    (link(&figure.key, &value).to_string(), counts(figure))
                }
                Known::NotHeld(why) => (papers::escape(why), String::new()),
                Known::Missing => ("-".to_owned(), String::new()),
            };
            line(&mut text, &label(year.year), &value, &counts);
        }
        if let Some(decision) = indicator.decision_said() {
            text.push_str(&format!("\n※{}\n", papers::escape(&decision)));
        }
        Ok(Value::from_safe_string(text))
    }

    fn trend_chart(&self, key: &FigureKey) -> Result<Value, Error> {
        let chart = trend(&self.pack, &self.book, &key.indicator, &key.area);
        Ok(chart.map_or_else(|| Value::from(""), |chart| self.place(chart)))
    }

    /// 78.1% or 13件.
    fn printed(&self, indicator: &Indicator, figure: &Figure) -> String {
        match figure.amount {
            Amount::Count(count) => {
                let unit = papers::escape(&indicator.unit);
                format!("{count}{unit}{}", figure.coverage())
            }
            _ => self.percent(figure, "%"),
        }
    }

    /// The note on a published value that is not what the figure comes to, counted here or there.
    fn misprint(&self, print: &Print) -> Option<String> {
        let key = &print.key;
        let figure = self
            .book
            .get(key)
            .filter(|figure| print.differs(figure.amount))?;
        let indicator = self.pack.indicator(&key.indicator)?;
        let unit = match figure.amount {
            Amount::Count(_) => indicator.unit.as_str(),
            _ => "%",
        };
        let municipality = &self.pack.municipality;
        let area = municipality
            .area(&key.area)
            .filter(|_| key.area != municipality.home_area)
            .map_or(String::new(), |area| format!("、{}", area.in_sentence()));
        let counts = match counts(figure) {
            counts if counts.is_empty() => counts,
            counts => format!("（{counts}）"),
        };
        let (name, year) = (&indicator.name, label(key.year));
        let (title, printed) = (&print.title, print.printed);
        let right = figure.printed(self.pack.percent(&key.indicator));
        Some(format!(
            "{name}（{year}{area}）：「{title}」には{printed}{unit}と印刷されているが、正しくは{right}{unit}{counts}。"
        ))
    }
}

fn line(text: &mut String, year: &str, value: &str, counts: &str) {
    writeln!(text, "| {year} | {value} | {counts} |").expect("a String takes every write");
}

fn label(year: i32) -> String {
    wareki::fiscal_year(year, Width::Half).unwrap_or_else(|_| year.to_string())
}

/// 189/242; nothing where only the rate, or nothing but a count, is known.
fn counts(figure: &Figure) -> String {
    match figure.amount {
        Amount::Ratio { num, den } => format!("{num}/{den}"),
        _ => String::new(),
    }
}
