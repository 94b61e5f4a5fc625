//! A measure: one number of an indicator, counted from responses or from the roster, as data.
//!
//! ```json
//! { "of": "hospitals", "where": "care == \"yobo\"", "sum": "contacted" }
//! { "of": "hospitals", "by": "hospital", "having": "coordinated > 0 && hospital_place == \"city\"" }
//! { "of": "responses", "where": "respondent.kind == \"kyotaku\" && rule_used == \"yes\"" }
//! ```
//!
//! | Field | Means |
//! |---|---|
//! | `of` | `responses`, `roster`, or a repeat: then its rows |
//! | `where` | only those for which this holds; roster columns are `respondent.<column>` |
//! | `sum` | adds up integer items instead of counting; `minus` takes others off |
//! | `by` | groups by the answer to an item and counts the groups |
//! | `having` | only groups for which this holds; integer items are the sums of the group |

mod describe;
mod evaluate;
mod read;

pub use read::FIELDS;

use std::sync::Arc;

use crate::expression::Rule;
use crate::items::Items;

/// A measure compiled against a questionnaire.
#[derive(Debug, Clone)]
pub struct Measure {
    of: Of,
    condition: Option<Rule>,
    sum: Vec<String>,
    minus: Vec<String>,
    by: Option<String>,
    having: Option<Rule>,
    items: Arc<Items>,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Of {
    Responses,
    Roster,
    /// The rows of a repeat.
    Rows(String),
}

impl Measure {
    /// Columns of the roster that the measure reads: whoever knows the roster can check them.
    pub fn respondent_columns(&self) -> impl Iterator<Item = &str> {
        let properties = self.condition.iter().flat_map(|rule| rule.properties());
        properties
            .filter(|(name, _)| name == "respondent")
            .map(|(_, column)| column.as_str())
    }

    /// The items whose answers are counted or grouped directly.
    fn own_items(&self) -> Option<&Items> {
        match &self.of {
            Of::Responses => Some(&self.items),
            Of::Roster => None,
            Of::Rows(id) => crate::tally::repeat(&self.items, id),
        }
    }
}
