//! The steps by which a questionnaire is built. Items are named by their id, those of a repeat by `hospitals.q2`;
//! pages and checks are counted from 1. A text that is left empty takes away what it would set.

use serde::{Deserialize, Serialize};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    SetHead {
        title: String,
        #[serde(default)]
        description: String,
    },
    /// An empty page at the end. The first one added makes the items so far a page.
    AddPage {
        title: String,
    },
    RenamePage {
        page: usize,
        title: String,
    },
    ShiftPage {
        page: usize,
        direction: Direction,
    },
    /// Its items go to the page before, those of the first page to the second.
    RemovePage {
        page: usize,
    },
    /// Behind `after`; else at the end of `page`; else at the end.
    AddItem {
        kind: NewKind,
        title: String,
        #[serde(default)]
        page: Option<usize>,
        #[serde(default)]
        after: Option<String>,
        /// The repeat whose rows it belongs to.
        #[serde(default)]
        inside: Option<String>,
        /// Titles; two to be renamed where there are none.
        #[serde(default)]
        options: Vec<String>,
        /// Titles of the rows of a matrix.
        #[serde(default)]
        rows: Vec<String>,
    },
    /// The same once more behind it, with an id and a concept of its own.
    CopyItem {
        item: String,
    },
    /// One place on; over the edge of a page to the page beside it.
    ShiftItem {
        item: String,
        direction: Direction,
    },
    /// Before another item, else to the end of a page.
    MoveItem {
        item: String,
        #[serde(default)]
        page: Option<usize>,
        #[serde(default)]
        before: Option<String>,
    },
    RemoveItem {
        item: String,
    },
    /// What both kinds have stays: options, title, rules.
    SetKind {
        item: String,
        kind: NewKind,
    },
    SetWords {
        item: String,
        title: String,
        #[serde(default)]
        help: String,
        #[serde(default)]
        title_en: String,
    },
    SetRequired {
        item: String,
        required: bool,
    },
    SetConcept {
        item: String,
        concept: String,
    },
    SetBreak {
        item: String,
        reason: String,
    },
    /// Numbers as typed, full-width digits too.
    SetNumber {
        item: String,
        #[serde(default)]
        unit: String,
        #[serde(default)]
        min: String,
        #[serde(default)]
        max: String,
        #[serde(default)]
        step: String,
        /// What is plausible: outside is asked back.
        #[serde(default)]
        low: String,
        #[serde(default)]
        high: String,
    },
    /// Characters of a text.
    SetLength {
        item: String,
        #[serde(default)]
        max: String,
    },
    /// How many options of a multiple item, how many rows of a repeat.
    SetCount {
        item: String,
        #[serde(default)]
        min: String,
        #[serde(default)]
        max: String,
    },
    SetRowLabel {
        item: String,
        label: String,
    },
    /// Which kinds of files are taken (`pdf`, `jpeg`, …), and how many megabytes one may have.
    SetFile {
        item: String,
        #[serde(default)]
        kinds: Vec<String>,
        #[serde(default)]
        megabytes: String,
    },
    AddOption {
        item: String,
        title: String,
    },
    SetOption {
        item: String,
        code: String,
        title: String,
        #[serde(default)]
        title_en: String,
        #[serde(default)]
        mark: Mark,
    },
    ShiftOption {
        item: String,
        code: String,
        direction: Direction,
    },
    RemoveOption {
        item: String,
        code: String,
    },
    /// An own copy of a list that it shares with other items.
    OwnOptions {
        item: String,
    },
    /// The options of another item, with their codes.
    TakeOptions {
        item: String,
        from: String,
    },
    AddRow {
        item: String,
        title: String,
    },
    RenameRow {
        item: String,
        row: String,
        title: String,
    },
    ShiftRow {
        item: String,
        row: String,
        direction: Direction,
    },
    RemoveRow {
        item: String,
        row: String,
    },
    SetRelevant {
        item: String,
        #[serde(default)]
        rule: String,
    },
    SetCalculate {
        item: String,
        #[serde(default)]
        rule: String,
    },
    AddCheck {
        item: String,
        rule: String,
        message: String,
    },
    RemoveCheck {
        item: String,
        number: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
}

/// What an option does beside being one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    #[default]
    None,
    /// Excludes all others.
    Exclusive,
    /// わからない, a blank of its own.
    Unknown,
    /// Both: わからない beside which nothing else can be chosen.
    ExclusiveUnknown,
}

/// The kinds of items as a person chooses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewKind {
    Single,
    Multiple,
    Matrix,
    Integer,
    Decimal,
    Date,
    Text,
    LongText,
    File,
    Repeat,
}

impl NewKind {
    pub const ALL: [NewKind; 10] = [
        NewKind::Single,
        NewKind::Multiple,
        NewKind::Matrix,
        NewKind::Integer,
        NewKind::Decimal,
        NewKind::Date,
        NewKind::Text,
        NewKind::LongText,
        NewKind::File,
        NewKind::Repeat,
    ];

    pub fn label(self) -> &'static str {
        match self {
            NewKind::Single => "一つ選ぶ",
            NewKind::Multiple => "いくつでも選ぶ",
            NewKind::Matrix => "表（行ごとに一つ選ぶ）",
            NewKind::Integer => "整数",
            NewKind::Decimal => "小数",
            NewKind::Date => "日付",
            NewKind::Text => "短い文",
            NewKind::LongText => "長い文",
            NewKind::File => "ファイル",
            NewKind::Repeat => "繰り返し（病院ごとなど）",
        }
    }

    /// The kind of an item as it is written.
    pub fn of(item: &serde_json::Value) -> NewKind {
        use serde_json::Value;
        if item.get("x-repeat").is_some() {
            return NewKind::Repeat;
        }
        if item.get("x-matrix").is_some() {
            return NewKind::Matrix;
        }
        if item.get("x-file").is_some() {
            return NewKind::File;
        }
        match item.get("type").and_then(Value::as_str) {
            Some("array") => NewKind::Multiple,
            Some("integer") => NewKind::Integer,
            Some("number") => NewKind::Decimal,
            Some("string") if item.get("format").is_some() => NewKind::Date,
            Some("string") if item.get("oneOf").is_none() && item.get("$ref").is_none() => {
                match item["x-long"].as_bool() {
                    Some(true) => NewKind::LongText,
                    _ => NewKind::Text,
                }
            }
            _ => NewKind::Single,
        }
    }

    pub fn has_options(self) -> bool {
        matches!(self, NewKind::Single | NewKind::Multiple | NewKind::Matrix)
    }

    /// The kinds into which an item of this kind can be made without losing what it asks.
    pub fn convertible(self) -> &'static [NewKind] {
        match self {
            NewKind::Single | NewKind::Multiple => &[NewKind::Single, NewKind::Multiple],
            NewKind::Integer | NewKind::Decimal => &[NewKind::Integer, NewKind::Decimal],
            NewKind::Text | NewKind::LongText => &[NewKind::Text, NewKind::LongText],
            _ => &[],
        }
    }
}
