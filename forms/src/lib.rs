//! Questionnaires: definition, check, ask, validate, tally. Pure: no clock, no files, no network, no randomness.
//!
//! A questionnaire is a JSON Schema of its answers with a few annotations ([`SCHEMA`]). [`read`] checks it and
//! compiles its rules; [`Questionnaire::decode`] takes the fields of a web form, [`Questionnaire::examine`]
//! normalises, drops what is not relevant, calculates and validates; [`tally`] counts.
//!
//! # Numbers
//! Integers are `i64`. Decimals are exact: they are kept as the decimal text that was typed (at most 15 significant
//! digits, so that a JSON number carries them without loss) and added as [`Decimal`], never as binary floats.
//!
//! # Blanks
//! Four blanks are four values ([`tally::Blanks`]): not in this version, not shown (非該当), shown and left blank
//! (無回答), and an explicit わからない, which is an option marked `x-unknown`.

mod answers;
mod check;
pub mod columns;
mod compare;
mod condition;
mod decimal;
mod decode;
pub mod design;
mod document;
mod examine;
mod expression;
mod file;
mod issue;
mod item;
mod items;
mod join;
mod lint;
mod measure;
mod merge;
mod messages;
mod questionnaire;
mod read;
mod state;
pub mod tally;

pub use answers::{Answers, field_name};
pub use compare::{Carried, Difference, Series, What, compare};
pub use condition::{Condition, Unreadable};
pub use decimal::{Decimal, NotDecimal};
pub use examine::{Examined, day};
pub use expression::ALLOWED as FUNCTIONS;
pub use file::{File, FileKind};
pub use issue::{Issue, Severity};
pub use item::{Choice, Item, ItemId, Kind, MatrixRow};
pub use items::Items;
pub use join::join;
pub use lint::{Remark, lint};
pub use measure::{FIELDS as MEASURE_FIELDS, Measure};
pub use merge::{Change, Marks};
pub use questionnaire::{Page, Questionnaire};
pub use read::{SCHEMA, read, sketch};
pub use state::State;
