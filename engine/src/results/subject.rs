//! What responses can be divided by: a column of the roster, or the answer to a question.

use std::collections::BTreeSet;
use std::fmt;

use forms::Kind;
use serde::Serialize;

use super::{Response, Responses};

/// A column of free text with more values than this divides nothing.
const MOST_VALUES: usize = 40;

/// Written as indicators write it: `respondent.kind` for a column of the roster, otherwise the id of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Column(String),
    Item(String),
}

/// A subject with its values, for those who choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offered {
    pub id: String,
    pub title: String,
    /// Codes with their words, in the order of the definition.
    pub values: Vec<(String, String)>,
    /// Every response has at most one value, so that it can be the head of a crosstab.
    pub single: bool,
    #[serde(skip)]
    pub subject: Subject,
}

impl Subject {
    pub fn read(text: &str) -> Subject {
        match text.strip_prefix("respondent.") {
            Some(column) => Subject::Column(column.to_owned()),
            None => Subject::Item(text.to_owned()),
        }
    }

    /// The codes that a response has. Those who were not asked or left it blank have none.
    pub(super) fn codes<'a>(&self, response: &Response<'a>) -> Vec<&'a str> {
        match self {
            Subject::Column(column) => {
                let value = response.columns.get(column).map(String::as_str);
                value
                    .filter(|value| !value.is_empty())
                    .into_iter()
                    .collect()
            }
            Subject::Item(item) => response.answers.codes(item),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Column(column) => write!(f, "respondent.{column}"),
            Subject::Item(item) => f.write_str(item),
        }
    }
}

/// Everything by which these responses can be divided: the columns of the roster that sort respondents rather
/// than name them, then the questions with options.
pub fn offered(responses: &Responses<'_>) -> Vec<Offered> {
    let mut all = Vec::new();
    if let Some(format) = responses.format() {
        let named = [
            Some(&format.key),
            Some(&format.name_column),
            format.mail.as_ref(),
        ];
        for column in &format.columns {
            if named.contains(&Some(&column.id)) {
                continue;
            }
            let values: Vec<(String, String)> = match column.values.is_empty() {
                false => column.values.clone().into_iter().collect(),
                true => {
                    let given = responses.rows.iter();
                    let given = given.filter_map(|row| row.columns.get(&column.id));
                    let given: BTreeSet<&String> =
                        given.filter(|value| !value.is_empty()).collect();
                    // A telephone number sorts nobody: nearly every row has its own.
                    let sorts =
                        given.len() <= MOST_VALUES && given.len() * 2 <= responses.rows.len();
                    let values = given.into_iter().filter(|_| sorts);
                    values.map(|value| (value.clone(), value.clone())).collect()
                }
            };
            let subject = Subject::Column(column.id.clone());
            all.push(Offered {
                id: subject.to_string(),
                title: column.title.clone(),
                values,
                single: true,
                subject,
            });
        }
    }
    for item in responses.form.items() {
        let single = match item.kind {
            Kind::Single { .. } => true,
            Kind::Multiple { .. } => false,
            _ => continue,
        };
        let options = item.options().iter();
        let subject = Subject::Item(item.id.to_string());
        all.push(Offered {
            id: subject.to_string(),
            title: item.title.clone(),
            values: options
                .map(|one| (one.code.clone(), one.title.clone()))
                .collect(),
            single,
            subject,
        });
    }
    all.retain(|one| one.values.len() > 1);
    all
}
