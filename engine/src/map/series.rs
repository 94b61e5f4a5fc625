//! A series of years: where it breaks, when it was left out on purpose, what was decided about it.

use chrono::NaiveDate;
use papers::digits::Width;
use papers::wareki;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Indicator, Map};

/// 系列の断絶: values before `year` and from `year` on do not compare.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Break {
    pub year: i32,
    pub why: String,
}

/// 未実施: a year without a survey, and why there was none.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NotHeld {
    pub year: i32,
    pub why: String,
}

/// Who decided what the indicator's `decision` says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Decided {
    #[serde(default)]
    pub on: Option<NaiveDate>,
    pub by: String,
    pub reason: String,
}

impl Indicator {
    /// Why values of these two years do not compare; `None` where they do.
    pub fn broken(&self, year: i32, other: i32) -> Option<&Break> {
        let (before, after) = (year.min(other), year.max(other));
        let mut breaks = self.breaks.iter();
        breaks.find(|one| before < one.year && one.year <= after)
    }

    /// 未実施（負担考慮）, for a year that was left out on purpose.
    pub fn not_held_in(&self, year: i32) -> Option<String> {
        let left_out = self.not_held.iter().find(|one| one.year == year)?;
        Some(format!("未実施（{}）", left_out.why))
    }

    /// 決定（令和7年9月3日、推進協議会）：利用率は高めない（理由：…）
    pub fn decision_said(&self) -> Option<String> {
        let decision = self.decision.as_ref()?;
        let Some(decided) = &self.decided else {
            return Some(format!("決定：{decision}"));
        };
        let on = decided
            .on
            .and_then(|on| wareki::date_only(on, Width::Half).ok());
        let on = on.map_or(String::new(), |on| format!("{on}、"));
        let (by, reason) = (&decided.by, &decided.reason);
        Some(format!("決定（{on}{by}）：{decision}（理由：{reason}）"))
    }
}

impl Map {
    /// Whether values of an indicator in these two years compare.
    pub fn compares(&self, indicator: &str, year: i32, other: i32) -> bool {
        let indicator = self.indicator(indicator);
        indicator.is_none_or(|indicator| indicator.broken(year, other).is_none())
    }
}
