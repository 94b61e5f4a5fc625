//! map.json: boxes, arrows and indicators refer to each other, and every indicator has a source.

use authoring::Finding;

use super::super::read::Parts;
use super::{dangling, duplicates};

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let Some(map) = &parts.map else {
        return Vec::new();
    };
    let (source, map) = (&map.source, &map.value);
    let indicators: Vec<&str> = map.indicators.iter().map(|i| i.id.as_str()).collect();
    let nodes: Vec<&str> = map.nodes.iter().map(|node| node.id.as_str()).collect();
    let layers: Vec<&str> = map.layers.iter().map(|layer| layer.id.as_str()).collect();
    let scenes: Vec<&str> = map.scenes.iter().map(|scene| scene.id.as_str()).collect();
    let mut findings = duplicates(source, "/indicators", "指標", indicators.iter().copied());
    findings.extend(duplicates(
        source,
        "/nodes",
        "マップの項目",
        nodes.iter().copied(),
    ));

    let mut refer = |at: String, what: &str, name: &str, known: &[&str]| {
        if !known.contains(&name) {
            findings.push(dangling(source, &at, what, name, known.iter().copied()));
        }
    };
    for (index, node) in map.nodes.iter().enumerate() {
        let at = |rest: &str| format!("/nodes/{index}/{rest}");
        refer(at("layer"), "層", &node.layer, &layers);
        for (list, what, names, known) in [
            ("scenes", "場面", &node.scenes, &scenes),
            ("indicators", "指標", &node.indicators, &indicators),
            ("leads_to", "マップの項目", &node.leads_to, &nodes),
        ] {
            for (position, name) in names.iter().enumerate() {
                refer(at(&format!("{list}/{position}")), what, name, known);
            }
        }
    }
    for (index, indicator) in map.indicators.iter().enumerate() {
        refer(
            format!("/indicators/{index}/layer"),
            "層",
            &indicator.layer,
            &layers,
        );
        for (position, scene) in indicator.scenes.iter().enumerate() {
            refer(
                format!("/indicators/{index}/scenes/{position}"),
                "場面",
                scene,
                &scenes,
            );
        }
    }
    findings.extend(sources(parts));
    findings.extend(breakdowns(parts));
    findings
}

/// An indicator is counted from a survey here, or published by somebody, or decided against.
fn sources(parts: &Parts) -> Vec<Finding> {
    let Some(map) = &parts.map else {
        return Vec::new();
    };
    let surveys: Vec<&str> = parts
        .surveys
        .iter()
        .flat_map(|s| &s.value.surveys)
        .map(|s| s.id.as_str())
        .collect();
    let published: Vec<&str> = parts
        .history
        .iter()
        .flat_map(|(_, h)| &h.value.figures)
        .map(|f| f.indicator.as_str())
        .collect();
    let mut findings = Vec::new();
    for (index, indicator) in map.value.indicators.iter().enumerate() {
        let at = format!("/indicators/{index}");
        match (&indicator.survey, &indicator.numerator) {
            // Without readable surveys there is nothing to compare with.
            (Some(_), Some(_)) if parts.surveys.is_none() => {}
            (Some(survey), _) if !surveys.contains(&survey.as_str()) => {
                findings.push(dangling(&map.source, &format!("{at}/survey"), "調査", survey, surveys.iter().copied()));
            }
            (Some(_), Some(_)) => {}
            (None, Some(_)) if indicator.ledger.is_some() => {
                findings.extend(unknown_ledger(parts, indicator, &at));
            }
            (None, Some(_)) => findings.push(map.source.finding(
                "pack.indicator_without_source",
                &at,
                format!("指標「{}」は数え方がありますが、どの調査や台帳から数えるかがありません。", indicator.id),
                "survey に調査の id か、ledger に台帳の id を書いてください。",
            )),
            _ if published.contains(&indicator.id.as_str()) || indicator.decision.is_some() => {}
            // Added up from what the members of an area give.
            _ if indicator.concept.is_some() && rolls_up(parts) => {}
            _ => findings.push(map.source.finding(
                "pack.indicator_without_source",
                &at,
                format!("指標「{}」の値がどこから来るかがありません。", indicator.id),
                "survey と numerator を書くか、history/ に公表値を置くか、数値を持たない理由を decision に書いてください。",
            )),
        }
    }
    findings
}

fn rolls_up(parts: &Parts) -> bool {
    let areas = &parts.municipality.value.areas;
    areas.iter().any(|area| !area.formed_of.is_empty())
}

fn unknown_ledger(parts: &Parts, indicator: &crate::map::Indicator, at: &str) -> Option<Finding> {
    let (map, name) = (parts.map.as_ref()?, indicator.ledger.as_deref()?);
    let known = || parts.ledgers.read.keys().map(String::as_str);
    let unknown = !known().any(|id| id == name);
    unknown.then(|| dangling(&map.source, &format!("{at}/ledger"), "台帳", name, known()))
}

/// What an indicator is divided by is an item that it counts, or a column of the roster.
fn breakdowns(parts: &Parts) -> Vec<Finding> {
    let Some(map) = &parts.map else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (index, indicator) in map.value.indicators.iter().enumerate() {
        let Some(counting) = parts.countings.get(&indicator.id) else {
            continue;
        };
        let survey = parts.surveys.iter().flat_map(|read| &read.value.surveys);
        let roster = survey
            .filter(|survey| indicator.survey.as_ref() == Some(&survey.id))
            .find_map(|survey| {
                parts
                    .municipality
                    .value
                    .rosters
                    .iter()
                    .find(|r| r.id == survey.roster)
            });
        let columns = || {
            roster
                .iter()
                .flat_map(|roster| &roster.columns)
                .map(|column| column.id.as_str())
        };
        for (position, by) in indicator.breakdowns.iter().enumerate() {
            let at = format!("/indicators/{index}/breakdowns/{position}");
            match by.strip_prefix("respondent.") {
                Some(column) if !columns().any(|known| known == column) => {
                    findings.push(dangling(&map.source, &at, "名簿の列", column, columns()));
                }
                Some(_) => {}
                None if counting.numerator.breakdown(&[], &[], by).is_none() => {
                    findings.push(map.source.finding(
                        "pack.unknown_reference",
                        &at,
                        format!("指標「{}」は「{by}」で分けられません。", indicator.id),
                        "数えている設問の id か、respondent. に続けて名簿の列の id を書いてください。",
                    ));
                }
                None => {}
            }
        }
    }
    findings
}
