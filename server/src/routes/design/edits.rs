//! What a form of the designer asks for, as steps. A form that sets several things about an item at once (`item`,
//! `options`, `rows`, `condition`, `check`, `series`) becomes several steps, taken together or not at all. Every single
//! step of `forms::design::Edit` can be asked for by its own name too.

use forms::design::{Comparison, Edit, NewKind};
use serde_json::{Map, Value, json};

use crate::routes::own;
use crate::view::design::item::schema;
use crate::view::design::picker::{self, Picked};

pub(super) const FIELDS: &[(&str, &str)] = &[
    (
        "edit",
        "操作の名（add_item、shift_item、set_words など。item・options・rows・condition・check・series はまとめて直す）",
    ),
    ("item", "設問の id。繰り返しの中は hospitals.q2"),
    ("title", "文"),
    ("kind", "設問の種類"),
    ("page", "ページ（1から）"),
    ("options", "選択肢。1行に1つ"),
    ("rows", "表の行。1行に1つ"),
];

/// Steps to be taken together.
pub(super) struct Asked {
    pub edits: Vec<Edit>,
    /// The name under which they were asked for.
    name: String,
    item: Option<String>,
    page: Option<usize>,
}

type Fields = [(String, String)];

/// # Errors
/// A sentence for the person: what was chosen does not go together, or the form is none of ours.
pub(super) fn read(fields: &Fields, document: &Value) -> Result<Asked, String> {
    // A button names what it does and to what: `shift_item.up q3`.
    let (name, rest) = match own(fields, "edit").split_once(' ') {
        Some((name, rest)) => (name, Some(rest)),
        None => (own(fields, "edit"), None),
    };
    let item = match rest {
        Some(rest) => rest.split(' ').next().unwrap_or(rest),
        None => own(fields, "item"),
    };
    let mut edits = match name {
        "item" => words_and_limits(fields, document, item),
        "options" => options(fields, document, item),
        "rows" => rows(fields, document, item),
        "condition" => vec![condition(fields, document, item)?],
        "check" => vec![check(fields, document, item)?],
        "series" => vec![
            Edit::SetConcept {
                item: item.to_owned(),
                concept: own(fields, "concept").to_owned(),
            },
            Edit::SetBreak {
                item: item.to_owned(),
                reason: own(fields, "reason").to_owned(),
            },
        ],
        _ => vec![single(name, rest, fields)?],
    };
    // A button of a form that also sets things: both happen.
    if let Some((then, rest)) = own(fields, "then").split_once(' ') {
        edits.push(single(then, Some(rest), fields)?);
    }
    let page = edits.iter().find_map(|edit| match edit {
        Edit::AddPage { .. } => None,
        Edit::RenamePage { page, .. } | Edit::ShiftPage { page, .. } => Some(*page),
        _ => None,
    });
    Ok(Asked {
        edits,
        name: name.split('.').next().unwrap_or(name).to_owned(),
        item: (!item.is_empty()).then(|| item.to_owned()),
        page,
    })
}

impl Asked {
    pub fn item(&self) -> Option<&str> {
        self.item.as_deref()
    }

    pub fn page(&self) -> Option<usize> {
        self.page
    }

    pub fn removes(&self) -> bool {
        self.name == "remove_item"
    }

    /// The part of the page of an item at which to look afterwards.
    pub fn part(&self) -> &'static str {
        match self.name.as_str() {
            "options" | "own_options" | "take_options" | "add_option" => "options",
            "rows" => "rows",
            "condition" | "set_relevant" => "condition",
            "check" | "remove_check" | "add_check" => "checks",
            "series" | "set_calculate" | "set_kind" => "more",
            _ => "words",
        }
    }

    /// What is done, for the list of steps.
    pub fn words(&self, document: &Value) -> String {
        let title = self.item.as_deref().map(|item| {
            let title = schema(document, item)["title"].as_str();
            title.unwrap_or(item).to_owned()
        });
        match (self.edits.first(), title) {
            (Some(Edit::AddItem { title, .. }), _) => format!("設問「{title}」を加える"),
            (Some(Edit::CopyItem { .. }), Some(title)) => format!("設問「{title}」を写す"),
            (Some(Edit::RemoveItem { .. }), Some(title)) => format!("設問「{title}」を消す"),
            (Some(Edit::ShiftItem { .. } | Edit::MoveItem { .. }), Some(title)) => {
                format!("設問「{title}」を動かす")
            }
            (_, Some(title)) => format!("設問「{title}」を直す"),
            (Some(Edit::SetHead { .. }), None) => "題名とはじめの文を直す".to_owned(),
            (Some(Edit::AddPage { title }), None) => format!("ページ「{title}」を加える"),
            (_, None) => "ページを直す".to_owned(),
        }
    }
}

/// One step by its name. Texts of several lines are lists, empty fields are left out.
fn single(name: &str, rest: Option<&str>, fields: &Fields) -> Result<Edit, String> {
    let (name, direction) = match name.split_once('.') {
        Some((name, direction)) => (name, Some(direction)),
        None => (name, None),
    };
    let mut step = Map::new();
    for (field, value) in fields {
        let own = field.starts_with('_') || field.contains(':');
        if own || matches!(field.as_str(), "edit" | "then") {
            continue;
        }
        let value = match field.as_str() {
            "page" | "number" => match value.trim().parse::<u64>() {
                Ok(number) => json!(number),
                Err(_) => continue,
            },
            "required" => json!(matches!(value.as_str(), "1" | "true" | "on")),
            "options" | "rows" => value.lines().map(str::trim).collect(),
            "after" | "inside" | "before" if value.is_empty() => continue,
            _ => json!(value.replace("\r\n", "\n")),
        };
        step.insert(field.clone(), value);
    }
    if let Some(rest) = rest {
        // What a button names is all that its step is about.
        step.clear();
        let mut words = rest.split(' ');
        let first = words.next().unwrap_or_default();
        match name {
            "shift_page" | "remove_page" => {
                let page = first.parse::<u64>().unwrap_or(0);
                step.insert("page".to_owned(), page.into());
            }
            _ => {
                step.insert("item".to_owned(), first.into());
            }
        }
        let second = match name {
            "shift_option" | "remove_option" => Some("code"),
            "shift_row" | "remove_row" => Some("row"),
            "remove_check" => Some("number"),
            _ => None,
        };
        if let (Some(second), Some(word)) = (second, words.next()) {
            let value = match second {
                "number" => word.parse::<u64>().unwrap_or(0).into(),
                _ => Value::from(word),
            };
            step.insert(second.to_owned(), value);
        }
    }
    if let Some(direction) = direction {
        step.insert("direction".to_owned(), direction.into());
    }
    step.insert("edit".to_owned(), name.into());
    serde_json::from_value(Value::Object(step))
        .map_err(|_| "この操作はできません。画面を開き直して、もう一度行ってください。".to_owned())
}

fn words_and_limits(fields: &Fields, document: &Value, path: &str) -> Vec<Edit> {
    let of = |name: &str| own(fields, name).to_owned();
    let item = path.to_owned();
    let own_schema = schema(document, path);
    let kind = NewKind::of(own_schema);
    let mut edits = vec![Edit::SetWords {
        item: item.clone(),
        title: of("title"),
        help: of("help").replace("\r\n", "\n"),
        title_en: of("title_en"),
    }];
    if own_schema["x-calculate"].is_null() {
        let required = own(fields, "required") == "1";
        edits.push(Edit::SetRequired {
            item: item.clone(),
            required,
        });
    }
    match kind {
        NewKind::Integer | NewKind::Decimal => edits.push(Edit::SetNumber {
            item,
            unit: of("unit"),
            min: of("min"),
            max: of("max"),
            step: of("step"),
            low: of("low"),
            high: of("high"),
        }),
        NewKind::Text | NewKind::LongText => edits.push(Edit::SetLength {
            item,
            max: of("max"),
        }),
        NewKind::Multiple => edits.push(Edit::SetCount {
            item,
            min: of("min"),
            max: of("max"),
        }),
        NewKind::File => {
            let kinds = fields.iter().filter(|(name, _)| name == "files");
            edits.push(Edit::SetFile {
                item,
                kinds: kinds.map(|(_, kind)| kind.clone()).collect(),
                megabytes: of("max"),
            });
        }
        NewKind::Repeat => {
            edits.push(Edit::SetRowLabel {
                item: item.clone(),
                label: of("row_label"),
            });
            edits.push(Edit::SetCount {
                item,
                min: of("min"),
                max: of("max"),
            });
        }
        _ => {}
    }
    edits
}

/// `title:a1`, `en:a1`, `mark:a1` for each option; `add` holds new ones, one a line.
fn options(fields: &Fields, document: &Value, path: &str) -> Vec<Edit> {
    let of = |name: &str, code: &str| own(fields, &format!("{name}:{code}")).to_owned();
    let multiple = NewKind::of(schema(document, path)) == NewKind::Multiple;
    let codes = fields
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("title:"));
    let mut edits: Vec<Edit> = codes
        .map(|code| {
            let mark = of("mark", code);
            let mark = match (mark.as_str(), multiple) {
                ("exclusive", true) => forms::design::Mark::Exclusive,
                ("unknown", _) => forms::design::Mark::Unknown,
                ("exclusive_unknown", true) => forms::design::Mark::ExclusiveUnknown,
                _ => forms::design::Mark::None,
            };
            Edit::SetOption {
                item: path.to_owned(),
                code: code.to_owned(),
                title: of("title", code),
                title_en: of("en", code),
                mark,
            }
        })
        .collect();
    let added = own(fields, "add").lines().map(str::trim);
    edits.extend(
        added
            .filter(|title| !title.is_empty())
            .map(|title| Edit::AddOption {
                item: path.to_owned(),
                title: title.to_owned(),
            }),
    );
    edits
}

/// `title:r1` for each row of a matrix; `add` holds new ones, one a line.
fn rows(fields: &Fields, _: &Value, path: &str) -> Vec<Edit> {
    let named = fields
        .iter()
        .filter_map(|(name, title)| Some((name.strip_prefix("title:")?, title)));
    let mut edits: Vec<Edit> = named
        .map(|(row, title)| Edit::RenameRow {
            item: path.to_owned(),
            row: row.to_owned(),
            title: title.clone(),
        })
        .collect();
    let added = own(fields, "add").lines().map(str::trim);
    edits.extend(
        added
            .filter(|title| !title.is_empty())
            .map(|title| Edit::AddRow {
                item: path.to_owned(),
                title: title.to_owned(),
            }),
    );
    edits
}

/// `what:0`, `is:0`, `value:0` and so on; `joined` is `all` or `any`.
fn condition(fields: &Fields, document: &Value, path: &str) -> Result<Edit, String> {
    let mut picked = Vec::new();
    for (name, what) in fields {
        let Some(at) = name.strip_prefix("what:") else {
            continue;
        };
        picked.push(Picked {
            what: what.clone(),
            is: own(fields, &format!("is:{at}")).to_owned(),
            value: own(fields, &format!("value:{at}")).to_owned(),
        });
    }
    let groups = picker::groups(document, path);
    let relevance = picker::relevance(&groups, own(fields, "joined") == "any", &picked)?;
    Ok(Edit::SetRelevant {
        item: path.to_owned(),
        rule: relevance
            .map(|relevance| relevance.write())
            .unwrap_or_default(),
    })
}

/// This item compared with another one (`other`), or an expression (`rule`).
fn check(fields: &Fields, document: &Value, path: &str) -> Result<Edit, String> {
    let item = path.to_owned();
    let message = own(fields, "message").trim().to_owned();
    let rule = own(fields, "rule").trim();
    if !rule.is_empty() {
        return Ok(Edit::AddCheck {
            item,
            rule: rule.to_owned(),
            message,
        });
    }
    let other = own(fields, "other");
    let groups = picker::comparable(document, path);
    let Some(group) = groups.iter().find(|group| group.item == other) else {
        return Err("比べる相手の設問を選んでください。".to_owned());
    };
    let comparison = Comparison {
        left: path.rsplit('.').next().unwrap_or(path).to_owned(),
        is: picker::measured(own(fields, "is"))?,
        right: other.to_owned(),
    };
    let own_title = schema(document, path)["title"].as_str().unwrap_or_default();
    // What was not worded is said as it was picked.
    let message = match message.is_empty() {
        true => {
            let (title, how) = (&group.title, comparison.is.label());
            format!("「{own_title}」は「{title}」{how}になるように入力してください。")
        }
        false => message,
    };
    Ok(Edit::AddCheck {
        item,
        rule: comparison.write(),
        message,
    })
}
