//! An item (設問) of a questionnaire: what is asked, in which kind, under which rules.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::expression::Rule;
use crate::file::FileKind;
use crate::items::Items;

/// The id of an item, unique in its questionnaire; also its name in expressions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemId(String);

impl ItemId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ItemId {
    fn from(id: &str) -> ItemId {
        ItemId(id.to_owned())
    }
}

impl Borrow<str> for ItemId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ItemId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One question.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: ItemId,
    pub title: String,
    pub title_en: Option<String>,
    /// A sentence shown under the title.
    pub help: Option<String>,
    /// Asked again when left blank. A required matrix wants an answer in every row.
    pub required: bool,
    /// The id that ties this item to the same item of other years and municipalities.
    pub concept: Option<String>,
    /// Why no series may be drawn through this version, when the wording changed too much.
    pub series_break: Option<String>,
    pub kind: Kind,
    pub(crate) relevant: Option<Rule>,
    pub(crate) calculate: Option<Rule>,
    pub(crate) constraints: Vec<Constraint>,
    /// Where the item stands in its source, a JSON pointer.
    pub(crate) pointer: String,
}

/// What an answer to the item looks like.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One option.
    Single { options: Vec<Choice> },
    /// Any number of options between `min` and `max`.
    Multiple {
        options: Vec<Choice>,
        min: Option<usize>,
        max: Option<usize>,
    },
    /// One option in each row.
    Matrix {
        rows: Vec<MatrixRow>,
        options: Vec<Choice>,
    },
    Integer {
        unit: Option<String>,
        min: Option<i64>,
        max: Option<i64>,
        /// Outside is a warning.
        plausible: Option<(i64, i64)>,
    },
    /// At most 15 significant digits.
    Decimal {
        unit: Option<String>,
        min: Option<Decimal>,
        max: Option<Decimal>,
        /// `multipleOf`: 0.1 allows one decimal.
        step: Option<Decimal>,
        plausible: Option<(Decimal, Decimal)>,
    },
    /// A day, `2024-06-05`.
    Date,
    Text {
        /// In characters, 4,000 unless the questionnaire says otherwise.
        max: usize,
        /// Several lines.
        long: bool,
    },
    /// One file of one of these kinds.
    File {
        kinds: Vec<FileKind>,
        /// Megabytes (1024 × 1024 bytes) that it may have.
        megabytes: u64,
    },
    /// A group of items answered once per row.
    Repeat {
        /// What one row is, for instance 病院.
        label: String,
        items: Items,
        min: usize,
        max: usize,
    },
}

/// An option (選択肢).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub code: String,
    pub title: String,
    pub title_en: Option<String>,
    /// Excludes all other options of a multiple item.
    pub exclusive: bool,
    /// An explicit わからない.
    pub unknown: bool,
    /// Read in expressions as `<item>_<name>`.
    pub attributes: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    pub id: String,
    pub title: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Constraint {
    pub(crate) rule: Rule,
    pub(crate) message: String,
}

impl Item {
    /// Shown only under a condition.
    pub fn is_conditional(&self) -> bool {
        self.relevant.is_some()
    }

    /// Computed from other items; what a respondent sends for it is ignored.
    pub fn is_calculated(&self) -> bool {
        self.calculate.is_some()
    }

    /// The options of a single, multiple or matrix item; empty for the other kinds.
    pub fn options(&self) -> &[Choice] {
        match &self.kind {
            Kind::Single { options }
            | Kind::Multiple { options, .. }
            | Kind::Matrix { options, .. } => options,
            _ => &[],
        }
    }

    pub fn option(&self, code: &str) -> Option<&Choice> {
        self.options().iter().find(|option| option.code == code)
    }

    /// The unit of a number, for instance 件.
    pub fn unit(&self) -> Option<&str> {
        match &self.kind {
            Kind::Integer { unit, .. } | Kind::Decimal { unit, .. } => unit.as_deref(),
            _ => None,
        }
    }

    /// Names of the attributes that any option has, each once.
    pub(crate) fn attributes(&self) -> Vec<&str> {
        let Kind::Single { options } = &self.kind else {
            return Vec::new();
        };
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in options.iter().flat_map(|option| &option.attributes) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// All expressions with the annotation they stand in.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (&'static str, &Rule)> {
        let relevant = self.relevant.iter().map(|rule| ("x-relevant", rule));
        let calculate = self.calculate.iter().map(|rule| ("x-calculate", rule));
        let constraints = self
            .constraints
            .iter()
            .map(|one| ("x-constraint", &one.rule));
        relevant.chain(calculate).chain(constraints)
    }
}
