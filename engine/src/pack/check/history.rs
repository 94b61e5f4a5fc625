//! history/*.json: figures of known indicators and areas, each once, parts not above their whole.

use std::collections::BTreeMap;

use authoring::Finding;

use super::super::read::Parts;
use super::dangling;
use crate::history::Value;

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    // A figure may belong to an indicator that only an earlier version of the map has.
    let indicators: Vec<&str> = parts
        .map
        .iter()
        .chain(parts.maps.iter().map(|(_, read)| read))
        .flat_map(|map| &map.value.indicators)
        .map(|i| i.id.as_str())
        .collect();
    let areas: Vec<&str> = parts
        .municipality
        .value
        .areas
        .iter()
        .map(|area| area.id.as_str())
        .collect();
    let mut seen: BTreeMap<(&str, &str, i32), String> = BTreeMap::new();
    let mut findings = Vec::new();
    for (file, history) in &parts.history {
        for (index, figure) in history.value.figures.iter().enumerate() {
            let at = |field: &str| format!("/figures/{index}{field}");
            if parts.map.is_some() && !indicators.contains(&figure.indicator.as_str()) {
                findings.push(dangling(
                    &history.source,
                    &at("/indicator"),
                    "指標",
                    &figure.indicator,
                    indicators.iter().copied(),
                ));
            }
            if !areas.contains(&figure.area.as_str()) {
                findings.push(dangling(
                    &history.source,
                    &at("/area"),
                    "区域",
                    &figure.area,
                    areas.iter().copied(),
                ));
            }
            if let Value::Ratio { num, den, .. } = figure.value
                && num > den
            {
                findings.push(history.source.finding(
                    "pack.part_above_whole",
                    &at("/num"),
                    format!("分子 {num} が分母 {den} を超えています。"),
                    "公表資料の数字を確かめてください。",
                ));
            }
            let line = history.source.line(&at("")).unwrap_or(1);
            let place = format!("{file} の{line}行目");
            if let Some(first) =
                seen.insert((&figure.indicator, &figure.area, figure.survey_year), place)
            {
                findings.push(history.source.finding(
                    "pack.figure_twice",
                    &at(""),
                    format!(
                        "{}・{}・{}年度の値が2回あります（最初は {first}）。",
                        figure.indicator, figure.area, figure.survey_year
                    ),
                    "正しい方だけを残してください。",
                ));
            }
        }
    }
    findings
}
