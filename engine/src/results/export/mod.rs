//! The answers as tables to take away: one row for each response, one table for each repeat, the codes, and all of
//! it once more in long form. The rules for machine-readable data of the Digital Agency hold: one table a sheet, its
//! head in row 1, numbers without units, a blank is not 0 and says which of the four blanks it is.
//!
//! Of an anonymous survey nothing says whose a row is: there are no columns of the roster, and the rows are in the
//! order of what they say. Free texts are exported as they may be printed.

mod long;

pub use long::long;

use std::collections::BTreeMap;

use forms::{Item, Kind, Questionnaire, State};
use papers::{Cell, Sheet, Workbook};

use super::{Coding, Masker, Response, Responses, printable};
use crate::municipality::Column;

/// Integers beyond this are written as text: a spreadsheet would change them.
const EXACT: u64 = 1 << 53;
/// What a spreadsheet takes in a cell.
const LONGEST_CELL: usize = 32_000;
/// What it takes as the name of a sheet.
const LONGEST_NAME: usize = 31;

/// What is exported.
pub struct Export<'a> {
    pub responses: &'a Responses<'a>,
    /// By item.
    pub codings: &'a BTreeMap<String, Coding>,
    pub masker: &'a Masker,
    /// How each response reached the office, by respondent.
    pub sources: BTreeMap<&'a str, &'static str>,
}

/// Everything but the long form as a workbook.
pub fn workbook(export: &Export<'_>) -> Workbook {
    let mut sheets = wide(export);
    sheets.push(code_list(export.responses.form));
    Workbook {
        title: export.responses.survey.name.clone(),
        sheets,
    }
}

/// One row for each response; then for each repeat one row for each of its rows.
pub fn wide(export: &Export<'_>) -> Vec<Sheet> {
    let form = export.responses.form;
    let columns = export.columns();
    let mut head: Vec<String> = vec!["回答番号".to_owned()];
    head.extend(columns.iter().map(|column| column.title.clone()));
    if export.named() {
        head.push("回答の方法".to_owned());
    }
    for (number, item) in form.items().iter().enumerate() {
        head.extend(heads(&format!("問{}", number + 1), item));
    }
    let mut rows: Vec<(Vec<Cell>, &Response<'_>)> = export
        .responses
        .rows
        .iter()
        .map(|response| (export.row(response, &columns), response))
        .collect();
    if !export.named() {
        rows.sort_by_cached_key(|(cells, _)| format!("{cells:?}"));
    }
    let order: Vec<&Response<'_>> = rows.iter().map(|(_, response)| *response).collect();
    let numbered = rows.into_iter().zip(1..).map(|((cells, _), number)| {
        std::iter::once(Cell::Integer(number))
            .chain(cells)
            .collect()
    });
    let mut sheets = vec![sheet("回答", head, numbered.collect())];
    for (number, item) in form.items().iter().enumerate() {
        if let Kind::Repeat { .. } = &item.kind {
            sheets.push(export.repeat(number + 1, item, &order, &columns));
        }
    }
    sheets
}

/// The items of the form and the codes of their options.
pub fn code_list(form: &Questionnaire) -> Sheet {
    let head = ["問", "設問ID", "設問", "形式", "単位", "コード", "選択肢"];
    let text = |text: &str| match text {
        "" => Cell::Blank,
        text => Cell::Text(text.to_owned()),
    };
    let mut rows = Vec::new();
    let mut add = |number: &str, path: &str, item: &Item| {
        let start = [
            text(number),
            text(path),
            text(&item.title),
            text(form_of(item)),
            text(item.unit().unwrap_or_default()),
        ];
        let mut line = |code: &str, title: &str| {
            let cells = [text(code), text(title)];
            rows.push(start.iter().cloned().chain(cells).collect());
        };
        match item.options() {
            [] => line("", ""),
            options => options
                .iter()
                .for_each(|option| line(&option.code, &option.title)),
        }
    };
    for (number, item) in form.items().iter().enumerate() {
        let number = format!("問{}", number + 1);
        add(&number, item.id.as_str(), item);
        if let Kind::Repeat { items, .. } = &item.kind {
            for inner in items.iter() {
                add(&number, &format!("{}.{}", item.id, inner.id), inner);
            }
        }
    }
    let blanks = [
        (NO_ANSWER, "尋ねたが、書かれていない"),
        (NOT_SHOWN, "答えによって尋ねなかった"),
        (DONT_KNOW, "「わからない」と答えた"),
        (NOT_IN_VERSION, "回答した版の調査票にこの設問がない"),
    ];
    rows.extend(blanks.map(|(code, meaning)| {
        let cells = ["", "", "空欄の区分", "", "", code, meaning];
        cells.map(text).to_vec()
    }));
    sheet("コード表", head.map(str::to_owned).to_vec(), rows)
}

const NO_ANSWER: &str = "無回答";
const NOT_SHOWN: &str = "非該当";
const DONT_KNOW: &str = "わからない";
const NOT_IN_VERSION: &str = "この版になし";

impl<'a> Export<'a> {
    fn named(&self) -> bool {
        !self.responses.survey.anonymous
    }

    /// The columns of the roster, without addresses for mail.
    fn columns(&self) -> Vec<&'a Column> {
        let Some(format) = self.responses.format() else {
            return Vec::new();
        };
        let columns = format.columns.iter();
        columns
            .filter(|column| format.mail.as_ref() != Some(&column.id))
            .collect()
    }

    fn of_roster(&self, response: &Response<'_>, columns: &[&Column]) -> Vec<Cell> {
        let cell = |column: &&Column| {
            let value = response
                .columns
                .get(&column.id)
                .filter(|value| !value.is_empty());
            let meant = |value: &String| column.values.get(value).unwrap_or(value).clone();
            value.map_or(Cell::Blank, |value| Cell::Text(meant(value)))
        };
        columns.iter().map(cell).collect()
    }

    /// The cells of a response without its number.
    fn row(&self, response: &Response<'_>, columns: &[&Column]) -> Vec<Cell> {
        let mut cells = self.of_roster(response, columns);
        if self.named() {
            let source = self.sources.get(response.id);
            cells.push(source.map_or(Cell::Blank, |source| Cell::Text((*source).to_owned())));
        }
        for item in self.responses.form.items() {
            let state = |row: Option<&str>| self.state(response, item, row);
            let value = |path: &str| self.value(response, item, path);
            match &item.kind {
                Kind::Matrix { rows, .. } => {
                    for row in rows {
                        let blank = state(Some(&row.id));
                        cells.push(
                            blank.map_or_else(
                                || value(&format!("{}.{}", item.id, row.id)),
                                Cell::Text,
                            ),
                        );
                    }
                }
                Kind::Repeat { .. } => {
                    let rows = response.answers.rows(item.id.as_str());
                    cells.push(count(rows));
                    cells.push(state(None).map_or(Cell::Blank, Cell::Text));
                }
                Kind::Multiple { options, .. } => {
                    let blank = state(None);
                    let chosen = response.answers.codes(item.id.as_str());
                    let one = |code: &String| match &blank {
                        // Who says わからない has chosen that and nothing else.
                        Some(blank) if blank != DONT_KNOW => Cell::Blank,
                        _ => Cell::Integer(i64::from(chosen.contains(&code.as_str()))),
                    };
                    cells.extend(options.iter().map(|option| one(&option.code)));
                    cells.push(blank.map_or(Cell::Blank, Cell::Text));
                }
                Kind::Integer { .. } | Kind::Decimal { .. } => {
                    cells.push(value(item.id.as_str()));
                    cells.push(state(None).map_or(Cell::Blank, Cell::Text));
                }
                _ => cells.push(state(None).map_or_else(|| value(item.id.as_str()), Cell::Text)),
            }
        }
        cells
    }

    /// Why an item outside repeats has no answer, if it has none.
    fn state(&self, response: &Response<'_>, item: &Item, row: Option<&str>) -> Option<String> {
        let form = response.version.unwrap_or(self.responses.form);
        let blank = match form.item(item.id.as_str()) {
            Some(asked) => said(form.state(response.answers, asked, row)),
            None => Some(NOT_IN_VERSION),
        };
        blank.map(str::to_owned)
    }

    /// An answer in the words of the form.
    fn value(&self, response: &Response<'_>, item: &Item, path: &str) -> Cell {
        let answers = response.answers;
        match &item.kind {
            Kind::Integer { .. } => {
                answers.integer(path).map_or(Cell::Blank, |number| {
                    match number.unsigned_abs() <= EXACT {
                        true => Cell::Integer(number),
                        false => Cell::Text(number.to_string()),
                    }
                })
            }
            Kind::Decimal { .. } => answers
                .decimal(path)
                .map_or(Cell::Blank, |number| Cell::Decimal(number.to_string())),
            Kind::Text { .. } => answers.text(path).map_or(Cell::Blank, |text| {
                let nothing = Coding::default();
                let coding = self
                    .codings
                    .get(item.id.as_str())
                    .filter(|_| path == item.id.as_str());
                let printed = printable(coding.unwrap_or(&nothing), self.masker, response.id, text);
                Cell::Text(shortened(printed))
            }),
            // The name that somebody gave to a file may be theirs.
            Kind::File { .. } => {
                answers
                    .attached(path)
                    .map_or(Cell::Blank, |file| match self.named() {
                        true => Cell::Text(file.name),
                        false => Cell::Text("添付あり".to_owned()),
                    })
            }
            _ => answers
                .text(path)
                .map_or(Cell::Blank, |code| Cell::Text(word(item, code))),
        }
    }

    fn repeat(
        &self,
        number: usize,
        repeat: &Item,
        order: &[&Response<'_>],
        columns: &[&Column],
    ) -> Sheet {
        let Kind::Repeat { items, .. } = &repeat.kind else {
            return sheet(&repeat.title, Vec::new(), Vec::new());
        };
        let key = self.responses.format().map(|format| format.key.as_str());
        let keys: Vec<&Column> = columns
            .iter()
            .copied()
            .filter(|column| Some(column.id.as_str()) == key)
            .collect();
        let mut head = vec!["回答番号".to_owned()];
        head.extend(keys.iter().map(|column| column.title.clone()));
        head.push("行".to_owned());
        for (at, item) in items.iter().enumerate() {
            head.extend(heads(&format!("問{number}-{}", at + 1), item));
        }
        let mut rows = Vec::new();
        for (response, number) in order.iter().zip(1..) {
            let form = response.version.unwrap_or(self.responses.form);
            let asked = form.item(repeat.id.as_str());
            let states = form.states_in_rows(response.answers, repeat.id.as_str());
            for (row, states) in states.iter().enumerate() {
                let mut cells = vec![Cell::Integer(number)];
                cells.extend(self.of_roster(response, &keys));
                cells.push(count(row + 1));
                for item in items.iter() {
                    let at = asked.and_then(|asked| match &asked.kind {
                        Kind::Repeat { items, .. } => {
                            items.iter().position(|one| one.id == item.id)
                        }
                        _ => None,
                    });
                    let blank = at.map_or(Some(NOT_IN_VERSION), |at| {
                        states.get(at).and_then(|state| said(*state))
                    });
                    let path = format!("{}.{row}.{}", repeat.id, item.id);
                    self.inner(response, item, &path, blank, &mut cells);
                }
                rows.push(cells);
            }
        }
        sheet(&format!("問{number} {}", repeat.title), head, rows)
    }

    /// The cells of an item inside a repeat.
    fn inner(
        &self,
        response: &Response<'_>,
        item: &Item,
        path: &str,
        blank: Option<&'static str>,
        cells: &mut Vec<Cell>,
    ) {
        let reason = || blank.map_or(Cell::Blank, |blank| Cell::Text(blank.to_owned()));
        match &item.kind {
            Kind::Integer { .. } | Kind::Decimal { .. } => {
                cells.extend([self.value(response, item, path), reason()]);
            }
            Kind::Multiple { options, .. } => {
                let chosen = response.answers.codes(path);
                let one = |code: &String| match blank {
                    Some(blank) if blank != DONT_KNOW => Cell::Blank,
                    _ => Cell::Integer(i64::from(chosen.contains(&code.as_str()))),
                };
                cells.extend(options.iter().map(|option| one(&option.code)));
                cells.push(reason());
            }
            Kind::Matrix { rows, .. } => {
                for row in rows {
                    let value = self.value(response, item, &format!("{path}.{}", row.id));
                    cells.push(match (&value, blank) {
                        (Cell::Blank, blank) => Cell::Text(blank.unwrap_or(NO_ANSWER).to_owned()),
                        _ => value,
                    });
                }
            }
            _ => cells.push(match blank {
                Some(_) => reason(),
                None => self.value(response, item, path),
            }),
        }
    }
}

/// The headings of an item's columns in the table of responses.
fn heads(number: &str, item: &Item) -> Vec<String> {
    let title = &item.title;
    let unit = item
        .unit()
        .map_or(String::new(), |unit| format!("（{unit}）"));
    let blank = format!("{number} {title}＞空欄の区分");
    match &item.kind {
        Kind::Matrix { rows, .. } => rows
            .iter()
            .map(|row| format!("{number} {title}＞{}", row.title))
            .collect(),
        Kind::Multiple { options, .. } => {
            let options = options
                .iter()
                .map(|option| format!("{number} {title}＞{}", option.title));
            options.chain([blank]).collect()
        }
        Kind::Integer { .. } | Kind::Decimal { .. } => {
            vec![format!("{number} {title}{unit}"), blank]
        }
        Kind::Repeat { .. } => vec![format!("{number} {title}（行数）"), blank],
        _ => vec![format!("{number} {title}")],
    }
}

fn form_of(item: &Item) -> &'static str {
    match item.kind {
        Kind::Single { .. } => "一つ選ぶ",
        Kind::Multiple { .. } => "いくつでも選ぶ",
        Kind::Matrix { .. } => "表で一つずつ選ぶ",
        Kind::Integer { .. } => "整数",
        Kind::Decimal { .. } => "小数",
        Kind::Date => "日付",
        Kind::Text { .. } => "記述",
        Kind::File { .. } => "ファイル",
        Kind::Repeat { .. } => "繰り返し",
    }
}

fn said(state: State) -> Option<&'static str> {
    match state {
        State::Answered => None,
        State::DontKnow => Some(DONT_KNOW),
        State::NoAnswer => Some(NO_ANSWER),
        State::NotShown => Some(NOT_SHOWN),
    }
}

fn word(item: &Item, code: &str) -> String {
    item.option(code)
        .map_or(code, |option| &option.title)
        .to_owned()
}

fn count(count: usize) -> Cell {
    i64::try_from(count).map_or(Cell::Blank, Cell::Integer)
}

/// Control characters stand in no spreadsheet, and a cell takes so many characters.
fn shortened(text: String) -> String {
    let writable = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(writable).take(LONGEST_CELL).collect()
}

fn sheet(name: &str, head: Vec<String>, rows: Vec<Vec<Cell>>) -> Sheet {
    let allowed = |c: &char| !"[]:*?/\\'".contains(*c);
    Sheet {
        name: name.chars().filter(allowed).take(LONGEST_NAME).collect(),
        head,
        rows,
        plot: None,
    }
}
