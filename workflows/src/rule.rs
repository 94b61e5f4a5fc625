//! Date rules: 「回答締切の7営業日前」 stays a rule, so that a moved deadline moves everything that hangs on it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::{self, Calendar};
use crate::key::StepId;

/// A base and what is counted from it, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateRule {
    pub base: Base,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offsets: Vec<Offset>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// A date field of the parameters: `c.close`.
    Field(String),
    /// A day of the cycle's fiscal year: `c.fy.date(2, 10)`.
    FiscalYear { month: u32, day: u32 },
    /// The present deadline of a collecting step, also after it was extended: `closing("answers")`.
    Closing(StepId),
    /// A day fixed when the timer was set: the day on which the step opened.
    Day(NaiveDate),
}

/// Negative counts back. Business days do not count the day they start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offset {
    Days(i32),
    BusinessDays(i32),
}

/// Ten years: a longer offset is a typing error.
pub const MAX_OFFSET: i64 = 3_660;

/// What a rule is resolved with.
pub struct Dates<'a> {
    pub fields: &'a BTreeMap<String, NaiveDate>,
    pub fiscal_year: Option<i32>,
    /// The rule of the present deadline of a step.
    pub closing: &'a dyn Fn(&StepId) -> Option<DateRule>,
}

impl DateRule {
    pub fn new(base: Base) -> DateRule {
        DateRule {
            base,
            offsets: Vec::new(),
        }
    }

    pub fn plus(&self, offset: Offset) -> DateRule {
        let mut rule = self.clone();
        rule.offsets.push(offset);
        rule
    }

    /// The date, or nothing when the field or step it hangs on does not exist (the plan check refuses those).
    pub fn resolve(&self, dates: &Dates, calendar: &Calendar) -> Option<NaiveDate> {
        let base = match &self.base {
            Base::Field(field) => *dates.fields.get(field)?,
            Base::FiscalYear { month, day } => {
                calendar::in_fiscal_year(dates.fiscal_year?, *month, *day)?
            }
            Base::Closing(step) => {
                let rule = (dates.closing)(step)?;
                // A deadline that hangs on a deadline is refused by the check; here it must only end.
                if matches!(rule.base, Base::Closing(_)) {
                    return None;
                }
                rule.resolve(dates, calendar)?
            }
            Base::Day(day) => *day,
        };
        Some(
            self.offsets
                .iter()
                .fold(base, |date, offset| offset.from(date, calendar)),
        )
    }

    /// 「回答締切の7営業日前」; `field` and `step` give the titles.
    pub fn describe(
        &self,
        field: &dyn Fn(&str) -> String,
        step: &dyn Fn(&StepId) -> String,
    ) -> String {
        let base = match &self.base {
            Base::Field(id) => field(id),
            Base::FiscalYear { month, day } => format!("年度の{month}月{day}日"),
            Base::Closing(id) => format!("「{}」の締切", step(id)),
            Base::Day(day) => calendar::written(*day),
        };
        let offsets: Vec<String> = self.offsets.iter().map(Offset::describe).collect();
        match offsets.is_empty() {
            true => base,
            false => format!("{base}の{}", offsets.join("の")),
        }
    }
}

impl Offset {
    pub fn from(self, date: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match self {
            Offset::BusinessDays(count) => calendar.business_days(date, count),
            Offset::Days(count) => {
                let days = Days::new(u64::from(count.unsigned_abs()));
                let moved = if count < 0 {
                    date.checked_sub_days(days)
                } else {
                    date.checked_add_days(days)
                };
                moved.unwrap_or(date)
            }
        }
    }

    pub fn describe(&self) -> String {
        let (count, unit) = match self {
            Offset::Days(count) => (*count, "日"),
            Offset::BusinessDays(count) => (*count, "営業日"),
        };
        let side = if count < 0 { "前" } else { "後" };
        format!("{}{unit}{side}", count.unsigned_abs())
    }
}
