//! municipality.json: areas form a tree, rosters have the columns that they name.

use authoring::Finding;

use super::super::read::Parts;
use super::{dangling, duplicates};

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let (source, municipality) = (&parts.municipality.source, &parts.municipality.value);
    let areas = || municipality.areas.iter().map(|area| area.id.as_str());
    let mut findings = duplicates(source, "/areas", "区域", areas());
    findings.extend(duplicates(
        source,
        "/roles",
        "役割",
        municipality.roles.iter().map(|r| r.id.as_str()),
    ));
    findings.extend(duplicates(
        source,
        "/rosters",
        "名簿",
        municipality.rosters.iter().map(|r| r.id.as_str()),
    ));
    if municipality.area(&municipality.home_area).is_none() {
        findings.push(dangling(
            source,
            "/home_area",
            "区域",
            &municipality.home_area,
            areas(),
        ));
    }
    for (index, area) in municipality.areas.iter().enumerate() {
        let at = format!("/areas/{index}/within");
        match &area.within {
            Some(outer) if municipality.area(outer).is_none() => {
                findings.push(dangling(source, &at, "区域", outer, areas()));
            }
            Some(_) if within_itself(municipality, &area.id) => findings.push(source.finding(
                "pack.area_loop",
                &at,
                format!("区域「{}」が自分自身の中にあります。", area.id),
                "within をたどると最も広い区域で終わるようにしてください。",
            )),
            _ => {}
        }
    }
    for (index, roster) in municipality.rosters.iter().enumerate() {
        let columns = || roster.columns.iter().map(|column| column.id.as_str());
        let named = [
            ("key", Some(&roster.key)),
            ("name_column", Some(&roster.name_column)),
            ("mail", roster.mail.as_ref()),
        ];
        for (place, column) in roster.postal.iter().enumerate() {
            if !columns().any(|id| id == column) {
                let at = format!("/rosters/{index}/postal/{place}");
                findings.push(dangling(source, &at, "列", column, columns()));
            }
        }
        for (field, column) in named {
            let Some(column) = column else { continue };
            if !columns().any(|id| id == column) {
                findings.push(dangling(
                    source,
                    &format!("/rosters/{index}/{field}"),
                    "列",
                    column,
                    columns(),
                ));
            }
        }
    }
    findings
}

fn within_itself(municipality: &crate::municipality::Municipality, start: &str) -> bool {
    let mut current = municipality.area(start);
    for _ in 0..=municipality.areas.len() {
        match current.and_then(|area| area.within.as_deref()) {
            Some(outer) if outer == start => return true,
            Some(outer) => current = municipality.area(outer),
            None => return false,
        }
    }
    true
}
