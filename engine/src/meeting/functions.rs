//! What a template of a paper can say: figures as links, tables' cells, drafted sentences, charts.
//!
//! | Call | Writes |
//! |---|---|
//! | `rate(id)` | 78.1％, a link to the figure; `area=` and `year=` where they differ |
//! | `rate_before(id)` | 52.4％（Ｒ４：39.5％） |
//! | `number(id)` | a count |
//! | `cell(id, area)` | 78.1%(76.1%), this year and in brackets the year before |
//! | `counts(id, area, "den")` | 242(226), numerator unless `"den"` |
//! | `reading(id)` | the drafted sentence |
//! | `growth(id)` | 48.8％, how much a count has grown since the year before; - where either is not known |
//! | `chart([ids])` | the chart of these indicators |
//! | `heading(level)` | the marks of a numbered item; nothing without a level |
//! | `leader(paper)` | the number of a paper at the right margin; nothing without a paper |
//!
//! Bodies, years of an indicator and versions of the map: see the files of this folder.
//!
//! Digits are half-width here; the paper's style sets them. A figure of an area to which not every member has
//! given its counts says so: 78.1%〔3市町村中2〕.

mod bodies;
mod ledgers;
mod tables;
mod trend;
mod versions;

use std::sync::{Arc, Mutex};

use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind};
use papers::digits::Width;
use papers::{Chart, wareki};

pub use ledgers::TABLE_WORDS;
pub(super) use tables::{Responses, responses};

use super::chart;
use super::reading::{Piece, reading};
use crate::figure::{Amount, Figure, FigureBook, FigureKey, HIDDEN, Printed};
use crate::ledger::Book;
use crate::pack::Pack;

/// Names that a template can call, for the check of templates.
pub const NAMES: [&str; 22] = [
    "rate",
    "rate_before",
    "number",
    "cell",
    "counts",
    "growth",
    "reading",
    "chart",
    "heading",
    "leader",
    "bodies",
    "load",
    "trend",
    "trend_chart",
    "misprints",
    "changes",
    "entries",
    "count",
    "table",
    "programme",
    "carried",
    "watches",
];

/// What the functions of one paper look into.
#[derive(Clone)]
pub struct Look {
    pub pack: Arc<Pack>,
    pub book: Arc<FigureBook>,
    pub ledgers: Arc<Book>,
    pub responses: Arc<Responses>,
    /// The survey year of the paper.
    pub year: i32,
    /// Charts that the paper places.
    pub charts: Arc<Mutex<Vec<Chart>>>,
}

pub fn register(environment: &mut Environment<'_>, look: &Look) {
    let l = look.clone();
    environment.add_function("rate", move |id: String, args: Kwargs| {
        l.rate(&l.key(&id, &args)?)
    });
    let l = look.clone();
    environment.add_function("rate_before", move |id: String, args: Kwargs| {
        l.rate_before(&l.key(&id, &args)?)
    });
    let l = look.clone();
    environment.add_function("number", move |id: String, args: Kwargs| {
        l.number(&l.key(&id, &args)?)
    });
    let l = look.clone();
    environment.add_function("growth", move |id: String, args: Kwargs| {
        l.growth(&l.key(&id, &args)?)
    });
    let l = look.clone();
    environment.add_function("cell", move |id: String, area: String| {
        l.cell(&l.at(&id, &area)?)
    });
    let l = look.clone();
    environment.add_function(
        "counts",
        move |id: String, area: String, side: Option<String>| {
            l.counts(&l.at(&id, &area)?, side.as_deref())
        },
    );
    let l = look.clone();
    environment.add_function("reading", move |id: String| l.reading(&id));
    environment.add_function("heading", |level: Option<usize>| {
        let marks = level.map_or(String::new(), |level| format!("{} ", "#".repeat(level)));
        Value::from_safe_string(marks)
    });
    environment.add_function("leader", |paper: Option<String>| {
        Value::from_safe_string(
            paper.map_or(String::new(), |paper| format!(" [資料](paper:{paper})")),
        )
    });
    let l = look.clone();
    environment.add_function("chart", move |ids: Vec<String>| l.chart(&ids));
    ledgers::register(environment, look);
    tables::register(environment, look);
    bodies::register(environment, look);
    trend::register(environment, look);
    versions::register(environment, look);
}

impl Look {
    fn key(&self, id: &str, args: &Kwargs) -> Result<FigureKey, Error> {
        let area: Option<String> = args.get("area")?;
        let year: Option<i32> = args.get("year")?;
        args.assert_all_used()?;
        let mut key = self.at(
            id,
            area.as_deref().unwrap_or(&self.pack.municipality.home_area),
        )?;
        key.year = year.unwrap_or(self.year);
        Ok(key)
    }

    fn at(&self, id: &str, area: &str) -> Result<FigureKey, Error> {
        self.known(id)?;
        if self.pack.municipality.area(area).is_none() {
            return Err(refuse(format!(
                "区域「{area}」は municipality.json にありません。"
            )));
        }
        Ok(FigureKey {
            indicator: id.into(),
            area: area.into(),
            year: self.year,
        })
    }

    fn known(&self, id: &str) -> Result<(), Error> {
        match self.pack.indicator(id) {
            Some(_) => Ok(()),
            None => {
                let known = self.pack.map.indicators.iter().map(|i| i.id.as_str());
                let near = authoring::nearest(id, known).map_or(String::new(), |near| {
                    format!("「{near}」ではありませんか。")
                });
                Err(refuse(format!(
                    "指標「{id}」は map.json にありません。{near}"
                )))
            }
        }
    }

    fn figure(&self, key: &FigureKey) -> Option<&Figure> {
        self.book.get(key)
    }

    /// The year before, if the series does not break between the two.
    fn before(&self, key: &FigureKey) -> Option<&Figure> {
        let year = key.year - 1;
        if !self.pack.map.compares(&key.indicator, year, key.year) {
            return None;
        }
        self.book.get(&FigureKey {
            year,
            ..key.clone()
        })
    }

    /// 未実施（…） in place of the figure of a year that was left out on purpose.
    fn left_out(&self, key: &FigureKey) -> Option<Value> {
        let indicator = self.pack.map.indicator(&key.indicator)?;
        let why = indicator.not_held_in(key.year)?;
        let counted = self.figure(key).is_some();
        (!counted).then(|| Value::from_safe_string(papers::escape(&why)))
    }

    fn percent(&self, figure: &Figure, sign: &str) -> String {
        match figure.percent(self.pack.percent(&figure.key.indicator)) {
            Some(percent) => format!("{percent}{sign}{}", figure.reserve()),
            None => absent(figure),
        }
    }

    fn rate(&self, key: &FigureKey) -> Result<Value, Error> {
        Ok(self.left_out(key).unwrap_or_else(|| {
            let rate = self.figure(key).map(|figure| self.percent(figure, "％"));
            link(key, &rate.unwrap_or("-".into()))
        }))
    }

    fn rate_before(&self, key: &FigureKey) -> Result<Value, Error> {
        let now = self.rate(key)?;
        let Some(before) = self.before(key) else {
            return Ok(now);
        };
        let year = wareki::fiscal_short(before.key.year, Width::Full).unwrap_or_default();
        let before = link(&before.key, &self.percent(before, "％"));
        Ok(Value::from_safe_string(format!(
            "{now}（{year}：{before}）"
        )))
    }

    fn number(&self, key: &FigureKey) -> Result<Value, Error> {
        Ok(self.left_out(key).unwrap_or_else(|| {
            let number = self.figure(key).map(|figure| match figure.numerator() {
                Some(number) => format!("{number}{}", figure.coverage()),
                None => absent(figure),
            });
            link(key, number.as_deref().unwrap_or("-"))
        }))
    }

    /// (now − before) / before of two counts, from the counts and rounded once.
    fn growth(&self, key: &FigureKey) -> Result<Value, Error> {
        let no_count = || {
            refuse(format!(
                "指標「{}」は率なので、伸び率を出せません。件数の指標を書いてください。",
                key.indicator
            ))
        };
        let count = |figure: &Figure| match figure.amount {
            Amount::Count(count) => Ok(Some(count)),
            Amount::Hidden => Ok(None),
            _ => Err(no_count()),
        };
        if let Some(rate) = self.pack.indicator(&key.indicator)
            && rate.denominator.is_some()
        {
            return Err(no_count());
        }
        // Sums of different members do not grow.
        let whole = |figure: &&Figure| figure.coverage().is_empty();
        let now = self
            .figure(key)
            .filter(whole)
            .map(count)
            .transpose()?
            .flatten();
        let before = self
            .before(key)
            .filter(whole)
            .map(count)
            .transpose()?
            .flatten();
        let grown = now.zip(before).and_then(|(now, before)| {
            let decimals = self.pack.percent(&key.indicator).decimals;
            let size = Printed::half_up(now.abs_diff(before), before, 100, decimals)?;
            Some(if now < before {
                format!("-{size}％")
            } else {
                format!("{size}％")
            })
        });
        Ok(link(key, &grown.unwrap_or("-".into())))
    }

    /// A rate, or a count for an indicator without a base, with the year before in brackets.
    fn cell(&self, key: &FigureKey) -> Result<Value, Error> {
        let print = |figure: &Figure| match figure.amount {
            Amount::Count(count) => format!("{count}{}", figure.coverage()),
            _ => self.percent(figure, "%"),
        };
        Ok(match self.left_out(key) {
            Some(why) => why,
            None => self.beside_before(key, |figure| Some(print(figure))),
        })
    }

    fn counts(&self, key: &FigureKey, side: Option<&str>) -> Result<Value, Error> {
        let count = |figure: &Figure| {
            let (count, reserve) = match side {
                Some("den") => (figure.denominator(), figure.reserve()),
                _ => (figure.numerator(), figure.coverage()),
            };
            match count {
                Some(count) => Some(format!("{count}{reserve}")),
                None => Some(absent(figure)).filter(|text| text != "-"),
            }
        };
        Ok(self.beside_before(key, count))
    }

    /// 76(78), which leads to the figure; to that of the year before where only this is known.
    fn beside_before(&self, key: &FigureKey, print: impl Fn(&Figure) -> Option<String>) -> Value {
        let (now, before) = (self.figure(key), self.before(key));
        let leads_to = now.or(before).map_or(key, |figure| &figure.key);
        let text = bracketed(now.and_then(&print), before.and_then(&print));
        link(leads_to, &text)
    }

    fn reading(&self, id: &str) -> Result<Value, Error> {
        self.known(id)?;
        let pieces = reading(&self.pack, &self.book, id, self.year);
        let text = pieces.into_iter().map(|piece| match piece {
            Piece::Text(text) => papers::escape(&text),
            Piece::Figure(key) => {
                let text = self
                    .figure(&key)
                    .map_or("-".into(), |figure| self.percent(figure, "％"));
                link(&key, &text).to_string()
            }
        });
        Ok(Value::from_safe_string(text.collect()))
    }

    fn chart(&self, ids: &[String]) -> Result<Value, Error> {
        for id in ids {
            self.known(id)?;
        }
        let chart = chart::years(&self.pack, &self.book, ids, self.year);
        Ok(self.place(chart))
    }

    /// Adds a chart to the paper's, and writes where it stands.
    fn place(&self, chart: Chart) -> Value {
        let text = format!("![{}](chart:{})", chart.title, chart.id);
        self.charts
            .lock()
            .expect("no panic while a chart is added")
            .push(chart);
        Value::from_safe_string(text)
    }
}

/// What stands in place of a value: ＊ for one that is hidden.
fn absent(figure: &Figure) -> String {
    match figure.amount {
        Amount::Hidden => HIDDEN.to_owned(),
        _ => "-".to_owned(),
    }
}

/// 76(78): what is not known is left out, and a year before without a value has no brackets.
fn bracketed(now: Option<String>, before: Option<String>) -> String {
    match (now, before) {
        (now, Some(before)) => format!("{}({before})", now.unwrap_or("-".into())),
        (Some(now), None) => now,
        (None, None) => "-".into(),
    }
}

fn link(key: &FigureKey, text: &str) -> Value {
    Value::from_safe_string(match text {
        "-" => "-".to_owned(),
        text => format!("[{text}](figure:{key})"),
    })
}

fn refuse(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}
