//! `table(source, …)`: a whole Markdown table over the entries of a ledger or the responses of a survey.
//!
//! | Word | Means |
//! |---|---|
//! | `rows=` | an item (its options in the order of the form), `"month"` or `"year"` |
//! | `columns=` | the same, side by side; without it one column with the number |
//! | `sum=` | integer items that are added up instead: a list is a column each (with `columns=` and without `rows=`, a row each), one with `columns=` fills the cells |
//! | `share=true` | a ％ column beside each column, of the column's total |
//! | `ratio=[a, b]` | a ％ column a/b of each row: two columns by code, `"total"`, or two integer items |
//! | `totals=false` | no 計 |
//! | `decimals=` | digits behind the point of the percentages |
//! | `year=`, `where=`, an item | only those |

use std::collections::BTreeMap;

use forms::Answers;
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Environment, Error};
use papers::digits::Width;
use papers::wareki;

use super::ledgers::{filter, unfit};
use super::{Look, refuse};
use crate::figure::{AnswersOf, PercentStyle};
use crate::ledger::{Records, Wanted, table};

/// The clean answers of each survey that a paper can count, by its turn.
pub(crate) type Responses = BTreeMap<String, Vec<Answers>>;

/// A copy of the answers, for templates that make tables of them: a template cannot borrow.
pub(crate) fn responses(template: &str, answers: &BTreeMap<String, AnswersOf<'_>>) -> Responses {
    if !template.contains("table(") {
        return Responses::new();
    }
    let copied = |of: &AnswersOf<'_>| of.values().map(|answers| (*answers).clone()).collect();
    answers
        .iter()
        .map(|(survey, of)| (survey.clone(), copied(of)))
        .collect()
}

pub(super) fn register(environment: &mut Environment<'_>, look: &Look) {
    let l = look.clone();
    environment.add_function("table", move |source: String, args: Kwargs| {
        l.table(&source, &args)
    });
}

impl Look {
    fn table(&self, source: &str, args: &Kwargs) -> Result<Value, Error> {
        let wanted = Wanted {
            rows: args.get("rows")?,
            columns: args.get("columns")?,
            sum: list(args, "sum")?,
            share: args.get::<Option<bool>>("share")?.unwrap_or(false),
            totals: args.get::<Option<bool>>("totals")?.unwrap_or(true),
            ratio: match list(args, "ratio")?.as_slice() {
                [] => None,
                [num, den] => Some([num.clone(), den.clone()]),
                _ => return Err(refuse("ratio には、分子と分母の2つを書いてください。")),
            },
        };
        let decimals: Option<u8> = args.get("decimals")?;
        let style = self.pack.style.percent;
        let percent = PercentStyle {
            decimals: decimals.unwrap_or(style.decimals).min(3),
            ..style
        };
        let bodies = self.pack.municipality.bodies.iter();
        let bodies = bodies
            .map(|body| (body.id.as_str(), body.name.as_str()))
            .collect();
        let text = if let Some(survey) = self.pack.survey(source) {
            let Some(form) = self.pack.questionnaire(&survey.id) else {
                return Err(refuse(format!("調査「{source}」の調査票がありません。")));
            };
            let filter = filter(form, args)?;
            let given = self
                .responses
                .get(&survey.turn())
                .or_else(|| self.responses.get(&survey.id));
            let given = given
                .into_iter()
                .flatten()
                .filter(|answers| filter.holds(answers));
            let records = Records {
                name: survey.name.clone(),
                unit: "件",
                form,
                hide_below: None,
                body: None,
                bodies,
                records: given.map(|answers| (answers, None)).collect(),
            };
            table(&records, &wanted, percent)
        } else {
            let ledger = self.ledger(source)?;
            let filter = filter(&ledger.form, args)?;
            let year = filter
                .year
                .and_then(|year| wareki::fiscal_year(year, Width::Half).ok());
            let entries = self.ledgers.counted(ledger, &filter).into_iter();
            let records = Records {
                name: year.map_or_else(
                    || ledger.name().to_owned(),
                    |year| format!("{}、{year}", ledger.name()),
                ),
                unit: &ledger.definition.unit,
                form: &ledger.form,
                hide_below: ledger.definition.hide_below,
                body: ledger.definition.body.as_deref(),
                bodies,
                records: entries
                    .map(|entry| (&entry.answers, ledger.when(entry)))
                    .collect(),
            };
            table(&records, &wanted, percent)
        };
        text.map(Value::from_safe_string).map_err(unfit)
    }
}

/// One text, or a list of texts.
fn list(args: &Kwargs, name: &str) -> Result<Vec<String>, Error> {
    let value: Option<Value> = args.get(name)?;
    match value {
        None => Ok(Vec::new()),
        Some(value) if value.kind() == ValueKind::Seq => args.get(name),
        Some(value) => Ok(vec![value.to_string()]),
    }
}
