//! Limits that leave no room for an answer.

use authoring::{Finding, Source};

use super::places;
use crate::decimal::Decimal;
use crate::item::Kind;
use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    for place in places(questionnaire) {
        let item = place.item;
        let (keywords, low, high, plausible) = match &item.kind {
            Kind::Integer {
                min,
                max,
                plausible,
                ..
            } => (
                ["minimum", "maximum"],
                min.map(Decimal::from),
                max.map(Decimal::from),
                plausible.map(|(low, high)| (low.into(), high.into())),
            ),
            Kind::Decimal {
                min,
                max,
                plausible,
                ..
            } => (["minimum", "maximum"], *min, *max, *plausible),
            Kind::Multiple { min, max, options } => (
                ["minItems", "maxItems"],
                min.map(number),
                Some(number(max.unwrap_or(options.len()).min(options.len()))),
                None,
            ),
            Kind::Repeat { min, max, .. } => (
                ["minItems", "maxItems"],
                Some(number(*min)),
                Some(number(*max)),
                None,
            ),
            _ => continue,
        };
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            findings.push(source.finding(
                "form.empty_range",
                &format!("{}/{}", item.pointer, keywords[0]),
                format!(
                    "設問 {} の下限 {low} が上限 {high} より大きく、答えられる値がありません。",
                    item.id
                ),
                format!("{} か {} を直してください。", keywords[0], keywords[1]),
            ));
        }
        if let Some((from, to)) = plausible
            && (from > to
                || low.is_some_and(|low| to < low)
                || high.is_some_and(|high| from > high))
        {
            findings.push(source.finding(
                "form.empty_range",
                &format!("{}/x-plausible", item.pointer),
                format!(
                    "設問 {} の x-plausible（{from}～{to}）に入る値がありません。",
                    item.id
                ),
                "下限、上限の順に、minimum と maximum の間で書いてください。",
            ));
        }
    }
}

fn number(size: usize) -> Decimal {
    i64::try_from(size).unwrap_or(i64::MAX).into()
}
