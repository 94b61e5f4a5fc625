//! A table laid beside the present roster: what would be new, changed, the same, wrong, and gone.

use std::collections::{BTreeMap, HashMap};

use super::cell::{Fault, value};
use super::columns::Columns;
use super::table::{Mark, Row, Table};
use crate::municipality::RosterFormat;
use crate::roster::{Respondent, Roster};

/// What a person has chosen on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub columns: Columns,
    /// Put back the zeros that a spreadsheet has taken from the beginning of numbers.
    pub restore_zeros: bool,
}

/// What taking the table over would bring about. Nothing has happened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// In the order of the table, without blank lines.
    pub rows: Vec<Reviewed>,
    /// Ids of the roster that the table does not have.
    pub gone: Vec<Respondent>,
    /// Lines above the headings that were left out.
    pub above: usize,
    /// Columns of the roster without one in the table, by title. What the roster has there now stays.
    pub missing: Vec<String>,
    /// Headings of the table that were not taken.
    pub unused: Vec<String>,
    /// Rows whose number seems to lack its leading zeros.
    pub lost_zeros: usize,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    pub line: u32,
    /// As far as it can be read.
    pub id: String,
    pub name: String,
    pub standing: Standing,
    /// What was done to the row without asking, a sentence each.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    New(Respondent),
    Changed(Respondent, Vec<Change>),
    Same,
    /// It is not taken over.
    Wrong(Vec<Wrong>),
}

/// A cell that would be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The title of the column.
    pub title: String,
    pub from: String,
    pub to: String,
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Stable and dotted; explained in `docs/errors.md`.
    pub code: &'static str,
    pub what: String,
    pub todo: String,
}

/// Reviews a table. `present` is the roster as it is now, if there is one.
pub fn preview(
    table: &Table,
    format: &RosterFormat,
    choices: &Choices,
    present: Option<&Roster>,
) -> Preview {
    let columns = &choices.columns;
    let mut above = 0;
    let mut rows = Vec::new();
    let zeros = Zeros::of(present);
    let mut lost_zeros = 0;
    for row in table.rows.iter().filter(|row| !row.is_blank()) {
        if row.line < columns.headings {
            above += 1;
        }
        if row.line <= columns.headings {
            continue;
        }
        let reading = review(row, format, choices, &zeros);
        lost_zeros += usize::from(reading.lost_zeros);
        rows.push(reading);
    }
    tell_twins(&mut rows, format);
    let known: HashMap<&str, ()> = rows
        .iter()
        .map(|row| (row.respondent.id.as_str(), ()))
        .collect();
    let respondents = present.iter().flat_map(|roster| &roster.respondents);
    let gone = respondents
        .filter(|respondent| !known.contains_key(respondent.id.as_str()))
        .cloned()
        .collect();
    let titled = format.columns.iter().zip(&columns.of);
    let missing = titled.filter(|(_, at)| at.is_none());
    let missing = missing.map(|(column, _)| column.title.clone()).collect();
    let headings = columns.headings_of(table).into_iter().enumerate();
    let unused = headings
        .filter(|(at, _)| !columns.of.contains(&Some(*at)))
        .map(|(_, heading)| heading);
    Preview {
        gone,
        above,
        missing,
        unused: unused.collect(),
        lost_zeros,
        rows: rows
            .into_iter()
            .map(|row| row.standing(format, present))
            .collect(),
    }
}

impl Preview {
    /// How many rows are new, changed, the same, wrong.
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for row in &self.rows {
            let at = match row.standing {
                Standing::New(_) => 0,
                Standing::Changed(..) => 1,
                Standing::Same => 2,
                Standing::Wrong(_) => 3,
            };
            counts[at] += 1;
        }
        counts
    }
}

/// A row while it is looked at.
struct Reading {
    line: u32,
    respondent: Respondent,
    lost_zeros: bool,
    faults: Vec<Fault>,
    notes: Vec<String>,
}

fn review(row: &Row, format: &RosterFormat, choices: &Choices, zeros: &Zeros<'_>) -> Reading {
    let mut reading = Reading {
        line: row.line,
        respondent: Respondent {
            id: String::new(),
            name: String::new(),
            columns: BTreeMap::new(),
        },
        lost_zeros: false,
        faults: Vec::new(),
        notes: Vec::new(),
    };
    let places = format.columns.iter().zip(&choices.columns.of);
    // The number first: what the table does not say, the roster says by it.
    let (key, others): (Vec<_>, Vec<_>) = places.partition(|(column, _)| column.id == format.key);
    for (column, at) in key.into_iter().chain(others) {
        let id = reading.respondent.id.clone();
        let before = zeros.present.and_then(|roster| roster.respondent(&id));
        let kept = before.and_then(|before| before.columns.get(&column.id));
        let Some(at) = at else {
            match kept {
                Some(kept) => reading.keep(format, &column.id, kept.clone()),
                None => match value(format, column, &super::Cell::default()) {
                    Ok(empty) => reading.keep(format, &column.id, empty),
                    Err(fault) => reading.faults.push(Fault {
                        what: format!("「{}」の列がファイルにありません。", column.title),
                        todo: "上の「列の対応」で列を選んでください。".to_owned(),
                        ..fault
                    }),
                },
            }
            continue;
        };
        let cell = row.cell(*at);
        if cell.mark == Some(Mark::Formula) {
            let title = &column.title;
            reading
                .notes
                .push(format!("「{title}」は数式の結果を取り込みます。"));
        }
        match value(format, column, cell) {
            Ok(text) => {
                let half = |c: char| ('\u{ff61}'..='\u{ff9f}').contains(&c);
                if cell.text.contains(half) {
                    let title = &column.title;
                    reading
                        .notes
                        .push(format!("「{title}」の半角カナを全角にします。"));
                }
                let whole = (column.id == format.key).then(|| zeros.restored(&text));
                match whole.flatten() {
                    Some(whole) => reading.zeros(format, text, whole, choices.restore_zeros),
                    None => reading.keep(format, &column.id, text),
                }
            }
            Err(fault) => {
                // What was typed is shown, so that the row can be found.
                reading.show(format, &column.id, &cell.text);
                reading.faults.push(fault);
            }
        }
    }
    reading
}

/// Two rows with one number: which of them counts, only a person can say.
fn tell_twins(rows: &mut [Reading], format: &RosterFormat) {
    let mut lines: HashMap<String, Vec<u32>> = HashMap::new();
    for row in rows.iter().filter(|row| !row.respondent.id.is_empty()) {
        let of_id = lines.entry(row.respondent.id.clone()).or_default();
        of_id.push(row.line);
    }
    let title = crate::roster::title(format, &format.key);
    for row in rows {
        let Some(twins) = lines.get(&row.respondent.id).filter(|of| of.len() > 1) else {
            continue;
        };
        let others = twins.iter().filter(|line| **line != row.line);
        let others: Vec<String> = others.map(|line| format!("{line}行目")).collect();
        row.faults.push(Fault {
            code: "roster.duplicate",
            what: format!(
                "{title}「{}」が{}にもあります。",
                row.respondent.id,
                others.join("、")
            ),
            todo: "どちらかの行を消すか、番号を改めてください。".to_owned(),
        });
    }
}

impl Reading {
    fn keep(&mut self, format: &RosterFormat, column: &str, text: String) {
        self.show(format, column, &text);
        self.respondent.columns.insert(column.to_owned(), text);
    }

    fn show(&mut self, format: &RosterFormat, column: &str, text: &str) {
        if column == format.key {
            self.respondent.id = text.to_owned();
        }
        if column == format.name_column {
            self.respondent.name = text.to_owned();
        }
    }

    /// The number with its zeros is meant: it is put back, or the row says so.
    fn zeros(&mut self, format: &RosterFormat, id: String, whole: String, restore: bool) {
        let title = crate::roster::title(format, &format.key);
        self.lost_zeros = true;
        if restore {
            self.notes.push(format!(
                "{title}「{id}」の先頭に0を補い、「{whole}」とします。"
            ));
            return self.keep(format, &format.key, whole);
        }
        self.faults.push(Fault {
            code: "roster.lost_zeros",
            what: format!(
                "{title}「{id}」は、先頭の0が落ちているようです（「{whole}」ではありませんか）。"
            ),
            todo: "「先頭の0を補う」を選ぶか、列の書式を文字列にして書き直してください。"
                .to_owned(),
        });
        self.keep(format, &format.key, id);
    }

    fn standing(self, format: &RosterFormat, present: Option<&Roster>) -> Reviewed {
        let before = present.and_then(|roster| roster.respondent(&self.respondent.id));
        let (id, name) = (self.respondent.id.clone(), self.respondent.name.clone());
        let standing = match before {
            _ if !self.faults.is_empty() => {
                let wrongs = self.faults.into_iter().map(|fault| Wrong {
                    code: fault.code,
                    what: fault.what,
                    todo: fault.todo,
                });
                Standing::Wrong(wrongs.collect())
            }
            None => Standing::New(self.respondent),
            Some(before) => {
                let changes = changes(format, before, &self.respondent);
                match changes.is_empty() {
                    true => Standing::Same,
                    false => Standing::Changed(self.respondent, changes),
                }
            }
        };
        Reviewed {
            line: self.line,
            id,
            name,
            standing,
            notes: self.notes,
        }
    }
}

fn changes(format: &RosterFormat, before: &Respondent, after: &Respondent) -> Vec<Change> {
    let of = |respondent: &Respondent, column: &crate::municipality::Column| {
        let value = respondent.columns.get(&column.id);
        let value = value.map_or("", String::as_str);
        let meaning = column.values.get(value).map(String::as_str);
        meaning.unwrap_or(value).to_owned()
    };
    let columns = format.columns.iter().map(|column| Change {
        title: column.title.clone(),
        from: of(before, column),
        to: of(after, column),
    });
    columns.filter(|change| change.from != change.to).collect()
}

/// How long the numbers of the present roster are, where all of them are digits of one length.
struct Zeros<'a> {
    length: Option<usize>,
    present: Option<&'a Roster>,
}

impl Zeros<'_> {
    fn of(present: Option<&Roster>) -> Zeros<'_> {
        let mut ids = present.iter().flat_map(|roster| &roster.respondents);
        let first = ids.next().map(|respondent| respondent.id.len());
        let alike = |respondent: &Respondent| {
            is_digits(&respondent.id) && Some(respondent.id.len()) == first
        };
        let respondents = present.iter().flat_map(|roster| &roster.respondents);
        let length = first.filter(|_| respondents.clone().all(alike));
        Zeros { length, present }
    }

    /// The number with its zeros, if it seems to have lost them.
    fn restored(&self, id: &str) -> Option<String> {
        let length = self.length?;
        if !is_digits(id) || id.len() >= length {
            return None;
        }
        let known = |roster: &Roster| roster.respondent(id).is_some();
        (!self.present.is_some_and(known)).then(|| format!("{id:0>length$}"))
    }
}

fn is_digits(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}
