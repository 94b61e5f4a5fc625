//! map.json: series break, pause and go on in a way that can be told.

use authoring::Finding;

use super::super::read::Parts;
use super::dangling;

/// Years outside of these are slips of the keyboard.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2100;

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let Some(map) = &parts.map else {
        return Vec::new();
    };
    let (source, indicators) = (&map.source, &map.value.indicators);
    let earlier = parts
        .maps
        .iter()
        .flat_map(|(_, read)| &read.value.indicators);
    let known: Vec<&str> = indicators
        .iter()
        .chain(earlier)
        .map(|indicator| indicator.id.as_str())
        .collect();
    let mut findings = Vec::new();
    for (index, indicator) in indicators.iter().enumerate() {
        let at = |rest: String| format!("/indicators/{index}/{rest}");
        if let Some(before) = &indicator.replaces {
            let others = || known.iter().copied().filter(|id| *id != indicator.id);
            if !known.contains(&before.as_str()) {
                let what = "指標";
                findings.push(dangling(
                    source,
                    &at("replaces".into()),
                    what,
                    before,
                    others(),
                ));
            } else if replaces_itself(parts, &indicator.id) {
                findings.push(source.finding(
                    "pack.replaces_itself",
                    &at("replaces".into()),
                    format!(
                        "指標「{}」が、直接または別の指標を通して、自分自身に替わっています。",
                        indicator.id
                    ),
                    "replaces には、前に使っていた指標の id を書いてください。",
                ));
            }
        }
        if indicator.decided.is_some() && indicator.decision.is_none() {
            findings.push(source.finding(
                "pack.decided_nothing",
                &at("decided".into()),
                format!(
                    "指標「{}」に、いつ誰が決めたかはありますが、何を決めたかがありません。",
                    indicator.id
                ),
                "decision に決めたことを書いてください。",
            ));
        }
        let breaks = indicator.breaks.iter().map(|one| one.year).enumerate();
        let pauses = indicator.not_held.iter().map(|one| one.year).enumerate();
        let years = breaks
            .map(|one| ("breaks", one))
            .chain(pauses.map(|one| ("not_held", one)));
        for (list, (position, year)) in years {
            if !YEARS.contains(&year) {
                findings.push(bad_year(
                    source,
                    &at(format!("{list}/{position}/year")),
                    year,
                ));
            }
        }
        for (position, pause) in indicator.not_held.iter().enumerate() {
            let home = &parts.municipality.value.home_area;
            let published = parts.history.iter().find(|(_, history)| {
                history.value.figures.iter().any(|figure| {
                    (&figure.indicator, &figure.area, figure.survey_year)
                        == (&indicator.id, home, pause.year)
                })
            });
            if let Some((file, _)) = published {
                findings.push(source.finding(
                    "pack.not_held_with_value",
                    &at(format!("not_held/{position}")),
                    format!(
                        "指標「{}」は{}年度が未実施とありますが、{file} に値があります。",
                        indicator.id, pause.year
                    ),
                    "年度を確かめ、どちらかを消してください。",
                ));
            }
        }
    }
    for (_, history) in &parts.history {
        for (index, figure) in history.value.figures.iter().enumerate() {
            if !YEARS.contains(&figure.survey_year) {
                let at = format!("/figures/{index}/survey_year");
                findings.push(bad_year(&history.source, &at, figure.survey_year));
            }
        }
    }
    findings
}

fn bad_year(source: &authoring::Source, at: &str, year: i32) -> Finding {
    source.finding(
        "pack.bad_year",
        at,
        format!("{year}年度は使えません。"),
        format!("{}〜{}の西暦で書いてください。", YEARS.start(), YEARS.end()),
    )
}

/// Whether following `replaces` leads back; earlier versions of the map go on where this one ends.
fn replaces_itself(parts: &Parts, start: &str) -> bool {
    let maps = || {
        parts
            .map
            .iter()
            .chain(parts.maps.iter().map(|(_, read)| read))
    };
    let before = |id: &str| {
        let indicator = maps().find_map(|read| read.value.indicator(id));
        indicator.and_then(|indicator| indicator.replaces.clone())
    };
    let mut seen = vec![start.to_owned()];
    while let Some(id) = seen.last().and_then(|id| before(id)) {
        if id == start {
            return true;
        }
        if seen.contains(&id) {
            return false;
        }
        seen.push(id);
    }
    false
}
