//! `c`: the parameters as the script sees them. A date field is a rule, not a date.

use rhai::{Array, Dynamic, Engine, EvalAltResult, Map};

use crate::parameters::{FieldValue, Parameters};
use crate::rule::{Base, DateRule};

/// `c.fy`.
#[derive(Debug, Clone)]
struct FiscalYear(i32);

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<FiscalYear>("fiscal_year");
    engine.register_fn("date", |year: FiscalYear, month: i64, day: i64| {
        let found = u32::try_from(month).ok().zip(u32::try_from(day).ok());
        let found = found
            .filter(|(month, day)| crate::calendar::in_fiscal_year(year.0, *month, *day).is_some());
        match found {
            Some((month, day)) => Ok(DateRule::new(Base::FiscalYear { month, day })),
            None => Err(Box::<EvalAltResult>::from(format!(
                "{}年度に {month}月{day}日 はありません",
                year.0
            ))),
        }
    });
}

pub(crate) fn cycle(parameters: &Parameters) -> Map {
    let mut map = Map::new();
    for field in parameters.fields() {
        let value = match &field.value {
            FieldValue::Date(_) => Dynamic::from(DateRule::new(Base::Field(field.id.clone()))),
            FieldValue::Integer(number) => Dynamic::from(*number),
            FieldValue::Text(text) | FieldValue::Time(text) => Dynamic::from(text.clone()),
            FieldValue::List(items) => {
                let items: Array = items
                    .iter()
                    .map(|item| Dynamic::from(item.clone()))
                    .collect();
                Dynamic::from(items)
            }
        };
        map.insert(field.id.as_str().into(), value);
    }
    if let Some(year) = parameters.fiscal_year() {
        map.insert("fy".into(), Dynamic::from(FiscalYear(year)));
    }
    map
}
