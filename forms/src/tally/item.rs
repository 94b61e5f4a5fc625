//! The counts of one item.

use serde::Serialize;
use serde_json::Value;

use crate::decimal::Decimal;
use crate::item::{Item, Kind};

/// The counts of one item, or of one row of a matrix.
///
/// `answered` and the four blanks add up to `base`. For a single item the options add up to `answered`; for a
/// multiple item they may pass it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemTally {
    pub path: String,
    pub title: String,
    /// Responses, or for an item inside a repeat its rows.
    pub base: u64,
    /// With an answer other than わからない.
    pub answered: u64,
    pub blanks: Blanks,
    pub detail: Detail,
}

/// The four ways of having no answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Blanks {
    /// The version that was answered did not ask.
    pub not_in_version: u64,
    /// 非該当: not relevant to this respondent.
    pub not_shown: u64,
    /// 無回答: shown and left blank.
    pub no_answer: u64,
    /// わからない, said explicitly.
    pub dont_know: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Single, multiple and matrix items; without the options that mean わからない.
    Options(Vec<OptionCount>),
    Numbers(Numbers),
    /// Dates, texts and files: only that they were answered.
    Texts,
    /// The rows of a repeat over all responses.
    Rows {
        rows: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptionCount {
    pub code: String,
    pub title: String,
    pub count: u64,
}

/// Numbers that were answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    pub n: u64,
    /// Exact. `None` when it does not fit into 38 digits.
    pub sum: Option<Decimal>,
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
}

impl Serialize for Numbers {
    /// Numbers as decimal text, so that no reader loses a digit.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let text = |number: Option<Decimal>| number.map(|number| number.to_string());
        let mut fields = serializer.serialize_struct("Numbers", 4)?;
        fields.serialize_field("n", &self.n)?;
        fields.serialize_field("sum", &text(self.sum))?;
        fields.serialize_field("min", &text(self.min))?;
        fields.serialize_field("max", &text(self.max))?;
        fields.end()
    }
}

impl Numbers {
    fn new() -> Numbers {
        Numbers {
            sum: Some(Decimal::default()),
            ..Numbers::default()
        }
    }

    fn add(&mut self, number: Decimal) {
        self.n += 1;
        self.sum = self.sum.and_then(|sum| sum.checked_add(number));
        self.min = Some(self.min.map_or(number, |min| min.min(number)));
        self.max = Some(self.max.map_or(number, |max| max.max(number)));
    }
}

impl ItemTally {
    pub(super) fn new(item: &Item, path: String, title: String) -> ItemTally {
        let detail = match &item.kind {
            Kind::Single { .. } | Kind::Multiple { .. } | Kind::Matrix { .. } => {
                let known = item.options().iter().filter(|option| !option.unknown);
                Detail::Options(
                    known
                        .map(|option| OptionCount {
                            code: option.code.clone(),
                            title: option.title.clone(),
                            count: 0,
                        })
                        .collect(),
                )
            }
            Kind::Integer { .. } | Kind::Decimal { .. } => Detail::Numbers(Numbers::new()),
            Kind::Date | Kind::Text { .. } | Kind::File { .. } => Detail::Texts,
            Kind::Repeat { .. } => Detail::Rows { rows: 0 },
        };
        ItemTally {
            path,
            title,
            base: 0,
            answered: 0,
            blanks: Blanks::default(),
            detail,
        }
    }

    /// Those to whom the item was shown: the n that a table prints, 無回答 and わからない included.
    pub fn shown(&self) -> u64 {
        self.base - self.blanks.not_in_version - self.blanks.not_shown
    }

    /// How often an option was chosen.
    pub fn count(&self, code: &str) -> Option<u64> {
        let Detail::Options(options) = &self.detail else {
            return None;
        };
        options
            .iter()
            .find(|option| option.code == code)
            .map(|option| option.count)
    }

    pub fn numbers(&self) -> Option<&Numbers> {
        match &self.detail {
            Detail::Numbers(numbers) => Some(numbers),
            _ => None,
        }
    }

    pub(super) fn add_not_in_version(&mut self) {
        self.base += 1;
        self.blanks.not_in_version += 1;
    }

    pub(super) fn add_not_shown(&mut self) {
        self.base += 1;
        self.blanks.not_shown += 1;
    }

    /// Counts an answer to an item that was shown.
    pub(super) fn add(&mut self, item: &Item, value: Option<&Value>) {
        self.base += 1;
        let Some(value) = value.filter(|value| !value.is_null()) else {
            self.blanks.no_answer += 1;
            return;
        };
        match &mut self.detail {
            Detail::Options(options) => {
                let codes = match value {
                    Value::Array(codes) => codes.as_slice(),
                    one => std::slice::from_ref(one),
                };
                let mut known = false;
                for code in codes.iter().filter_map(Value::as_str) {
                    if let Some(option) = options.iter_mut().find(|option| option.code == code) {
                        option.count += 1;
                        known = true;
                    }
                }
                if !known {
                    let unknown =
                        |code: &str| item.option(code).is_some_and(|option| option.unknown);
                    let dont_know = codes.iter().filter_map(Value::as_str).any(unknown);
                    // A code of another version that this one no longer offers is not an answer to this one.
                    *(if dont_know {
                        &mut self.blanks.dont_know
                    } else {
                        &mut self.blanks.not_in_version
                    }) += 1;
                    return;
                }
            }
            Detail::Numbers(numbers) => match value.to_string().parse() {
                Ok(number) => numbers.add(number),
                // An answer to a version in which the item was of another kind.
                Err(_) => {
                    self.blanks.not_in_version += 1;
                    return;
                }
            },
            Detail::Texts => {}
            Detail::Rows { rows } => {
                *rows += value.as_array().map_or(0, Vec::len) as u64;
            }
        }
        self.answered += 1;
    }
}
