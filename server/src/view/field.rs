//! A question as a form shows it: its inputs, what was typed, what is wrong.

use std::collections::HashSet;

use forms::{Answers, Choice, Examined, Issue, Item, Kind, Questionnaire, Severity};
use serde::Serialize;

use crate::wish::{Language, Wish};

/// From this many options on, a question inside a row is a drop-down list.
const DROP_DOWN: usize = 4;

#[derive(Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Field {
    pub id: String,
    /// The name of the input: the path of the answer.
    pub name: String,
    pub title: String,
    pub help: Option<String>,
    pub required: bool,
    /// single, multiple, matrix, repeat, file, calculated; or of one input: text, long, number, date, select.
    pub kind: &'static str,
    pub value: String,
    pub unit: Option<String>,
    pub inputmode: &'static str,
    /// The longest text, in characters.
    pub limit: Option<usize>,
    pub options: Vec<Opt>,
    /// Rows of a matrix or of a repeat.
    pub rows: Vec<Field>,
    /// The questions of a row of a repeat.
    pub fields: Vec<Field>,
    pub label: String,
    /// A repeat takes another row.
    pub more: bool,
    pub issues: Vec<Said>,
    pub wrong: bool,
    /// Takes the whole width inside a row.
    pub wide: bool,
    /// What the same respondent answered the last time.
    pub last: Option<Last>,
    /// What another device had answered here.
    pub displaced: Vec<Other>,
    /// What is attached to a question for a file, and which files it takes.
    pub file: Option<Attached>,
    pub accept: String,
    /// Where a file is sent; nowhere in a sample.
    pub files: String,
}

impl Field {
    /// Nothing is in it that is one respondent's own.
    pub fn is_untouched(&self) -> bool {
        self.value.is_empty()
            && self.issues.is_empty()
            && self.last.is_none()
            && self.displaced.is_empty()
            && self.file.is_none()
            && self.files.is_empty()
            && self.options.iter().all(|option| !option.chosen)
            && self
                .rows
                .iter()
                .chain(&self.fields)
                .all(Field::is_untouched)
    }
}

/// An answer of an earlier year.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Last {
    /// 令和7年度
    pub year: String,
    pub lines: Vec<String>,
}

/// An answer to choose instead.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Other {
    /// What the button sends.
    pub act: String,
    pub at: Option<String>,
    pub lines: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Attached {
    pub name: String,
    pub size: String,
    /// Where it can be looked at.
    pub href: String,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Opt {
    pub code: String,
    pub title: String,
    pub chosen: bool,
    /// Cannot be chosen together with others.
    pub exclusive: bool,
}

/// An issue at its question, or in the summary with the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Said {
    pub severity: &'static str,
    pub message: String,
    pub field: String,
}

/// What fields are made from.
pub struct Typed<'a> {
    pub answers: &'a Answers,
    pub examined: &'a Examined,
    /// Also say what is still missing; otherwise only what is wrong in what was typed.
    pub strict: bool,
}

impl Typed<'_> {
    /// The field of an item, or nothing while it is not relevant.
    pub fn field(&self, item: &Item) -> Option<Field> {
        self.at(item, item.id.as_str())
    }

    /// The issues of these items, as the summary of a page lists them.
    pub fn wrong(&self, items: &HashSet<&str>) -> Vec<Said> {
        let issues = self
            .examined
            .issues
            .iter()
            .filter(|issue| items.contains(root(&issue.item)));
        issues
            .filter(|issue| self.tells(issue))
            .map(said)
            .filter(|said| said.severity == "error")
            .collect()
    }

    fn tells(&self, issue: &Issue) -> bool {
        self.strict || !self.answers.is_blank(&issue.item)
    }

    fn at(&self, item: &Item, path: &str) -> Option<Field> {
        if !self.examined.is_shown(path) {
            return None;
        }
        let mut field = Field {
            id: id(path),
            name: path.to_owned(),
            title: title(item).to_owned(),
            help: item.help.clone(),
            required: item.required,
            issues: self
                .examined
                .issues
                .iter()
                .filter(|i| i.item == path && self.tells(i))
                .map(said)
                .collect(),
            ..Field::default()
        };
        field.wrong = field.issues.iter().any(|issue| issue.severity == "error");
        if item.is_calculated() {
            field.kind = "calculated";
            field.value = self.examined.answers.typed(path).join("、");
            field.unit = item.unit().map(str::to_owned);
            return Some(field);
        }
        self.fill(item, path, &mut field);
        Some(field)
    }

    fn fill(&self, item: &Item, path: &str, field: &mut Field) {
        let typed = self.answers.typed(path);
        field.unit = item.unit().map(str::to_owned);
        field.value = typed.join("、");
        field.kind = match &item.kind {
            Kind::Single { options } => {
                field.options = choices(options, &typed);
                let in_row = path.contains('.');
                field.wide = in_row && options.len() >= DROP_DOWN;
                if in_row && options.len() >= DROP_DOWN {
                    "select"
                } else {
                    "single"
                }
            }
            Kind::Multiple { options, .. } => {
                field.options = choices(options, &typed);
                "multiple"
            }
            Kind::Matrix { rows, options } => {
                field.rows = rows
                    .iter()
                    .map(|row| self.matrix_row(row, options, path))
                    .collect();
                "matrix"
            }
            Kind::Repeat {
                label, items, max, ..
            } => {
                field.label = label.clone();
                let count = self.answers.rows(path).max(1);
                field.more = count < *max;
                field.rows = (0..count)
                    .map(|row| self.repeat_row(items, path, row))
                    .collect();
                "repeat"
            }
            Kind::Integer { .. } => {
                field.inputmode = "numeric";
                "number"
            }
            Kind::Decimal { .. } => {
                field.inputmode = "decimal";
                "number"
            }
            Kind::Date => "date",
            Kind::Text { long: true, max } => {
                field.limit = Some(*max);
                "long"
            }
            Kind::Text { .. } => "text",
            Kind::File { kinds, megabytes } => {
                let endings: Vec<&str> = kinds
                    .iter()
                    .flat_map(|kind| kind.endings())
                    .copied()
                    .collect();
                let labels: Vec<&str> = kinds.iter().map(|kind| kind.label()).collect();
                field.accept = endings.join(",");
                field.unit = Some(format!("{}、{megabytes}MBまで", labels.join("・")));
                field.file = self.answers.attached(path).map(|file| Attached {
                    size: size(file.bytes),
                    name: file.name,
                    href: String::new(),
                });
                "file"
            }
        };
    }

    fn matrix_row(&self, row: &forms::MatrixRow, options: &[Choice], path: &str) -> Field {
        let path = format!("{path}.{}", row.id);
        let issues: Vec<Said> = self
            .examined
            .issues
            .iter()
            .filter(|i| i.item == path && self.tells(i))
            .map(said)
            .collect();
        Field {
            id: id(&path),
            title: row.title.clone(),
            kind: "single",
            options: choices(options, &self.answers.typed(&path)),
            wrong: issues.iter().any(|issue| issue.severity == "error"),
            issues,
            name: path,
            ..Field::default()
        }
    }

    fn repeat_row(&self, items: &[Item], path: &str, row: usize) -> Field {
        let path = format!("{path}.{row}");
        let fields = items
            .iter()
            .filter_map(|item| self.in_row(item, &format!("{path}.{}", item.id)));
        Field {
            kind: "row",
            fields: fields.collect(),
            name: path,
            ..Field::default()
        }
    }

    /// A row that is not there yet shows its questions as if it were.
    fn in_row(&self, item: &Item, path: &str) -> Option<Field> {
        self.at(item, path).or_else(|| {
            let row = path.rsplit_once('.').map_or("", |(row, _)| row);
            let (empty, conditional) = (self.answers.is_blank(row), item.is_conditional());
            (empty && !conditional).then(|| {
                let mut field = Field {
                    id: id(path),
                    name: path.to_owned(),
                    title: title(item).to_owned(),
                    help: item.help.clone(),
                    required: item.required,
                    ..Field::default()
                };
                self.fill(item, path, &mut field);
                field
            })
        })
    }
}

/// The question in the reader's language, as far as the questionnaire has it.
pub fn title(item: &Item) -> &str {
    in_english(&item.title_en).unwrap_or(&item.title)
}

/// An option in the reader's language.
pub fn choice(option: &Choice) -> &str {
    in_english(&option.title_en).unwrap_or(&option.title)
}

fn in_english(text: &Option<String>) -> Option<&str> {
    text.as_deref()
        .filter(|_| Wish::current().language == Language::English)
}

/// The names of all inputs of these questions.
pub fn inputs(fields: &[Field]) -> Vec<&str> {
    fields
        .iter()
        .flat_map(|field| match field.kind {
            "calculated" | "file" => Vec::new(),
            "matrix" => field.rows.iter().map(|row| row.name.as_str()).collect(),
            "repeat" => field
                .rows
                .iter()
                .flat_map(|row| inputs(&row.fields))
                .collect(),
            _ => vec![field.name.as_str()],
        })
        .collect()
}

/// The fields that a browser sends for these questions while nobody has touched them.
pub fn untouched(fields: &[Field]) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    for field in fields {
        let mut put = |value: &str| sent.push((field.name.clone(), value.to_owned()));
        match field.kind {
            "calculated" | "file" => {}
            "single" | "multiple" | "select" => {
                put("");
                let chosen = field.options.iter().filter(|option| option.chosen);
                chosen.for_each(|option| put(&option.code));
            }
            "matrix" => sent.extend(untouched(&field.rows)),
            "repeat" => {
                let rows = field.rows.iter();
                sent.extend(rows.flat_map(|row| untouched(&row.fields)));
            }
            _ => put(&field.value),
        }
    }
    sent
}

/// 1.2MB, 340KB
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{}KB", bytes.div_ceil(1024)),
        _ => format!("{}.{}MB", bytes >> 20, ((bytes % (1 << 20)) * 10) >> 20),
    }
}

/// Adds or removes a row of a repeat, as the button `add:hospitals` or `remove:hospitals.2` asks; returns where
/// to look then. Nothing where the button is none of these.
pub fn change_rows(form: &Questionnaire, answers: &mut Answers, act: &str) -> Option<String> {
    match act.split_once(':')? {
        ("add", item) => {
            let repeats = |item: &Item| matches!(item.kind, Kind::Repeat { .. });
            if form.item(item).is_some_and(repeats) {
                // The first row stands on the page before it is typed into.
                if answers.rows(item) == 0 {
                    answers.add_row(item);
                }
                answers.add_row(item);
            }
            let last = answers.rows(item).saturating_sub(1);
            Some(format!("{}-{last}", id(item)))
        }
        ("remove", path) => {
            let (item, row) = path.rsplit_once('.').unwrap_or((path, ""));
            if let Ok(row) = row.parse() {
                answers.remove_row(item, row);
            }
            Some(id(item))
        }
        _ => None,
    }
}

/// The item of the questionnaire to which a path belongs.
pub fn root(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// `hospitals.0.discharged` → `q-hospitals-0-discharged`: a name that an address can point to.
pub fn id(path: &str) -> String {
    format!("q-{}", path.replace('.', "-"))
}

pub fn said(issue: &Issue) -> Said {
    Said {
        severity: if issue.severity == Severity::Error {
            "error"
        } else {
            "warning"
        },
        message: issue.message.clone(),
        field: id(&issue.item),
    }
}

fn choices(options: &[Choice], typed: &[String]) -> Vec<Opt> {
    options
        .iter()
        .map(|option| Opt {
            code: option.code.clone(),
            title: choice(option).to_owned(),
            chosen: typed.contains(&option.code),
            exclusive: option.exclusive,
        })
        .collect()
}
