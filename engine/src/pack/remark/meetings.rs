//! A source that states another number of meetings than its places and their meetings come to.

use authoring::Finding;

use super::super::read::Parts;

pub(super) fn remarks(parts: &Parts) -> Vec<Finding> {
    let bodies = parts.municipality.value.bodies.iter().enumerate();
    bodies
        .filter_map(|(index, body)| {
            let meets = body.meets.as_ref()?;
            let stated = meets.stated?;
            let [fewest, most] = body.all_places(meets.times);
            if (fewest..=most).contains(&u64::from(stated)) {
                return None;
            }
            let [low, high] = meets.times;
            let places = body
                .places
                .map_or(String::new(), |places| format!("{places}か所で各"));
            let source = meets.source.as_deref().unwrap_or("出典");
            Some(parts.municipality.source.finding(
                "pack.stated_outside",
                &format!("/bodies/{index}/meets/stated"),
                format!(
                    "「{}」は、{places}{}なら年{}ですが、{source}では年{stated}回です。",
                    body.name,
                    times(low.into(), high.into()),
                    times(fewest, most),
                ),
                "回数・か所数と出典のどちらが正しいか、確かめてください。",
            ))
        })
        .collect()
}

/// 1～3回, or 2回.
fn times(fewest: u64, most: u64) -> String {
    match fewest == most {
        true => format!("{most}回"),
        false => format!("{fewest}～{most}回"),
    }
}
